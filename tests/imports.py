"""The imports of the source as a graph of modules, read from the syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.conftest import ROOT

PARTS: Final = ("components", "groundwork", "policy", "stacks")

Imports = Mapping[str, frozenset[str]]


def modules(root: Path = ROOT, parts: Iterable[str] = PARTS) -> Imports:
    """Every module of the source, and the modules of the source that it imports, also inside functions."""
    sources = {
        _name(file.relative_to(root)): file.read_text(encoding="utf-8")
        for part in parts
        for file in sorted((root / part).rglob("*.py"))
    }
    return imports(sources)


def imports(sources: Mapping[str, str]) -> Imports:
    """The same of sources by module name."""
    return {name: frozenset(_imported(source, sources)) - {name} for name, source in sources.items()}


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(source: str, known: Iterable[str]) -> Iterator[str]:
    names = set(known)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                if full in names:
                    yield full
                elif node.module in names:
                    yield node.module


def cycle(graph: Imports) -> list[str]:
    """The modules of one import cycle, or an empty list."""
    finished: set[str] = set()

    def search(module: str, path: list[str]) -> list[str]:
        if module in path:
            return path[path.index(module) :]
        if module in finished:
            return []
        for imported in sorted(graph.get(module, ())):
            if found := search(imported, [*path, module]):
                return found
        finished.add(module)
        return []

    for module in sorted(graph):
        if found := search(module, []):
            return found
    return []


def groups(graph: Imports, prefixes: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The group of each module: the one with the longest prefix that the module's name starts with."""
    longest_first = sorted(
        ((prefix, group) for group, names in prefixes.items() for prefix in names), key=lambda pair: -len(pair[0])
    )
    return {
        module: group
        for module in graph
        if (group := next((group for prefix, group in longest_first if _within(module, prefix)), None)) is not None
    }


def _within(module: str, prefix: str) -> bool:
    return module == prefix or module.startswith(f"{prefix}.")


def arrows(graph: Imports, group_of: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """The imports between groups; modules without a group are left out."""
    return frozenset(
        (group_of[module], group_of[name])
        for module, imported in graph.items()
        for name in imported
        if module in group_of and name in group_of and group_of[module] != group_of[name]
    )


def reduction(pairs: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """The arrows of an acyclic graph that no longer way replaces: what is left is enough to see all of them."""

    def reaches(start: str, end: str, without: tuple[str, str]) -> bool:
        return any(
            there == end or reaches(there, end, without)
            for here, there in pairs
            if here == start and (here, there) != without
        )

    return frozenset(pair for pair in pairs if not reaches(*pair, pair))
