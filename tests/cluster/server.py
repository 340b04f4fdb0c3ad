"""An API server on the loopback, with its store and its controllers, for as long as a test needs it."""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.cluster.client import Client

STARTS_WITHIN: Final = 300.0  # seconds; on two cores it takes seven, and minutes where they have much else to do
STOPS_WITHIN: Final = 10.0
STARTS: Final = 2  # how often it is tried
LOOPBACK: Final = "127.0.0.1"


class StartError(Exception):
    """A program ended, or did not answer in time; the message ends with what it said last."""


@contextmanager
def running(programs: Path) -> Iterator[Path]:
    """A new, empty cluster while the block runs: gives the path of a kubeconfig of its administrator.

    Everything it writes is in a temporary folder that goes with it. It has no node and no scheduler: what it is for is
    what an API server decides by itself, and what the controllers do that keep its objects in order.
    """
    with tempfile.TemporaryDirectory(prefix="groundwork-cluster-") as temporary, ExitStack() as stack:
        for left in reversed(range(STARTS)):
            try:
                kubeconfig = _start(programs, Path(tempfile.mkdtemp(dir=temporary)), stack)
                break
            except StartError:
                # Somebody else took a port between the moment it was found free and the moment it was wanted, or the
                # machine has so much to do that a program gave up on another.
                if not left:
                    raise
                stack.close()
        yield kubeconfig


def _start(programs: Path, folder: Path, stack: ExitStack) -> Path:
    store, address = f"http://{LOOPBACK}:{_free_port()}", f"https://{LOOPBACK}:{(port := _free_port())}"
    token, signing = secrets.token_hex(16), _signing_key(folder / "service-accounts.pem")
    tokens, certificate = folder / "tokens.csv", folder / "certificates" / "apiserver.crt"
    tokens.write_text(f'{token},admin,admin,"system:masters"\n', encoding="utf-8")

    def start(name: str, *flags: str) -> _Program:
        return stack.enter_context(_program(programs / name, flags, folder))

    etcd = start(
        "etcd",
        f"--data-dir={folder / 'store'}",
        f"--listen-client-urls={store}",
        f"--advertise-client-urls={store}",
        f"--listen-peer-urls=http://{LOOPBACK}:0",
        "--unsafe-no-fsync",  # nothing of it is to outlive the test
        "--log-level=warn",
    )
    server = start(
        "kube-apiserver",
        f"--etcd-servers={store}",
        f"--cert-dir={certificate.parent}",
        f"--bind-address={LOOPBACK}",
        f"--advertise-address={LOOPBACK}",
        "--endpoint-reconciler-type=none",  # a loopback address may not be the address of a service
        f"--secure-port={port}",
        f"--token-auth-file={tokens}",
        "--authorization-mode=RBAC",
        "--allow-privileged=true",  # as GKE does: what a team may not do is for admission to say
        f"--service-account-issuer={address}",
        f"--service-account-key-file={signing}",
        f"--service-account-signing-key-file={signing}",
        "--service-cluster-ip-range=10.0.0.0/24",
    )
    kubeconfig = folder / "kubeconfig"
    _wait("kube-apiserver has made its certificate", certificate.is_file, etcd, server)
    kubeconfig.write_text(_kubeconfig(address, certificate, token), encoding="utf-8")
    client = stack.enter_context(contextlib.closing(Client.of(kubeconfig)))
    _wait("kube-apiserver is ready", lambda: client.answers("/readyz"), etcd, server)
    controllers = start(
        "kube-controller-manager",
        f"--kubeconfig={kubeconfig}",
        f"--service-account-private-key-file={signing}",
        f"--root-ca-file={certificate}",
        f"--cert-dir={folder / 'controllers'}",
        "--leader-elect=false",
        "--secure-port=0",
        "--pvclaimbinder-sync-period=1s",
        "--kube-api-qps=500",  # a namespace goes once every kind of object in it has been asked for
        "--kube-api-burst=1000",
    )
    account = "/api/v1/namespaces/default/serviceaccounts/default"
    _wait("the controllers are at work", lambda: client.answers(account), etcd, server, controllers)
    return kubeconfig


class _Program:
    """A running program and the file that it writes to."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name, self.process, self._log = name, process, log

    def check(self) -> None:
        """Raise `StartError` if it has ended."""
        if (code := self.process.poll()) is not None:
            raise StartError(f"{self.name} ended with {code}:\n{self.last_words()}")

    def last_words(self) -> str:
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])


@contextmanager
def _program(path: Path, flags: tuple[str, ...], folder: Path) -> Iterator[_Program]:
    log = folder / f"{path.name}.log"
    with log.open("wb") as out, subprocess.Popen([path, *flags], cwd=folder, stdout=out, stderr=out) as process:
        try:
            yield _Program(path.name, process, log)
        finally:
            process.terminate()
            try:
                process.wait(STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(what: str, happened: Callable[[], bool], *programs: _Program) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while not happened():
        for program in programs:
            program.check()
        if time.monotonic() > until:
            words = "\n".join(f"{program.name}:\n{program.last_words()}" for program in programs)
            raise StartError(f"waited {STARTS_WITHIN:.0f} s until {what}\n{words}")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind((LOOPBACK, 0))
        port: int = one.getsockname()[1]
        return port


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
    return json.dumps(config, indent=2)  # which is YAML too
