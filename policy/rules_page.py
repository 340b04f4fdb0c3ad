"""The rules as a page for people: ``python -m policy.rules_page`` prints docs/rules.md."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Sequence

from policy.rules import RULES, AnyRule, StackRule

HEAD = """\
# The rules

What every resource of every stack must satisfy, and why. The pack runs in `groundwork preview` and under
`pulumi preview --policy-pack policy`; a *mandatory* rule stops an update, an *advisory* one is listed.
Levels, parameters and waivers stand in [policy/policies.yaml](../policy/policies.yaml); each rule has samples that pass
and that fail in [policy/samples](../policy/samples). This page is made by `make rules`.
"""


def page(rules: Sequence[AnyRule] = RULES) -> str:
    """The whole page, with a newline at its end."""
    return "\n".join([HEAD, *(_section(rule) for rule in sorted(rules, key=lambda rule: rule.name))])


def _section(rule: AnyRule) -> str:
    """One rule: what it is about, its level, why, what can be set, and where the way out is."""
    module = inspect.getmodule(rule.check)
    why = inspect.cleandoc((module.__doc__ if module else "") or "").replace("``", "`")
    looked_at = "the whole graph" if isinstance(rule, StackRule) else "each resource"
    parameters = ", ".join(f"`{name}`" for name in rule.parameters.model_fields)
    lines = [
        f"## {rule.name}",
        "",
        f"{rule.description}. ({rule.level}; looks at {looked_at})",
        "",
        why,
        "",
        *([f"Parameters: {parameters}.", ""] if parameters else []),
        f"[What to do](../{rule.runbook}) · [samples](../policy/samples/{rule.name}.yaml)",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(page())
