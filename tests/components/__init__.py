"""Tests of each component alone: what it declares for its arguments, every branch on and off, as data."""
