"""What a provider would replace, known without asking it: a dated table, and rules that no table holds."""
