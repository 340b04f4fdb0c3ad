"""Tests of what the program reads and makes of it."""
