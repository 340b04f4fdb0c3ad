"""The import directions of docs/architecture.md, read from the syntax tree."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

SDKS = frozenset({"pulumi", "pulumi_gcp", "pulumi_kubernetes", "pulumi_random"})
OURS = frozenset({"components", "groundwork", "policy", "stacks", "tests"})

PACK_MAY_IMPORT = ("cost", "documents", "errors", "graph", "pack_environment", "wire")

# What each part may import of ours, and of others beyond the standard library; None is any library.
RULES: dict[str, tuple[frozenset[str], frozenset[str] | None]] = {
    "__main__.py": (frozenset({"stacks"}), frozenset()),
    "stacks": (frozenset({"components", "stacks"}), None),
    "components": (
        frozenset(
            {
                "components._admission_policy",
                "components._common",
                "components._manifest_changes",
                "components._network_policy",
                "components._volumes",
            }
        ),
        SDKS,
    ),
    "groundwork": (frozenset({"groundwork"}), None),
    "policy": (
        frozenset({"policy", *(f"groundwork.{name}" for name in PACK_MAY_IMPORT)}),
        frozenset({"pulumi_policy", "pydantic"}),
    ),
}


def _files(part: str) -> list[Path]:
    path = ROOT / part
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def _imports(source: str) -> Iterator[str]:
    """Every module that a source names, relative ones left out: they never leave their folder."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def _offences(part: str, source: str) -> list[str]:
    ours, others = RULES[part]
    found = []
    for module in _imports(source):
        top = module.partition(".")[0]
        if top in OURS:
            if not any(module == allowed or module.startswith(f"{allowed}.") for allowed in ours):
                found.append(module)
        elif others is not None and top not in sys.stdlib_module_names and top not in others:
            found.append(module)
    return found


@pytest.mark.parametrize("part", RULES)
def test_imports_go_one_way(part: str) -> None:
    """No file imports what its part may not know."""
    offences = {str(file.relative_to(ROOT)): _offences(part, file.read_text(encoding="utf-8")) for file in _files(part)}

    assert {file: modules for file, modules in offences.items() if modules} == {}


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("__main__.py", "import components.bucket"),
        ("stacks", "from groundwork.graph import Node"),
        ("components", "from components.network import SharedVpc"),
        ("components", "from stacks.settings import Settings"),
        ("components", "import boto3"),
        ("groundwork", "from stacks.settings import Settings"),
        ("policy", "from components.bucket import Bucket"),
        ("policy", "from groundwork.engines import real"),
    ],
)
def test_wrong_imports_are_found(part: str, source: str) -> None:
    """The check sees each kind of import that it forbids."""
    assert _offences(part, source)


def _reads(source: str) -> set[str]:
    """What of the outside world a source reads: the environment, the configuration, files, other stacks."""
    names = {ast.unparse(node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute | ast.Name)}
    return names & {"os.environ", "os.getenv", "open", "Path", "pulumi.Config", "pulumi.StackReference"}


def test_components_read_nothing() -> None:
    """Everything that a component knows comes through its Args."""
    found = {file.name: _reads(file.read_text(encoding="utf-8")) for file in _files("components")}

    assert {name: reads for name, reads in found.items() if reads} == {}
    assert {"pulumi.Config"} == _reads("import pulumi\npulumi.Config().require('x')")


def test_only_the_settings_read_configuration() -> None:
    """There is one source of configuration in the program."""
    outside = [file for file in _files("stacks") if "settings" not in file.parts]

    assert {file.name: reads for file in outside if (reads := _reads(file.read_text(encoding="utf-8")))} == {}


def test_components_are_small() -> None:
    """An Args with more than a dozen fields wants to be two components."""
    sizes = {
        f"{file.name}:{node.name}": sum(isinstance(item, ast.AnnAssign) for item in node.body)
        for file in _files("components")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.name.endswith("Args")
    }

    assert {name: size for name, size in sizes.items() if size > 12} == {}
