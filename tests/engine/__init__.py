"""Tests that need the real engine; they skip, saying so, where `pulumi` is not on PATH."""
