"""Backups of a stack's state and settings, stored outside of the backend."""
