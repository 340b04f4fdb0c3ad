"""Tests of previews and their reports."""
