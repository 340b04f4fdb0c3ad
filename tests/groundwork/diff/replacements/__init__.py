"""Tests of replacement rules."""
