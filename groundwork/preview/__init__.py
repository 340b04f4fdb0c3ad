"""A preview: plan, comparison, policy and cost together, and its reports for a terminal and for a pull request."""
