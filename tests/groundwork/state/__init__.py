"""State escrow, without the engine: a small stand-in answers for it."""
