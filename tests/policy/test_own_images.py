"""The rule `own-images`."""

from __future__ import annotations

from typing import Any

import pytest

from groundwork.graph import Node, Placeholder
from policy.rules.own_images import ADMISSION, BLOCKING, RULE
from tests.policy.asking import ask

OURS = "europe-west4-docker.pkg.dev/acme-ml"
PARAMETERS: dict[str, Any] = {"registries": ["*-docker.pkg.dev/acme-ml/*"], "upstream": ["registry.k8s.io/kueue/*"]}


def _image(image: Any, **parameters: Any) -> list[str]:
    node = Node("urn:a", "kubernetes:core/v1:Pod", "a", {"spec": {"containers": [{"image": image}]}})
    return ask(RULE, node, **(parameters or PARAMETERS))


def _policy(patterns: Any, mode: Any = "ALWAYS_DENY", enforcement: Any = BLOCKING, **parameters: Any) -> list[str]:
    rule = {"evaluationMode": mode, "enforcementMode": enforcement}
    node = Node("urn:a", ADMISSION, "a", {"admissionWhitelistPatterns": patterns, "defaultAdmissionRule": rule})
    return ask(RULE, node, **{**PARAMETERS, **parameters})


@pytest.mark.parametrize(
    ("image", "allowed"),
    [
        (f"{OURS}/train:1.4", True),
        ("us-docker.pkg.dev/acme-ml/a/b:1", True),
        ("registry.k8s.io/kueue/kueue:0.9.1", True),
        ("registry.k8s.io/pause:3.9", False),
        ("europe-west4-docker.pkg.dev/other/train:1.4", False),
        ("evil.example/europe-west4-docker.pkg.dev/acme-ml/train:1.4", False),
        ("evil.example/x-docker.pkg.dev/acme-ml/train", False),
        ("train:1.4", False),
    ],
)
def test_images_of_our_registries_may_run(image: str, *, allowed: bool) -> None:
    """Host and path match a pattern of our registries or of the charts."""
    messages = _image(image)

    assert (messages == []) is allowed
    assert all("which is in none of our registries: use *-docker.pkg.dev/acme-ml/*" in message for message in messages)


def test_default_registries_are_those_of_artifact_registry() -> None:
    """Without parameters every Artifact Registry is allowed, and nothing else."""
    default = RULE.parameters()

    assert default.registries == ("*-docker.pkg.dev/*",)
    assert default.upstream == ()
    assert default.enforced


def test_unknown_image_is_reported() -> None:
    """An unknown image may be any, and does not hide the next one."""
    containers = [{"image": Placeholder.UNKNOWN}, {"image": "b"}]
    node = Node("urn:a", "kubernetes:core/v1:Pod", "a", {"spec": {"containers": containers}})
    unknown, other = ask(RULE, node, **PARAMETERS)

    assert unknown == "a runs an image that is unknown until pulumi up: write its name as text"
    assert "a runs b, which" in other


@pytest.mark.parametrize(
    ("mode", "violations"),
    [("ALWAYS_DENY", 0), ("REQUIRE_ATTESTATION", 0), ("ALWAYS_ALLOW", 1), (Placeholder.UNKNOWN, 1), (None, 1)],
)
def test_binary_authorization_denies_by_default(mode: Any, violations: int) -> None:
    """Any other mode, or an unknown one, allows every image."""
    messages = _policy([], mode)

    assert len(messages) == violations
    assert all("a allows every image" in message for message in messages)


@pytest.mark.parametrize(
    ("enforcement", "enforced", "violations"),
    [
        (BLOCKING, True, 0),
        ("DRYRUN_AUDIT_LOG_ONLY", True, 1),
        (Placeholder.UNKNOWN, True, 1),
        ("DRYRUN_AUDIT_LOG_ONLY", False, 0),
    ],
)
def test_binary_authorization_refuses_other_images(enforcement: Any, *, enforced: bool, violations: int) -> None:
    """Logging other images is enough only where the parameter `enforced` is false."""
    messages = _policy([], enforcement=enforcement, enforced=enforced)

    assert len(messages) == violations
    assert all("set security.images.enforce" in message for message in messages)
    assert BLOCKING == "ENFORCED_BLOCK_AND_AUDIT_LOG"


@pytest.mark.parametrize(
    ("patterns", "texts"),
    [
        (None, []),
        ([], []),
        ([{"namePattern": f"{OURS}/**"}], []),
        ([{"namePattern": "docker.io/*"}], ["a allows docker.io/*: remove it from security.images.allow"]),
        ([{"namePattern": Placeholder.UNKNOWN}], ["a: a pattern is unknown until pulumi up"]),
        ([Placeholder.UNKNOWN], ["a: a pattern is unknown until pulumi up"]),
        (Placeholder.UNKNOWN, ["a: its patterns are unknown until pulumi up"]),
        ([Placeholder.UNKNOWN, {"namePattern": "*"}], ["a pattern is unknown", "a allows *"]),
    ],
)
def test_patterns_of_binary_authorization(patterns: Any, texts: list[str]) -> None:
    """Each pattern of another registry, or an unknown one, is a violation."""
    messages = _policy(patterns)

    assert len(messages) == len(texts)
    assert all(text in message for message, text in zip(messages, texts, strict=True))


def test_other_types_have_no_admission() -> None:
    """Only the policy of Binary Authorization is checked."""
    assert ask(RULE, Node("urn:a", "gcp:container/cluster:Cluster", "a", {}), **PARAMETERS) == []
    assert ADMISSION == "gcp:binaryauthorization/policy:Policy"
