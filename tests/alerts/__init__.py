"""The alert rules: their runbooks, and what they say about made-up series."""
