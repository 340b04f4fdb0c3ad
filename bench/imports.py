"""``python -m bench.imports STACK``: the modules of installed packages that a plan of a stack loads, as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from groundwork.engines import child
from groundwork.project import Project

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGES: Final = frozenset(
    {"pulumi", "pulumi_gcp", "pulumi_kubernetes", "pulumi_random", "pydantic", "ruamel", "yaml", "grpc", "google"}
)


def main(stack: str) -> None:
    """Plan the stack in this process, and print what it loaded."""
    project = Project.at(ROOT)
    child.run(project.root, project.name, stack, project.configuration(stack))
    sys.stdout.write(json.dumps(sorted(name for name in sys.modules if name.partition(".")[0] in PACKAGES)))


if __name__ == "__main__":
    main(sys.argv[1])
