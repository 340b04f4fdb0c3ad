"""Checks of more than one value of the settings."""
