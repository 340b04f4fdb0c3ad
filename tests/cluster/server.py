"""Run an API server on the loopback interface, with etcd and controllers, for the duration of a test."""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.cluster.client import Client
from tests.parts.running import LOOPBACK, Program, StartError, free_port, run, wait_until

STARTS: Final = 2  # attempts


@contextmanager
def running(programs: Mapping[str, Path]) -> Iterator[Path]:
    """Run a new, empty cluster for the duration of the block; yields the path of its administrator's kubeconfig.

    All files are in a temporary folder that is deleted at the end. There are no nodes and no scheduler: tests check
    the decisions of the API server and of the controllers.
    """
    with tempfile.TemporaryDirectory(prefix="groundwork-cluster-") as temporary, ExitStack() as stack:
        for left in reversed(range(STARTS)):
            try:
                kubeconfig = _start(programs, Path(tempfile.mkdtemp(dir=temporary)), stack)
                break
            except StartError:
                # Another process took a port after it was found to be free, or a program timed out under load.
                if not left:
                    raise
                stack.close()
        yield kubeconfig


def _start(programs: Mapping[str, Path], folder: Path, stack: ExitStack) -> Path:
    store, address = f"http://{LOOPBACK}:{free_port()}", f"https://{LOOPBACK}:{(port := free_port())}"
    token, signing = secrets.token_hex(16), _signing_key(folder / "service-accounts.pem")
    tokens, certificate = folder / "tokens.csv", folder / "certificates" / "apiserver.crt"
    tokens.write_text(f'{token},admin,admin,"system:masters"\n', encoding="utf-8")

    def start(name: str, *flags: str) -> Program:
        return run(programs[name], flags, folder, stack)

    etcd = start(
        "etcd",
        f"--data-dir={folder / 'store'}",
        f"--listen-client-urls={store}",
        f"--advertise-client-urls={store}",
        f"--listen-peer-urls=http://{LOOPBACK}:0",
        "--unsafe-no-fsync",  # the data is temporary
        "--log-level=warn",
    )
    server = start(
        "kube-apiserver",
        f"--etcd-servers={store}",
        f"--cert-dir={certificate.parent}",
        f"--bind-address={LOOPBACK}",
        f"--advertise-address={LOOPBACK}",
        "--endpoint-reconciler-type=none",  # the loopback address is not valid as a service address
        f"--secure-port={port}",
        f"--token-auth-file={tokens}",
        "--authorization-mode=RBAC",
        "--allow-privileged=true",  # as GKE does: admission decides what a team may not do
        f"--service-account-issuer={address}",
        f"--service-account-key-file={signing}",
        f"--service-account-signing-key-file={signing}",
        "--service-cluster-ip-range=10.0.0.0/24",
    )
    kubeconfig = folder / "kubeconfig"
    wait_until("kube-apiserver has created its certificate", certificate.is_file, etcd, server)
    kubeconfig.write_text(_kubeconfig(address, certificate, token), encoding="utf-8")
    client = stack.enter_context(contextlib.closing(Client.of(kubeconfig)))
    wait_until("kube-apiserver is ready", lambda: client.answers("/readyz"), etcd, server)
    controllers = start(
        "kube-controller-manager",
        f"--kubeconfig={kubeconfig}",
        f"--service-account-private-key-file={signing}",
        f"--root-ca-file={certificate}",
        f"--cert-dir={folder / 'controllers'}",
        "--leader-elect=false",
        "--secure-port=0",
        "--pvclaimbinder-sync-period=1s",
        "--kube-api-qps=500",  # deleting a namespace lists every kind of object in it
        "--kube-api-burst=1000",
    )
    account = "/api/v1/namespaces/default/serviceaccounts/default"
    wait_until("the controllers are running", lambda: client.answers(account), etcd, server, controllers)
    return kubeconfig


def _signing_key(path: Path) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


def _kubeconfig(address: str, certificate: Path, token: str) -> str:
    authority = base64.b64encode(certificate.read_bytes()).decode()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "test", "cluster": {"server": address, "certificate-authority-data": authority}}],
        "users": [{"name": "admin", "user": {"token": token}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
        "current-context": "test",
    }
    return json.dumps(config, indent=2)  # JSON is valid YAML
