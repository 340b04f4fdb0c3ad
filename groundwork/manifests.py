"""Kubernetes objects that the program declares, as YAML manifests."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from groundwork.errors import UserError
from groundwork.graph import Graph, Node, Placeholder, Value

# Types that the provider plugin renders during an update, so a plan does not show their objects.
OPAQUE: Final = frozenset(
    {"kubernetes:helm.sh/v3:Release", "kubernetes:kustomize/v2:Directory", "kubernetes:yaml/v2:ConfigGroup"}
)

# The file by which a later run recognizes a folder that `write` wrote.
MARKER: Final = ".groundwork-render"


@dataclass(frozen=True)
class Rendered:
    """One Kubernetes object: the URN of its resource, the relative path of its file, and its manifest."""

    urn: str
    path: str
    manifest: Mapping[str, Any]

    def text(self) -> str:
        """The object as YAML, in the same bytes on every run."""
        out = io.StringIO()
        yaml = YAML(typ="safe", pure=True)
        yaml.default_flow_style = False
        yaml.width = 1000
        yaml.dump(self.manifest, out)
        return f"# {self.urn}\n{out.getvalue()}"


def objects(graph: Graph) -> list[Rendered]:
    """Every Kubernetes object of the graph, in the order of their files.

    Raises `UserError` where two resources declare the same object: each update would undo the other's.
    """
    by_path: dict[str, Rendered] = {}
    for node in graph:
        if _is_object(node):
            rendered = _rendered(graph, node)
            if (other := by_path.setdefault(rendered.path, rendered)) is not rendered:
                raise UserError(
                    f"{rendered.urn}: declares the same object as {other.urn}: {rendered.path}", "remove one of them"
                )
    return [by_path[path] for path in sorted(by_path)]


def opaque(graph: Graph) -> list[Node]:
    """Resources whose Kubernetes objects a plan cannot show (charts, kustomize folders, files)."""
    return [node for node in graph if node.type in OPAQUE]


def _is_object(node: Node) -> bool:
    return node.custom and node.type.startswith("kubernetes:") and node.type not in OPAQUE


def _rendered(graph: Graph, node: Node) -> Rendered:
    provider = graph.provider_of(node)
    cluster = provider.name.removeprefix("kubernetes-") if provider is not None else "cluster"
    manifest = _manifest(node.inputs)
    metadata = node.inputs.get("metadata")
    if not isinstance(metadata, Mapping) or not isinstance(metadata.get("name"), str):
        raise UserError(f"{node.urn}: metadata.name: is unknown until `pulumi up`", "give the object an explicit name")
    folder = metadata.get("namespace", "_cluster")
    return Rendered(node.urn, f"{cluster}/{folder}/{_kind(manifest)}-{metadata['name']}.yaml", manifest)


def _kind(manifest: Mapping[str, Any]) -> str:
    """The kind as `kubectl` writes it, ``kind.group``: two groups may have a kind of the same name.

    The version is left out: an object is the same in every version.
    """
    group = str(manifest["apiVersion"]).rpartition("/")[0]
    return ".".join(part for part in (str(manifest["kind"]).lower(), group) if part)


def _manifest(inputs: Mapping[str, Value]) -> dict[str, Any]:
    """The object as kubectl takes it.

    An unknown value is its placeholder; a top-level field that is secret is left out.
    """
    order = ("apiVersion", "kind", "metadata")
    body = {
        key: _shown(value) for key, value in inputs.items() if value is not None and value is not Placeholder.SECRET
    }
    return {
        **{key: body[key] for key in order if key in body},
        **{key: body[key] for key in sorted(set(body) - set(order))},
    }


def _shown(value: Value) -> Any:
    if isinstance(value, Placeholder):
        return value.value
    if isinstance(value, Mapping):
        return {key: _shown(value[key]) for key in sorted(value) if value[key] is not None}
    if isinstance(value, list | tuple):
        return [_shown(item) for item in value]
    return value


def write(rendered: list[Rendered], folder: Path) -> None:
    """Write one file for each object into `folder`, replacing the files of an earlier run.

    The folder is written next to it and renamed, so that it never mixes two runs. Raises `UserError` for a folder with
    other files, which are not removed.
    """
    if folder.exists() and not (folder / MARKER).is_file() and any(folder.iterdir()):
        raise UserError(f"{folder}: holds files that were not written by render", "choose a new or an empty folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as temporary:
        new = Path(temporary, "new")
        for path, text in _files(rendered):
            file = new / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        if folder.exists():
            shutil.move(folder, Path(temporary, "old"))
        new.rename(folder)


def _files(rendered: list[Rendered]) -> Iterator[tuple[str, str]]:
    yield MARKER, "Written by groundwork render; the next run replaces this folder.\n"
    for manifest in rendered:
        yield manifest.path, manifest.text()
