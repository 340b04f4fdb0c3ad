"""The platform as one Pulumi program: settings, providers and the composition of components."""
