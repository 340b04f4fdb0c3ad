"""YAML, read fast: the price book is read by every preview, twice, and price files of others have megabytes.

A key that stands twice is refused, since one of the two would be read by nobody. Numbers with a point are exact.
"""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import yaml

# The parser in C, where PyYAML was built with it; both give the same.
_BASE: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BASE):  # type: ignore[misc]  # one of two classes, chosen when the module is read
    """Refuses keys that stand twice, and keeps every digit of a number."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        """A map of which each key stands once."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(None, None, f"duplicate key {key.value}", key.start_mark)
            seen.add(key.value)
        found: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return found


def _exact(loader: Any, node: yaml.ScalarNode) -> Decimal:
    text = str(loader.construct_scalar(node)).replace("_", "")
    try:
        return Decimal(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    except InvalidOperation:
        raise yaml.MarkedYAMLError(None, None, f"{text} is not a number", node.start_mark) from None


_Loader.add_constructor("tag:yaml.org,2002:float", _exact)


def load(text: str) -> Any:
    """The document; raises `yaml.YAMLError` where it is none."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - the loader is the safe one
