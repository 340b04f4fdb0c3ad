"""A registry of images or packages, and the grants to pull from it and push to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import DAY, Access, Component, GrantArgs, Labels, expiry_condition

KEEP_COUNT: Final = 10  # newest versions of each image or package that are not deleted, whatever their age
PRESETS: Final[Mapping[str, str]] = {"docker-hub": "DOCKER_HUB", "pypi": "PYPI"}
# https://cloud.google.com/artifact-registry/docs/access-control
ROLES: Final[Mapping[Access, str]] = {
    "read": "roles/artifactregistry.reader",
    "write": "roles/artifactregistry.writer",
}


@dataclass(frozen=True)
class RegistryArgs:
    """The registry: with `upstream` a cache of another one, with `members` (priorities by id) a view of several.

    `package_format` is docker or python; `grants` are by key.
    """

    repository_id: str
    project: str
    location: str
    package_format: str
    upstream: str | None
    members: Mapping[str, int]
    cleanup_days: int
    key: pulumi.Input[str] | None  # another key replaces the registry
    labels: Labels
    grants: Mapping[str, GrantArgs] = field(default_factory=dict)


class Registry(Component):
    """A registry with immutable tags; its images are scanned for vulnerabilities."""

    repository: gcp.artifactregistry.Repository

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the registry and the grants on it."""
        super().__init__(name, opts)
        docker = args.package_format == "docker"
        standard = args.upstream is None and not args.members
        self.repository = gcp.artifactregistry.Repository(
            f"{name}-repository",
            repository_id=args.repository_id,
            project=args.project,
            location=args.location,
            format=args.package_format.upper(),
            mode="STANDARD_REPOSITORY" if standard else "REMOTE_REPOSITORY" if args.upstream else "VIRTUAL_REPOSITORY",
            docker_config={"immutable_tags": True} if docker and standard else None,
            remote_repository_config=None if args.upstream is None else _remote(args.upstream, docker=docker),
            virtual_repository_config=_virtual(args) if args.members else None,
            cleanup_policies=None if args.members else _cleanup(args, standard=standard),
            cleanup_policy_dry_run=None if args.members else False,
            # Inherited means that scanning is on where the project enables containerscanning.googleapis.com.
            vulnerability_scanning_config={"enablement_config": "INHERITED"} if docker and not args.members else None,
            kms_key_name=args.key,
            labels=dict(args.labels),
            # Released versions are needed for rollbacks and are not deleted with the code; a cache fills again.
            opts=self.child(protect=standard),
        )
        for key, grant in args.grants.items():
            gcp.artifactregistry.RepositoryIamMember(
                f"{name}-{key}",
                project=args.project,
                location=args.location,
                repository=self.repository.name,
                role=ROLES[grant.access],
                member=grant.member,
                condition=expiry_condition(grant.expiry),
                opts=self.child(),
            )
        self.register_outputs({})


def _remote(upstream: str, *, docker: bool) -> gcp.artifactregistry.RepositoryRemoteRepositoryConfigArgsDict:
    """The upstream: a preset of Artifact Registry, or an address."""
    source: gcp.artifactregistry.RepositoryRemoteRepositoryConfigDockerRepositoryArgsDict = {
        "custom_repository": {"uri": upstream}
    }
    if (preset := PRESETS.get(upstream)) is not None:
        source = {"public_repository": preset}
    if docker:
        return {"description": f"cache of {upstream}", "docker_repository": source}
    return {"description": f"cache of {upstream}", "python_repository": source}


def _virtual(args: RegistryArgs) -> gcp.artifactregistry.RepositoryVirtualRepositoryConfigArgsDict:
    """The registries behind one address.

    A higher priority is searched first, so that outsiders cannot publish a package under an internal name.
    """
    return {
        "upstream_policies": [
            {
                "id": member,
                "priority": priority,
                "repository": f"projects/{args.project}/locations/{args.location}/repositories/{member}",
            }
            for member, priority in sorted(args.members.items())
        ]
    }


def _cleanup(args: RegistryArgs, *, standard: bool) -> list[gcp.artifactregistry.RepositoryCleanupPolicyArgsDict]:
    """Automatic deletion of old versions. A KEEP policy wins over a DELETE policy."""
    return [
        {
            "id": "delete-old",
            "action": "DELETE",
            "condition": {
                "tag_state": "UNTAGGED" if standard else "ANY",
                "older_than": f"{args.cleanup_days * DAY}s",
            },
        },
        {"id": "keep-newest", "action": "KEEP", "most_recent_versions": {"keep_count": KEEP_COUNT}},
    ]
