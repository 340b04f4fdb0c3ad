"""Tests of the stand-in cloud that need no engine."""
