"""Faults in single values: unknown keys, wrong types, invalid values."""

from __future__ import annotations

import datetime as dt
from typing import Final

from tests.settings.samples import ABSENT, POOL, Wrong

VALUES: Final = {
    # Keys
    "misspelled section": Wrong("cluster", {}, "unknown key", "did you mean clusters?"),
    "section with no similar name": Wrong("quotas", {}, "unknown key", "known here: alerting, audit, ..."),
    "section missing": Wrong("ownership", ABSENT, "is missing"),
    "misspelled key": Wrong("buckets.models.locaton", "EU", "unknown key", "did you mean location?"),
    "key with no similar name": Wrong(
        "projects.billing", "x", "unknown key", "known here: host, service, service_number"
    ),
    "project id missing": Wrong(
        "projects.host", ABSENT, "is missing", "a Google Cloud project id, such as acme-ml-dev"
    ),
    "key missing in an entry": Wrong(
        "teams.vision.owner", ABSENT, "is missing", "a label value: lower case, at most 63, such as cc-4420"
    ),
    "nested key missing": Wrong(
        "clusters.main.system_pool.machine_type", ABSENT, "is missing", "a machine type, such as e2-standard-4"
    ),
    "entry key in capitals": Wrong(
        "gpu_pools.L4",
        POOL,
        "'L4' is not valid",
        "lower-case letters, digits and hyphens, a letter first and no hyphen last, at most 40, such as training-a",
    ),
    "entry key with underscore": Wrong(
        "gpu_pools.l4_b",
        POOL,
        "'l4_b' is not valid",
        "lower-case letters, digits and hyphens, a letter first and no hyphen last, at most 40, such as training-a",
    ),
    "grant key with a space": Wrong(
        "buckets.models.groups.every one",
        "read",
        "'every one' is not valid",
        "lower-case letters, digits and hyphens, a letter first and no hyphen last, at most 40, such as training-a",
    ),
    # Types
    "number in place of a text": Wrong(
        "projects.service_number", 481523764210, "expected text, found 481523764210", "put it in quotes"
    ),
    "boolean in place of a text": Wrong(
        "teams.vision.owner", value=True, message="expected text, found true", hint="put it in quotes"
    ),
    "text without a value": Wrong(
        "environment",
        None,
        "expected text, found nothing",
        "a label value: lower case, at most 63, a letter first, such as dev",
    ),
    "text in place of a number": Wrong("gpu_pools.l4.max_nodes", "2", "expected a whole number, found '2'"),
    "number with a fraction": Wrong("gpu_pools.l4.max_nodes", 1.5, "expected a whole number, found 1.5"),
    "boolean in place of a number": Wrong(
        "gpu_pools.l4.max_nodes", value=True, message="expected a whole number, found true"
    ),
    "word in place of a number": Wrong("network.flow_log_sampling", "half", "expected a number, found 'half'"),
    "fraction that is not a number": Wrong(
        "network.flow_log_sampling", float("nan"), "nan is out of range", "at most 1.0"
    ),
    "text in place of a boolean": Wrong(
        "clusters.main.deletion_protection", "no", "expected true or false, found 'no'"
    ),
    "number in place of a boolean": Wrong("mounts.vision-raw.read_only", 1, "expected true or false, found 1"),
    "text in place of a list": Wrong(
        "clusters.main.zones", "europe-west4-a", "expected a list, found 'europe-west4-a'"
    ),
    "list in place of a map": Wrong("buckets.models.groups", ["vision"], "expected a map of keys, found a list"),
    "entry without a value": Wrong("gpu_pools.l4", None, "expected a map of keys, found nothing"),
    "list in place of a section": Wrong("gpu_pools", [POOL], "expected a map of keys, found a list"),
    "date in place of a text": Wrong(
        "teams.vision.owner", dt.date(2026, 1, 3), "expected text, found 2026-01-03", "put it in quotes"
    ),
    "date in place of a number": Wrong(
        "gpu_pools.l4.max_nodes", dt.date(2026, 1, 3), "expected a whole number, found 2026-01-03"
    ),
    "map in place of a text": Wrong(
        "projects.host", {}, "expected text, found a map", "a Google Cloud project id, such as acme-ml-dev"
    ),
    "boolean in place of a fraction": Wrong(
        "network.flow_log_sampling", value=True, message="expected a number, found true"
    ),
    "text in place of a fraction": Wrong("network.flow_log_sampling", "0.5", "expected a number, found '0.5'"),
    "instant without quotes": Wrong(
        "clusters.main.maintenance.start",
        dt.datetime(2026, 1, 3, 1, tzinfo=dt.UTC),
        "expected text, found 2026-01-03 01:00:00+00:00",
        "put it in quotes",
    ),
    "sections that are empty": Wrong("groups", {}, "is empty", "at least 1"),
    # Duplicates
    "duplicate cluster": Wrong(
        "teams.vision.clusters", ["main", "main"], "duplicate 'main'", "list it once", "teams.vision.clusters[1]"
    ),
    "duplicate role": Wrong(
        "groups.vision.project_roles[1]",
        "roles/container.clusterViewer",
        "duplicate 'roles/container.clusterViewer'",
        "list it once",
    ),
    "duplicate zone of a cluster": Wrong(
        "clusters.main.zones",
        ["europe-west4-a", "europe-west4-b", "europe-west4-a"],
        "duplicate 'europe-west4-a'",
        "list it once",
        "clusters.main.zones[2]",
    ),
    "duplicate zone of a pool": Wrong(
        "gpu_pools.l4.zones",
        ["europe-west4-a"] * 2,
        "duplicate 'europe-west4-a'",
        "list it once",
        "gpu_pools.l4.zones[1]",
    ),
    "duplicate port": Wrong("network.webhook_ports[2]", 443, "duplicate 443", "list it once"),
    # Invalid values
    "environment of digits": Wrong(
        "environment",
        "2026",
        "'2026' is not valid",
        "a label value: lower case, at most 63, a letter first, such as dev",
    ),
    "environment that is a reserved word": Wrong(
        "environment", "true", "'true' is a reserved word in YAML; use a name"
    ),
    "environment that is null": Wrong("environment", "null", "'null' is a reserved word in YAML; use a name"),
    "instant without zone": Wrong(
        "clusters.main.maintenance.start",
        "2026-01-03T01:00:00",
        "'2026-01-03T01:00:00' is not valid",
        'an instant in UTC, in quotes, such as "2026-01-03T01:00:00Z"',
    ),
    "instant in digits that are not ASCII": Wrong(
        "clusters.main.maintenance.start",
        "2026-01-0\u0663T01:00:00Z",
        "'2026-01-0٣T01:00:00Z' is not valid",
        'an instant in UTC, in quotes, such as "2026-01-03T01:00:00Z"',
    ),
    "instant on a day that does not exist": Wrong(
        "clusters.main.maintenance.start", "2026-02-29T01:00:00Z", "'2026-02-29T01:00:00Z' is not a valid date"
    ),
    "instant with hour 25": Wrong(
        "clusters.main.maintenance.end", "2026-01-03T25:00:00Z", "'2026-01-03T25:00:00Z' is not a valid date"
    ),
    "recurrence that ends": Wrong(
        "clusters.main.maintenance.recurrence",
        "FREQ=WEEKLY;COUNT=3",
        "'FREQ=WEEKLY;COUNT=3' is not valid",
        "a recurrence of FREQ, BYDAY and INTERVAL, such as FREQ=WEEKLY;BYDAY=SA,SU",
    ),
    "recurrence with an invalid day": Wrong(
        "clusters.main.maintenance.recurrence",
        "FREQ=WEEKLY;BYDAY=SA,XX",
        "'FREQ=WEEKLY;BYDAY=SA,XX' is not valid",
        "a recurrence of FREQ, BYDAY and INTERVAL, such as FREQ=WEEKLY;BYDAY=SA,SU",
    ),
    "recurrence with a part twice": Wrong(
        "clusters.main.maintenance.recurrence",
        "FREQ=DAILY;INTERVAL=2;INTERVAL=3",
        "'FREQ=DAILY;INTERVAL=2;INTERVAL=3' is not valid",
        "a recurrence of FREQ, BYDAY and INTERVAL, such as FREQ=WEEKLY;BYDAY=SA,SU",
    ),
    "recurrence with its last part twice": Wrong(
        "clusters.main.maintenance.recurrence",
        "FREQ=WEEKLY;BYDAY=SA;INTERVAL=2;INTERVAL=3",
        "'FREQ=WEEKLY;BYDAY=SA;INTERVAL=2;INTERVAL=3' is not valid",
        "a recurrence of FREQ, BYDAY and INTERVAL, such as FREQ=WEEKLY;BYDAY=SA,SU",
    ),
    "subfolder with .. in the middle": Wrong(
        "mounts.vision-raw.only_dir",
        "a/../b",
        "'a/../b' is not valid",
        "a folder without a slash at its ends and without . or .. in it, such as vision/train",
    ),
    "subfolder with a single dot": Wrong(
        "mounts.vision-raw.only_dir",
        "a/./b",
        "'a/./b' is not valid",
        "a folder without a slash at its ends and without . or .. in it, such as vision/train",
    ),
    "subfolder with .. at its end": Wrong(
        "mounts.vision-raw.only_dir",
        "a/..",
        "'a/..' is not valid",
        "a folder without a slash at its ends and without . or .. in it, such as vision/train",
    ),
    "subfolder with a double slash": Wrong(
        "mounts.vision-raw.only_dir",
        "a//b",
        "'a//b' is not valid",
        "a folder without a slash at its ends and without . or .. in it, such as vision/train",
    ),
    "subfolder with a slash at its end": Wrong(
        "mounts.vision-raw.only_dir",
        "a/",
        "'a/' is not valid",
        "a folder without a slash at its ends and without . or .. in it, such as vision/train",
    ),
    "owner in capitals": Wrong(
        "buckets.models.team",
        "Vision",
        "'Vision' is not valid",
        "lower-case letters, digits and hyphens, a letter first and no hyphen last, at most 40, such as training-a",
    ),
    "existing bucket with an invalid name": Wrong(
        "buckets.models.existing_name",
        "Models",
        "'Models' is not valid",
        "the full name of a bucket, such as acme-ml-prod-models",
    ),
    "environment in capitals": Wrong(
        "environment", "Dev", "'Dev' is not valid", "a label value: lower case, at most 63, a letter first, such as dev"
    ),
    "region that is a zone": Wrong(
        "region", "europe-west4-a", "'europe-west4-a' is not valid", "a Google Cloud region, such as europe-west4"
    ),
    "zone that is a region": Wrong(
        "gpu_pools.l4.zones[0]",
        "europe-west4",
        "'europe-west4' is not valid",
        "a Google Cloud zone, such as europe-west4-a",
    ),
    "project with underscore": Wrong(
        "projects.host", "acme_net_dev", "'acme_net_dev' is not valid", "a Google Cloud project id, such as acme-ml-dev"
    ),
    "number with leading zero": Wrong(
        "projects.service_number",
        "0481523",
        "'0481523' is not valid",
        "a project number, in quotes, such as 123456789012",
    ),
    "location in lower case": Wrong(
        "buckets.models.location",
        "europe-west4",
        "'europe-west4' is not valid",
        "a bucket location in capitals: a region, EU, US, ASIA, or a dual-region, such as EUROPE-WEST4",
    ),
    "email without domain": Wrong(
        "groups.vision.email",
        "ml-vision",
        "'ml-vision' is not valid",
        "the e-mail address of a group, such as ml@acme.example",
    ),
    "role without prefix": Wrong(
        "groups.vision.project_roles[0]",
        "container.admin",
        "'container.admin' is not valid",
        "a role, such as roles/monitoring.viewer",
    ),
    "group with a basic role": Wrong(
        "groups.vision.project_roles[1]",
        "roles/editor",
        "'roles/editor' is a basic role; grant the predefined roles that are needed",
    ),
    "invalid machine type": Wrong(
        "clusters.main.system_pool.machine_type",
        "large",
        "'large' is not valid",
        "a machine type, such as e2-standard-4",
    ),
    "unknown release channel": Wrong(
        "clusters.main.release_channel",
        "BETA",
        "'BETA' is not a choice",
        "one of 'RAPID', 'REGULAR', 'STABLE' or 'EXTENDED'",
    ),
    "unknown accelerator of a pool": Wrong(
        "gpu_pools.l4.accelerator",
        "nvidia-t4",
        "'nvidia-t4' is not a choice",
        "one of 'nvidia-l4', 'nvidia-tesla-a100', ...",
    ),
    "unknown capacity of a pool": Wrong(
        "gpu_pools.l4.capacity",
        "cheap",
        "'cheap' is not a choice",
        "one of 'reserved', 'on-demand', 'spot', 'flex-start' or 'queued'",
    ),
    "unknown data class of a bucket": Wrong(
        "buckets.models.data_class",
        "stuff",
        "'stuff' is not a choice",
        "one of 'raw', 'curated', 'features', 'models', 'scratch' or 'sensitive'",
    ),
    "unknown access of a grant": Wrong(
        "buckets.models.groups.platform-admins", "admin", "'admin' is not a choice", "one of 'read' or 'write'"
    ),
    # Sections with few values
    "key rotation of 0 days": Wrong("encryption.rotation_days", 0, "0 is out of range", "at least 1"),
    "discovery without a schedule": Wrong(
        "discovery",
        {"cron": "@daily"},
        "'@daily' is not valid",
        'cron\'s five fields, in UTC and in quotes, such as "0 2 * * *"',
        "discovery.cron",
    ),
    "pods without time to start": Wrong(
        "queueing", {"ready_minutes": 4}, "4 is out of range", "at least 5", "queueing.ready_minutes"
    ),
    "pool with an empty list of zones": Wrong("gpu_pools.l4.zones", [], "is empty", "at least 1"),
    "network without subnets": Wrong("network.subnets", {}, "is empty", "at least 1"),
    "team without cluster": Wrong("teams.forecasting.clusters", [], "is empty", "at least 1"),
    "value too long to repeat": Wrong(
        "environment",
        "x" * 99,
        "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx... is not valid",
        "a label value: lower case, at most 63, a letter first, such as dev",
    ),
}
