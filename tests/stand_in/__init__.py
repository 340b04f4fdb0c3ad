"""A stand-in for the cloud: providers for the Pulumi engine that create resources in memory."""
