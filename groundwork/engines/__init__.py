"""The engines that plan a graph: the SDK's resource monitor, embedded, and the Pulumi CLI."""
