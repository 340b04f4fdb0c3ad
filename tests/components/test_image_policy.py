"""Tests of `components.image_policy`."""

from __future__ import annotations

import pytest

from components.image_policy import ImagePolicy, ImagePolicyArgs
from tests.components.declare import declare, declared, inputs


@pytest.mark.parametrize(
    ("enforce", "mode"), [(True, "ENFORCED_BLOCK_AND_AUDIT_LOG"), (False, "DRYRUN_AUDIT_LOG_ONLY")]
)
def test_image_policy_denies_images_that_match_no_pattern(*, enforce: bool, mode: str) -> None:
    """Denied images are blocked or only logged; Google's system images are allowed by the global policy."""
    args = ImagePolicyArgs(
        "ml-service", ["europe-west4-docker.pkg.dev/ml-service/**", "registry.example.com/**"], enforce
    )
    graph = declare(lambda: ImagePolicy("images", args))

    assert declared(graph) == {"images-policy": "gcp:binaryauthorization/policy:Policy"}
    assert inputs(graph, "images-policy") == {
        "project": "ml-service",
        "description": "images of this project, of the charts, and of the settings",
        "globalPolicyEvaluationMode": "ENABLE",
        "admissionWhitelistPatterns": [
            {"namePattern": "europe-west4-docker.pkg.dev/ml-service/**"},
            {"namePattern": "registry.example.com/**"},
        ],
        "defaultAdmissionRule": {"evaluationMode": "ALWAYS_DENY", "enforcementMode": mode},
    }
