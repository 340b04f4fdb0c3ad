"""Access control of a real API server: by access reviews, and by requests with impersonation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.access import AUDITORS, MEMBERS, NO, ROWS, YES, Row, Word, asked
from tests.cluster.client import Answer, Client
from tests.cluster.layout import Layout
from tests.cluster.plugin import Tally

METHODS = {"create": "POST", "delete": "DELETE", "get": "GET", "list": "GET", "patch": "PATCH"}


def review(client: Client, row: Row) -> Word:
    """The server's answer to an access review."""
    attributes = {
        "verb": row.verb,
        "group": row.group,
        "resource": row.plural,
        "subresource": row.part,
        "namespace": row.namespace,
        "name": row.name,
    }
    question = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "metadata": {},
        "spec": {"user": row.user, "groups": row.groups, "resourceAttributes": attributes},
    }
    answer = client.create(question)
    assert answer.fine, answer.message
    return YES if answer.body["status"]["allowed"] else NO


def attempt(client: Client, row: Row) -> Answer | None:
    """The response to the request itself; None if it is not an HTTP request, or of a kind that the server lacks.

    It has no effect: created objects are empty, and changed or deleted objects are missing, or it is a dry run.
    """
    root = _root(client, row.group)
    if row.verb not in METHODS or root is None:
        return None
    scope = f"/namespaces/{row.namespace}" if row.namespace and row.plural != "namespaces" else ""
    one = f"/{row.object}" if row.verb in ("delete", "get", "patch") or row.part else ""
    part = f"/{row.part}" if row.part else ""
    method = METHODS[row.verb]
    content = "application/merge-patch+json" if method == "PATCH" else "application/json"
    impersonated = client.acting_as(row.user, row.who if "@" in row.who else None)
    return impersonated.request(
        method,
        f"{root}{scope}/{row.plural}{one}{part}",
        None if method == "GET" else {},
        content,
        **({} if method == "GET" else {"dryRun": "All"}),
    )


def _root(client: Client, group: str) -> str | None:
    if not group:
        return "/api/v1"
    found = client.request("GET", f"/apis/{group}")
    return f"/apis/{found.body['preferredVersion']['groupVersion']}" if found.fine else None


@pytest.mark.parametrize("row", [pytest.param(row, id=str(row)) for row in asked()])
def test_server_answers_as_in_the_access_table(production: Layout, row: Row, tally: Tally) -> None:
    """The access review and the response to the request itself are what the row expects."""
    tally("access reviews", 1)

    assert review(production.client, row) == row.expected, row.why

    answer = attempt(production.client, row)
    if answer is not None:
        tally("access requests", 1)
        forbidden = answer.status == 403 and f"cannot {row.verb} resource" in answer.message

        assert forbidden == (row.expected == NO), f"{answer.status} {answer.message}"


def test_viewers_can_read_every_declared_object_of_their_namespace(production: Layout, tally: Tally) -> None:
    """Viewers of a team can read each object of the platform, to find the reason for a refusal."""
    objects = [
        one.manifest for one in production.objects.values() if one.manifest["metadata"].get("namespace") == "vision"
    ]
    kinds = {
        (one["apiVersion"], one["kind"]): production.client.kind(one["apiVersion"], one["kind"]) for one in objects
    }
    groups = {key: key[0].rpartition("/")[0] for key in kinds}
    rows = [
        Row(AUDITORS, verb, f"{kind.plural}.{groups[key]}".rstrip("."), "vision", YES, "declared in their namespace")
        for key, kind in kinds.items()
        if kind is not None
        for verb in ("get", "list")
    ]
    tally("access reviews", len(rows))

    assert len(rows) == 2 * len(kinds) > 2
    assert [str(row) for row in rows if review(production.client, row) == NO] == []


def test_rows_about_members_are_skipped_only_without_group_bindings(production: Layout, tally: Tally) -> None:
    """Rows about members are asked once groups are bound in teams' namespaces."""
    subjects = [subject for one in production.manifests("RoleBinding") for subject in one.get("subjects", [])]
    tally("access questions skipped, without roles of members", len(ROWS) - len(asked()))

    found = any(subject["kind"] == "Group" for subject in subjects)

    assert found == MEMBERS, "set MEMBERS in tests/cluster/access.py"


def test_access_table_has_no_duplicates() -> None:
    """Two rows with the same question could have different expectations."""
    assert len({str(row) for row in ROWS}) == len(ROWS)


@pytest.mark.usefixtures("granted")
def test_additional_grant_is_detected(production: Layout) -> None:
    """The review and the request both detect an additional role binding."""
    row = next(row for row in ROWS if str(row) == "ml-vision@brightwater.example list secrets in forecasting")
    answer = attempt(production.client, row)

    assert review(production.client, row) != row.expected
    assert answer is not None
    assert answer.fine


@pytest.fixture
def granted(production: Layout) -> Iterator[None]:
    """A role binding that lets members of one team edit in the other's namespace."""
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "not-in-the-access-table", "namespace": "forecasting"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
        "subjects": [
            {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "ml-vision@brightwater.example"}
        ],
    }
    assert production.client.create(binding).fine
    yield
    production.client.request("DELETE", production.client.path(binding))
