"""Tests of the command-line tool; folders mirror those of groundwork."""
