"""Dated facts about machines, locations, versions and images, from data files."""
