"""Values derived from several sections of the settings and from facts about machines."""
