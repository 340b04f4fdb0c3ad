"""Tests of `components.kubeflow`."""

from __future__ import annotations

from components.kubeflow import ChartArgs, FolderArgs, Kubeflow, KubeflowArgs
from tests.components.in_cluster import Objects, in_cluster

CERT_MANAGER = ChartArgs("cert-manager", "1.18.2", "cert-manager", "https://charts.example.com")
KUEUE = ChartArgs("oci://example.com/charts/kueue", "0.14.1", "kueue-system", values={"replicas": 2})
SPARK = ChartArgs("spark", "2.5.1", "spark-system", "https://spark.example.com", after=["kueue", "cert-manager"])
NOTEBOOKS = "https://example.com/notebooks?ref=v1"


def _kubeflow(charts: dict[str, ChartArgs]) -> Objects:
    return in_cluster(Kubeflow, KubeflowArgs(charts, {"notebooks": FolderArgs(NOTEBOOKS)}))


def test_release_is_the_chart_at_its_version_in_its_namespace() -> None:
    """The release has a fixed name, deletes what a failed upgrade created, and waits up to 15 minutes for its pods."""
    release = _kubeflow({"cert-manager": CERT_MANAGER}).inputs("cert-manager")
    del release["compat"]  # the SDK's own

    assert release == {
        "name": "cert-manager",
        "chart": "cert-manager",
        "version": "1.18.2",
        "repositoryOpts": {"repo": "https://charts.example.com"},
        "namespace": "cert-manager",
        "createNamespace": True,
        "values": {},
        "cleanupOnFail": True,
        "timeout": 900,
    }


def test_release_of_an_oci_chart_has_no_repository() -> None:
    """The reference contains the registry."""
    release = _kubeflow({"kueue": KUEUE}).inputs("kueue")

    assert release["chart"] == "oci://example.com/charts/kueue"
    assert "repositoryOpts" not in release
    assert release["values"] == {"replicas": 2}


def test_release_depends_on_the_releases_it_comes_after() -> None:
    """An operator that starts before the CRDs and certificates it needs would fail."""
    kubeflow = _kubeflow({"cert-manager": CERT_MANAGER, "kueue": KUEUE, "spark": SPARK})

    assert kubeflow.roles == {"cert-manager", "kueue", "spark", "notebooks"}
    assert kubeflow.dependencies("spark") == {"cert-manager", "kueue"}
    assert kubeflow.dependencies("kueue") == set()


def test_folder_is_built_after_its_charts() -> None:
    """Its objects may be of a kind that a chart defines, or be checked by a webhook of the chart."""
    folder = FolderArgs(NOTEBOOKS, after=["kueue"])
    kubeflow = in_cluster(Kubeflow, KubeflowArgs({"cert-manager": CERT_MANAGER, "kueue": KUEUE}, {"notebooks": folder}))

    assert kubeflow.nodes["notebooks"].type == "kubernetes:kustomize/v2:Directory"
    assert kubeflow.inputs("notebooks")["directory"] == NOTEBOOKS
    assert kubeflow.dependencies("notebooks") == {"kueue"}


def test_folder_without_after_depends_on_nothing() -> None:
    """It needs no kind or webhook of a chart."""
    assert _kubeflow({"kueue": KUEUE}).dependencies("notebooks") == set()


def test_release_with_declared_crds_skips_those_of_its_chart() -> None:
    """Helm never upgrades a chart's folder crds/; the declared files change with the pin, before the release."""
    trainer = ChartArgs("oci://example.com/charts/trainer", "2.3.0", "trainer-system", crds="jobset")
    args = KubeflowArgs({"trainer": trainer, "kueue": KUEUE}, {}, {"jobset": ["https://example.com/v0.12.0/crd.yaml"]})
    kubeflow = in_cluster(Kubeflow, args)

    assert kubeflow.nodes["jobset-crds"].type == "kubernetes:yaml/v2:ConfigGroup"
    assert kubeflow.inputs("jobset-crds")["files"] == ["https://example.com/v0.12.0/crd.yaml"]
    assert kubeflow.dependencies("trainer") == {"jobset-crds"}
    assert kubeflow.inputs("trainer")["skipCrds"] is True
    assert "skipCrds" not in kubeflow.inputs("kueue")
