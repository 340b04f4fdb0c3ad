"""Wrong settings, one mistake each: development's settings with one value changed, and what the model says about it."""

from __future__ import annotations

import copy
import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

from stacks.settings import Problem, Settings, SettingsError, read_file, settings_of
from stacks.settings.problems import PREFIX
from tests.conftest import ROOT

FILE: Final = "Pulumi.dev.yaml"
ABSENT: Final = object()
"""As a value: the key is not there."""

Config = dict[str, Any]

_DEV: Final[Config] = YAML(typ="safe", pure=True).load((ROOT / FILE).read_text(encoding="utf-8"))["config"]


def dev() -> Config:
    """A copy of development's configuration, as its file has it."""
    return copy.deepcopy(_DEV)


def put(config: Config, path: str, value: object) -> Config:
    """`config` with the value at `path`, which is written as in a problem but without the prefix, set or taken out."""
    here: Any = config
    *above, last = [int(part) if part.isdecimal() else part for part in re.findall(r"[^.\[\]]+", f"{PREFIX}{path}")]
    for part in above:
        here = here[part]
    if value is ABSENT:
        del here[last]
    else:
        here[last] = value
    return config


def problems_of(config: Config) -> list[Problem]:
    """What the model has to say about a configuration: nothing where it is right."""
    try:
        settings_of(config, FILE)
    except SettingsError as error:
        return error.problems
    return []


@dataclass(frozen=True)
class Wrong:
    """One mistake: the value that is put at `path`, and the problem that stands there or, where it differs, `at`."""

    path: str
    value: object
    message: str
    hint: str = ""
    at: str = ""
    also: tuple[str, object] | None = None  # for a mistake that takes two values


SUBNET: Final = "network.subnets.gke-europe-west4"
POOL: Final = _DEV[f"{PREFIX}gpu_pools"]["l4"]
MAIN: Final = _DEV[f"{PREFIX}clusters"]["main"]

