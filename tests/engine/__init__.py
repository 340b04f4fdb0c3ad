"""Tests with the Pulumi engine; they are skipped where `pulumi` is not on PATH."""
