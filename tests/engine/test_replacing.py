"""Replacements by changed settings: the report on two graphs agrees with the preview of the Pulumi engine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from groundwork import wire
from groundwork.diff import engine_steps
from groundwork.diff.change import Op, ResourceChange
from groundwork.diff.compare import between
from groundwork.diff.replacements.plugin import running
from groundwork.engines import embedded, exports
from groundwork.graph import Graph
from groundwork.yaml_files import read_yaml
from tests.engine.conftest import STATE_AT_THE_END, Engine, engine_in, engine_of
from tests.engine.offline import serve_offline
from tests.engine.providers import CONFIG, RELEASE, state_of
from tests.stand_in.cloud import Cloud
from tests.stand_in.server import VARIABLE, serve

pytestmark = pytest.mark.usefixtures("needs_plugins")


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an applied dev stack, with the state that the real providers would have written.

    The stand-in applies it; then the outputs of each resource are replaced by those of the real provider.
    """
    folder = tmp_path_factory.mktemp("applied")
    engine = engine_in(folder)
    with serve(Cloud()) as servers:
        applying = Engine(engine.project, {**engine.environment, **STATE_AT_THE_END, VARIABLE: servers})
        for arguments in (["stack", "init", "dev"], ["up", "--yes", "--skip-preview", "--stack", "dev"]):
            done = applying.run(*arguments)
            assert done.returncode == 0, done.stdout + done.stderr
    file = folder / "export.json"
    assert engine.run("stack", "export", "--stack", "dev", "--show-secrets", "--file", str(file)).returncode == 0
    document = _with_real_ids(json.loads(file.read_text(encoding="utf-8")))
    _use_real_outputs(document["deployment"]["resources"])
    file.write_text(json.dumps(document), encoding="utf-8")
    for resource in document["deployment"]["resources"]:
        # For protected resources the engine reports an error in place of the replacement, which is tested here.
        resource["protect"] = False
    unprotected = folder / "unprotected.json"
    unprotected.write_text(json.dumps(document), encoding="utf-8")
    done = engine.run("stack", "import", "--stack", "dev", "--file", str(unprotected))
    assert done.returncode == 0, done.stderr
    return folder


def _with_real_ids(document: dict[str, Any]) -> dict[str, Any]:
    """The export with ids in the form of the cloud, which providers validate as inputs of other resources."""
    text = json.dumps(document)
    for resource in document["deployment"]["resources"]:
        if resource["type"] == "gcp:compute/network:Network":
            inputs = resource["inputs"]
            real = f"projects/{inputs['project']}/global/networks/{inputs['name']}"
            text = text.replace(json.dumps(resource["id"]), json.dumps(real))
    converted: dict[str, Any] = json.loads(text)
    return converted


def _use_real_outputs(resources: list[dict[str, Any]]) -> None:
    with ExitStack() as stack:
        plugins = {package: stack.enter_context(running(package)) for package in CONFIG}
        for package, plugin in plugins.items():
            plugin.configure(CONFIG[package])
        for resource in resources:
            package = resource["type"].partition(":")[0]
            if package not in plugins or not resource.get("custom"):
                continue
            plugin = plugins[package]
            inputs = _opened(resource["inputs"])
            checked = inputs if resource["type"] == RELEASE else plugin.check(resource["urn"], inputs)
            state = state_of(plugin, resource["urn"], resource["type"], checked)
            resource["inputs"] = _sealed(checked)
            resource["outputs"] = _sealed(_merged(_opened(resource["outputs"]), state))


def _opened(value: Any) -> Any:
    """An export's value with secrets in the form of the protocol."""
    if isinstance(value, dict):
        if value.get(wire.SIGNATURE) == wire.SECRET:
            return {wire.SIGNATURE: wire.SECRET, "value": _opened(json.loads(value["plaintext"]))}
        return {key: _opened(item) for key, item in value.items()}
    return [_opened(item) for item in value] if isinstance(value, list) else value


def _sealed(value: Any) -> Any:
    """The inverse of `_opened`."""
    if isinstance(value, dict):
        if value.get(wire.SIGNATURE) == wire.SECRET:
            return {wire.SIGNATURE: wire.SECRET, "plaintext": json.dumps(_sealed(value["value"]))}
        return {key: _sealed(item) for key, item in value.items()}
    return [_sealed(item) for item in value] if isinstance(value, list) else value


