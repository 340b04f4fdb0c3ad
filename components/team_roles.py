"""Cluster roles of people, of a repository's jobs and of pods, which each team's namespace binds.

No role has a wildcard or access to secrets, and none can change roles and bindings, quotas, network policies or Istio
objects: those are changed in the settings. Kinds that are not listed are refused; what operators aggregate into
Kubernetes' default roles is not included. Everything that the platform declares in a namespace is readable there, so
that a team can see the object that caused a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels

READ: Final = ("get", "list", "watch")
EDIT: Final = (*READ, "create", "update", "patch", "delete", "deletecollection")
# Clients open a terminal in a pod by POST, or by GET over a web socket.
CONNECT: Final = ("create", "get")

Rules = Mapping[tuple[str, str], Sequence[str]]  # verbs by API group and resource


def _rules(group: str, *resources: str, verbs: Sequence[str]) -> Rules:
    return {(group, resource): verbs for resource in resources}


VIEWER: Final[Rules] = {
    **_rules("", "configmaps", "endpoints", "events", "limitranges", "persistentvolumeclaims", "pods", verbs=READ),
    **_rules("", "resourcequotas", "serviceaccounts", "services", verbs=READ),
    **_rules("", "pods/log", verbs=("get",)),
    **_rules("apps", "daemonsets", "deployments", "replicasets", "statefulsets", verbs=READ),
    **_rules("autoscaling", "horizontalpodautoscalers", verbs=READ),
    **_rules("batch", "cronjobs", "jobs", verbs=READ),
    **_rules("discovery.k8s.io", "endpointslices", verbs=READ),
    **_rules("events.k8s.io", "events", verbs=READ),
    **_rules("gateway.networking.k8s.io", "httproutes", verbs=READ),
    **_rules("jobset.x-k8s.io", "jobsets", verbs=READ),
    **_rules("kubeflow.org", "notebooks", verbs=READ),
    **_rules("kueue.x-k8s.io", "localqueues", "workloads", verbs=READ),
    **_rules("metrics.k8s.io", "pods", verbs=("get", "list")),
    **_rules("net.gke.io", "serviceexports", "serviceimports", verbs=READ),
    **_rules("networking.gke.io", "fqdnnetworkpolicies", "gcpbackendpolicies", "healthcheckpolicies", verbs=READ),
    **_rules("networking.istio.io", "destinationrules", "envoyfilters", "sidecars", "virtualservices", verbs=READ),
    **_rules("networking.k8s.io", "networkpolicies", verbs=READ),
    **_rules("policy", "poddisruptionbudgets", verbs=READ),
    **_rules("rbac.authorization.k8s.io", "rolebindings", verbs=READ),
    **_rules("secrets-store.csi.x-k8s.io", "secretproviderclasses", verbs=READ),
    **_rules("security.istio.io", "authorizationpolicies", "peerauthentications", verbs=READ),
    **_rules(
        "serving.kserve.io", "inferencegraphs", "inferenceservices", "servingruntimes", "trainedmodels", verbs=READ
    ),
    **_rules("sparkoperator.k8s.io", "scheduledsparkapplications", "sparkapplications", "sparkconnects", verbs=READ),
    **_rules("trainer.kubeflow.org", "trainingruntimes", "trainjobs", verbs=READ),
    # Positions in the queue: https://kueue.sigs.k8s.io/docs/tasks/manage/monitor_pending_workloads/pending_workloads_on_demand
    **_rules("visibility.kueue.x-k8s.io", "localqueues/pendingworkloads", verbs=("get",)),
}
# Workloads that complete.
JOBS: Final[Rules] = {
    **_rules("batch", "cronjobs", "jobs", verbs=EDIT),
    **_rules("jobset.x-k8s.io", "jobsets", verbs=EDIT),
    **_rules("sparkoperator.k8s.io", "scheduledsparkapplications", "sparkapplications", "sparkconnects", verbs=EDIT),
    **_rules("trainer.kubeflow.org", "trainjobs", verbs=EDIT),
}
MEMBER: Final[Rules] = {
    **VIEWER,
    **JOBS,
    **_rules("", "configmaps", "persistentvolumeclaims", "pods", verbs=EDIT),
    **_rules("", "pods/attach", "pods/exec", "pods/portforward", verbs=CONNECT),
}
# Workloads that run continuously, and the runtimes that other workloads refer to.
SERVICES: Final[Rules] = {
    **_rules("", "services", verbs=EDIT),
    **_rules("apps", "deployments", "statefulsets", verbs=EDIT),
    **_rules("autoscaling", "horizontalpodautoscalers", verbs=EDIT),
    **_rules("policy", "poddisruptionbudgets", verbs=EDIT),
    **_rules("serving.kserve.io", "servingruntimes", verbs=EDIT),
    **_rules("trainer.kubeflow.org", "trainingruntimes", verbs=EDIT),
}
# Jobs of a repository apply its manifests and wait for them: no terminal in a pod, no claim.
REPOSITORY: Final[Rules] = {**VIEWER, **JOBS, **SERVICES, **_rules("", "configmaps", verbs=EDIT)}
# Objects that the driver of a Spark job manages, as in the operator's chart, and jobs that a notebook starts in its own
# namespace, with what it reads to follow them:
# https://github.com/kubeflow/spark-operator/blob/v2.5.2/charts/spark-operator-chart/templates/spark/rbac.yaml
WORKLOAD: Final[Rules] = {
    **JOBS,
    **_rules("", "configmaps", "persistentvolumeclaims", "pods", "services", verbs=EDIT),
    **_rules("", "events", verbs=READ),
    **_rules("", "pods/log", verbs=("get",)),
    **_rules("kueue.x-k8s.io", "localqueues", "workloads", verbs=READ),
    **_rules("trainer.kubeflow.org", "trainingruntimes", verbs=READ),
    **_rules("visibility.kueue.x-k8s.io", "localqueues/pendingworkloads", verbs=("get",)),
}
# Runtimes of the cluster, which belong to no namespace; clients of Trainer list them before those of the namespace.
RUNTIMES: Final[Rules] = {
    **_rules("serving.kserve.io", "clusterservingruntimes", verbs=("get", "list")),
    **_rules("trainer.kubeflow.org", "clustertrainingruntimes", verbs=("get", "list")),
}

# The roles, by the suffix of their names.
ROLES: Final[Mapping[str, Rules]] = {
    "viewer": VIEWER,
    "member": MEMBER,
    "admin": {**MEMBER, **SERVICES, **_rules("kueue.x-k8s.io", "workloads", verbs=(*READ, "delete"))},
    # Bound in addition to one of the above where the team may run them.
    "notebooks": _rules("kubeflow.org", "notebooks", verbs=EDIT),
    "models": _rules("serving.kserve.io", "inferencegraphs", "inferenceservices", "trainedmodels", verbs=EDIT),
    "repository": REPOSITORY,
    "workload": WORKLOAD,
    # Bound in the whole cluster, for each team.
    "runtimes": RUNTIMES,
}


def role(name: str) -> str:
    """The name of the cluster role."""
    return f"team-{name}"


@dataclass(frozen=True)
class TeamRolesArgs:
    """Labels of objects that belong to no team."""

    labels: Labels


class TeamRoles(Component):
    """The cluster roles, which allow nothing until they are bound; needs a Kubernetes provider."""

    def __init__(self, name: str, args: TeamRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare one cluster role for each of `ROLES`."""
        super().__init__(name, opts)
        for key, rules in ROLES.items():
            k8s.rbac.v1.ClusterRole(
                f"{name}-{key}",
                metadata=k8s.meta.v1.ObjectMetaArgs(name=role(key), labels=dict(args.labels)),
                rules=[
                    k8s.rbac.v1.PolicyRuleArgs(api_groups=[group], resources=resources, verbs=list(verbs))
                    for group, verbs, resources in _grouped(rules)
                ],
                opts=self.child(),
            )
        self.register_outputs({})


def _grouped(rules: Rules) -> list[tuple[str, Sequence[str], list[str]]]:
    """API group, verbs and resources of each rule: resources of a group with the same verbs share one, sorted."""
    grouped: dict[tuple[str, Sequence[str]], list[str]] = {}
    for (group, resource), verbs in sorted(rules.items()):
        grouped.setdefault((group, verbs), []).append(resource)
    return [(group, verbs, resources) for (group, verbs), resources in sorted(grouped.items())]
