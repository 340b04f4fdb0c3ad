"""Previews: plan, changes, cost and policy verdict, and their reports for a terminal and for a pull request."""
