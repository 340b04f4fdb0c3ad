"""The tool that reads the platform: it runs the program and the policy pack, and never imports them."""
