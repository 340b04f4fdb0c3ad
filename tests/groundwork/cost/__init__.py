"""Tests of cost estimates."""
