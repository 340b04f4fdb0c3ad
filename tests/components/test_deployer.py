"""Tests of `components.deployer`."""

from __future__ import annotations

from components.deployer import Deployer, DeployerArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs, read
from tests.components.grants import CONDITION, EXPIRY

DEPLOYER = DeployerArgs(
    project="ml-service",
    account_id="ci-platform",
    display_name="GitHub Actions (platform)",
    federated_member="principal://iam.googleapis.com/pool/subject/repo:example/platform:ref:refs/heads/main",
    projects={"service": "ml-service", "host": "ml-host"},
    roles={"service": {"roles/editor": None, "roles/container.admin": EXPIRY}, "host": {"roles/viewer": None}},
)


def _graph() -> Graph:
    return declare(lambda: read(Deployer("deployer-platform", DEPLOYER).member))


def test_deployer_declares_account_federation_and_a_binding_for_each_role() -> None:
    """Bindings are named by project and role; no key is declared."""
    assert declared(_graph()) == {
        "deployer-platform-account": "gcp:serviceaccount/account:Account",
        "deployer-platform-federation": "gcp:serviceaccount/iAMMember:IAMMember",
        "deployer-platform-service-editor": "gcp:projects/iAMMember:IAMMember",
        "deployer-platform-service-container.admin": "gcp:projects/iAMMember:IAMMember",
        "deployer-platform-host-viewer": "gcp:projects/iAMMember:IAMMember",
        "reader": "test:index:Reader",
    }


def test_deployer_account_is_in_the_project() -> None:
    """The id and the name are those of the settings."""
    assert inputs(_graph(), "deployer-platform-account") == {
        "project": "ml-service",
        "accountId": "ci-platform",
        "displayName": "GitHub Actions (platform)",
    }


def test_deployer_federated_member_may_act_as_the_account() -> None:
    """Only the one subject may use the account."""
    graph = _graph()
    federation = inputs(graph, "deployer-platform-federation")

    assert federation["role"] == "roles/iam.workloadIdentityUser"
    assert federation["member"] == DEPLOYER.federated_member
    assert depends_on(graph, "deployer-platform-federation") == {"deployer-platform-account"}


def test_deployer_roles_are_in_their_projects_and_expire() -> None:
    """A role of the host project is not granted in the service project."""
    graph = _graph()
    host, temporary, permanent = (
        inputs(graph, f"deployer-platform-{name}")
        for name in ("host-viewer", "service-container.admin", "service-editor")
    )

    assert (host["project"], host["role"]) == ("ml-host", "roles/viewer")
    assert (temporary["project"], temporary["role"]) == ("ml-service", "roles/container.admin")
    assert temporary["condition"] == CONDITION
    assert "condition" not in permanent
    assert depends_on(graph, "deployer-platform-host-viewer") == {"deployer-platform-account"}


def test_deployer_member_depends_on_the_account() -> None:
    """Other components grant roles to the member."""
    assert depends_on(_graph(), "reader") == {"deployer-platform-account"}
