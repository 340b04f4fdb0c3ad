"""Faults in grants, deployers, the audit log and secrets."""

from __future__ import annotations

import datetime as dt
from typing import Final

from tests.settings.samples import TEAM, Wrong

DEPLOYER: Final = {"repository": "ml-platform", "branch": "main"}
ENDS: Final = {"access": "read", "until": "2027-01-31", "reason": "quarterly audit"}
FOR_REQUESTS: Final = {"repository": "r", "environment": "preview", "pull_requests": True}
ROLE: Final = "roles/monitoring.viewer"

IDENTITY: Final = {
    # Grants
    "unknown access of a bucket's grant": Wrong(
        "buckets.models.groups.platform-admins", "own", "'own' is not a choice", "one of 'read' or 'write'"
    ),
    "unknown access of a grant that ends": Wrong(
        "buckets.models.groups.platform-admins",
        {**ENDS, "access": "own"},
        "'own' is not a choice",
        "one of 'read' or 'write'",
        at="buckets.models.groups.platform-admins.access",
    ),
    "grant with a key misspelled": Wrong(
        "buckets.models.groups.platform-admins",
        {**ENDS, "untill": "2027-01-31"},
        "unknown key",
        "did you mean until?",
        at="buckets.models.groups.platform-admins.untill",
    ),
    "grant without access": Wrong(
        "buckets.pipeline-runs.workloads",
        {"vision": {"until": "2027-01-31", "reason": "trial"}},
        "is missing",
        at="buckets.pipeline-runs.workloads.vision.access",
    ),
    "grant that ends without a reason": Wrong(
        "buckets.pipeline-runs.workloads",
        {"vision": {"access": "write", "until": "2027-01-31"}},
        "is missing",
        "a grant that ends needs a reason",
        at="buckets.pipeline-runs.workloads.vision.reason",
    ),
    "grant with an end that does not exist": Wrong(
        "buckets.models.groups.platform-admins",
        {**ENDS, "until": "2027-02-29"},
        "'2027-02-29' is not a valid date",
        at="buckets.models.groups.platform-admins.until",
    ),
    "grant whose end is text": Wrong(
        "buckets.models.groups.platform-admins",
        {**ENDS, "until": "next week"},
        "'next week' is not valid",
        'a day, in quotes, such as "2027-01-31"',
        at="buckets.models.groups.platform-admins.until",
    ),
    "grant that ends without quotes": Wrong(
        "buckets.models.groups.platform-admins",
        {**ENDS, "until": dt.date(2027, 1, 31)},
        "expected text, found 2027-01-31",
        "put it in quotes",
        at="buckets.models.groups.platform-admins.until",
    ),
    "reason of two lines": Wrong(
        "buckets.models.groups.platform-admins",
        {**ENDS, "reason": "an audit\nand more"},
        "'an audit\\nand more' is not valid",
        "one line of at most 256 characters, such as quarterly audit",
        at="buckets.models.groups.platform-admins.reason",
    ),
    "role that ends without a reason": Wrong(
        "groups.vision.project_roles",
        [{"role": ROLE, "until": "2027-01-31"}],
        "is missing",
        "a grant that ends needs a reason",
        at="groups.vision.project_roles[0].reason",
    ),
    "group with a basic role that ends": Wrong(
        "groups.vision.project_roles",
        [{"role": "roles/owner", "until": "2027-01-31", "reason": "emergency"}],
        "'roles/owner' is a basic role; grant the predefined roles that are needed",
        at="groups.vision.project_roles[0].role",
    ),
    "duplicate role, once with an end": Wrong(
        "groups.vision.project_roles",
        [ROLE, {"role": ROLE, "until": "2027-01-31", "reason": "trial"}],
        "duplicate 'roles/monitoring.viewer'",
        "list it once",
        at="groups.vision.project_roles[1]",
    ),
    # Owners
    "team with the key of the platform": Wrong(
        "teams.platform",
        TEAM,
        "'platform' is the owner of everything without a team",
        "another key: each of the two has a budget",
    ),
    "owner of the platform with the key of a team": Wrong(
        "ownership.team",
        "vision",
        "'vision' is the owner of everything without a team",
        "another key: each of the two has a budget",
        at="teams.vision",
    ),
    # GitHub
    "deployer without jobs": Wrong(
        "github.deployers.x-deploy",
        {"repository": "ml-platform"},
        "names neither of branch and environment",
        "set exactly one of the two",
    ),
    "deployer with two kinds of jobs": Wrong(
        "github.deployers.x-deploy",
        {**DEPLOYER, "environment": "prod"},
        "names both of branch and environment",
        "set exactly one of the two",
    ),
    "repository with its organization": Wrong(
        "github.deployers.x-deploy",
        {**DEPLOYER, "repository": "acme/ml-platform"},
        "'acme/ml-platform' is not valid",
        "a repository's name without its organization, such as ml-platform",
        at="github.deployers.x-deploy.repository",
    ),
    "branch that is a pattern": Wrong(
        "github.deployers.x-deploy",
        {**DEPLOYER, "branch": "release/*"},
        "'release/*' is not valid",
        "the full name of a branch, such as main",
        at="github.deployers.x-deploy.branch",
    ),
    "organization without a number": Wrong(
        "github.organization_id",
        "brightwater",
        "'brightwater' is not valid",
        "the number of an organization on GitHub, in quotes, such as 48210934",
    ),
    "organization without quotes": Wrong(
        "github.organization_id", 48210934, "expected text, found 48210934", "put it in quotes"
    ),
    "github without deployers": Wrong("github.deployers", {}, "is empty", "at least 1"),
    "pull requests of a branch": Wrong(
        "github.deployers.x-deploy",
        {**DEPLOYER, "pull_requests": True},
        "jobs of pull requests do not run on a branch of the repository",
        "set environment, with required reviewers, in place of branch",
        at="github.deployers.x-deploy.pull_requests",
    ),
    "pull requests with a writing role": Wrong(
        "github.deployers.x-deploy",
        {**FOR_REQUESTS, "roles": [ROLE, "roles/container.admin"]},
        "roles/container.admin can make changes, and pull requests would have it",
        "a viewer role",
        at="github.deployers.x-deploy.roles[1]",
    ),
    "pull requests with a writing host role": Wrong(
        "github.deployers.x-deploy",
        {**FOR_REQUESTS, "host_roles": ["roles/compute.networkAdmin"]},
        "roles/compute.networkAdmin can make changes, and pull requests would have it",
        "a viewer role",
        at="github.deployers.x-deploy.host_roles[0]",
    ),
    "deployer with a basic role": Wrong(
        "github.deployers.x-deploy",
        {**DEPLOYER, "roles": ["roles/editor"]},
        "'roles/editor' is a basic role; grant the predefined roles that are needed",
        at="github.deployers.x-deploy.roles[0]",
    ),
    "deployer with a long name": Wrong(
        f"github.deployers.{'k' * 28}",
        DEPLOYER,
        "'ci-kkkkkkkkkkkkkkkkkkkkkkkkkkkk', which is made from this key, has 31 characters",
        "between 6 and 30",
    ),
    "deployer with a long subject": Wrong(
        "github.deployers.x-deploy",
        {**DEPLOYER, "repository": "r" * 50, "branch": "b" * 50},
        "the subject of its tokens, repo:brightwater-logistics/rrrrrrrrrrrrr..., has 143 characters",
        "at most 127: a shorter branch or environment",
    ),
    # Audit
    "audit log with an unknown reader": Wrong(
        "audit",
        {"readers": {"dpo": "read"}},
        "no entry 'dpo' in groups",
        "known here: forecasting, platform-admins, vision, vision-leads",
        at="audit.readers.dpo",
    ),
    "audit log with a writer": Wrong(
        "audit",
        {"readers": {"vision": "write"}},
        "'write' is not a choice",
        "one of 'read'",
        at="audit.readers.vision",
    ),
    # Secrets
    "secret of an unknown team": Wrong(
        "secrets.token",
        {},
        "is missing",
        "lower-case letters, digits and hyphens, a letter first and no hyphen last, at most 40, such as training-a",
        at="secrets.token.team",
    ),
    "secret with a value in the settings": Wrong(
        "secrets.token",
        {"team": "vision", "value": "hunter2"},
        "unknown key",
        "known here: destroy_days, groups, regions, rotation, team, workloads",
        at="secrets.token.value",
    ),
    "secret for another team": Wrong(
        "secrets.token",
        {"team": "vision", "workloads": {"vison": "read"}},
        "no entry 'vison' in teams",
        "did you mean vision?",
        at="secrets.token.workloads.vison",
    ),
    "secret in a zone": Wrong(
        "secrets.token",
        {"team": "vision", "regions": ["europe-west4-a"]},
        "'europe-west4-a' is not valid",
        "a Google Cloud region, such as europe-west4",
        at="secrets.token.regions[0]",
    ),
    "rotation without a start": Wrong(
        "secrets.token",
        {"team": "vision", "rotation": {"days": 90}},
        "is missing",
        'an instant in UTC, in quotes, such as "2026-01-03T01:00:00Z"',
        at="secrets.token.rotation.first",
    ),
}
