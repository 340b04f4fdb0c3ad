"""Tests of the comparison of graphs."""
