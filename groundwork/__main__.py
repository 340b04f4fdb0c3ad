"""``python -m groundwork``: the same as the console script."""

from groundwork.cli import main

main()
