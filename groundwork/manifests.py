"""The Kubernetes objects that the program declares, as the YAML files that they would be."""

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

# What a chart or a kustomize folder holds is made inside the cluster's plugin: no plan can show it.
OPAQUE: Final = frozenset({"kubernetes:helm.sh/v3:Release", "kubernetes:kustomize/v2:Directory"})

MARKER: Final = ".groundwork-render"


@dataclass(frozen=True)
class Rendered:
    """One object: the URN that it comes from, the file that it belongs in, and the object itself."""

    urn: str
    path: str
    manifest: Mapping[str, Any]

    def text(self) -> str:
        """The object as YAML, with the same bytes on every run."""
        out = io.StringIO()
        yaml = YAML(typ="safe", pure=True)
        yaml.default_flow_style = False
        yaml.width = 1000
        yaml.dump(self.manifest, out)
        return f"# {self.urn}\n{out.getvalue()}"


def objects(graph: Graph) -> list[Rendered]:
    """Every Kubernetes object of the graph, in the order of their files.

    Raises `UserError` where two resources declare one object: each update would undo the other's.
    """
    found: dict[str, Rendered] = {}
    for node in graph:
        if _is_object(node):
            one = _rendered(graph, node)
            if (other := found.setdefault(one.path, one)) is not one:
                raise UserError(f"{one.urn}: is the object {one.path} that {other.urn} is", "one of them is enough")
    return [found[path] for path in sorted(found)]


def opaque(graph: Graph) -> list[Node]:
    """What puts objects into a cluster that a plan cannot show."""
    return [node for node in graph if node.type in OPAQUE]


def _is_object(node: Node) -> bool:
    return node.custom and node.type.startswith("kubernetes:") and node.type not in OPAQUE


def _rendered(graph: Graph, node: Node) -> Rendered:
    provider = graph.provider_of(node)
    cluster = provider.name.removeprefix("kubernetes-") if provider is not None else "cluster"
    manifest = _manifest(node.inputs)
    metadata = node.inputs.get("metadata")
    if not isinstance(metadata, Mapping) or not isinstance(metadata.get("name"), str):
        raise UserError(f"{node.urn}: metadata.name: is not known before the update", "objects have explicit names")
    folder = metadata.get("namespace", "_cluster")
    return Rendered(node.urn, f"{cluster}/{folder}/{_kind(manifest)}-{metadata['name']}.yaml", manifest)


def _kind(manifest: Mapping[str, Any]) -> str:
    """What `kubectl` calls the kind: with its group where it has one, since groups share the names of kinds."""
    group, _, version = str(manifest["apiVersion"]).rpartition("/")
    del version  # two versions are one object
    return ".".join(part for part in (str(manifest["kind"]).lower(), group) if part)


def _manifest(inputs: Mapping[str, Value]) -> dict[str, Any]:
    """The object as kubectl would take it.

    A value that only an update can give is shown as a mark; a part that is secret as a whole is left out.
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
    """Write one file for each object into `folder`, in place of what an earlier run wrote there.

    The folder is written beside and renamed, so that it is never half of two runs. Raises `UserError` for a folder
    that holds anything else: its contents are not this tool's to remove.
    """
    if folder.exists() and not (folder / MARKER).is_file() and any(folder.iterdir()):
        raise UserError(f"{folder}: holds files that were not written by render", "name a new or an empty folder")
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
    for one in rendered:
        yield one.path, one.text()
