"""A team that is added or removed changes nothing of other teams."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from groundwork import manifests
from groundwork.diff.change import Op
from groundwork.diff.compare import between
from groundwork.engines import embedded
from groundwork.graph import Graph
from groundwork.project import Project
from stacks.settings.core.problems import PREFIX
from tests.conftest import ROOT
from tests.groundwork.projects import copied, git, run

SQUADS = 50
# The parts of a team on a laptop: no cloud accounts, no repository, and a budget without effect.
LAPTOP_TEAM: dict[str, Any] = {
    "cost_center": "cc-4430",
    "owner": "routing",
    "members": {"routing": "admin"},
    "clusters": ["laptop"],
    "quota": {"cpu": 1, "memory_gib": 2},
    "data": {"shipments-curated": "read", "models": "write"},
    "notebooks": {"max": 1},
    "models": {"max": 1, "bucket": "models"},
    "monthly_budget": 300,
}


def _email(name: str) -> dict[str, str]:
    return {"email": f"ml-{name}@brightwater.example"}


def _team(name: str) -> dict[str, Any]:
    """A team with every kind of attribute and no nominal quota of GPUs, which other teams have in full."""
    return {
        "cost_center": "cc-4430",
        "owner": name,
        "members": {name: "admin"},
        "clusters": ["main"],
        "quota": {"cpu": 8, "memory_gib": 32, "gpus": {"l4": 0, "l4-shared": 0}},
        "data": {"shipments-curated": "read", "models": "write", "scratch": "write", "customer-addresses": "read"},
        "notebooks": {"max": 2},
        "models": {"max": 1, "bucket": "models"},
        "repository": {"name": name, "branch": "main", "push": ["images"]},
        "monthly_budget": 300,
    }


def _add(file: Path, *names: str) -> None:
    """Add teams, and groups with the same names, to a settings file in this order."""
    _add_teams(file, {name: _team(name) for name in names})


def _add_teams(file: Path, teams: dict[str, Any]) -> None:
    yaml = YAML()
    document = yaml.load(file.read_text(encoding="utf-8"))
    for name, team in teams.items():
        document["config"][f"{PREFIX}groups"][name] = _email(name)
        document["config"][f"{PREFIX}teams"][name] = team
    with file.open("w", encoding="utf-8") as text:
        yaml.dump(document, text)


def test_new_team_changes_nothing_else(tmp_path: Path) -> None:
    """The preview against the commit before only creates resources of the team."""
    copy = copied(tmp_path)
    git(copy, "init", "-q")
    git(copy, "add", "-A")
    git(copy, "commit", "-qm", "before")
    _add(copy / "Pulumi.dev.yaml", "routing")
    git(copy, "add", "-A")
    git(copy, "commit", "-qm", "team routing")

    done = run(copy, "preview", "-s", "dev", "--engine", "sdk", "--against", "HEAD~1", "--json")
    report = json.loads(done.stdout)
    names = [change["urn"].rpartition("::")[2] for change in report["changes"]]

    assert {op: report["summary"][op] for op in ("update", "replace", "delete")} == dict.fromkeys(
        ("update", "replace", "delete"), 0
    )
    assert done.returncode == 0
    assert [name for name in names if "routing" not in name] == []
    # Kubernetes objects, quota, grants and budget of the team.
    assert {
        "access-main.routing-admin-routing",
        "access-main.routing-jobs-repository",
        "access-main.routing-models-routing",
        "access-main.routing-notebooks-routing",
        "budget-team-routing-budget",
        "data-customer-addresses-workload-routing",
        "data-models-group-routing",
        "data-models-workload-routing",
        "github-team-routing",
        "limits-main.routing-range",
        "mount-main.models.routing-claim",
        "queue-main.routing-local-queue",
        "registry-images-repository-routing",
        "repository-routing-account",
        "team-main.routing-namespace",
        "team-main.routing-quota",
        "workload-routing-account",
    } <= set(names)
    assert "data-customer-addresses-group-routing" not in names


def test_new_team_on_a_laptop_changes_nothing_else(tmp_path: Path) -> None:
    """On a laptop too, only resources of the team are created, and they are in the rendered objects."""
    copy = copied(tmp_path)
    settings = copy / "Pulumi.local.yaml"
    shutil.copy(ROOT / settings.name, settings)
    before = embedded.plan(Project.at(copy), "local")
    _add_teams(settings, {"routing": LAPTOP_TEAM})

    after = embedded.plan(Project.at(copy), "local")
    changes = between(before, after)
    created = {change.node.name for change in changes if change.op is Op.CREATE}
    objects = {
        (rendered.manifest["kind"], rendered.manifest["metadata"]["name"])
        for rendered in manifests.objects(after)
        if rendered.manifest["metadata"].get("namespace", "routing") == "routing"
    }

    assert {change.op for change in changes} == {Op.SAME, Op.CREATE}
    assert [name for name in created if "routing" not in name] == []
    assert {
        "access-laptop.routing-admin-routing",
        "limits-laptop.routing-range",
        "mesh-laptop.routing-sidecar-scope",
        "mount-laptop.models.routing-claim",
        "network-policies-laptop.routing-own-pods",
        "queue-laptop.routing-local-queue",
        "team-laptop.routing-default-deny",
        "team-laptop.routing-namespace",
        "team-laptop.routing-quota",
    } <= created
    assert {
        ("ClusterQueue", "routing"),
        ("Namespace", "routing"),
        ("PersistentVolumeClaim", "models"),
        ("PersistentVolumeClaim", "shipments-curated"),
    } <= objects


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Graph]:
    """Development with fifty more teams, and with 49 of them in another order."""
    names = [f"squad-{number:02}" for number in range(1, SQUADS + 1)]
    graphs = {}
    for case, order in (("all", names), ("but one", [name for name in reversed(names) if name != "squad-17"])):
        copy = copied(tmp_path_factory.mktemp("many"))
        _add(copy / "Pulumi.dev.yaml", *order)
        graphs[case] = embedded.plan(Project.at(copy), "dev")
    return graphs


def test_each_of_fifty_teams_has_its_resources(many: dict[str, Graph]) -> None:
    """Each has a namespace, a queue and a budget, and each object has a separate file."""
    objects = manifests.objects(many["all"])
    namespaces, queues = (
        {rendered.manifest["metadata"]["name"] for rendered in objects if rendered.manifest["kind"] == kind}
        for kind in ("Namespace", "ClusterQueue")
    )
    budgets = {node.inputs["displayName"] for node in many["all"] if node.type == "gcp:billing/budget:Budget"}
    squads = {f"squad-{number:02}" for number in range(1, SQUADS + 1)}

    assert squads <= namespaces
    assert squads <= queues
    assert {f"dev/{squad}" for squad in squads} <= budgets
    assert len(objects) == len({rendered.path for rendered in objects})


def test_removed_team_changes_nothing_else(many: dict[str, Graph]) -> None:
    """Without one team, and with the others in another order, no resource of the others changes."""
    changes = between(many["all"], many["but one"])
    deleted = [change.node.name for change in changes if change.op is Op.DELETE]

    assert {change.op for change in changes} == {Op.SAME, Op.DELETE}
    assert deleted
    assert [name for name in deleted if "squad-17" not in name] == []
