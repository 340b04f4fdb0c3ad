"""The policy pack: a second opinion on the declared graph, which asks neither settings nor components."""
