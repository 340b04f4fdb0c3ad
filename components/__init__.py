"""Components of the platform: one file, one Args class, one ComponentResource. None imports another."""
