"""Tests of `components.workload_account`."""

from __future__ import annotations

from components.workload_account import WorkloadAccount, WorkloadAccountArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs, read

ACCOUNT = WorkloadAccountArgs(
    project="ml-service",
    account_id="ml-vision",
    workload_pool="ml-service.svc.id.goog",
    namespace="vision",
    kubernetes_account="workload",
)


def _graph() -> Graph:
    return declare(lambda: read(WorkloadAccount("workload-vision", ACCOUNT).member))


def test_workload_account_is_in_the_project() -> None:
    """No key is declared."""
    graph = _graph()

    assert declared(graph) == {
        "workload-vision-account": "gcp:serviceaccount/account:Account",
        "workload-vision-federation": "gcp:serviceaccount/iAMMember:IAMMember",
        "reader": "test:index:Reader",
    }
    assert inputs(graph, "workload-vision-account") == {
        "project": "ml-service",
        "accountId": "ml-vision",
        "displayName": "workloads in namespace vision",
    }


def test_workload_account_may_be_used_by_one_kubernetes_account() -> None:
    """The member has the namespace and the account, in any cluster of the project."""
    graph = _graph()
    federation = inputs(graph, "workload-vision-federation")

    assert federation["role"] == "roles/iam.workloadIdentityUser"
    assert federation["member"] == "serviceAccount:ml-service.svc.id.goog[vision/workload]"
    assert depends_on(graph, "workload-vision-federation") == {"workload-vision-account"}


def test_workload_account_email_is_known_and_its_member_depends_on_the_account() -> None:
    """Manifests have the e-mail address; grants wait for the account."""
    emails: list[str] = []
    declare(lambda: emails.append(WorkloadAccount("workload-vision", ACCOUNT).email))

    assert emails == ["ml-vision@ml-service.iam.gserviceaccount.com"]
    assert depends_on(_graph(), "reader") == {"workload-vision-account"}
