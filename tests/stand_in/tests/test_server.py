"""Tests of the servers over the provider protocol."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from tests.stand_in.cloud import Cloud, CloudResource
from tests.stand_in.server import serve
from tests.stand_in.values import read, write

BUCKET = "gcp:storage/bucket:Bucket"
NAMESPACE = "kubernetes:core/v1:Namespace"
URN = "urn:pulumi:dev::p::t::name"


class Providers:
    """The connections of the engine: a separate one for each provider."""

    def __init__(self, addresses: str) -> None:
        """`addresses` are as the engine reads them: ``gcp:1,kubernetes:2``."""
        self._ports = dict(address.split(":") for address in addresses.split(","))
        self._channels: list[grpc.Channel] = []

    def connect(self, package: str, **config: Any) -> Any:
        """A provider with this configuration."""
        # The library shares connections between channels with equal options.
        options = [("grpc.use_local_subchannel_pool", 1)]
        channel = grpc.insecure_channel(f"127.0.0.1:{self._ports[package]}", options=options)
        self._channels.append(channel)
        provider: Any = provider_pb2_grpc.ResourceProviderStub(channel)
        provider.Configure(provider_pb2.ConfigureRequest(args=write(config)))
        return provider

    def close(self) -> None:
        """Close the connections."""
        for channel in self._channels:
            channel.close()


@pytest.fixture
def cloud() -> Cloud:
    """An empty cloud."""
    return Cloud()


@pytest.fixture
def providers(cloud: Cloud) -> Iterator[Providers]:
    """Servers for the cloud."""
    with serve(cloud) as addresses:
        found = Providers(addresses)
        yield found
        found.close()


def _create(provider: Any, kind: str, *, preview: bool = False, **inputs: Any) -> Any:
    return provider.Create(provider_pb2.CreateRequest(urn=URN, type=kind, properties=write(inputs), preview=preview))


def _kubeconfig(server: str) -> str:
    return json.dumps({"clusters": [{"cluster": {"server": f"https://{server}"}}]})


def test_resource_is_created_updated_and_deleted(providers: Providers, cloud: Cloud) -> None:
    """A preview creates nothing; deleting a missing resource succeeds."""
    provider = providers.connect("gcp", project="p")
    assert _create(provider, BUCKET, preview=True, name="b").id == ""
    assert len(cloud) == 0

    made = _create(provider, BUCKET, name="b")
    found = provider.Read(provider_pb2.ReadRequest(id=made.id, urn=URN, type=BUCKET))
    assert (found.id, found.properties, read(found.inputs)) == (made.id, made.properties, {"name": "b"})
    assert read(made.properties)["url"] == "gs://b"

    changed = write({"name": "b", "labels": {"a": "b"}})
    provider.Update(provider_pb2.UpdateRequest(id=made.id, urn=URN, type=BUCKET, news=changed))
    assert [resource.inputs for resource in cloud] == [{"name": "b", "labels": {"a": "b"}}]

    for _ in range(2):  # the second deletion is of a missing resource
        provider.Delete(provider_pb2.DeleteRequest(id=made.id, urn=URN, type=BUCKET, properties=made.properties))
    assert provider.Read(provider_pb2.ReadRequest(id=made.id, urn=URN, type=BUCKET)).id == ""


def test_providers_of_two_clusters_are_separate(providers: Providers, cloud: Cloud) -> None:
    """Requests do not name their provider; it is that of the connection."""
    one, other = (providers.connect("kubernetes", kubeconfig=_kubeconfig(name)) for name in ("one", "other"))
    for provider in (one, other):
        _create(provider, NAMESPACE, metadata={"name": "vision"})

    assert sorted(resource.place for resource in cloud) == ["one", "other"]


def test_errors_have_the_message_of_the_cloud(providers: Providers, cloud: Cloud) -> None:
    """A refused creation and a refused deletion are errors of the protocol."""
    provider = providers.connect("gcp")
    cloud.fail_create(BUCKET, message="out of quota")
    with pytest.raises(grpc.RpcError, match="out of quota"):
        _create(provider, BUCKET, name="b")

    kind = "gcp:container/cluster:Cluster"
    cloud.create(CloudResource(kind, "main", URN))
    with pytest.raises(grpc.RpcError, match="Cannot destroy cluster because deletionProtection is set to true"):
        provider.Delete(provider_pb2.DeleteRequest(id="main", urn=URN, type=kind))
    assert len(cloud) == 1


@pytest.mark.parametrize(
    ("before", "after", "replaces", "delete_first"),
    [
        ({"name": "a", "labels": {"a": "b"}}, {"name": "a"}, [], False),
        ({"location": "EU"}, {"location": "US"}, ["location"], False),
        ({"name": "a", "location": "EU"}, {"name": "b", "location": "EU"}, ["name"], True),
        ({"name": "a", "hierarchicalNamespace": {"enabled": True}}, {"name": "a"}, ["hierarchicalNamespace"], True),
    ],
)
def test_replacement_deletes_first_where_names_collide(
    providers: Providers,
    before: dict[str, Any],
    after: dict[str, Any],
    replaces: list[str],
    delete_first: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Generated names differ, so the new resource is created first; names in the program would collide."""
    request = provider_pb2.DiffRequest(urn=URN, type=BUCKET, old_inputs=write(before), news=write(after))
    answer = providers.connect("gcp").Diff(request)

    assert (list(answer.replaces), answer.deleteBeforeReplace) == (replaces, delete_first)
    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME


def test_provider_of_another_cluster_is_replaced(providers: Providers) -> None:
    """Another kubeconfig of the same cluster does not replace the provider."""
    provider = providers.connect("kubernetes")
    old = write({"kubeconfig": _kubeconfig("one")})
    padded = write({"kubeconfig": f" {_kubeconfig('one')}"})
    moved = write({"kubeconfig": _kubeconfig("other")})

    assert [
        list(provider.DiffConfig(provider_pb2.DiffRequest(old_inputs=old, news=changed)).replaces)
        for changed in (padded, moved)
    ] == [[], ["kubeconfig"]]


def test_other_methods_of_the_protocol(providers: Providers, cloud: Cloud) -> None:
    """Each method that the engine calls has an answer."""
    provider = providers.connect("gcp")
    changed = write({"a": 1})

    assert provider.Handshake(provider_pb2.ProviderHandshakeRequest()).accept_secrets
    assert provider.GetPluginInfo(empty_pb2.Empty()).version
    assert json.loads(provider.GetSchema(provider_pb2.GetSchemaRequest()).schema)["name"] == "gcp"
    assert provider.Check(provider_pb2.CheckRequest(news=changed)).inputs == changed
    assert provider.CheckConfig(provider_pb2.CheckRequest(news=changed)).inputs == changed
    assert len(getattr(provider.Invoke(provider_pb2.InvokeRequest(tok="gcp:x:y")), "return")) == 0
    provider.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1"))
    assert not cloud.cancelled.is_set()
    provider.Cancel(empty_pb2.Empty())
    assert cloud.cancelled.is_set()