def _merged(below: Any, above: Any) -> Any:
    """The outputs of the stand-in, overridden by those of the real provider."""
    if isinstance(below, Mapping) and isinstance(above, Mapping) and wire.SIGNATURE not in {*below, *above}:
        return {key: _merged(below.get(key), above.get(key)) for key in {**below, **above}}
    if isinstance(below, list) and isinstance(above, list) and len(below) == len(above):
        return [_merged(lower, upper) for lower, upper in zip(below, above, strict=True)]
    return below if above is None else above


Edit = Callable[[dict[str, Any]], None]


def _capacity(config: dict[str, Any]) -> None:
    pools = config["groundwork:gpu_pools"]
    pools["l4"]["capacity"] = "on-demand" if pools["l4"]["capacity"] == "spot" else "spot"


def _range_moves(config: dict[str, Any]) -> None:
    config["groundwork:network"]["subnets"]["gke-europe-west4"]["cidr"] = "10.64.4.0/22"


def _range_grows(config: dict[str, Any]) -> None:
    config["groundwork:network"]["subnets"]["gke-europe-west4"]["cidr"] = "10.64.0.0/21"


def _bucket(config: dict[str, Any]) -> None:
    config["groundwork:buckets"]["models"]["location"] = "EUROPE-WEST1"


def _system_pool(config: dict[str, Any]) -> None:
    config["groundwork:clusters"]["main"]["system_pool"]["machine_type"] = "e2-standard-8"


@pytest.mark.parametrize(
    ("edit", "replaced"),
    [
        (_capacity, {"gpu-main.l4-pool": ["nodeConfig.spot"]}),
        (_range_moves, {"vpc-gke-europe-west4": ["ipCidrRange"]}),
        (_range_grows, {}),
        (_bucket, {"data-models-bucket": ["location"]}),
        (_system_pool, {}),
    ],
)
def test_report_agrees_with_the_engine(
    applied: Path, graphs: dict[str, Graph], tmp_path: Path, edit: Edit, replaced: dict[str, list[str]]
) -> None:
    """Every resource has the same operation, and replaced ones the same forcing inputs.

    A comparison of two revisions, without a state, has the same replacements.
    """
    shutil.copytree(applied, tmp_path / "copy", symlinks=True)
    engine = engine_of(tmp_path / "copy")
    unchanged = _engine_changes(engine)
    file = engine.project.settings_file("dev")
    settings = read_yaml(file)
    edit(settings["config"])
    file.write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML

    plan = embedded.plan(engine.project, "dev")
    report = {change.node.urn: change for change in between(exports.read(applied / "export.json", "dev"), plan)}
    revisions = {change.node.urn: change for change in between(graphs["dev"], plan)}
    answer = _engine_changes(engine)

    assert _replaced(report) == _replaced(answer)
    assert _replaced(revisions) == _replaced(answer)
    # The state has no values that only a cloud computes, for which some providers always report an update.
    always_updated = {urn for urn, change in unchanged.items() if change.op is Op.UPDATE}
    assert {urn: change.op for urn, change in report.items() if urn not in always_updated} == {
        urn: change.op for urn, change in answer.items() if urn not in always_updated
    }
    assert {urn: change.op for urn, change in revisions.items()} == {urn: change.op for urn, change in report.items()}
    own = {
        urn: report[urn].forcing_paths()
        for urn in _replaced(report)
        if not any(reason.follows for reason in report[urn].forced_by)
    }
    assert {urn.rpartition("::")[2]: paths for urn, paths in own.items()} == replaced
    assert {urn: answer[urn].forcing_paths() for urn in own} == own


def _replaced(changes: Mapping[str, ResourceChange]) -> set[str]:
    return {urn for urn, change in changes.items() if change.op is Op.REPLACE}


def _engine_changes(engine: Engine) -> dict[str, ResourceChange]:
    """The changes of the engine's preview with the real plugins."""
    with running("kubernetes") as plugin, serve_offline(plugin) as servers:
        plugin.configure(CONFIG["kubernetes"])
        offline = Engine(engine.project, {**engine.environment, VARIABLE: servers})
        done = offline.run("preview", "--stack", "dev", "--json", "--show-sames", "--suppress-outputs")
    answer = json.loads(done.stdout)
    errors = [entry["message"] for entry in answer.get("diagnostics", []) if entry["severity"] == "error"]
    assert errors == []
    assert done.returncode == 0, done.stderr
    return {change.node.urn: change for change in engine_steps.changes_of(answer["steps"])}
