"""Tests of backups of states."""