WRONG: Final = {
    # Keys
    "section unknown": Wrong("cluster", {}, "unknown key", "did you mean clusters?"),
    "section unlike any": Wrong("quotas", {}, "unknown key", "known here: buckets, clusters, environment"),
    "section missing": Wrong("ownership", ABSENT, "is missing"),
    "key misspelt": Wrong("buckets.models.locaton", "EU", "unknown key", "did you mean location?"),
    "key unlike any": Wrong("projects.billing", "x", "unknown key", "known here: host, service, service_number"),
    "key missing": Wrong("projects.host", ABSENT, "is missing", "a Google Cloud project id, such as"),
    "key missing in entry": Wrong("teams.vision.owner", ABSENT, "is missing", "a label value: lower case"),
    "key missing deep": Wrong("clusters.main.system_pool.machine_type", ABSENT, "is missing", "such as e2-standard-4"),
    "entry key in capitals": Wrong("gpu_pools.L4", POOL, "'L4' has the wrong shape", "lower-case letters, digits"),
    "entry key with underscore": Wrong("gpu_pools.l4_b", POOL, "'l4_b' has the wrong shape", "such as training-a"),
    "grant key with a space": Wrong(
        "buckets.models.groups.every one", "read", "'every one' has the wrong shape", "lower-case letters"
    ),
    # Kinds of values
    "text without quotes": Wrong(
        "projects.service_number", 481523764210, "expected text, found 4815", "put it in quotes"
    ),
    "text that is a switch": Wrong(
        "teams.vision.owner", value=True, message="expected text, found true", hint="put it in quotes"
    ),
    "text that is nothing": Wrong("environment", None, "expected text, found nothing"),
    "number as text": Wrong("gpu_pools.l4.max_nodes", "2", "expected a whole number, found '2'"),
    "number with a fraction": Wrong("gpu_pools.l4.max_nodes", 1.5, "expected a whole number, found 1.5"),
    "number that is a switch": Wrong(
        "gpu_pools.l4.max_nodes", value=True, message="expected a whole number, found true"
    ),
    "share as words": Wrong("network.flow_log_sampling", "half", "expected a number, found 'half'"),
    "share that is no number": Wrong("network.flow_log_sampling", float("nan"), "nan is out of range", "at most 1.0"),
    "switch as text": Wrong("clusters.main.deletion_protection", "no", "expected true or false, found 'no'"),
    "switch as number": Wrong("mounts.vision-raw.read_only", 1, "expected true or false, found 1"),
    "list as text": Wrong("clusters.main.zones", "europe-west4-a", "expected a list, found 'europe-west4-a'"),
    "map as list": Wrong("buckets.models.groups", ["vision"], "expected a map of keys, found a list"),
    "entry that is nothing": Wrong("gpu_pools.l4", None, "expected a map of keys, found nothing"),
    "section as list": Wrong("gpu_pools", [POOL], "expected a map of keys, found a list"),
    # Shapes
    "environment in capitals": Wrong("environment", "Dev", "'Dev' has the wrong shape", "a label value: lower case"),
    "region that is a zone": Wrong("region", "europe-west4-a", "has the wrong shape", "such as europe-west4"),
    "zone that is a region": Wrong("gpu_pools.l4.zones[0]", "europe-west4", "has the wrong shape", "europe-west4-a"),
    "project with underscore": Wrong("projects.host", "acme_net_dev", "has the wrong shape", "project id, such as"),
    "number with leading zero": Wrong("projects.service_number", "0481523", "has the wrong shape", "a project number"),
    "location in lower case": Wrong("buckets.models.location", "europe-west4", "has the wrong shape", "in capitals"),
    "email without domain": Wrong("groups.vision.email", "ml-vision", "has the wrong shape", "address of a group"),
    "role without prefix": Wrong("groups.vision.project_roles[0]", "container.admin", "has the wrong shape", "a role"),
    "machine type": Wrong("clusters.main.system_pool.machine_type", "large", "has the wrong shape", "a machine type"),
    "release channel": Wrong(
        "clusters.main.release_channel", "BETA", "'BETA' is not a choice", "'STABLE' or 'EXTENDED'"
    ),
    "accelerator": Wrong("gpu_pools.l4.accelerator", "nvidia-t4", "is not a choice", "one of 'nvidia-l4'"),
    "capacity": Wrong("gpu_pools.l4.capacity", "cheap", "'cheap' is not a choice", "one of 'spot' or 'on-demand'"),
    "data class": Wrong("buckets.models.data_class", "stuff", "'stuff' is not a choice", "one of 'raw', 'curated'"),
    "access": Wrong("buckets.models.groups.vision", "admin", "'admin' is not a choice", "one of 'read' or 'write'"),
    "zones empty": Wrong("gpu_pools.l4.zones", [], "is empty", "needs at least 1"),
    "subnets empty": Wrong("network.subnets", {}, "is empty", "needs at least 1"),
    "team without cluster": Wrong("teams.forecasting.clusters", [], "is empty", "needs at least 1"),
    "value too long to repeat": Wrong("environment", "x" * 99, "xxx... has the wrong shape", "at most 63"),
    # Address ranges
    "range without prefix": Wrong("network.private_services", "10.64.32.0", "must be an IPv4 range in CIDR notation"),
    "range of IPv6": Wrong("network.private_services", "fd00::/64", "must be an IPv4 range in CIDR notation"),
    "range with host bits": Wrong("network.private_services", "10.64.33.0/20", "contains it is 10.64.32.0/20"),
    "range on the internet": Wrong("network.private_services", "8.8.8.0/24", "is public address space"),
    "range around subnet": Wrong(
        "network.private_services",
        "10.64.0.0/20",
        "10.64.0.0/20 overlaps 10.64.0.0/22",
        f"the other range is {PREFIX}{SUBNET}.cidr",
    ),
    "range in pods": Wrong(
        "clusters.main.control_plane_cidr",
        "10.68.0.16/28",
        "10.68.0.16/28 overlaps 10.68.0.0/16",
        f"the other range is {PREFIX}{SUBNET}.secondary.pods",
    ),
    "secondary ranges overlap": Wrong(
        f"{SUBNET}.secondary.services",
        "10.68.16.0/20",
        "10.68.16.0/20 overlaps 10.68.0.0/16",
        f"the other range is {PREFIX}{SUBNET}.secondary.pods",
    ),
    "control planes overlap": Wrong(
        "clusters.second",
        MAIN,
        "172.16.64.0/28 overlaps 172.16.64.0/28",
        f"the other range is {PREFIX}clusters.main.control_plane_cidr",
        at="clusters.second.control_plane_cidr",
    ),
    "control plane too large": Wrong(
        "clusters.main.control_plane_cidr", "172.16.64.0/24", "must be a /28", at="clusters.main"
    ),
    # Values that do not go together
    "basic role": Wrong("groups.vision.project_roles[1]", "roles/editor", "roles/editor is a basic role"),
    "nodes out of order": Wrong(
        "clusters.main.system_pool.min_nodes", 4, "min_nodes 4 is above max_nodes 3", at="clusters.main.system_pool"
    ),
    "zone outside region": Wrong(
        "clusters.main.zones[0]",
        "europe-west1-b",
        "zones europe-west1-b do not lie in region europe-west4",
        at="clusters.main",
    ),
    "machine without GPU": Wrong(
        "gpu_pools.l4.machine_type",
        "n2-standard-8",
        "machine_type n2-standard-8 carries no nvidia-l4; use a g2-* machine",
        at="gpu_pools.l4",
    ),
    "GPU on another machine": Wrong(
        "gpu_pools.a100.accelerator", "nvidia-a100-80gb", "carries no nvidia-a100-80gb", at="gpu_pools.a100"
    ),
    "one project for both": Wrong(
        "projects.service", "brightwater-net-dev", "is also the host project", "a shared VPC needs two projects"
    ),
    "subnet elsewhere": Wrong(
        f"{SUBNET}.region",
        "europe-west1",
        "lies in europe-west1, the cluster in europe-west4",
        "a cluster's subnet lies in its region",
        at="clusters.main.subnet",
    ),
    "pool outside region": Wrong(
        "gpu_pools.l4.zones[0]",
        "europe-west1-b",
        "zone 'europe-west1-b' does not lie in europe-west4",
        "a pool's zones lie in its cluster's region",
    ),
    # References
    "group of team": Wrong("teams.vision.group", "visoin", "no entry 'visoin' in groups", "did you mean vision?"),
    "cluster of team": Wrong("teams.vision.clusters[0]", "man", "no entry 'man' in clusters", "did you mean main?"),
    "subnet of cluster": Wrong("clusters.main.subnet", "gke", "no entry 'gke' in network.subnets", "gke-europe-west4"),
    "pod range": Wrong("clusters.main.pod_range", "pod", "has no secondary range 'pod'", "did you mean pods?"),
    "service range": Wrong("clusters.main.service_range", "svc", "has no secondary range 'svc'", "pods, services"),
    "secondary range gone": Wrong(
        f"{SUBNET}.secondary", {"pods": "10.68.0.0/16"}, "no secondary range", "pods", at="clusters.main.service_range"
    ),
    "cluster of pool": Wrong("gpu_pools.l4.cluster", "mian", "no entry 'mian' in clusters", "did you mean main?"),
    "owner of bucket": Wrong("buckets.models.team", "nobody", "no entry 'nobody' in teams", "forecasting, vision"),
    "group with grant": Wrong("buckets.models.groups.vison", "read", "no entry 'vison' in groups", "mean vision?"),
    "team with grant": Wrong("buckets.models.workloads.x", "read", "no entry 'x' in teams", "forecasting, vision"),
    "cluster of mount": Wrong("mounts.vision-raw.cluster", "minor", "no entry 'minor' in clusters", "main"),
    "team of mount": Wrong("mounts.vision-raw.team", "vison", "no entry 'vison' in teams", "did you mean vision?"),
    "bucket of mount": Wrong("mounts.vision-raw.bucket", "raw", "no entry 'raw' in buckets", "parcel-images-raw"),
    "mount without grant": Wrong(
        "buckets.parcel-images-raw.workloads",
        {},
        "workloads of team 'vision' have no access to bucket 'parcel-images-raw'; the mount needs read",
        f"set {PREFIX}buckets.parcel-images-raw.workloads.vision: read",
        at="mounts.vision-raw.bucket",
    ),
    "mount needs more": Wrong(
        "mounts.vision-raw.read_only",
        value=False,
        message="have read access only to bucket 'parcel-images-raw'; the mount needs write",
        hint=f"set {PREFIX}buckets.parcel-images-raw.workloads.vision: write",
        at="mounts.vision-raw.bucket",
    ),
    "mount without namespace": Wrong(
        "clusters.second",
        {**MAIN, "control_plane_cidr": "172.16.64.16/28"},
        "team 'vision' has no namespace in cluster 'second'",
        f"add second to {PREFIX}teams.vision.clusters",
        at="mounts.vision-raw.cluster",
        also=("mounts.vision-raw.cluster", "second"),
    ),
}


def _config(wrong: Wrong) -> Config:
    config = put(dev(), wrong.path, wrong.value)
    return config if wrong.also is None else put(config, *wrong.also)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_one_mistake_is_one_problem(wrong: Wrong) -> None:
    """The problem names the key, what is wrong with it and, where there is one, what would be right."""
    problems = problems_of(_config(wrong))

    assert [PREFIX + (wrong.at or wrong.path)] == [problem.path for problem in problems]
    assert wrong.message in problems[0].message
    assert wrong.hint in problems[0].hint
    assert bool(wrong.hint) == bool(problems[0].hint)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_the_file_says_the_same(wrong: Wrong, tmp_path: Path) -> None:
    """A file is judged as the program's configuration is; it adds the line, and only a missing section has none."""
    config = _config(wrong)
    file = tmp_path / FILE
    YAML(typ="safe", pure=True).dump({"config": config}, file)
    with pytest.raises(SettingsError) as caught:
        read_file(file)
    problems = caught.value.problems

    assert problems_of(config) == [dataclasses.replace(problem, line=None) for problem in problems]
    assert [wrong.value is ABSENT and wrong.path in Settings.model_fields] == [found.line is None for found in problems]
