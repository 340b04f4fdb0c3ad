"""State escrow: whole, checked copies of a stack's state and settings, outside of the backend that may be lost."""
