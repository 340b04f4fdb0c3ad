"""What a provider replaces, without asking it: a dated table, and rules for what depends on values."""
