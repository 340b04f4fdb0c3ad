"""The models of the settings, one file a section."""
