"""The charts and kustomize folders of stacks/versions.yaml, rendered with what the program passes to them."""
