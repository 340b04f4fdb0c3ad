"""Custom resource definitions of the operators, from a folder outside of this repository."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from tests.cluster.client import Client

ROOT: Final = Path(__file__).resolve().parents[2]
VARIABLE: Final = "GROUNDWORK_TEST_CRDS"
FOLDER: Final = Path(os.environ.get(VARIABLE) or ROOT.parent / "shared" / "crds")
MISSING: Final = f"needs the custom resource definitions of the operators: {VARIABLE} names their folder"
SERVED_WITHIN: Final = 300.0  # seconds

# A file has megabytes of YAML, which is sent to the server unparsed; only the head of each document is read here.
_HEAD: Final = {
    "name": re.compile(r"^  name: (\S+)$", re.MULTILINE),
    "group": re.compile(r"^  group: (\S+)$", re.MULTILINE),
    "kind": re.compile(r"^  names:\n(?:    .*\n)*?    kind: (\S+)$", re.MULTILINE),
}


@dataclass(frozen=True)
class Definition:
    """One definition: its name, the group and the kind that it defines, and its YAML."""

    name: str
    group: str
    kind: str
    text: str


@cache
def definitions(folder: Path = FOLDER) -> dict[tuple[str, str], Definition]:
    """Every definition of the folder by group and kind; empty without the folder."""
    found = (one for file in sorted(folder.glob("*.yaml")) for one in _documents(file.read_text(encoding="utf-8")))
    return {(one.group, one.kind): one for one in found}


def _documents(text: str) -> Iterator[Definition]:
    for document in re.split(r"^---.*\n", text, flags=re.MULTILINE):
        heads = {key: pattern.search(document) for key, pattern in _HEAD.items()}
        if all(heads.values()):
            yield Definition(text=document, **{key: match[1] for key, match in heads.items() if match})


def install(client: Client, kinds: Iterable[tuple[str, str]]) -> list[str]:
    """Install the definitions of these kinds, given as (apiVersion, kind); kinds without a definition are skipped.

    Returns the names of the new definitions, once all kinds are served.
    """
    wanted = {kind: found for kind in kinds if (found := definitions().get((kind[0].partition("/")[0], kind[1])))}
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    new = []
    for definition in wanted.values():
        if client.request("GET", f"{path}/{definition.name}").fine:
            continue
        query = {"fieldManager": "groundwork-tests", "fieldValidation": "Strict"}
        answer = client.request(
            "PATCH", f"{path}/{definition.name}", definition.text, "application/apply-patch+yaml", **query
        )
        assert answer.fine, f"{definition.name}: {answer.message}"
        new.append(definition.name)
    until = time.monotonic() + SERVED_WITHIN
    while unserved := [kind for kind in wanted if client.kind(*kind) is None]:
        assert time.monotonic() < until, f"not served after {SERVED_WITHIN:.0f} s: {unserved}"
        time.sleep(0.2)
    return new


def remove(client: Client, names: Iterable[str]) -> None:
    """Delete definitions, and every object of their kinds."""
    for name in names:
        client.request("DELETE", f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}")
