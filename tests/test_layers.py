"""Layers: imports have no cycle, go from higher folders to lower ones, and are drawn in docs/architecture.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import pytest

from tests.conftest import ROOT
from tests.imports import Imports, arrows, cycle, groups, imports, modules, reduction

# Groups from the lowest to the highest, with the names of the drawings: a group imports only from groups before it.
TOOL: Final[Mapping[str, tuple[str, ...]]] = {
    "base": (
        "groundwork.errors",
        "groundwork.graph",
        "groundwork.wire",
        "groundwork.project",
        "groundwork.files",
        "groundwork.yaml_files",
        "groundwork.documents",
        "groundwork.pack_environment",
    ),
    "engines": ("groundwork.engines",),
    "replacements": ("groundwork.diff.replacements",),
    "diff": ("groundwork.diff",),
    "cost": ("groundwork.cost",),
    "refresh": ("groundwork.cost.refresh",),
    "policy_client": ("groundwork.analyzer_requests", "groundwork.policy_client"),
    "state": ("groundwork.state",),
    "manifests": ("groundwork.manifests",),
    "settings_check": ("groundwork.settings_check",),
    "preview": ("groundwork.preview",),
    "commands": ("groundwork.commands",),
    "cli": ("groundwork.cli", "groundwork.__main__"),
}
PROGRAM: Final[Mapping[str, tuple[str, ...]]] = {
    "components": ("components",),
    "core": ("stacks.settings.core",),
    "model": ("stacks.settings.model",),
    "facts": ("stacks.settings.facts",),
    "derived": ("stacks.settings.derived",),
    "checks": ("stacks.settings.checks",),
    "settings": ("stacks.settings",),
    "helpers": ("stacks.charts", "stacks.grants", "stacks.labels", "stacks.providers"),
    "layers": ("stacks.layers",),
    "stacks": ("stacks",),
}
PACK: Final[Mapping[str, tuple[str, ...]]] = {
    "tool": ("groundwork",),
    "data": ("policy.cis", "policy.input_paths", "policy.prices"),
    "rules": ("policy.rules",),
    "configuration": ("policy.configuration", "policy.waivers"),
    "pack": ("policy",),
}
DRAWINGS: Final = {"tool": TOOL, "program": PROGRAM, "pack": PACK}
ARROW: Final = re.compile(r"^\s*(\w+) --> (\w+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def graph() -> Imports:
    """The imports of the whole source."""
    return modules()


def test_modules_have_no_import_cycle(graph: Imports) -> None:
    """A cycle makes it impossible to read, test or move one of its modules alone."""
    assert cycle(graph) == []


def test_cycle_is_found_across_three_modules_and_in_functions() -> None:
    """The check sees cycles, an import inside a function included."""
    sources = {
        "a": "import b",
        "b": "from c import thing",
        "c": "def f():\n    import a",
        "d": "import a",
    }

    assert sorted(cycle(imports(sources))) == ["a", "b", "c"]
    assert cycle(imports({"a": "import b", "b": ""})) == []


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_module_is_in_a_group(name: str, graph: Imports) -> None:
    """A new folder or file is given its place in the order of layers."""
    prefixes = DRAWINGS[name]
    parts = {prefix.partition(".")[0] for names in prefixes.values() for prefix in names}
    packages = {module for module in graph if any(other.startswith(f"{module}.") for other in graph)}

    assert sorted({m for m in graph if m.partition(".")[0] in parts} - groups(graph, prefixes).keys() - packages) == []


@pytest.mark.parametrize("name", DRAWINGS)
def test_groups_import_only_lower_groups(name: str, graph: Imports) -> None:
    """Data flows one way: what is lower knows nothing of what is higher."""
    order = list(DRAWINGS[name])
    found = arrows(graph, groups(graph, DRAWINGS[name]))

    assert sorted((here, there) for here, there in found if order.index(here) <= order.index(there)) == []


@pytest.mark.parametrize("name", DRAWINGS)
def test_arrows_of_the_architecture_page_are_those_of_the_code(name: str, graph: Imports) -> None:
    """The page draws each import between groups that no longer way shows already, and no other."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawing = page.partition(f"<!-- imports: {name} -->")[2].partition("<!-- end -->")[0]
    drawn = set(ARROW.findall(drawing))

    assert sorted(drawn) == sorted(reduction(arrows(graph, groups(graph, DRAWINGS[name]))))
