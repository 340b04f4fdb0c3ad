"""What providers replace, without asking them."""
