"""The commands, one a file: each reads its arguments, calls one function and prints what it says."""
