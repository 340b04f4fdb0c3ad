"""Which pods a team's namespace lets in, as a real API server decides it."""

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

GUIDE = ROOT / "docs" / "for-ml-engineers.md"
POD_SECURITY = "violates PodSecurity"
POLICY = "ValidatingAdmissionPolicy"


def guide_objects() -> list[Mapping[str, Any]]:
    """The objects that ML engineers are shown, in the order in which they are."""
    blocks = re.findall(r"^```yaml\n(apiVersion:.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [one for block in blocks for one in yaml.safe_load_all(block)]


def teams_of(layout: Layout) -> dict[str, Mapping[str, str]]:
    """The namespaces of teams, where their jobs have an account, and their labels."""
    accounts = {
        one["metadata"]["namespace"] for one in layout.manifests("ServiceAccount") if one["metadata"]["name"] == ACCOUNT
    }
    found = [one["metadata"] for one in layout.manifests("Namespace")]
    return {one["name"]: one["labels"] for one in found if one["name"] in accounts}


@pytest.fixture(scope="module")
def ready(production: Layout) -> Layout:
    """The quotas are counted: until then a server lets nothing in that they limit."""

    def uncounted() -> list[str]:
        paths = [production.client.path(one) for one in production.manifests("ResourceQuota")]
        return [path for path in paths if "hard" not in production.client.request("GET", path).body.get("status", {})]

    def unguarded() -> list[str]:
        # A policy of admission holds a moment after it is made.
        worst = {team: SAMPLES["privileged"].manifest(team) for team in teams_of(production)}
        return [team for team, pod in worst.items() if production.client.create(pod, dryRun="All").fine]

    wait_for("quotas to be counted", uncounted)
    wait_for("privileged pods to be refused", unguarded)
    return production


@pytest.fixture(scope="module", params=LEVELS)
def level(request: pytest.FixtureRequest, cluster: Client) -> Iterator[str]:
    """A namespace of each level, called like it, with an account like a team's."""
    made = namespace(request.param, **{ENFORCE: request.param})
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": ACCOUNT}}
    assert cluster.create(made).fine
    assert cluster.create({**account, "metadata": {"name": ACCOUNT, "namespace": request.param}}).fine
    yield request.param
    remove(cluster, [made])


def test_samples_are_judged_right(level: str, cluster: Client, tally: Tally) -> None:
    """Each sample is let in at the levels that its row says, and at no other."""
    tally("pods judged by admission", len(SAMPLES))
    answers = {name: cluster.create(sample.manifest(level), dryRun="All") for name, sample in SAMPLES.items()}

    assert {name: one.fine for name, one in answers.items()} == {
        name: sample.admitted_at(level) for name, sample in SAMPLES.items()
    }
    assert [one.message for one in answers.values() if not one.fine and POD_SECURITY not in one.message] == []


def test_teams_bring_what_their_level_lets_in(ready: Layout, tally: Tally) -> None:
    """In every team's namespace each sample meets what the namespace's own label promises."""
    teams = teams_of(ready)

    assert len(teams) > 1
    for team, labels in teams.items():
        tally("pods judged by admission", len(SAMPLES))
        for name, sample in SAMPLES.items():
            answer = ready.client.create(sample.manifest(team), dryRun="All")

            assert answer.fine == sample.admitted_in(labels), f"{name} in {team}: {answer.message}"


def test_no_team_may_have_the_machine(ready: Layout) -> None:
    """Whatever the level of a team is: none of them reaches the machine, and the refusal says what is wrong."""
    for team in teams_of(ready):
        for name in ("privileged", "folder of the machine", "network of the machine", "more rights"):
            answer = ready.client.create(SAMPLES[name].manifest(team), dryRun="All")

            assert not answer.fine
            assert POD_SECURITY in answer.message or POLICY in answer.message


def test_the_guide_is_let_in(ready: Layout, tally: Tally) -> None:
    """What ML engineers are shown is taken as it stands there."""
    objects = guide_objects()
    tally("pods judged by admission", len(objects))
    refused = {
        one["metadata"]["name"]: answer.message
        for one in objects
        if not (answer := ready.client.create(one, dryRun="All")).fine
    }

    # Without a LimitRange that gives them requests, a quota refuses pods that say none.
    without = not ready.manifests("LimitRange")
    refused = {name: why for name, why in refused.items() if not (without and "must specify requests" in why)}

    assert len(objects) > 4
    assert refused == {}
