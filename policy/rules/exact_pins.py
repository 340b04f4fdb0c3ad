"""The rule `exact-pins`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from groundwork.graph import Node, Placeholder
from policy.rules._images import images
from policy.rules._rule import Context, Parameters, Rule

EXACT: Final = re.compile(r"v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?")  # https://semver.org, with the v of many charts
COMMIT: Final = re.compile(r"[0-9a-f]{40}")
DIGEST: Final = re.compile(r".+@sha256:[0-9a-f]{64}")
VERSION_TAG: Final = re.compile(r".+:[^/:]*\d+\.\d+[^/:]*")

CHARTS: Final = frozenset(
    {"kubernetes:helm.sh/v3:Release", "kubernetes:helm.sh/v3:Chart", "kubernetes:helm.sh/v4:Chart"}
)
FOLDERS: Final[Mapping[str, str]] = {
    "kubernetes:kustomize:Directory": "directory",
    "kubernetes:kustomize/v2:Directory": "directory",
}
FILES: Final = "kubernetes:yaml/v2:ConfigGroup"


def check(node: Node, _: Context[Parameters]) -> Iterator[str]:
    """One message for each chart, folder or image without an exact version."""
    if node.type in CHARTS:
        yield from _chart(node)
    if (field := FOLDERS.get(node.type)) is not None:
        yield from _folder(node, node.inputs.get(field))
    if node.type == FILES:
        yield from _files(node)
    for image in images(node):
        if image is Placeholder.UNKNOWN:
            yield f"{node.name} runs an image that is unknown until pulumi up: write its name and version as text"
        elif not (DIGEST.fullmatch(image) or VERSION_TAG.fullmatch(image)):
            yield f"{node.name} runs {image}, which can change: use a tag with a version such as 1.2, or a digest"


def _chart(node: Node) -> Iterator[str]:
    version = node.inputs.get("version")
    if not (isinstance(version, str) and EXACT.fullmatch(version)):
        state = "unknown until pulumi up" if version is Placeholder.UNKNOWN else version or "missing"
        yield f"{node.name}: the chart version is {state}: set one exact version such as 1.2.3 in stacks/versions.yaml"


def _folder(node: Node, folder: object) -> Iterator[str]:
    """A folder of another repository is pinned by its ref; a local one is pinned by this repository."""
    if folder is Placeholder.UNKNOWN:
        yield f"{node.name}: the folder is unknown until pulumi up: write it as text"
        return
    address = str(folder)
    host = address.partition("/")[0]
    remote = "://" in address or ("." in host and not host.startswith("."))
    ref = address.partition("ref=")[2].partition("&")[0]
    if remote and not (EXACT.fullmatch(ref.rpartition("/")[2]) or COMMIT.fullmatch(ref)):
        yield (
            f"{node.name}: {address} has no exact version: end it with ?ref= and a released version or a commit "
            "(stacks/versions.yaml)"
        )


def _files(node: Node) -> Iterator[str]:
    """Each file that is downloaded has a released version or a commit in its address."""
    files = node.inputs.get("files")
    for file in files if isinstance(files, list) else []:
        parts = str(file).split("/")
        if "://" in str(file) and not any(EXACT.fullmatch(part) or COMMIT.fullmatch(part) for part in parts):
            yield f"{node.name}: {file} has no exact version: use an address with a released version or a commit"


RULE: Final = Rule(
    name="exact-pins",
    description="Charts, manifests and images have one exact version",
    why="""
        A version that is not exact changes without a change here, for example when a cluster is rebuilt:
        `latest` is then another program than the one that was tested. An unknown version counts as a violation.
        """,
    level="mandatory",
    check=check,
    parameters=Parameters,
)
