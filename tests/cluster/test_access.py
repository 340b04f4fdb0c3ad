"""The API server's own answers to who may do what: by review, and by trying it in somebody's name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.access import AUDITORS, MEMBERS, NO, ROWS, YES, Row, Word, asked
from tests.cluster.client import Answer, Client
from tests.cluster.layout import Layout
from tests.cluster.plugin import Tally

METHODS = {"create": "POST", "delete": "DELETE", "get": "GET", "list": "GET", "patch": "PATCH"}


def review(client: Client, row: Row) -> Word:
    """What the server answers when it is asked whether they may."""
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
    """What happens when they try; None for what is no request of its own, or of a kind that this server has not got.

    Nothing comes of it: what is made is empty, and what is changed or deleted is not there, or a dry run.
    """
    root = _root(client, row.group)
    if row.verb not in METHODS or root is None:
        return None
    scope = f"/namespaces/{row.namespace}" if row.namespace and row.plural != "namespaces" else ""
    one = f"/{row.object}" if row.verb in ("delete", "get", "patch") or row.part else ""
    part = f"/{row.part}" if row.part else ""
    method = METHODS[row.verb]
    content = "application/merge-patch+json" if method == "PATCH" else "application/json"
    somebody = client.acting_as(row.user, row.who if "@" in row.who else None)
    return somebody.request(
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
def test_the_server_answers_as_the_table_says(production: Layout, row: Row, tally: Tally) -> None:
    """Its review and its answer to the request itself are what the row expects."""
    tally("access questions asked, by review", 1)

    assert review(production.client, row) == row.expected, row.why

    answer = attempt(production.client, row)
    if answer is not None:
        tally("access questions asked, by a request", 1)
        forbidden = answer.status == 403 and f"cannot {row.verb} resource" in answer.message

        assert forbidden == (row.expected == NO), f"{answer.status} {answer.message}"


def test_what_is_declared_in_a_namespace_can_be_looked_at(production: Layout, tally: Tally) -> None:
    """Who looks at a team sees each object that the platform put there: what refuses something is one of them."""
    objects = [
        one.manifest for one in production.objects.values() if one.manifest["metadata"].get("namespace") == "vision"
    ]
    kinds = {
        (one["apiVersion"], one["kind"]): production.client.kind(one["apiVersion"], one["kind"]) for one in objects
    }
    groups = {key: key[0].rpartition("/")[0] for key in kinds}
    rows = [
        Row(AUDITORS, verb, f"{kind.plural}.{groups[key]}".rstrip("."), "vision", YES, "it is theirs")
        for key, kind in kinds.items()
        if kind is not None
        for verb in ("get", "list")
    ]
    tally("access questions asked, by review", len(rows))

    assert len(rows) == 2 * len(kinds) > 2
    assert [str(row) for row in rows if review(production.client, row) == NO] == []


def test_every_row_is_asked_or_counted(production: Layout, tally: Tally) -> None:
    """Rows about members wait for bindings of groups in teams' namespaces, and no longer."""
    subjects = [subject for one in production.manifests("RoleBinding") for subject in one.get("subjects", [])]
    tally("access questions that wait for roles of members", len(ROWS) - len(asked()))

    found = any(subject["kind"] == "Group" for subject in subjects)

    assert found == MEMBERS, "set MEMBERS in tests/cluster/access.py"


def test_no_question_is_asked_twice() -> None:
    """Two rows about one thing would be one answer counted twice, or two expectations."""
    assert len({str(row) for row in ROWS}) == len(ROWS)


@pytest.mark.usefixtures("granted")
def test_a_grant_too_many_is_seen(production: Layout) -> None:
    """With a binding that nobody reviewed, both ways of asking say so."""
    row = next(row for row in ROWS if str(row) == "ml-vision@brightwater.example list secrets in forecasting")
    answer = attempt(production.client, row)

    assert review(production.client, row) != row.expected
    assert answer is not None
    assert answer.fine


@pytest.fixture
def granted(production: Layout) -> Iterator[None]:
    """Every member of one team may edit in the other's namespace."""
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "nobody-reviewed-this", "namespace": "forecasting"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
        "subjects": [
            {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "ml-vision@brightwater.example"}
        ],
    }
    assert production.client.create(binding).fine
    yield
    production.client.request("DELETE", production.client.path(binding))
