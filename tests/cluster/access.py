"""Who may do what: a table of questions to a real API server, for the groups and accounts of `Pulumi.prod.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Word = Literal["yes", "no"]  # as `kubectl auth can-i` answers
Reason = Literal["today", "members"]

YES: Final = "yes"
NO: Final = "no"

# Whether the program declares role bindings for team members; rows that need them are skipped until then.
MEMBERS: Final = True

VISION: Final = "ml-vision@brightwater.example"
FORECASTING: Final = "ml-forecasting@brightwater.example"
LEADS: Final = "ml-vision-leads@brightwater.example"  # admins of the team vision
AUDITORS: Final = "data-protection@brightwater.example"  # viewers of the team vision
ONCALL: Final = "ml-oncall@brightwater.example"
VISION_JOBS: Final = "vision/workload"
FORECASTING_JOBS: Final = "forecasting/workload"
COLLECTOR: Final = "gmp-system/collector"
_MADE_UP: Final = "nothing-of-this-name"


@dataclass(frozen=True)
class Row:
    """One question: whether a member of a group (an e-mail address) or a service account (`namespace/name`) may do it.

    `resource` is written as in `kubectl auth can-i`: `jobs.batch`, `pods/log`; `namespace` is empty for the cluster.
    """

    who: str
    verb: str
    resource: str
    namespace: str
    expected: Word
    why: str
    name: str = ""
    needs: Reason = "today"

    @property
    def user(self) -> str:
        """The name of the user."""
        if "@" in self.who:
            return f"member-of-{self.who}"
        return "system:serviceaccount:" + self.who.replace("/", ":")

    @property
    def groups(self) -> list[str]:
        """The groups of the user."""
        if "@" in self.who:
            return [self.who, "system:authenticated"]
        namespace = self.who.partition("/")[0]
        return ["system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated"]

    @property
    def group(self) -> str:
        """The API group of the resource."""
        return self.resource.partition("/")[0].partition(".")[2]

    @property
    def plural(self) -> str:
        """The resource without API group and subresource."""
        return self.resource.partition("/")[0].partition(".")[0]

    @property
    def part(self) -> str:
        """The subresource, or an empty string."""
        return self.resource.partition("/")[2]

    @property
    def object(self) -> str:
        """The name of the requested object: a missing one if the row names none."""
        return self.name or _MADE_UP

    def __str__(self) -> str:
        """The question as a test id."""
        where = f"in {self.namespace}" if self.namespace else "in the cluster"
        return f"{self.who} {self.verb} {self.resource}{' ' * bool(self.name)}{self.name} {where}"


def _each(
    who: str, verbs: str, resources: str, namespace: str, expected: Word, why: str, *, needs: Reason = "today"
) -> list[Row]:
    """A row for each verb and resource; both are separated by spaces."""
    return [
        Row(who, verb, resource, namespace, expected, why, needs=needs)
        for verb in verbs.split()
        for resource in resources.split()
    ]


_TWO_TEAMS: Final = ((VISION, "forecasting"), (FORECASTING, "vision"))
_TWO_ACCOUNTS: Final = ((VISION_JOBS, "forecasting"), (FORECASTING_JOBS, "vision"))
_MESH: Final = (
    "authorizationpolicies.security.istio.io peerauthentications.security.istio.io sidecars.networking.istio.io "
    "destinationrules.networking.istio.io virtualservices.networking.istio.io envoyfilters.networking.istio.io"
)
_WORK: Final = "pods jobs.batch trainjobs.trainer.kubeflow.org notebooks.kubeflow.org"

TODAY: Final = [
    *(
        row
        for who, other in _TWO_TEAMS
        for row in (
            *_each(who, "list create delete", _WORK, other, NO, "no access to another team's work"),
            *_each(who, "get create", "pods/exec", other, NO, "a shell in its pods would give access to its data"),
            *_each(who, "get", "pods/log configmaps services", other, NO, "logs and ConfigMaps may contain data"),
            *_each(who, "get list create", "secrets", other, NO, "no access to another team's secrets"),
            Row(
                who,
                "create",
                "serviceaccounts/token",
                other,
                NO,
                "the token would give access to its data",
                "workload",
            ),
        )
    ),
    *(
        row
        for who, other in _TWO_ACCOUNTS
        for row in (
            *_each(who, "list create", "pods jobs.batch", other, NO, "jobs have no access to other teams"),
            *_each(who, "get list", "secrets configmaps", other, NO, "no access to another team's secrets"),
            *_each(who, "get list", "secrets", who.partition("/")[0], NO, "secrets are mounted as files"),
        )
    ),
    *(
        row
        for who, own in ((VISION, "vision"), (FORECASTING, "forecasting"), (LEADS, "vision"), (AUDITORS, "vision"))
        for row in (
            *_each(who, "get list create", "secrets", own, NO, "secrets are mounted as files from Secret Manager"),
            *_each(
                who,
                "create patch delete",
                "resourcequotas limitranges networkpolicies.networking.k8s.io rolebindings.rbac.authorization.k8s.io "
                "localqueues.kueue.x-k8s.io",
                own,
                NO,
                "managed in the settings",
            ),
            *_each(who, "create patch delete", _MESH, own, NO, "the mesh is managed in the settings"),
            Row(
                who,
                "create",
                "serviceaccounts/token",
                own,
                NO,
                "the token would outlive the person's access",
                "workload",
            ),
            Row(who, "patch", "namespaces", own, NO, "its labels decide which pods are admitted", own),
            Row(
                who,
                "delete",
                "namespaces",
                own,
                NO,
                "teams are removed in the settings, and their data is retained",
                own,
            ),
        )
    ),
    *(
        row
        for who in (VISION, LEADS, ONCALL, VISION_JOBS)
        for row in (
            *_each(
                who,
                "create patch delete",
                "persistentvolumes clusterroles.rbac.authorization.k8s.io clusterqueues.kueue.x-k8s.io",
                "",
                NO,
                "cluster-wide objects belong to no team",
            ),
            *_each(who, "get", "nodes/proxy", "", NO, "it bypasses the API server, to every pod of a node"),
            *_each(who, "list", "secrets", "", NO, "no access to secrets of the whole cluster"),
            *_each(who, "list", "secrets", "kueue-system", NO, "no access to secrets of the platform"),
            *_each(who, "impersonate", "users groups", "", NO, "no impersonation"),
            *_each(
                who,
                "create",
                "selfsubjectaccessreviews.authorization.k8s.io",
                "",
                YES,
                "everyone may ask what they may do",
            ),
        )
    ),
    Row("vision/default", "list", "pods", "vision", NO, "the default account has no permissions"),
    Row(COLLECTOR, "get", "secrets", "kueue-system", YES, "the token for the metrics of queues", "metrics-reader"),
    Row(COLLECTOR, "get", "secrets", "kueue-system", NO, "no other secret", "webhook-server-cert"),
    Row(COLLECTOR, "list", "secrets", "kueue-system", NO, "no listing"),
    Row(COLLECTOR, "get", "secrets", "vision", NO, "no secrets of teams", "metrics-reader"),
]

WITH_MEMBERS: Final = [
    *(
        row
        for who, own in ((VISION, "vision"), (FORECASTING, "forecasting"), (LEADS, "vision"))
        for row in (
            *_each(who, "list get create delete", _WORK, own, YES, "their own work", needs="members"),
            *_each(who, "get", "pods/log", own, YES, "the log says why a job failed", needs="members"),
            *_each(who, "create", "pods/exec pods/portforward", own, YES, "to debug a running job", needs="members"),
            *_each(
                who,
                "list create patch",
                "configmaps persistentvolumeclaims",
                own,
                YES,
                "a job's files",
                needs="members",
            ),
            *_each(
                who,
                "list",
                "events resourcequotas networkpolicies.networking.k8s.io localqueues.kueue.x-k8s.io "
                "workloads.kueue.x-k8s.io",
                own,
                YES,
                "they say why work is pending or refused",
                needs="members",
            ),
        )
    ),
    *_each(
        VISION,
        "create",
        "deployments.apps services",
        "vision",
        NO,
        "long-lived services need an admin",
        needs="members",
    ),
    *_each(LEADS, "create", "deployments.apps services", "vision", YES, "admins run services", needs="members"),
    *_each(LEADS, "list create", "pods", "forecasting", NO, "admin of one team only", needs="members"),
    *_each(AUDITORS, "list", "pods jobs.batch events configmaps", "vision", YES, "viewers read", needs="members"),
    *_each(AUDITORS, "get", "pods/log", "vision", YES, "viewers read", needs="members"),
    *_each(
        AUDITORS, "create delete", "pods jobs.batch configmaps", "vision", NO, "viewers change nothing", needs="members"
    ),
    *_each(AUDITORS, "create get", "pods/exec", "vision", NO, "a shell is more than read access", needs="members"),
    *_each(AUDITORS, "list", "pods", "forecasting", NO, "viewer of one team only", needs="members"),
    *_each(AUDITORS, "get list", _MESH, "vision", YES, "they say why a call was refused", needs="members"),
    *_each(
        VISION,
        "list",
        "rolebindings.rbac.authorization.k8s.io",
        "vision",
        YES,
        "they say who has access",
        needs="members",
    ),
    *_each(
        VISION, "get list", _MESH, "forecasting", NO, "no access to another team's mesh configuration", needs="members"
    ),
]

ROWS: Final = [*TODAY, *WITH_MEMBERS]


def asked() -> list[Row]:
    """The rows that the declared role bindings can answer."""
    return [row for row in ROWS if row.needs == "today" or MEMBERS]
