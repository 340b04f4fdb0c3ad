"""The commands, one module each: parse arguments, call one function, print the result."""
