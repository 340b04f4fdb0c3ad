"""The Pulumi program: settings, providers and the composition of components."""
