"""Types, problems and documents that every settings model uses."""
