"""Tests of the stand-in that do not need the engine."""
