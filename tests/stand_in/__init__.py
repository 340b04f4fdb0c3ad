"""A stand-in for the cloud: the real engine runs against it, and a disaster costs nothing."""
