"""Dated facts about machines, places, versions and images, read from the data files beside the loaders."""
