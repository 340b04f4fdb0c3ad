"""Which pods a real API server admits to a team's namespace."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from tests.cluster.client import Client
from tests.cluster.crds import ROOT
from tests.cluster.layout import Layout, namespace, remove, wait_for
from tests.cluster.plugin import Tally
from tests.cluster.pods import ACCOUNT, ENFORCE, LEVELS, SAMPLES

PAGE = ROOT / "docs" / "for-ml-engineers.md"
POD_SECURITY = "violates PodSecurity"
POLICY = "ValidatingAdmissionPolicy"


def page_objects() -> list[Mapping[str, Any]]:
    """The objects on the page for ML engineers, in order."""
    blocks = re.findall(r"^```yaml\n(apiVersion:.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [one for block in blocks for one in yaml.safe_load_all(block)]


def teams_of(layout: Layout) -> dict[str, Mapping[str, str]]:
    """The labels of the teams' namespaces, which have an account for jobs."""
    accounts = {
        one["metadata"]["namespace"] for one in layout.manifests("ServiceAccount") if one["metadata"]["name"] == ACCOUNT
    }
    found = [one["metadata"] for one in layout.manifests("Namespace")]
    return {one["name"]: one["labels"] for one in found if one["name"] in accounts}


@pytest.fixture(scope="module")
def ready(production: Layout) -> Layout:
    """The cluster once quotas are counted: until then a server refuses what they limit."""

    def uncounted() -> list[str]:
        paths = [production.client.path(one) for one in production.manifests("ResourceQuota")]
        return [path for path in paths if "hard" not in production.client.request("GET", path).body.get("status", {})]

    def unguarded() -> list[str]:
        # An admission policy takes effect a moment after it is created.
        worst = {team: SAMPLES["privileged"].manifest(team) for team in teams_of(production)}
        return [team for team, pod in worst.items() if production.client.create(pod, dryRun="All").fine]

    wait_for("quotas to be counted", uncounted)
    wait_for("privileged pods to be refused", unguarded)
    return production


@pytest.fixture(scope="module", params=LEVELS)
def level(request: pytest.FixtureRequest, cluster: Client) -> Iterator[str]:
    """A namespace of each level, named after it, with an account like a team's."""
    made = namespace(request.param, **{ENFORCE: request.param})
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": ACCOUNT}}
    assert cluster.create(made).fine
    assert cluster.create({**account, "metadata": {"name": ACCOUNT, "namespace": request.param}}).fine
    yield request.param
    remove(cluster, [made])


def test_samples_are_admitted_at_their_levels(level: str, cluster: Client, tally: Tally) -> None:
    """Each sample is admitted at the levels of its row, and at no other."""
    tally("pods checked by admission", len(SAMPLES))
    answers = {name: cluster.create(sample.manifest(level), dryRun="All") for name, sample in SAMPLES.items()}

    assert {name: one.fine for name, one in answers.items()} == {
        name: sample.admitted_at(level) for name, sample in SAMPLES.items()
    }
    assert [one.message for one in answers.values() if not one.fine and POD_SECURITY not in one.message] == []


def test_team_namespaces_admit_what_their_level_allows(ready: Layout, tally: Tally) -> None:
    """Every team's namespace admits the samples that its level label allows."""
    teams = teams_of(ready)

    assert len(teams) > 1
    for team, labels in teams.items():
        tally("pods checked by admission", len(SAMPLES))
        for name, sample in SAMPLES.items():
            answer = ready.client.create(sample.manifest(team), dryRun="All")

            assert answer.fine == sample.admitted_in(labels), f"{name} in {team}: {answer.message}"


def test_no_team_namespace_admits_access_to_the_node(ready: Layout) -> None:
    """No level of a team allows access to the node, and the refusal gives the reason."""
    for team in teams_of(ready):
        for name in ("privileged", "folder of the machine", "network of the machine", "more rights"):
            answer = ready.client.create(SAMPLES[name].manifest(team), dryRun="All")

            assert not answer.fine
            assert POD_SECURITY in answer.message or POLICY in answer.message


def test_objects_on_the_page_for_ml_engineers_are_admitted(ready: Layout, tally: Tally) -> None:
    """The examples are admitted unchanged."""
    objects = page_objects()
    tally("pods checked by admission", len(objects))
    refused = {
        one["metadata"]["name"]: answer.message
        for one in objects
        if not (answer := ready.client.create(one, dryRun="All")).fine
    }

    # Without a LimitRange with default requests, a quota refuses pods without requests.
    without = not ready.manifests("LimitRange")
    refused = {name: why for name, why in refused.items() if not (without and "must specify requests" in why)}

    assert len(objects) > 4
    assert refused == {}
