"""Render charts with helm and folders with kustomize, as an update does."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from groundwork.graph import Graph, Node
from stacks.settings.facts.versions import load_versions
from tests.charts import sources
from tests.charts.sources import InModule, InRepository
from tests.parts.build import Sources

RELEASE: Final = "kubernetes:helm.sh/v3:Release"
FOLDER: Final = "kubernetes:kustomize/v2:Directory"

Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Installed:
    """A chart or kustomize folder of `stacks/versions.yaml`, with the namespace and values of a release."""

    key: str
    namespace: str | None
    values: Mapping[str, Any]


def releases(graphs: Mapping[str, Graph]) -> list[Installed]:
    """Every Helm release of the stacks, without those that have the chart and values of an earlier one."""
    return _distinct(
        Installed(node.inputs["name"], node.inputs["namespace"], node.inputs.get("values") or {})
        for node in _nodes(graphs, RELEASE)
    )


def folders(graphs: Mapping[str, Graph]) -> list[Installed]:
    """Every kustomize folder of the stacks, each once."""
    keys = {pin.directory: key for key, pin in load_versions().manifests.items()}
    return _distinct(Installed(keys[node.inputs["directory"]], None, {}) for node in _nodes(graphs, FOLDER))


def _nodes(graphs: Mapping[str, Graph], kind: str) -> Iterator[Node]:
    return (node for graph in graphs.values() for node in graph if node.type == kind)


def _distinct(found: Iterator[Installed]) -> list[Installed]:
    return list({(one.key, json.dumps(one.values, sort_keys=True)): one for one in found}.values())


@dataclass(frozen=True)
class Renderer:
    """Renders with two programs; `kubernetes` is the version that charts are rendered for."""

    helm: Path
    kustomize: Path
    sources: Sources
    kubernetes: str
    cache: Path

    def chart(self, release: Installed, values: Mapping[str, Any] | None = None) -> str:
        """The YAML of a release, with its own values or with others. Raises `Unavailable`."""
        source = sources.charts()[release.key]
        given = json.dumps(release.values if values is None else values, sort_keys=True)

        def render() -> str:
            with self._chart(source) as folder:
                return self._helm(folder, release, given)

        return source.as_released(self._cached(f"{source} {release.namespace} {given}", render))

    def folder(self, folder: Installed) -> str:
        """The YAML of a kustomize folder. Raises `Unavailable`."""
        source, pin = sources.manifests()[folder.key], load_versions().manifests[folder.key]
        if isinstance(source, InModule):
            return self._run(str(self.kustomize), "build", str(source.folder(self.sources)))
        with self._checkout(source, pin.version) as root:
            return self._run(str(self.kustomize), "build", str(root / pin.path))

    def _helm(self, folder: Path, release: Installed, values: str) -> str:
        command = ["template", release.key, str(folder), "--namespace", release.namespace or "default"]
        options = ["--include-crds", "--kube-version", self.kubernetes, "--values", "-"]
        return self._run(str(self.helm), *command, *options, standard_input=values)

    def _run(self, *command: str, standard_input: str = "") -> str:
        done = subprocess.run(command, input=standard_input, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr.strip()}"
        return done.stdout

    def _cached(self, key: str, render: Any) -> str:
        """Text by its key; the values of a chart are left out one by one, and workers share what they rendered."""
        file = self.cache / hashlib.sha256(key.encode()).hexdigest()
        if not file.is_file():
            file.write_text(render(), encoding="utf-8")
        return file.read_text(encoding="utf-8")

    @contextmanager
    def _chart(self, source: InModule) -> Iterator[Path]:
        folder = source.folder(self.sources)
        if not source.subcharts and "dependencies:" not in (folder / "Chart.yaml").read_text(encoding="utf-8"):
            yield folder
            return
        with tempfile.TemporaryDirectory() as temporary:
            chart = Path(temporary, folder.name)
            _copy(folder, chart)
            for name, subchart in source.subcharts.items():
                _copy(subchart.folder(self.sources), chart / "charts" / name)
            _keep_dependencies(chart, set(source.subcharts))
            yield chart

    @contextmanager
    def _checkout(self, source: InRepository, pinned: str) -> Iterator[Path]:
        """A copy of the checkout, whose references to other repositories are folders of modules."""
        with tempfile.TemporaryDirectory() as temporary:
            root = Path(temporary, "checkout")
            _copy(source.folder(pinned), root)
            for file in root.rglob("kustomization.y*ml"):
                text = file.read_text(encoding="utf-8")
                for pattern, module in sources.remotes().items():
                    for address in list(re.finditer(pattern, text)):
                        target = root / "remotes" / address["path"]
                        top = address["path"].partition("/")[0]
                        if not (root / "remotes" / top).exists():  # the complete tree, since folders refer to others
                            _copy(self.sources.folder(module) / top, root / "remotes" / top)
                        text = text.replace(address[0], os.path.relpath(target, file.parent))
                file.write_text(text, encoding="utf-8")
            yield root


def parsed(text: str) -> list[Manifest]:
    """The objects of rendered YAML."""
    return [one for one in yaml.load_all(text, Loader=yaml.CSafeLoader) if one]


def _copy(source: Path, target: Path) -> None:
    """Copy a folder; the files of a module are read-only, and copies are not."""
    shutil.copytree(source, target, copy_function=shutil.copyfile)
    for folder in (target, *(one for one in target.rglob("*") if one.is_dir())):
        folder.chmod(0o755)


def _keep_dependencies(chart: Path, available: set[str]) -> None:
    """Remove subcharts that are not there from `Chart.yaml`: their conditions must be false in the values."""
    file = chart / "Chart.yaml"
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    document["dependencies"] = [one for one in document["dependencies"] if one["name"] in available]
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
