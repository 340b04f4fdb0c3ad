"""An InferenceService becomes ready: KServe waits for no gateway, and has runtimes for model formats."""

from __future__ import annotations

import json

from tests.charts.conftest import RenderedOf


def test_kserve_waits_for_no_gateway(rendered_of: RenderedOf) -> None:
    """With an ingress, an endpoint is ready only after a gateway accepts its route, and no cluster has that gateway."""
    for _, objects in rendered_of("kserve"):
        configuration = next(one for one in objects if one["metadata"]["name"] == "inferenceservice-config")
        ingress = json.loads(configuration["data"]["ingress"])

        assert ingress["disableIngressCreation"] is True
        assert not ingress["enableGatewayApi"]


def test_model_formats_have_a_serving_runtime(rendered_of: RenderedOf) -> None:
    """Without a runtime that supports it automatically, the format of a model is refused."""
    formats = {
        supported["name"]
        for _, objects in rendered_of("kserve-runtime-configs")
        for one in objects
        if one["kind"] == "ClusterServingRuntime"
        for supported in one["spec"].get("supportedModelFormats") or []
        if supported.get("autoSelect")
    }

    assert formats >= {"sklearn", "xgboost", "huggingface", "tensorflow"}
