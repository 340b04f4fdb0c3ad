"""What people, jobs of a repository and pods may do in a team's namespace: roles that each namespace binds.

No role has a wildcard or a secret, and none can change who may do what, what a team may use, or who may speak to it.
What is not named is refused: the kinds that operators add to Kubernetes' own roles for everybody are not taken over.
Whatever the platform declares in a namespace can be looked at there, so that a refusal is explained by what refuses;
what of the mesh and of the walls a team wants otherwise stands in the settings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels

LOOK: Final = ("get", "list", "watch")
EDIT: Final = (*LOOK, "create", "update", "patch", "delete", "deletecollection")
# A terminal in a pod is asked for by POST, or by GET where it is a web socket.
CONNECT: Final = ("create", "get")

Rules = Mapping[tuple[str, str], Sequence[str]]  # verbs by API group and resource


def _rules(group: str, *resources: str, verbs: Sequence[str]) -> Rules:
    return {(group, resource): verbs for resource in resources}


VIEWER: Final[Rules] = {
    **_rules("", "configmaps", "endpoints", "events", "limitranges", "persistentvolumeclaims", "pods", verbs=LOOK),
    **_rules("", "resourcequotas", "serviceaccounts", "services", verbs=LOOK),
    **_rules("", "pods/log", verbs=("get",)),
    **_rules("apps", "daemonsets", "deployments", "replicasets", "statefulsets", verbs=LOOK),
    **_rules("argoproj.io", "cronworkflows", "workflows", "workflowtemplates", verbs=LOOK),
    **_rules("autoscaling", "horizontalpodautoscalers", verbs=LOOK),
    **_rules("batch", "cronjobs", "jobs", verbs=LOOK),
    **_rules("discovery.k8s.io", "endpointslices", verbs=LOOK),
    **_rules("events.k8s.io", "events", verbs=LOOK),
    **_rules("gateway.networking.k8s.io", "httproutes", verbs=LOOK),
    **_rules("jobset.x-k8s.io", "jobsets", verbs=LOOK),
    **_rules("kubeflow.org", "experiments", "notebooks", "suggestions", "trials", verbs=LOOK),
    **_rules("kueue.x-k8s.io", "localqueues", "workloads", verbs=LOOK),
    **_rules("metrics.k8s.io", "pods", verbs=("get", "list")),
    **_rules("net.gke.io", "serviceexports", "serviceimports", verbs=LOOK),
    **_rules("networking.gke.io", "fqdnnetworkpolicies", "gcpbackendpolicies", "healthcheckpolicies", verbs=LOOK),
    **_rules("networking.istio.io", "destinationrules", "envoyfilters", "sidecars", "virtualservices", verbs=LOOK),
    **_rules("networking.k8s.io", "networkpolicies", verbs=LOOK),
    **_rules("policy", "poddisruptionbudgets", verbs=LOOK),
    **_rules("ray.io", "rayclusters", "rayjobs", "rayservices", verbs=LOOK),
    **_rules("rbac.authorization.k8s.io", "rolebindings", verbs=LOOK),
    **_rules("secrets-store.csi.x-k8s.io", "secretproviderclasses", verbs=LOOK),
    **_rules("security.istio.io", "authorizationpolicies", "peerauthentications", verbs=LOOK),
    **_rules(
        "serving.kserve.io", "inferencegraphs", "inferenceservices", "servingruntimes", "trainedmodels", verbs=LOOK
    ),
    **_rules("sparkoperator.k8s.io", "scheduledsparkapplications", "sparkapplications", verbs=LOOK),
    **_rules("trainer.kubeflow.org", "trainingruntimes", "trainjobs", verbs=LOOK),
}
# What runs to an end.
JOBS: Final[Rules] = {
    **_rules("argoproj.io", "cronworkflows", "workflows", "workflowtemplates", verbs=EDIT),
    **_rules("batch", "cronjobs", "jobs", verbs=EDIT),
    **_rules("jobset.x-k8s.io", "jobsets", verbs=EDIT),
    **_rules("kubeflow.org", "experiments", verbs=EDIT),
    **_rules("ray.io", "rayclusters", "rayjobs", verbs=EDIT),
    **_rules("sparkoperator.k8s.io", "scheduledsparkapplications", "sparkapplications", verbs=EDIT),
    **_rules("trainer.kubeflow.org", "trainjobs", verbs=EDIT),
}
MEMBER: Final[Rules] = {
    **VIEWER,
    **JOBS,
    **_rules("", "configmaps", "persistentvolumeclaims", "pods", verbs=EDIT),
    **_rules("", "pods/attach", "pods/exec", "pods/portforward", verbs=CONNECT),
}
# What runs for good, and what others start theirs from.
SERVICES: Final[Rules] = {
    **_rules("", "services", verbs=EDIT),
    **_rules("apps", "deployments", "statefulsets", verbs=EDIT),
    **_rules("autoscaling", "horizontalpodautoscalers", verbs=EDIT),
    **_rules("policy", "poddisruptionbudgets", verbs=EDIT),
    **_rules("ray.io", "rayservices", verbs=EDIT),
    **_rules("serving.kserve.io", "servingruntimes", verbs=EDIT),
    **_rules("trainer.kubeflow.org", "trainingruntimes", verbs=EDIT),
}
# Its jobs apply what the repository has, and wait for it: no terminal in a pod, no claim.
REPOSITORY: Final[Rules] = {**VIEWER, **JOBS, **SERVICES, **_rules("", "configmaps", verbs=EDIT)}
# What the driver of a Spark job starts and ends, as the operator's chart has it, and the results of a workflow's steps:
# https://github.com/kubeflow/spark-operator/blob/v2.5.1/charts/spark-operator-chart/templates/spark/rbac.yaml
# https://argo-workflows.readthedocs.io/en/latest/workflow-rbac/
WORKLOAD: Final[Rules] = {
    **_rules("", "configmaps", "persistentvolumeclaims", "pods", "services", verbs=EDIT),
    **_rules("argoproj.io", "workflowtaskresults", verbs=("create", "patch")),
}

# The roles, by the word that ends their names.
ROLES: Final[Mapping[str, Rules]] = {
    "viewer": VIEWER,
    "member": MEMBER,
    "admin": {**MEMBER, **SERVICES, **_rules("kueue.x-k8s.io", "workloads", verbs=(*LOOK, "delete"))},
    # Bound beside one of those above where a team may run them.
    "notebooks": _rules("kubeflow.org", "notebooks", verbs=EDIT),
    "models": _rules("serving.kserve.io", "inferencegraphs", "inferenceservices", "trainedmodels", verbs=EDIT),
    "repository": REPOSITORY,
    "workload": WORKLOAD,
}


def role(name: str) -> str:
    """What a role of the table is called in the cluster."""
    return f"team-{name}"


@dataclass(frozen=True)
class TeamRolesArgs:
    """Labels of what no team owns: the roles are everybody's."""

    labels: Labels


class TeamRoles(Component):
    """The roles of one cluster; they allow nothing until a namespace binds them. Needs a Kubernetes provider."""

    def __init__(self, name: str, args: TeamRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare one role for each name of the table."""
        super().__init__(name, opts)
        for key, rules in ROLES.items():
            k8s.rbac.v1.ClusterRole(
                f"{name}-{key}",
                metadata=k8s.meta.v1.ObjectMetaArgs(name=role(key), labels=dict(args.labels)),
                rules=[
                    k8s.rbac.v1.PolicyRuleArgs(api_groups=[group], resources=resources, verbs=list(verbs))
                    for group, verbs, resources in _together(rules)
                ],
                opts=self.child(),
            )
        self.register_outputs({})


def _together(rules: Rules) -> list[tuple[str, Sequence[str], list[str]]]:
    """The rules with resources of one group and the same verbs in one, in the order of their names."""
    found: dict[tuple[str, Sequence[str]], list[str]] = {}
    for (group, resource), verbs in sorted(rules.items()):
        found.setdefault((group, verbs), []).append(resource)
    return [(group, verbs, resources) for (group, verbs), resources in sorted(found.items())]
