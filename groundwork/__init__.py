"""The command-line tool: runs the program and the policy pack as processes, and never imports them."""
