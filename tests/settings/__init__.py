"""Tests of the settings model."""
