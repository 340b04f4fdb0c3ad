"""Charts, manifests and images have one exact version.

What is not pinned changes by itself, on the day on which a cluster is rebuilt: `latest` is then another program than
the one that worked. A version that only an update can tell counts as wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from groundwork.graph import Node, Placeholder
from policy.rules._images import images
from policy.rules._rule import Asked, Parameters, Rule

EXACT: Final = re.compile(r"v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?")  # https://semver.org, with the v that charts like
COMMIT: Final = re.compile(r"[0-9a-f]{40}")
DIGEST: Final = re.compile(r".+@sha256:[0-9a-f]{64}")

CHARTS: Final = frozenset(
    {"kubernetes:helm.sh/v3:Release", "kubernetes:helm.sh/v3:Chart", "kubernetes:helm.sh/v4:Chart"}
)
FOLDERS: Final[Mapping[str, str]] = {
    "kubernetes:kustomize:Directory": "directory",
    "kubernetes:kustomize/v2:Directory": "directory",
}


def check(node: Node, _: Asked[Parameters]) -> Iterator[str]:
    """One message for each thing that another day would bring in another version."""
    if node.type in CHARTS:
        yield from _chart(node)
    if (field := FOLDERS.get(node.type)) is not None:
        yield from _folder(node, node.inputs.get(field))
    for image in images(node):
        if image is Placeholder.UNKNOWN:
            yield f"{node.name} runs an image that is not known before the update; write it out"
        elif not _pinned(image):
            yield f"{node.name} runs {image}, which is another image tomorrow; name an exact version or a digest"


def _chart(node: Node) -> Iterator[str]:
    version = node.inputs.get("version")
    if not (isinstance(version, str) and EXACT.fullmatch(version)):
        said = "is not known before the update" if version is Placeholder.UNKNOWN else f"is {version or 'missing'}"
        yield f"{node.name}: the version of the chart {said}; write one version out, as 1.2.3"


def _folder(node: Node, folder: object) -> Iterator[str]:
    """A folder of another repository is pinned by its ref; one beside the program is in this repository already."""
    if folder is Placeholder.UNKNOWN:
        yield f"{node.name}: the folder is not known before the update; write it out"
        return
    where = str(folder)
    host = where.partition("/")[0]
    remote = "://" in where or ("." in host and not host.startswith("."))
    ref = where.partition("ref=")[2].partition("&")[0]
    if remote and not (EXACT.fullmatch(ref.rpartition("/")[2]) or COMMIT.fullmatch(ref)):
        yield f"{node.name}: {where} has no exact version; end it with ?ref= and a released version or a commit"


def _pinned(image: str) -> bool:
    if DIGEST.fullmatch(image):
        return True
    name, colon, tag = image.rpartition(":")
    return bool(colon) and "/" not in tag and bool(re.search(r"\d+\.\d+", tag)) and tag != "latest" and bool(name)


RULE: Final = Rule(
    name="exact-pins",
    description="Charts, manifests and images have one exact version",
    level="mandatory",
    check=check,
    parameters=Parameters,
)
