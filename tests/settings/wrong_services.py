"""Faults in data services: file shares, registries, warehouses."""

from __future__ import annotations

from typing import Any, Final

from tests.settings.samples import ABSENT, SECOND, Wrong

SHARE: Final = {
    "team": "vision",
    "data_class": "scratch",
    "tier": "ZONAL",
    "location": "europe-west4-a",
    "capacity_gib": 1024,
    "teams": ["vision"],
}
COLUMNS: Final = {"order_id": "STRING", "weight_kg": "FLOAT64"}
NOT_NULL: Final = {"expect": "not_null", "column": "order_id"}


def _warehouse(**fields: Any) -> dict[str, Any]:
    return {"team": "vision", "data_class": "features", "location": "europe-west4", **fields}


def _checked(**rule: Any) -> dict[str, Any]:
    """A warehouse with one table and one rule of it."""
    return _warehouse(tables={"orders": {"columns": COLUMNS, "rules": {"rule": rule}}})


RULE: Final = "warehouses.w.tables.orders.rules.rule"

SERVICES: Final = {
    # File shares
    "share of a capacity that is not offered": Wrong(
        "file_shares.s",
        {**SHARE, "capacity_gib": 1500},
        "ZONAL does not offer 1500 GiB",
        "the nearest capacity is 1280 or 1536",
        at="file_shares.s.capacity_gib",
    ),
    "file share below the smallest capacity": Wrong(
        "file_shares.s",
        {**SHARE, "tier": "BASIC_SSD"},
        "BASIC_SSD does not offer 1024 GiB",
        "the nearest capacity is 2560",
        at="file_shares.s.capacity_gib",
        also=(("encryption", None),),
    ),
    "file share with a capacity between two steps": Wrong(
        "file_shares.s",
        {**SHARE, "capacity_gib": 10000},
        "ZONAL does not offer 10000 GiB",
        "the nearest capacity is 9984 or 10240",
        at="file_shares.s.capacity_gib",
    ),
    "file share above the largest capacity": Wrong(
        "file_shares.s",
        {**SHARE, "tier": "BASIC_HDD", "capacity_gib": 65434},
        "BASIC_HDD does not offer 65434 GiB",
        "the nearest capacity is 65433",
        at="file_shares.s.capacity_gib",
        also=(("encryption", None),),
    ),
    "file share of a former tier": Wrong(
        "file_shares.s",
        {**SHARE, "tier": "PREMIUM"},
        "'PREMIUM' is not a choice",
        "one of 'BASIC_HDD', 'BASIC_SSD', 'ZONAL' or 'REGIONAL'",
        at="file_shares.s.tier",
    ),
    "zonal share in a region": Wrong(
        "file_shares.s",
        {**SHARE, "location": "europe-west4"},
        "'europe-west4' is a region",
        "ZONAL needs a zone",
        at="file_shares.s.location",
    ),
    "regional share in a zone": Wrong(
        "file_shares.s",
        {**SHARE, "tier": "REGIONAL"},
        "'europe-west4-a' is a zone",
        "REGIONAL needs a region",
        at="file_shares.s.location",
    ),
    "share of an unsupported protocol": Wrong(
        "file_shares.s",
        {**SHARE, "tier": "BASIC_HDD", "protocol": "NFS_V4_1"},
        "BASIC_HDD does not support NFS_V4_1",
        "NFS_V3",
        at="file_shares.s.protocol",
        also=(("encryption", None),),
    ),
    "share without customer-managed keys": Wrong(
        "file_shares.s",
        {**SHARE, "tier": "BASIC_HDD"},
        "BASIC_HDD does not support the customer-managed keys that encryption asks for",
        "ZONAL, REGIONAL",
        at="file_shares.s.tier",
        also=(("encryption", {}),),
    ),
    "file share in another region than its team's cluster": Wrong(
        "file_shares.s",
        {**SHARE, "location": "europe-west1-b"},
        "cluster 'main' of team 'vision' is in europe-west4, the share in europe-west1",
        "a share is in the region of the clusters that mount it",
        at="file_shares.s.teams[0]",
    ),
    "share of an unknown team": Wrong(
        "file_shares.s", {**SHARE, "teams": []}, "is empty", "at least 1", at="file_shares.s.teams"
    ),
    "share for an unknown team": Wrong(
        "file_shares.s",
        {**SHARE, "teams": ["vison"]},
        "no entry 'vison' in teams",
        "did you mean vision?",
        at="file_shares.s.teams[0]",
    ),
    "share with the key of a mount": Wrong(
        "file_shares.vision-raw",
        SHARE,
        "the mount of the same key has the claim 'vision-raw' of team 'vision'",
        "another key",
    ),
    "file share without a data class": Wrong(
        "file_shares.notebooks.data_class", ABSENT, "is missing", "the class of the data"
    ),
    # Registries
    "remote registry without upstream": Wrong(
        "registries.r",
        {"mode": "remote"},
        "is missing",
        "the registry that a remote one caches: docker-hub, pypi or an https address",
        at="registries.r.upstream",
    ),
    "standard registry with upstream": Wrong(
        "registries.images.upstream", "docker-hub", "a standard registry has no upstream", "mode: remote"
    ),
    "upstream that does not have the registry's format": Wrong(
        "registries.docker-hub.upstream", "pypi", "pypi has no docker packages", "format: python"
    ),
    "upstream without https": Wrong(
        "registries.docker-hub.upstream",
        "http://ghcr.io",
        "'http://ghcr.io' is not valid",
        "docker-hub, pypi or an https address without a slash at its end, such as https://ghcr.io",
    ),
    "remote registry with a writing group": Wrong(
        "registries.docker-hub.groups",
        {"vision": "write"},
        "a remote registry does not accept pushes",
        "read, or a standard registry",
        at="registries.docker-hub.groups.vision",
    ),
    "remote registry with a deployer": Wrong(
        "registries.docker-hub.deployers",
        ["preview"],
        "a remote registry does not accept pushes",
        "a standard registry",
        at="registries.docker-hub.deployers[0]",
    ),
    "virtual registry without members": Wrong(
        "registries.r",
        {"mode": "virtual"},
        "is missing",
        "the registries that a virtual one combines, with the priority of each",
        at="registries.r.members",
    ),
    "standard registry with members": Wrong(
        "registries.images.members", {"docker-hub": 1}, "a standard registry has no members", "mode: virtual"
    ),
    "virtual registry with an unknown member": Wrong(
        "registries.r",
        {"mode": "virtual", "members": {"image": 1}},
        "no entry 'image' in registries",
        "did you mean images?",
        at="registries.r.members.image",
    ),
    "virtual registry in itself": Wrong(
        "registries.r",
        {"mode": "virtual", "members": {"r": 1}},
        "'r' is itself virtual",
        "a standard or a remote registry",
        at="registries.r.members.r",
    ),
    "virtual registry with another format": Wrong(
        "registries.r",
        {"mode": "virtual", "format": "python", "members": {"images": 1}},
        "'images' contains docker, but 'r' python",
        "a member of the same format",
        at="registries.r.members.images",
    ),
    "virtual registry with another region": Wrong(
        "registries.r",
        {"mode": "virtual", "location": "europe-west1", "members": {"images": 1}},
        "'images' is in the region of the stack, but 'r' is not",
        "a virtual registry is in the location of its members",
        at="registries.r.members.images",
    ),
    "registry for an unknown deployer": Wrong(
        "registries.images.deployers",
        ["previw"],
        "no entry 'previw' in github.deployers",
        "did you mean preview?",
        at="registries.images.deployers[0]",
    ),
    "registry for a deployer without github": Wrong(
        "registries.images.deployers",
        ["preview"],
        "no entry 'preview' in github.deployers",
        "there is none",
        at="registries.images.deployers[0]",
        also=(("github", ABSENT), ("teams.vision.repository", ABSENT)),
    ),
    # Warehouses
    "warehouse in a continent": Wrong(
        "warehouses.w",
        _warehouse(location="EU"),
        "'EU' is not valid",
        "a Google Cloud region, such as europe-west4",
        at="warehouses.w.location",
    ),
    "curated data without rules": Wrong(
        "warehouses.w",
        _warehouse(data_class="curated"),
        "is missing: the quality of curated data is checked",
        "at least one table with its rules",
        at="warehouses.w.tables",
    ),
    "sensitive data without rules": Wrong(
        "warehouses.w",
        _warehouse(data_class="sensitive"),
        "is missing: the quality of sensitive data is checked",
        "at least one table with its rules",
        at="warehouses.w.tables",
    ),
    "warehouse of an unknown bucket": Wrong(
        "warehouses.w",
        _warehouse(bucket="shipments"),
        "no entry 'shipments' in buckets",
        "did you mean shipments-curated?",
        at="warehouses.w.bucket",
    ),
    "warehouse far from its bucket": Wrong(
        "warehouses.w",
        _warehouse(location="europe-west1", bucket="models"),
        "bucket 'models' is in EUROPE-WEST4, the warehouse in europe-west1",
        "a warehouse in europe-west4",
        at="warehouses.w.bucket",
    ),
    "warehouse outside of both regions of its bucket": Wrong(
        "warehouses.w",
        _warehouse(location="europe-west1", bucket="models"),
        "bucket 'models' is in EUR4, the warehouse in europe-west1",
        "a warehouse in europe-north1 or europe-west4",
        at="warehouses.w.bucket",
        also=(("residency", None), ("buckets.models.location", "EUR4")),
    ),
    "table in capitals": Wrong(
        "warehouses.w",
        _warehouse(tables={"Orders": {"columns": COLUMNS, "rules": {"r": NOT_NULL}}}),
        "'Orders' is not valid",
        "lower-case letters, digits and underscores, at most 63, such as orders",
        at="warehouses.w.tables.Orders",
    ),
    "table without quality rules": Wrong(
        "warehouses.w",
        _warehouse(tables={"orders": {"columns": COLUMNS, "rules": {}}}),
        "is empty",
        "at least 1",
        at="warehouses.w.tables.orders.rules",
    ),
    "column of an unknown type": Wrong(
        "warehouses.w",
        _warehouse(tables={"orders": {"columns": {"order_id": "TEXT"}, "rules": {"r": NOT_NULL}}}),
        "'TEXT' is not a choice",
        "one of 'BOOL', 'BYTES', ...",
        at="warehouses.w.tables.orders.columns.order_id",
    ),
    "quality rule of an unknown kind": Wrong(
        "warehouses.w",
        _checked(expect="nice"),
        "'nice' is not a choice",
        "one of 'not_null', 'unique', 'range', 'set', 'regex' or 'row'",
        at=f"{RULE}.expect",
    ),
    "quality rule without a column": Wrong(
        "warehouses.w", _checked(expect="unique"), "is missing", "the column of a rule unique", at=f"{RULE}.column"
    ),
    "quality rule of an unknown column": Wrong(
        "warehouses.w",
        _checked(expect="unique", column="order"),
        "the table has no column 'order'",
        "did you mean order_id?",
        at=f"{RULE}.column",
    ),
    "range rule without minimum and maximum": Wrong(
        "warehouses.w",
        _checked(expect="range", column="weight_kg"),
        "is missing",
        "range needs minimum or maximum",
        at=f"{RULE}.minimum",
    ),
    "minimum above maximum": Wrong(
        "warehouses.w",
        _checked(expect="range", column="weight_kg", minimum=2, maximum=1),
        "2.0 is above maximum",
        "at most 1.0",
        at=f"{RULE}.minimum",
    ),
    "quality rule with a field of another kind": Wrong(
        "warehouses.w",
        _checked(expect="unique", column="order_id", pattern="^a"),
        "a rule unique has no pattern",
        "expect: regex",
        at=f"{RULE}.pattern",
    ),
    "row rule without sql": Wrong(
        "warehouses.w", _checked(expect="row"), "is missing", "row needs sql", at=f"{RULE}.sql"
    ),
    "two scans of one name": Wrong(
        "warehouses.w-orders",
        _warehouse(tables={"daily": {"columns": COLUMNS, "rules": {"r": NOT_NULL}}}),
        "its scans have the name 'w-orders-daily', as those of w.orders_daily",
        "another name",
        at="warehouses.w-orders.tables.daily",
        also=(("warehouses.w", _warehouse(tables={"orders_daily": {"columns": COLUMNS, "rules": {"r": NOT_NULL}}})),),
    ),
    "scan with a name above 63 characters": Wrong(
        "warehouses.w",
        _warehouse(tables={"t" * 54: {"columns": COLUMNS, "rules": {"r": NOT_NULL}}}),
        "'quality-w-tttttttttttttttttttttttttttttttttttttttttttttttttttttt', which is made from "
        "these keys, has 64 characters",
        "at most 63",
        at=f"warehouses.w.tables.{'t' * 54}",
    ),
    "scan without a schedule": Wrong(
        "warehouses.experiments.scan_cron",
        "daily",
        "'daily' is not valid",
        'cron\'s five fields, in UTC and in quotes, such as "0 2 * * *"',
    ),
    "file share in another region than its team's second cluster": Wrong(
        "clusters.second",
        {**SECOND, "region": "europe-west1", "zones": ["europe-west1-b"], "subnet": "gke-europe-west1"},
        "cluster 'second' of team 'forecasting' is in europe-west1, the share in europe-west4",
        "a share is in the region of the clusters that mount it",
        at="file_shares.notebooks.teams[0]",
        also=(
            ("recovery.backups", None),
            (
                "network.subnets.gke-europe-west1",
                {
                    "region": "europe-west1",
                    "cidr": "10.80.0.0/22",
                    "secondary": {"pods": "10.84.0.0/16", "services-green": "10.80.16.0/20"},
                },
            ),
            ("teams.forecasting.clusters", ["main", "second"]),
        ),
    ),
}
