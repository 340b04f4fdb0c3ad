"""A copy of the project whose stack dev has more teams."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

from ruamel.yaml import YAML

PREFIX = "groundwork:"


def project_with_teams(root: Path, target: Path, number: int) -> Path:
    """Copy the project to `target`, and give its stack dev `number` teams like the first that it has.

    Each has a group, a cost center, a budget and a queue. Their quota of GPUs is zero, since the pools have no more.
    """
    shutil.copytree(root, target, ignore=shutil.ignore_patterns(".git", ".venv", "__pycache__", "tests", ".*_cache"))
    file = target / "Pulumi.dev.yaml"
    yaml = YAML()
    document = yaml.load(file.read_text(encoding="utf-8"))
    config = document["config"]
    teams = config[f"{PREFIX}teams"]
    model = {
        key: value
        for key, value in teams["forecasting"].items()
        if key in {"cost_center", "clusters", "monthly_budget", "notebooks"}
    }
    for index in range(number):
        name = f"team-{index:03}"
        config[f"{PREFIX}groups"][name] = {"email": f"ml-{name}@brightwater.example"}
        teams[name] = copy.deepcopy(
            {**model, "owner": name, "members": {name: "member"}, "quota": {"cpu": 1, "memory_gib": 4}}
        )
    config[f"{PREFIX}clusters"]["main"]["system_pool"]["max_nodes"] = 1000
    with file.open("w", encoding="utf-8") as text:
        yaml.dump(document, text)
    return target
