"""Hooks of charts run within the cluster: they download nothing."""

from __future__ import annotations

import json
import re

import pytest

from tests.charts import sources
from tests.charts.conftest import RenderedOf
from tests.charts.workloads import templates

DOWNLOADS = re.compile(r"\b(apk|apt|apt-get|curl|dnf|pip|wget|yum)\b|https?://(?![\w.-]*\.svc\b)")


@pytest.mark.parametrize("key", sorted(sources.charts()))
def test_hooks_download_nothing(key: str, rendered_of: RenderedOf) -> None:
    """The egress of a cluster does not allow arbitrary hosts, and a hook that waits for one fails the release."""
    found = {
        f"{template.owner}: {match[0]}"
        for _, objects in rendered_of(key)
        for template in templates(objects)
        if template.hook
        for container in template.containers
        if (match := DOWNLOADS.search(json.dumps([container.get("command"), container.get("args")])))
    }

    assert sorted(found) == []
