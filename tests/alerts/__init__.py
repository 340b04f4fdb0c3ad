"""Alert rules: their runbooks, and unit tests with promtool."""
