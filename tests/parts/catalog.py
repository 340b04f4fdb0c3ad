"""The programs that tests run in addition to Python, and the Go modules that they are built from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
# In the order in which a module is looked up: one module may require another one that only its charts are read of.
MODULES: Final = ("charts", "kubernetes", "pulumi")


@dataclass(frozen=True)
class Part:
    """A program: the Go package to build, and the folder in this one whose `go.mod` requires it.

    `module` is the path of the Go module that the package is in. `stamps` are variables that the linker sets, by
    name; ``{version}``, ``{major}`` and ``{minor}`` in a value are those of the module.
    """

    name: str
    package: str
    module: str
    folder: str = "kubernetes"
    stamps: tuple[tuple[str, str], ...] = ()

    @property
    def source(self) -> Path:
        """The folder with `go.mod` and `go.sum`."""
        return FOLDER / self.folder

    def version(self) -> str:
        """The version that `go.mod` requires, such as ``v1.36.2``."""
        return _required(self.source / "go.mod", self.module)


def version_of(module: str) -> str:
    """The version of a module that one of the folders requires."""
    return _required(requiring(module) / "go.mod", module)


def requiring(module: str) -> Path:
    """The folder whose `go.mod` requires a module."""
    for folder in MODULES:
        if _match(FOLDER / folder / "go.mod", module):
            return FOLDER / folder
    raise LookupError(f"no go.mod in {FOLDER} requires {module}")


def _required(file: Path, module: str) -> str:
    if (match := _match(file, module)) is None:
        raise LookupError(f"{file}: does not require {module}")
    return match[1]


def _match(file: Path, module: str) -> re.Match[str] | None:
    pattern = rf"^\s*(?:require )?{re.escape(module)} (v\S+)"
    return re.search(pattern, file.read_text(encoding="utf-8"), re.MULTILINE)


_KUBERNETES: Final = "k8s.io/kubernetes"
# Without them, the server reports v0.0.0, from which clients and controllers conclude what it cannot do.
_KUBERNETES_STAMPS: Final = tuple(
    (f"k8s.io/component-base/version.git{name}", value)
    for name, value in (("Version", "{version}"), ("Major", "{major}"), ("Minor", "{minor}"))
)


def _kubernetes(name: str) -> Part:
    return Part(name, f"{_KUBERNETES}/cmd/{name}", _KUBERNETES, stamps=_KUBERNETES_STAMPS)


# What `tests/cluster` needs; built by the first test that needs one.
BASE: Final = (
    Part("etcd", "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3"),
    _kubernetes("kube-apiserver"),
    _kubernetes("kube-controller-manager"),
)
# What `make parts` builds in addition, ordered by how much a test with the part proves.
FURTHER: Final = (
    Part("helm", "helm.sh/helm/v3/cmd/helm", "helm.sh/helm/v3"),
    Part("kustomize", "sigs.k8s.io/kustomize/kustomize/v5", "sigs.k8s.io/kustomize/kustomize/v5"),
    _kubernetes("kube-scheduler"),
    Part("kwok", "sigs.k8s.io/kwok/cmd/kwok", "sigs.k8s.io/kwok"),
    Part("kueue", "sigs.k8s.io/kueue/cmd/kueue", "sigs.k8s.io/kueue"),
    Part("jobset", "sigs.k8s.io/jobset", "sigs.k8s.io/jobset"),
    Part("trainer", "github.com/kubeflow/trainer/v2/cmd/trainer-controller-manager", "github.com/kubeflow/trainer/v2"),
    Part(
        "pulumi",
        "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        "github.com/pulumi/pulumi/pkg/v3",
        folder="pulumi",
        # The Automation API refuses a CLI without a version.
        stamps=(("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version", "{version}"),),
    ),
)
PARTS: Final = {part.name: part for part in (*BASE, *FURTHER)}
