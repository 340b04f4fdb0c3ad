"""The word list: words that this project does not use, and the plain ones."""
