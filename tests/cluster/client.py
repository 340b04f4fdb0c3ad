"""A small client of an API server for tests, as the administrator or with impersonation."""

from __future__ import annotations

import base64
import json
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlencode

import urllib3
import yaml

MANAGER: Final = "groundwork-tests"  # field manager of applied objects
_TIMEOUT: Final = urllib3.Timeout(connect=5, read=60)


class UnusableError(Exception):
    """A kubeconfig that tests cannot use; the message says why."""


@dataclass(frozen=True)
class Answer:
    """A response of the server: HTTP status, the object or the error, and warnings."""

    status: int
    body: Mapping[str, Any]
    warnings: tuple[str, ...] = ()

    @property
    def fine(self) -> bool:
        """Whether the request succeeded."""
        return self.status < 400

    @property
    def message(self) -> str:
        """The error message."""
        return str(self.body.get("message", ""))


@dataclass(frozen=True)
class Kind:
    """A resource of the API: its plural name in paths, and whether it is namespaced."""

    plural: str
    namespaced: bool


class Client:
    """A connection to one API server."""

    def __init__(self, address: str, pool: urllib3.PoolManager, headers: Mapping[str, str]) -> None:
        """Use `Client.of`; `headers` authenticate the user."""
        self._address, self._pool, self._headers = address, pool, headers
        self._kinds: dict[str, dict[str, Kind]] = {}

    @classmethod
    def of(cls, kubeconfig: Path) -> Self:
        """The server and the user of the file's current context. Raises `UnusableError`."""
        config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
        try:
            context = _named(config["contexts"], config["current-context"])["context"]
            cluster = _named(config["clusters"], context["cluster"])["cluster"]
            user = _named(config["users"], context["user"])["user"]
        except (KeyError, TypeError) as problem:
            raise UnusableError(f"{kubeconfig}: has no {problem} for its current context") from None
        if not user.keys() & {"token", "client-certificate-data", "client-certificate"}:
            raise UnusableError(f"{kubeconfig}: its user has neither a token nor a certificate")
        tls = _trust(cluster, kubeconfig.parent)
        _identify(tls, user, kubeconfig.parent)
        headers = {"Authorization": f"Bearer {user['token']}"} if "token" in user else {}
        pool = urllib3.PoolManager(ssl_context=tls, timeout=_TIMEOUT, retries=False, maxsize=4)
        return cls(str(cluster["server"]).rstrip("/"), pool, headers)

    def acting_as(self, user: str, group: str | None = None) -> Client:
        """The same connection, impersonating a user in `group` and in the groups that the server adds."""
        names = {"Impersonate-User": user, **({"Impersonate-Group": group} if group else {})}
        return type(self)(self._address, self._pool, {**self._headers, **names})

    def close(self) -> None:
        """Close the connections, including those of impersonating clients."""
        self._pool.clear()

    def request(
        self, method: str, path: str, body: object = None, content: str = "application/json", **query: str
    ) -> Answer:
        """Send one request; `body` is an object, or text that is sent unchanged. Does not raise on HTTP errors."""
        response = self._pool.request(
            method,
            f"{self._address}{path}" + (f"?{urlencode(query)}" if query else ""),
            body=body if isinstance(body, str) or body is None else json.dumps(body),
            headers={**self._headers, "Accept": "application/json", "Content-Type": content},
        )
        return Answer(response.status, _object(response.data), tuple(response.headers.getlist("Warning")))

    def answers(self, path: str) -> bool:
        """Whether a path responds successfully; False while the server is not up."""
        try:
            return self.request("GET", path).fine
        except urllib3.exceptions.HTTPError:
            return False

    def kind(self, api_version: str, kind: str) -> Kind | None:
        """The resource of a kind; None if the server does not know it."""
        found = self._kinds.get(api_version, {})
        if kind not in found:
            resources = self.request("GET", _root(api_version)).body.get("resources", [])
            found = {one["kind"]: Kind(one["name"], one["namespaced"]) for one in resources if "/" not in one["name"]}
            self._kinds[api_version] = found
        return found.get(kind)

    def path(self, manifest: Mapping[str, Any]) -> str:
        """The path of an object of a known kind."""
        kind = self.kind(manifest["apiVersion"], manifest["kind"])
        assert kind is not None, f"no {manifest['kind']} in {manifest['apiVersion']}"
        return f"{self.collection(manifest)}/{manifest['metadata']['name']}"

    def collection(self, manifest: Mapping[str, Any]) -> str:
        """The path of all objects of its kind in its namespace."""
        kind = self.kind(manifest["apiVersion"], manifest["kind"])
        assert kind is not None, f"no {manifest['kind']} in {manifest['apiVersion']}"
        namespace = f"/namespaces/{manifest['metadata'].get('namespace', 'default')}" if kind.namespaced else ""
        return f"{_root(manifest['apiVersion'])}{namespace}/{kind.plural}"

    def apply(self, manifest: Mapping[str, Any], text: str) -> Answer:
        """Server-side apply of an object's YAML; unknown keys are refused."""
        query = {"fieldManager": MANAGER, "fieldValidation": "Strict", "force": "true"}
        return self.request("PATCH", self.path(manifest), text, "application/apply-patch+yaml", **query)

    def create(self, manifest: Mapping[str, Any], **query: str) -> Answer:
        """Create an object; with ``dryRun="All"`` the server only validates it."""
        return self.request("POST", self.collection(manifest), manifest, **{"fieldValidation": "Strict", **query})


def _root(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def _object(data: bytes) -> Mapping[str, Any]:
    """The body of a response; health checks respond with plain text."""
    try:
        found = json.loads(data)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"message": data.decode(errors="replace")}


def _named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    for entry in entries:
        if entry["name"] == name:
            return entry
    raise KeyError(name)


def _trust(cluster: Mapping[str, Any], folder: Path) -> ssl.SSLContext:
    if "certificate-authority-data" in cluster:
        return ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    file = cluster.get("certificate-authority")
    return ssl.create_default_context(cafile=str(folder / file) if file else None)


def _identify(context: ssl.SSLContext, user: Mapping[str, Any], folder: Path) -> None:
    """Load the user's client certificate, which Python reads from files only."""
    if "client-certificate" in user:
        context.load_cert_chain(folder / user["client-certificate"], folder / user["client-key"])
    elif "client-certificate-data" in user:
        with tempfile.NamedTemporaryFile() as file:
            for part in ("client-certificate-data", "client-key-data"):
                file.write(base64.b64decode(user[part]) + b"\n")
            file.flush()
            context.load_cert_chain(file.name)
