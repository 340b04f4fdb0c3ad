"""What changes between two graphs, what is replaced with it, and what data would be lost."""
