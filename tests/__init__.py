"""Tests, in the layout of the tree that they test."""
