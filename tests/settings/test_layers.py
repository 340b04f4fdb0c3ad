"""The layers of the settings: each imports only those below it, and there are no cycles."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final

from tests.conftest import ROOT

PACKAGE: Final = "stacks.settings"
LAYERS: Final = ("core", "model", "facts", "derived", "checks", "")  # the last are the modules of the package itself
FILES: Final = tuple(sorted((ROOT / "stacks" / "settings").rglob("*.py")))


def _module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imported(source: str, modules: frozenset[str]) -> Iterator[str]:
    """The modules of the settings that a source imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith(PACKAGE):
            members = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from members & modules or {node.module}


def _layer(module: str) -> int:
    name = module.removeprefix(PACKAGE).removeprefix(".").partition(".")[0]
    return LAYERS.index(name if name in LAYERS else "")


def _upward(module: str, imported: Iterator[str]) -> list[str]:
    return [other for other in imported if _layer(other) > _layer(module)]


def test_modules_import_their_own_and_lower_layers_only() -> None:
    """Core < model < facts < derived < checks < the modules of the package."""
    modules = frozenset(map(_module, FILES))
    upward = {
        _module(file): _upward(_module(file), _imported(file.read_text(encoding="utf-8"), modules)) for file in FILES
    }

    assert {module: others for module, others in upward.items() if others} == {}


def test_imports_have_no_cycle() -> None:
    """The modules can be sorted by their imports."""
    modules = frozenset(map(_module, FILES))
    graph = {_module(file): set(_imported(file.read_text(encoding="utf-8"), modules)) for file in FILES}

    assert set(TopologicalSorter(graph).static_order()) == modules


def test_upward_import_is_found() -> None:
    """The check sees an import of a module and one of its members."""
    modules = frozenset(map(_module, FILES))
    for source in ("from stacks.settings.model.teams import Team", "from stacks.settings.model import teams"):
        assert _upward("stacks.settings.core.types", _imported(source, modules))
        assert not _upward("stacks.settings.checks.names", _imported(source, modules))
