"""What every component shares: its type token, its children's options and the labels of what a bill names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

Labels = Mapping[str, str]


class Component(pulumi.ComponentResource):
    """A component whose type token is ``groundwork:<file>:<Class>`` and whose children are its own.

    The caller's options go to the component and nowhere else: providers, aliases and protection reach the children
    through the engine, which knows the rules for each of them.
    """

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """`name` is the component's logical name; children are called ``<name>-<role>``."""
        kind = type(self)
        super().__init__(f"groundwork:{kind.__module__.rpartition('.')[2]}:{kind.__name__}", name, None, opts)

    def child(self, **options: Any) -> pulumi.ResourceOptions:
        """Options for a child of this component; `options` are those of `pulumi.ResourceOptions`."""
        return pulumi.ResourceOptions(parent=self, **options)
