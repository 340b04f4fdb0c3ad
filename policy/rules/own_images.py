"""Images come from our own registry, and the cluster refuses the others.

What runs beside the data has been scanned and kept by us; an image that its maker takes away does not keep a cluster
from being rebuilt. What a plan cannot see (the pods of people, of charts) Binary Authorization has to refuse: its
policy lets nothing run by default, and the patterns that it makes an exception for are of our registries or written
down in ``policy/policies.yaml`` as what the charts need. An image or a pattern that only an update can tell counts as
wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from groundwork.graph import Node, Placeholder, at
from policy.rules._images import images
from policy.rules._rule import Asked, Parameters, Rule

ADMISSION: Final = "gcp:binaryauthorization/policy:Policy"
REFUSING: Final = frozenset({"ALWAYS_DENY", "REQUIRE_ATTESTATION"})
BLOCKING: Final = "ENFORCED_BLOCK_AND_AUDIT_LOG"


class Registries(Parameters):
    """Ours, what charts may bring besides, both as patterns, and whether a cluster refuses or only tells."""

    ours: tuple[str, ...] = ("*-docker.pkg.dev/*",)
    upstream: tuple[str, ...] = ()
    enforced: bool = True


def check(node: Node, asked: Asked[Registries]) -> Iterator[str]:
    """One message for each image of a pod, and for each way in which the policy lets others run."""
    known = (*asked.parameters.ours, *asked.parameters.upstream)
    for image in images(node):
        if image is Placeholder.UNKNOWN:
            yield f"{node.name} runs an image that is not known before the update; write it out"
        elif not _known(str(image), known):
            yield f"{node.name} runs {image}, which is not of our registries ({', '.join(asked.parameters.ours)})"
    if node.type == ADMISSION:
        yield from _admission(node, known, enforced=asked.parameters.enforced)


def _known(image: str, patterns: tuple[str, ...]) -> bool:
    """Whether a pattern has the image. A star for a part of a host stands for no path: that would be another host."""
    host, _, path = image.partition("/")
    return any(
        fnmatchcase(host, registry) and fnmatchcase(path, paths)
        for registry, _, paths in (pattern.partition("/") for pattern in patterns)
    )


def _admission(node: Node, known: tuple[str, ...], *, enforced: bool) -> Iterator[str]:
    if at(node.inputs, "defaultAdmissionRule.evaluationMode") not in REFUSING:
        yield f"{node.name} lets every image run; set defaultAdmissionRule.evaluationMode to ALWAYS_DENY"
    if enforced and at(node.inputs, "defaultAdmissionRule.enforcementMode") != BLOCKING:
        yield f"{node.name} only tells of images that it should refuse; set enforcementMode to {BLOCKING}"
    patterns = node.inputs.get("admissionWhitelistPatterns") or ()
    if isinstance(patterns, Placeholder):
        yield f"{node.name}: its patterns are not known before the update; write them out"
        return
    for entry in patterns:
        pattern = entry if isinstance(entry, Placeholder) else entry.get("namePattern")
        if isinstance(pattern, Placeholder):
            yield f"{node.name}: a pattern is not known before the update; write it out"
        elif not _known(str(pattern), known):
            yield f"{node.name} lets {pattern} run, which is neither ours nor written down as what a chart needs"


RULE: Final = Rule(
    name="own-images",
    description="Images come from our registries, and clusters refuse others",
    level="mandatory",
    check=check,
    parameters=Registries,
)
