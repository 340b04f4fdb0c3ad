"""Faults in egress, in images and in clusters that share a network."""

from __future__ import annotations

from typing import Final

from stacks.settings.core.problems import PREFIX
from tests.settings.samples import ABSENT, SECOND, SUBNET, TEAM, Wrong

ALLOW: Final = "network.egress.allow.registries"
# The destination of development's teams.
PACKAGES: Final = {"packages": {"hosts": ["packages.brightwater.example"]}}
RESTRICTED: Final = (
    ("network.egress", {"mode": "restricted", "allow": {**PACKAGES, "registries": {"hosts": ["ghcr.io"]}}}),
)
PARCELS: Final = "gateway.services.parcels"
SERVICE: Final = {
    "namespace": "vision",
    "hosts": ["other.ml.dev.brightwater.example"],
    "selector": {"app": "other"},
    "port": 80,
}
# Development with a second cluster, and a gateway for both.
PROXIES: Final = ("network.proxy_subnets", {"proxies": {"region": "europe-west4", "cidr": "10.64.8.0/23"}})
TWO: Final = (
    ("clusters.green", SECOND),
    ("teams.vision.clusters", ["main", "green"]),
    PROXIES,
    (
        "gateway",
        {
            "config_cluster": "main",
            "certificate": "ml-dev",
            "weights": {"main": 90, "green": 10},
            "services": {"parcels": {**SERVICE, "hosts": ["parcels.ml.dev.brightwater.example"]}},
        },
    ),
)

# Its second cluster in another region, without what would be too far from it.
FAR: Final[tuple[tuple[str, object], ...]] = (
    (
        "network.subnets.gke-europe-west1",
        {
            "region": "europe-west1",
            "cidr": "10.80.0.0/22",
            "secondary": {"pods": "10.84.0.0/16", "services-green": "10.80.16.0/20"},
        },
    ),
    ("file_shares", {}),
    ("recovery.backups", None),
    ("clusters.green.subnet", "gke-europe-west1"),
    ("clusters.green.zones", ["europe-west1-b"]),
)
# A second cluster for which the keys of two services make one name.
ALIKE: Final = (
    ("clusters.blue-main", SECOND),
    ("teams.vision.clusters", ["main", "blue-main"]),
    ("gateway.weights", {"main": 90, "blue-main": 10}),
    ("clusters.green", ABSENT),
)

