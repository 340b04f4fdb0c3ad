"""Access in the declared graph of every stack: members, ends of grants, secrets, federation and audit logs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from components._common import ExpiryArgs, expiry_condition
from groundwork.graph import Graph, Node, Placeholder, at
from stacks.settings.checks.identity_checks import subject
from stacks.settings.core.types import BASIC_ROLES
from stacks.settings.model import team_data
from tests.cloud_settings import read_file
from tests.conftest import ROOT
from tests.nonempty import nonempty

SENSITIVE = re.compile(r"^(password|rootPassword|secretData|stringData|binaryData|privateKey|secret)$")


def _grants(graph: Graph) -> list[Node]:
    """Every resource that grants a role."""
    return nonempty(
        node for node in graph if "role" in node.inputs and re.search(r"iam|access", node.type, re.IGNORECASE)
    )


def _values(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every key at any depth, with its value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield f"{path}.{key}", item
            yield from _values(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _values(item, f"{path}[{index}]")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def test_no_basic_role_is_granted(cloud_graph: Graph) -> None:
    """Owner, editor and viewer contain thousands of permissions that were never reviewed."""
    texts = {text for node in cloud_graph if node.type.startswith("gcp:") for text in _texts(node.inputs)}

    assert any(text.startswith("roles/") for text in texts)
    assert set() == BASIC_ROLES & texts


def test_no_member_is_a_user_or_a_domain(graph: Graph) -> None:
    """Members are groups and accounts: no person, no domain and not everybody."""
    members = {text for node in graph if node.type.startswith("gcp:") for text in _texts(node.inputs)}

    assert [text for text in members if text.startswith(("user:", "domain:", "allUsers", "allAuthenticated"))] == []


def test_no_account_has_a_static_key(cloud_graph: Graph) -> None:
    """External jobs use federation. The only static key, that of pipelines, has a decision record."""
    kinds = [node.type for node in cloud_graph if node.custom and node.type.lower().endswith("key")]

    assert {"gcp:storage/hmacKey:HmacKey", "gcp:kms/cryptoKey:CryptoKey"} >= set(kinds)
    assert kinds.count("gcp:storage/hmacKey:HmacKey") == 1


def test_grants_are_declared_with_their_resource(cloud_graph: Graph) -> None:
    """A grant on a bucket, a dataset, a repository or a secret has the same parent as the resource.

    Exceptions are buckets of another stack, and the role of the agent of a discovery scan.
    """
    owned = {
        "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": "Repository",
        "gcp:bigquery/datasetIamMember:DatasetIamMember": "Dataset",
        "gcp:secretmanager/secretIamMember:SecretIamMember": "Secret",
        "gcp:storage/bucketIAMMember:BucketIAMMember": "Bucket",
    }
    for node in _grants(cloud_graph):
        if (kind := owned.get(node.type)) is None or node.inputs["role"] == "roles/dataplex.discoveryServiceAgent":
            continue
        siblings = [other.type.rpartition(":")[2] for other in cloud_graph if other.parent == node.parent]

        assert kind in siblings or "SharedBucket" in cloud_graph.nodes[node.parent or ""].type, node.urn


def test_grants_with_an_end_have_a_condition(cloud_graphs: dict[str, Graph]) -> None:
    """Each grant with an end in the settings has a condition in the graph, and no other grant has one.

    An entry of a team's data can be several grants: to its workloads and to each of its groups.
    """
    for stack, graph in cloud_graphs.items():
        settings = read_file(ROOT / f"Pulumi.{stack}.yaml")
        declared = [
            (grant["until"], grant["reason"])
            for grant in _maps(
                settings.model_dump(mode="json", exclude={"teams": {"__all__": {"data", "pod_security", "services"}}})
            )
            if grant.get("until") is not None
        ]
        for key, bucket in settings.buckets.items():
            for team in settings.teams.values():
                terms = [
                    *team_data.of_team(team, key, bucket).values(),
                    *([team.data[key]] if key in team.data else []),
                ]
                declared += [(each.until, each.reason) for each in terms if each.until is not None]
        conditions = [node.inputs["condition"] for node in _grants(graph) if node.inputs.get("condition")]
        titles = [(condition["title"].removeprefix("until "), condition["description"]) for condition in conditions]

        assert sorted(declared) == sorted(titles)
    assert any(node.inputs.get("condition") for node in _grants(cloud_graphs["prod"]))


def _maps(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _maps(item)
    elif isinstance(value, list):
        for item in value:
            yield from _maps(item)


@pytest.mark.parametrize(
    ("day", "first_without"),
    [
        (date(2027, 1, 31), "2027-02-01"),
        (date(2027, 12, 31), "2028-01-01"),
        (date(2028, 2, 28), "2028-02-29"),
        (date(2099, 12, 31), "2100-01-01"),
    ],
)
def test_condition_includes_the_last_day(day: date, first_without: str) -> None:
    """The condition ends after the last day, also at the end of a month, of a year and in a leap year."""
    condition = expiry_condition(ExpiryArgs(day, "audit"))

    assert condition is not None
    assert condition["expression"] == f'request.time < timestamp("{first_without}T00:00:00Z")'
    assert condition["title"] == f"until {day.isoformat()}"


def test_secret_inputs_are_masked(cloud_graph: Graph) -> None:
    """Every input that is or contains a password is secret, so that state and plan encrypt or omit it."""
    secrets = [
        (f"{node.name}{path}", value)
        for node in cloud_graph
        for path, value in _values(node.inputs, "")
        if SENSITIVE.match(path.rpartition(".")[2]) and not _is_reference(value)
    ]

    assert secrets
    assert [path for path, value in secrets if value is not Placeholder.SECRET] == []


def _is_reference(value: Any) -> bool:
    """Whether the value refers to a secret, as selectors in Kubernetes objects do."""
    return isinstance(value, dict) and set(value) <= {"key", "name", "optional"}


def test_no_secret_version_is_declared(graph: Graph) -> None:
    """Values are added by people: the program declares secrets and grants, but no version."""
    kinds = {node.type for node in graph}

    assert [kind for kind in kinds if kind.startswith("gcp:secretmanager/") and "ersion" in kind] == []


def test_federation_accepts_only_the_listed_github_jobs(graphs: dict[str, Graph]) -> None:
    """The provider accepts one organization and listed subjects, and pull requests only of listed deployers.

    Jobs of a team's repository use a provider that accepts no other subject.
    """
    for stack in ("dev", "prod"):
        graph = graphs[stack]
        github = read_file(ROOT / f"Pulumi.{stack}.yaml").github
        assert github is not None
        settings = read_file(ROOT / f"Pulumi.{stack}.yaml")
        providers = {node.name: node for node in graph if node.type.endswith(":WorkloadIdentityPoolProvider")}
        condition = providers.pop("github-provider").inputs["attributeCondition"]
        team_jobs = {
            f"github-team-{name}": subject(github.organization, team.repository.deployer)
            for name, team in settings.teams.items()
            if team.repository is not None
        }
        assert set(team_jobs) == set(providers)
        for name, job in team_jobs.items():
            assert providers[name].inputs["attributeCondition"] == (
                f"assertion.repository_owner_id == '{github.organization_id}' && assertion.sub == '{job}'"
                " && !assertion.event_name.startsWith('pull_request')"
            )
        jobs = {
            node.inputs["member"].rpartition("/subject/")[2]
            for node in graph
            if str(node.inputs.get("member", "")).startswith("principal://")
        }
        assert set(team_jobs.values()) <= jobs
        jobs -= set(team_jobs.values())

        assert f"assertion.repository_owner_id == '{github.organization_id}' && " in condition
        assert "event_name.startsWith('pull_request')" in condition
        assert len(jobs) == len(github.deployers)
        assert all(f"'{job}'" in condition for job in jobs)
        assert not any("*" in job or "pull_request" in job for job in jobs)
        requests = re.search(r"\|\| assertion\.sub in \[(.*?)\]", condition)
        allowed = set(re.findall(r"'([^']+)'", requests[1])) if requests else set()
        assert {job.rpartition(":")[2] for job in allowed} == {
            deployer.environment for deployer in github.deployers.values() if deployer.pull_requests
        }


def test_sensitive_data_is_audited(cloud_graphs: dict[str, Graph]) -> None:
    """If a stack owns sensitive data, every access by any principal is logged and the log is retained."""
    for graph in cloud_graphs.values():
        services = {
            f"{node.type.partition('/')[0].removeprefix('gcp:')}.googleapis.com"
            for node in graph
            if at(node.inputs, "labels.data-class") == "sensitive"
        }
        audited = {node.inputs["service"]: node for node in graph if node.type.endswith(":IAMAuditConfig")}

        assert services <= set(audited)
        for node in audited.values():
            kinds = {config["logType"] for config in node.inputs["auditLogConfigs"]}
            assert kinds >= {"DATA_READ", "DATA_WRITE"}
            assert not any("exemptedMembers" in config for config in node.inputs["auditLogConfigs"])
        if audited:
            (log,) = (node for node in graph if node.type.endswith(":ProjectBucketConfig"))
            assert log.protect
            assert log.inputs["retentionDays"] >= 365
    assert any("sensitive" in str(node.inputs.get("labels")) for node in cloud_graphs["prod"])
