"""Values derived from several sections of the settings."""