CLUSTERS: Final = {
    # Egress
    "egress with an unknown mode": Wrong(
        "network.egress",
        {"mode": "closed", "allow": PACKAGES},
        "'closed' is not a choice",
        "one of 'open' or 'restricted'",
        "network.egress.mode",
    ),
    "unknown google_apis": Wrong(
        "network.google_apis", "secret", "'secret' is not a choice", "one of 'public', 'private' or 'restricted'"
    ),
    "restricted egress with public APIs": Wrong(
        "network.egress",
        {"mode": "restricted", "allow": PACKAGES},
        "restricted egress cannot reach Google's APIs by their public addresses, so that no node would start",
        f"set {PREFIX}network.google_apis: private or restricted",
        "network.egress.mode",
        (("network.google_apis", "public"),),
    ),
    "destination without ranges and names": Wrong(
        ALLOW, {"ports": [443]}, "has no destination", "ranges in cidrs, or names in hosts", also=RESTRICTED
    ),
    "destination without effect": Wrong(
        "network.egress",
        {"allow": {**PACKAGES, "git": {"hosts": ["git.brightwater.example"]}}},
        "has no effect: egress is open, and no team names it",
        f"set {PREFIX}network.egress.mode: restricted, or name it in a team's egress",
        "network.egress.allow.git",
    ),
    **{
        f"destination with the reserved key {key}": Wrong(
            f"network.egress.allow.{key}",
            {"hosts": ["ghcr.io"]},
            f"{key!r} is a rule of every restricted network",
            "another key",
            also=RESTRICTED,
        )
        for key in ("google-apis", "internal", "rest")
    },
    "destination that is too large": Wrong(
        f"{ALLOW}.cidrs",
        ["0.0.0.0/0"],
        "'0.0.0.0/0' allows nearly all egress; a destination is a /8 or smaller",
        at=f"{ALLOW}.cidrs[0]",
        also=RESTRICTED,
    ),
    "egress to loopback": Wrong(
        f"{ALLOW}.cidrs",
        ["127.0.0.0/8"],
        "'127.0.0.0/8' is loopback space; use a routable destination",
        at=f"{ALLOW}.cidrs[0]",
        also=RESTRICTED,
    ),
    "egress with host bits": Wrong(
        f"{ALLOW}.cidrs",
        ["140.82.112.1/20"],
        "'140.82.112.1/20' has host bits set; the range that contains it is 140.82.112.0/20",
        at=f"{ALLOW}.cidrs[0]",
        also=RESTRICTED,
    ),
    "egress by a wildcard": Wrong(
        f"{ALLOW}.hosts[0]",
        "*.quay.io",
        "'*.quay.io' is not valid",
        "a full host name without wildcards, such as ghcr.io",
        also=RESTRICTED,
    ),
    "egress by an address": Wrong(
        f"{ALLOW}.hosts[0]", "140.82.112.3", "'140.82.112.3' is an address; put ranges in cidrs", also=RESTRICTED
    ),
    "egress without ports": Wrong(f"{ALLOW}.ports", [], "is empty", "at least 1", also=RESTRICTED),
    "egress to one name twice": Wrong(
        f"{ALLOW}.hosts", ["ghcr.io", "ghcr.io"], "duplicate 'ghcr.io'", "list it once", f"{ALLOW}.hosts[1]", RESTRICTED
    ),
    # Proxies
    "proxy range too small": Wrong(
        "network.proxy_subnets.proxies.cidr",
        "10.64.8.0/27",
        "'10.64.8.0/27' is too small; the range of proxies is a /26 or larger",
        also=(PROXIES,),
    ),
    "proxy subnet that overlaps a subnet of nodes": Wrong(
        "network.proxy_subnets.proxies.cidr",
        "10.64.0.0/23",
        "10.64.0.0/23 overlaps 10.64.0.0/22",
        "the other range is groundwork:network.subnets.gke-europe-west4.cidr",
        also=(PROXIES,),
    ),
    "two proxy subnets in a region": Wrong(
        "network.proxy_subnets.more",
        {"region": "europe-west4", "cidr": "10.64.10.0/23"},
        "'more' is already the subnet for load balancers in europe-west4",
        "one such subnet for each region",
        "network.proxy_subnets.proxies.region",
        (PROXIES,),
    ),
    "proxy subnet with the name of a subnet": Wrong(
        "network.proxy_subnets",
        {"gke-europe-west4": {"region": "europe-west4", "cidr": "10.64.8.0/23"}},
        "'gke-europe-west4' is also a subnet in europe-west4",
        "another key",
        "network.proxy_subnets.gke-europe-west4",
    ),
    # Security
    "security group with an invalid name": Wrong(
        "security.groups",
        "ml-platform@brightwater.example",
        "'ml-platform@brightwater.example' is not valid",
        "the group gke-security-groups of a domain, such as gke-security-groups@acme.example",
    ),
    "images as a text": Wrong("security.images.enforce", "yes please", "expected true or false, found 'yes please'"),
    "allowed images of a complete registry": Wrong(
        "security.images.allow",
        ["docker.io/**"],
        "'docker.io/**' allows a complete registry; name a repository or a folder of it",
        at="security.images.allow[0]",
    ),
    "images by a wildcard inside": Wrong(
        "security.images.allow",
        ["ghcr.io/*/tool"],
        "'ghcr.io/*/tool' is not valid",
        "an image with its registry, * or ** only at the end, such as quay.io/acme/*",
        "security.images.allow[0]",
    ),
    # Clusters of one network
    "unknown dns": Wrong(
        "clusters.main.dns", "bind", "'bind' is not a choice", "one of 'kube-dns', 'cluster' or 'network'"
    ),
    "service range of another cluster": Wrong(
        "clusters.green.service_range",
        "services",
        "'services' contains the services of cluster 'green'",
        "clusters may share a range for pods, not for services",
        "clusters.main.service_range",
        also=TWO,
    ),
    "pod range that contains the services of another cluster": Wrong(
        "clusters.green.pod_range",
        "services-next",
        "'services' contains the services of cluster 'green'",
        "a range that contains pods only",
        "clusters.main.pod_range",
        (
            *TWO,
            (f"{SUBNET}.secondary.services-next", "10.64.64.0/20"),
            ("clusters.green.service_range", "services"),
            ("clusters.main.service_range", "services-green"),
            ("clusters.main.pod_range", "services"),
        ),
    ),
    "pod range that another cluster uses for services": Wrong(
        "clusters.green.pod_range",
        "services",
        "'services' contains the pods of cluster 'green'",
        "services need a separate range",
        "clusters.main.service_range",
        also=TWO,
    ),
    "one range for pods and services": Wrong(
        "clusters.main.service_range",
        "pods",
        "'pods' is also the range for pods",
        "pods and services need separate ranges",
    ),
    # The gateway
    "gateway without weights": Wrong("gateway.weights", {}, "is empty", "at least 1", also=TWO),
    "weights of 0": Wrong(
        "gateway.weights",
        {"main": 0, "green": 0},
        "all are 0, so that no cluster receives requests",
        "at least one weight above 0",
        also=TWO,
    ),
    "negative weight": Wrong("gateway.weights.green", -1, "-1 is out of range", "at least 0", also=TWO),
    "gateway weight of an unknown cluster": Wrong(
        "gateway.weights.blue", 5, "no entry 'blue' in clusters", "known here: green, main", also=TWO
    ),
    "gateway in another cluster": Wrong(
        "gateway.config_cluster", "mian", "no entry 'mian' in clusters", "did you mean main?", also=TWO
    ),
    "unknown kind of gateway": Wrong(
        "gateway.kind", "public", "'public' is not a choice", "one of 'internal' or 'external'", also=TWO
    ),
    "gateway without certificate": Wrong(
        "gateway.certificate",
        None,
        "expected text, found nothing",
        "the name of a resource: lower case, digits, hyphens, at most 63, such as ml-eu",
        also=TWO,
    ),
    "external gateway without address": Wrong(
        "gateway.kind",
        "external",
        "an external gateway needs an address for DNS records",
        "reserve a global address and set groundwork:gateway.address to its name",
        also=TWO,
    ),
    "internal gateway with address": Wrong(
        "gateway.address", "ml-dev", "the stack reserves the address of an internal gateway", "omit it", also=TWO
    ),
    "internal gateway without a proxy subnet": Wrong(
        "network.proxy_subnets",
        {},
        "an internal gateway needs a subnet for its proxies in europe-west4, and there is none",
        f"add one to {PREFIX}network.proxy_subnets",
        "gateway.config_cluster",
        also=TWO,
    ),
    "gateway service of an unknown team": Wrong(
        f"{PARCELS}.namespace", "kubeflow", "no entry 'kubeflow' in teams", "known here: forecasting, vision", also=TWO
    ),
    "service without namespace": Wrong(
        f"{PARCELS}.namespace",
        "forecasting",
        "team 'forecasting' has no namespace in green",
        "add it to groundwork:teams.forecasting.clusters, also for a cluster without traffic",
        also=TWO,
    ),
    "service without pods": Wrong(f"{PARCELS}.selector", {}, "is empty", "at least 1", also=TWO),
    "gateway service without hosts": Wrong(f"{PARCELS}.hosts", [], "is empty", "at least 1", also=TWO),
    "service by a wildcard": Wrong(
        f"{PARCELS}.hosts[0]",
        "*.ml.dev.brightwater.example",
        "'*.ml.dev.brightwater.example' is not valid",
        "a full host name without wildcards, such as ghcr.io",
        also=TWO,
    ),
    "duplicate host of two services": Wrong(
        "gateway.services.zzz",
        {**SERVICE, "hosts": ["parcels.ml.dev.brightwater.example"]},
        "'parcels.ml.dev.brightwater.example' already leads to service 'parcels'",
        "one service for each host",
        "gateway.services.zzz.hosts[0]",
        also=TWO,
    ),
    "duplicate host of the first service": Wrong(
        "gateway.services.a",
        {**SERVICE, "hosts": ["parcels.ml.dev.brightwater.example"]},
        "'parcels.ml.dev.brightwater.example' already leads to service 'a'",
        "one service for each host",
        f"{PARCELS}.hosts[0]",
        also=TWO,
    ),
    "duplicate host of one service": Wrong(
        f"{PARCELS}.hosts",
        ["parcels.ml.dev.brightwater.example", "parcels.ml.dev.brightwater.example"],
        "duplicate 'parcels.ml.dev.brightwater.example'",
        "list it once",
        f"{PARCELS}.hosts[1]",
        also=TWO,
    ),
    "internal gateway with clusters in two regions": Wrong(
        "clusters.green.region",
        "europe-west1",
        "cluster 'green' is in europe-west1, the internal gateway in europe-west4",
        "clusters of one region, or an external gateway",
        "gateway.weights.green",
        also=(*TWO, *FAR),
    ),
    "two services of one name": Wrong(
        "gateway.services.parcels-blue",
        SERVICE,
        "'parcels-blue-main' is also service 'parcels' of cluster 'blue-main'",
        "another key",
        also=(*TWO, *ALIKE),
    ),
    "health path without slash": Wrong(
        f"{PARCELS}.health_path",
        "healthz",
        "'healthz' is not valid",
        "a path that begins with a slash, such as /healthz",
        also=TWO,
    ),
    "team with the key gateway": Wrong(
        "teams.gateway", TEAM, "namespace 'gateway' is reserved", "another key: it is the team's namespace"
    ),
}
