"""A registry of images or packages, and who may pull from it and push to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import DAY, Access, Component, GrantArgs, Labels, expiry_condition

KEPT: Final = 10  # newest versions of each image that stay, whatever their age
PRESETS: Final[Mapping[str, str]] = {"docker-hub": "DOCKER_HUB", "pypi": "PYPI"}
# https://cloud.google.com/artifact-registry/docs/access-control
ROLES: Final[Mapping[Access, str]] = {
    "read": "roles/artifactregistry.reader",
    "write": "roles/artifactregistry.writer",
}


@dataclass(frozen=True)
class RegistryArgs:
    """The registry: with `upstream` it caches another one, with `members` (priorities by id) it shows several.

    `package_format` is docker or python; `grants` are named by key.
    """

    repository_id: str
    project: str
    location: str
    package_format: str
    upstream: str | None
    members: Mapping[str, int]
    cleanup_days: int
    key: pulumi.Input[str] | None  # the key that encrypts it; another key is another registry
    labels: Labels
    grants: Mapping[str, GrantArgs] = field(default_factory=dict)


class Registry(Component):
    """A registry in which a tag that was pushed once never moves; what is in it is scanned for vulnerabilities."""

    repository: gcp.artifactregistry.Repository

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the registry and the grants on it."""
        super().__init__(name, opts)
        docker = args.package_format == "docker"
        own = args.upstream is None and not args.members
        self.repository = gcp.artifactregistry.Repository(
            f"{name}-repository",
            repository_id=args.repository_id,
            project=args.project,
            location=args.location,
            format=args.package_format.upper(),
            mode="STANDARD_REPOSITORY" if own else "REMOTE_REPOSITORY" if args.upstream else "VIRTUAL_REPOSITORY",
            docker_config=gcp.artifactregistry.RepositoryDockerConfigArgs(immutable_tags=True)
            if docker and own
            else None,
            remote_repository_config=None if args.upstream is None else _remote(args.upstream, docker=docker),
            virtual_repository_config=_virtual(args) if args.members else None,
            cleanup_policies=None if args.members else _cleanup(args, own=own),
            cleanup_policy_dry_run=None if args.members else False,
            # Inherited is what the API containerscanning.googleapis.com switches on for the project.
            vulnerability_scanning_config=gcp.artifactregistry.RepositoryVulnerabilityScanningConfigArgs(
                enablement_config="INHERITED"
            )
            if docker and not args.members
            else None,
            kms_key_name=args.key,
            labels=dict(args.labels),
            # What was released is needed to fall back to: it is not deleted with the code. A cache fills itself again.
            opts=self.child(protect=own),
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


def _remote(upstream: str, *, docker: bool) -> gcp.artifactregistry.RepositoryRemoteRepositoryConfigArgs:
    """The upstream: one of those that Artifact Registry knows by name, or an address."""
    preset = PRESETS.get(upstream)
    if docker:
        images = gcp.artifactregistry.RepositoryRemoteRepositoryConfigDockerRepositoryArgs(
            public_repository=preset,
            custom_repository=None
            if preset
            else gcp.artifactregistry.RepositoryRemoteRepositoryConfigDockerRepositoryCustomRepositoryArgs(
                uri=upstream
            ),
        )
        return gcp.artifactregistry.RepositoryRemoteRepositoryConfigArgs(
            description=f"cache of {upstream}", docker_repository=images
        )
    packages = gcp.artifactregistry.RepositoryRemoteRepositoryConfigPythonRepositoryArgs(
        public_repository=preset,
        custom_repository=None
        if preset
        else gcp.artifactregistry.RepositoryRemoteRepositoryConfigPythonRepositoryCustomRepositoryArgs(uri=upstream),
    )
    return gcp.artifactregistry.RepositoryRemoteRepositoryConfigArgs(
        description=f"cache of {upstream}", python_repository=packages
    )


def _virtual(args: RegistryArgs) -> gcp.artifactregistry.RepositoryVirtualRepositoryConfigArgs:
    """The registries behind one address. A higher priority is asked first, so that nobody outside can take a name."""
    return gcp.artifactregistry.RepositoryVirtualRepositoryConfigArgs(
        upstream_policies=[
            gcp.artifactregistry.RepositoryVirtualRepositoryConfigUpstreamPolicyArgs(
                id=member,
                priority=priority,
                repository=f"projects/{args.project}/locations/{args.location}/repositories/{member}",
            )
            for member, priority in sorted(args.members.items())
        ]
    )


def _cleanup(args: RegistryArgs, *, own: bool) -> list[gcp.artifactregistry.RepositoryCleanupPolicyArgs]:
    """What goes by itself. What is kept goes before what is deleted, where a version is both."""
    return [
        gcp.artifactregistry.RepositoryCleanupPolicyArgs(
            id="delete-old",
            action="DELETE",
            condition=gcp.artifactregistry.RepositoryCleanupPolicyConditionArgs(
                tag_state="UNTAGGED" if own else "ANY", older_than=f"{args.cleanup_days * DAY}s"
            ),
        ),
        gcp.artifactregistry.RepositoryCleanupPolicyArgs(
            id="keep-newest",
            action="KEEP",
            most_recent_versions=gcp.artifactregistry.RepositoryCleanupPolicyMostRecentVersionsArgs(keep_count=KEPT),
        ),
    ]
