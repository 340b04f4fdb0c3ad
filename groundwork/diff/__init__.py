"""The changes between two graphs: what is replaced, by which cause, and what data would be lost."""
