"""Checks of arguments by the provider plugins."""

from __future__ import annotations

import pytest

from groundwork.errors import ProgramError
from groundwork.preview import planning
from tests.engine.conftest import Engine

pytestmark = pytest.mark.usefixtures("needs_plugins")


def test_refused_argument_is_one_message(engine: Engine) -> None:
    """The message of the provider with the URN, without a traceback."""
    program = engine.project.root / "__main__.py"
    program.write_text(
        "import pulumi\nimport pulumi_gcp as gcp\n"
        "p = gcp.Provider('p', project='demo')\n"
        "gcp.container.Cluster('c', location='europe-west4', initial_node_count=1,\n"
        "    release_channel={'channel': 'SOMETIMES'}, opts=pulumi.ResourceOptions(provider=p))\n",
        encoding="utf-8",
    )

    with pytest.raises(ProgramError) as caught:
        planning.plan(engine.project, "dev", "pulumi")

    assert "Cluster::c" in caught.value.message
    assert "SOMETIMES" in caught.value.message
    assert "Traceback" not in caught.value.message
