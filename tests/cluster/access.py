"""Who may do what, as a table of questions to a real API server; the people are those of `Pulumi.prod.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Word = Literal["yes", "no"]  # as `kubectl auth can-i` answers
Reason = Literal["today", "members"]

YES: Final = "yes"
NO: Final = "no"

# Rows that stand on role bindings of teams' members are asked once the program declares such bindings.
MEMBERS: Final = True

VISION: Final = "ml-vision@brightwater.example"
FORECASTING: Final = "ml-forecasting@brightwater.example"
LEADS: Final = "ml-vision-leads@brightwater.example"  # administrators of the team vision
AUDITORS: Final = "data-protection@brightwater.example"  # they look at the team vision
ONCALL: Final = "ml-oncall@brightwater.example"
VISION_JOBS: Final = "vision/workload"
FORECASTING_JOBS: Final = "forecasting/workload"
COLLECTOR: Final = "gmp-system/collector"
_MADE_UP: Final = "nothing-of-this-name"


@dataclass(frozen=True)
class Row:
    """One question: whether a member of a group (an address) or a service account (`namespace/name`) may do it.

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
        """The name of the user who asks."""
        if "@" in self.who:
            return f"somebody-of-{self.who}"
        return "system:serviceaccount:" + self.who.replace("/", ":")

    @property
    def groups(self) -> list[str]:
        """What the server knows of the user beside the name."""
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
        """The resource without its group and its part."""
        return self.resource.partition("/")[0].partition(".")[0]

    @property
    def part(self) -> str:
        """The subresource, if it is asked for."""
        return self.resource.partition("/")[2]

    @property
    def object(self) -> str:
        """The name of the object that a request is for: one that is not there, where the row names none."""
        return self.name or _MADE_UP

    def __str__(self) -> str:
        """The question as a name for a test."""
        where = f"in {self.namespace}" if self.namespace else "in the cluster"
        return f"{self.who} {self.verb} {self.resource}{' ' * bool(self.name)}{self.name} {where}"


def _each(
    who: str, verbs: str, resources: str, namespace: str, expected: Word, why: str, *, needs: Reason = "today"
) -> list[Row]:
    """A row for each verb on each resource; both are lists of words."""
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
            *_each(who, "list create delete", _WORK, other, NO, "another team's work is not seen"),
            *_each(who, "get create", "pods/exec", other, NO, "a terminal in its pods would be its data"),
            *_each(who, "get", "pods/log configmaps services", other, NO, "logs and settings may hold data"),
            *_each(who, "get list create", "secrets", other, NO, "nobody reads what another team keeps"),
            Row(
                who,
                "create",
                "serviceaccounts/token",
                other,
                NO,
                "whoever acts as its jobs has its data",
                "workload",
            ),
        )
    ),
    *(
        row
        for who, other in _TWO_ACCOUNTS
        for row in (
            *_each(who, "list create", "pods jobs.batch", other, NO, "jobs stay in their team"),
            *_each(who, "get list", "secrets configmaps", other, NO, "nobody reads what another team keeps"),
            *_each(who, "get list", "secrets", who.partition("/")[0], NO, "secrets come as files, not from here"),
        )
    ),
    *(
        row
        for who, own in ((VISION, "vision"), (FORECASTING, "forecasting"), (LEADS, "vision"), (AUDITORS, "vision"))
        for row in (
            *_each(who, "get list create", "secrets", own, NO, "secrets come as files, and from Secret Manager"),
            *_each(
                who,
                "create patch delete",
                "resourcequotas limitranges networkpolicies.networking.k8s.io rolebindings.rbac.authorization.k8s.io "
                "localqueues.kueue.x-k8s.io",
                own,
                NO,
                "what a team is given is decided in the settings",
            ),
            *_each(who, "create patch delete", _MESH, own, NO, "who calls whom is decided in the settings"),
            Row(who, "create", "serviceaccounts/token", own, NO, "it would last longer than the person", "workload"),
            Row(who, "patch", "namespaces", own, NO, "its labels decide which pods are let in", own),
            Row(who, "delete", "namespaces", own, NO, "a team goes by the settings, and keeps its data", own),
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
                "what is the cluster's belongs to no team",
            ),
            *_each(who, "get", "nodes/proxy", "", NO, "a way around the API server to every pod of a machine"),
            *_each(who, "list", "secrets", "", NO, "nobody reads all of them"),
            *_each(who, "list", "secrets", "kueue-system", NO, "nor those of the platform"),
            *_each(who, "impersonate", "users groups", "", NO, "nobody takes another's place"),
            *_each(
                who,
                "create",
                "selfsubjectaccessreviews.authorization.k8s.io",
                "",
                YES,
                "everybody may ask what they may do",
            ),
        )
    ),
    Row("vision/default", "list", "pods", "vision", NO, "the account of pods that name none has no rights"),
    Row(COLLECTOR, "get", "secrets", "kueue-system", YES, "the token for the metrics of queues", "metrics-reader"),
    Row(COLLECTOR, "get", "secrets", "kueue-system", NO, "and no other", "webhook-server-cert"),
    Row(COLLECTOR, "list", "secrets", "kueue-system", NO, "nor all of them"),
    Row(COLLECTOR, "get", "secrets", "vision", NO, "and none of a team", "metrics-reader"),
]

WITH_MEMBERS: Final = [
    *(
        row
        for who, own in ((VISION, "vision"), (FORECASTING, "forecasting"), (LEADS, "vision"))
        for row in (
            *_each(who, "list get create delete", _WORK, own, YES, "their own work", needs="members"),
            *_each(who, "get", "pods/log", own, YES, "why a job failed is in its log", needs="members"),
            *_each(
                who, "create", "pods/exec pods/portforward", own, YES, "to look into a job that runs", needs="members"
            ),
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
                "why something waits or is refused",
                needs="members",
            ),
        )
    ),
    *_each(
        VISION, "create", "deployments.apps services", "vision", NO, "what runs for good is the leads'", needs="members"
    ),
    *_each(LEADS, "create", "deployments.apps services", "vision", YES, "they answer for it", needs="members"),
    *_each(LEADS, "list create", "pods", "forecasting", NO, "they lead one team", needs="members"),
    *_each(AUDITORS, "list", "pods jobs.batch events configmaps", "vision", YES, "they look", needs="members"),
    *_each(AUDITORS, "get", "pods/log", "vision", YES, "they look", needs="members"),
    *_each(AUDITORS, "create delete", "pods jobs.batch configmaps", "vision", NO, "and touch nothing", needs="members"),
    *_each(AUDITORS, "create get", "pods/exec", "vision", NO, "a terminal is more than looking", needs="members"),
    *_each(AUDITORS, "list", "pods", "forecasting", NO, "they look at one team", needs="members"),
    *_each(AUDITORS, "get list", _MESH, "vision", YES, "a call that is refused has a reason", needs="members"),
    *_each(VISION, "list", "rolebindings.rbac.authorization.k8s.io", "vision", YES, "who may", needs="members"),
    *_each(VISION, "get list", _MESH, "forecasting", NO, "who calls another team is its own", needs="members"),
]

ROWS: Final = [*TODAY, *WITH_MEMBERS]


def asked() -> list[Row]:
    """The rows that can be asked of what the program declares now."""
    return [row for row in ROWS if row.needs == "today" or MEMBERS]
