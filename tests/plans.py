"""Plans of the program with settings of a test."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from groundwork.engines import embedded
from groundwork.graph import Graph
from groundwork.project import Project
from tests.conftest import ROOT

PROGRAM: Final = ("Pulumi.yaml", "__main__.py", "components", "groundwork", "stacks")  # groundwork has data files


def plan(folder: Path, stack: str, config: Mapping[str, Any]) -> Graph:
    """The graph of a stack with this configuration, in an empty folder with links to the program."""
    for name in PROGRAM:
        (folder / name).symlink_to(ROOT / name)
    # JSON is a subset of YAML.
    (folder / f"Pulumi.{stack}.yaml").write_text(json.dumps({"config": config}), encoding="utf-8")
    return embedded.plan(Project.at(folder), stack)
