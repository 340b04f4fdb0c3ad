"""Benchmarks: ratios of commands that are measured in turn in one run, so that they hold on any machine."""
