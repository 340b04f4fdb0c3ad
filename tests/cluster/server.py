"""Run an API server on the loopback interface, with etcd and controllers, for the duration of a test."""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.cluster.client import Client

STARTS_WITHIN: Final = 300.0  # seconds; it takes seven on two idle cores, and minutes under load
STOPS_WITHIN: Final = 10.0
STARTS: Final = 2  # attempts
LOOPBACK: Final = "127.0.0.1"


class StartError(Exception):
    """A program ended, or did not respond in time; the message has the end of its log."""


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
    store, address = f"http://{LOOPBACK}:{_free_port()}", f"https://{LOOPBACK}:{(port := _free_port())}"
    token, signing = secrets.token_hex(16), _signing_key(folder / "service-accounts.pem")
    tokens, certificate = folder / "tokens.csv", folder / "certificates" / "apiserver.crt"
    tokens.write_text(f'{token},admin,admin,"system:masters"\n', encoding="utf-8")

    def start(name: str, *flags: str) -> _Program:
        return stack.enter_context(_program(programs[name], flags, folder))

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
    _wait("kube-apiserver has created its certificate", certificate.is_file, etcd, server)
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
        "--kube-api-qps=500",  # deleting a namespace lists every kind of object in it
        "--kube-api-burst=1000",
    )
    account = "/api/v1/namespaces/default/serviceaccounts/default"
    _wait("the controllers are running", lambda: client.answers(account), etcd, server, controllers)
    return kubeconfig


class _Program:
    """A running program and its log file."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name, self.process, self._log = name, process, log

    def check(self) -> None:
        """Raise `StartError` if it has ended."""
        if (code := self.process.poll()) is not None:
            raise StartError(f"{self.name} ended with {code}:\n{self.end_of_log()}")

    def end_of_log(self) -> str:
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
            logs = "\n".join(f"{program.name}:\n{program.end_of_log()}" for program in programs)
            raise StartError(f"waited {STARTS_WITHIN:.0f} s until {what}\n{logs}")
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
    return json.dumps(config, indent=2)  # JSON is valid YAML
