"""The real parts that tests run: which there are, and how to build them from source."""
