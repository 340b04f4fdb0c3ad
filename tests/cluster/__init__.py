"""Tests with a real API server."""
