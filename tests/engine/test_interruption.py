"""Updates of a small stack that end early: what the engine reports, what is left, and how the next run recovers."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NoReturn

import pytest

from groundwork.project import Project
from tests.engine import language_host
from tests.engine.conftest import Engine, engine_of
from tests.engine.language_host import LanguageHost
from tests.stand_in import server
from tests.stand_in.cloud import Cloud, CloudError

BUCKET: Final = "gcp:storage/bucket:Bucket"
NETWORK: Final = "gcp:compute/network:Network"
SUBNET: Final = "gcp:compute/subnetwork:Subnetwork"
ENDS_WITHIN: Final = 30.0  # seconds

# Without the SDKs of the providers, which take seconds to import. The bucket needs the network, which needs nothing.
PROGRAM: Final = f"""
import pulumi

class Resource(pulumi.CustomResource):
    def __init__(self, kind, name, inputs, **options):
        super().__init__(kind, name, {{"name": name, **inputs}}, pulumi.ResourceOptions(**options))

location = pulumi.Config().get("location") or "EU"
protect = pulumi.Config().get_bool("protect")
network = Resource("{NETWORK}", "network", {{}})
subnet = Resource("{SUBNET}", "subnet", {{"region": "europe-west4"}}, depends_on=network)
Resource("{BUCKET}", "bucket", {{"location": location}}, depends_on=subnet, protect=protect)
"""
KINDS: Final = sorted([BUCKET, NETWORK, SUBNET])

PACK: Final = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def validate(args, report):
    if args.resource_type == "<kind>":
        report("this type is not allowed")

PolicyPack(name="sample", policies=[
    ResourceValidationPolicy("types", "d", validate, enforcement_level=EnforcementLevel.MANDATORY)
])
"""


@dataclass(frozen=True)
class Stack:
    """The stack, its cloud and the language host that runs its program."""

    engine: Engine
    cloud: Cloud
    host: LanguageHost
    servers: ExitStack

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``pulumi`` on the stack, with more environment variables."""
        engine = replace(self.engine, environment={**self.engine.environment, **environment})
        return engine.run(*arguments, "--stack", "dev")

    def up(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``pulumi up``."""
        return self.run("up", "--yes", "--skip-preview", *arguments, **environment)

    def signalled(self, number: signal.Signals, then: Callable[[], None], *arguments: str) -> tuple[int, str]:
        """Run ``pulumi up`` and send it a signal while it creates the subnet; the exit code and the output."""
        with subprocess.Popen(
            ["pulumi", "up", "--yes", "--skip-preview", "--stack", "dev", "--non-interactive", *arguments],
            cwd=self.engine.project.root, env=dict(self.engine.environment),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ) as process:  # fmt: skip

            def interrupt() -> None:
                process.send_signal(number)
                then()

            self.cloud.before_create(SUBNET, interrupt)
            output, _ = process.communicate(timeout=10 * ENDS_WITHIN)
        return process.returncode, output

    def kinds(self) -> list[str]:
        """The types of the resources in the cloud."""
        return sorted(resource.kind for resource in self.cloud)

    def pending(self) -> list[str]:
        """The types of the resources with an unfinished operation in the state."""
        exported = json.loads(self.run("stack", "export").stdout)
        return [entry["resource"]["type"] for entry in exported["deployment"].get("pending_operations") or ()]

    def configure(self, **values: object) -> None:
        """Replace the configuration."""
        config = {"config": {f"sample:{key}": value for key, value in values.items()}}
        self.engine.project.settings_file("dev").write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML

    def write_pack(self, kind: str) -> None:
        """Write a policy pack that does not allow resources of this type."""
        pack = self.engine.project.root / "pack"
        pack.mkdir(exist_ok=True)
        (pack / "PulumiPolicy.yaml").write_text("version: 0.1.0\nruntime: python\n", encoding="utf-8")
        (pack / "__main__.py").write_text(PACK.replace("<kind>", kind), encoding="utf-8")

    def write(self, program: str) -> None:
        """Replace the program."""
        (self.engine.project.root / "__main__.py").write_text(program, encoding="utf-8")


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A new stack in an empty cloud; at the end, nothing is running."""
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "state").mkdir()
    (root / "Pulumi.yaml").write_text("name: sample\nruntime: python\n", encoding="utf-8")
    (root / "Pulumi.dev.yaml").write_text("config: {}\n", encoding="utf-8")
    cloud, host = Cloud(), LanguageHost()
    with language_host.serve(host) as languages, ExitStack() as servers:
        engine = engine_of(tmp_path)
        addresses = {language_host.VARIABLE: languages, server.VARIABLE: servers.enter_context(server.serve(cloud))}
        new = Stack(Engine(Project.at(root), {**engine.environment, **addresses}), cloud, host, servers)
        new.write(PROGRAM)
        assert new.run("stack", "init").returncode == 0
        yield new
        until = time.monotonic() + ENDS_WITHIN
        while host.running:
            assert time.monotonic() < until, "a program or a policy pack is still running"
            time.sleep(0.05)


def _stop() -> NoReturn:
    raise CloudError("the test ended the update here")


def _errors(done: subprocess.CompletedProcess[str]) -> set[str]:
    """The error messages of a call; the engine prints them as they arise and again at the end."""
    lines = (done.stdout + done.stderr).splitlines()
    return {line.partition("error: ")[2].strip() for line in lines if "error: " in line}


def test_interrupt_signal_ends_after_the_running_creation(stack: Stack) -> None:
    """Ctrl-C: the running creation is completed and recorded, and the next update continues after it."""
    code, output = stack.signalled(signal.SIGINT, lambda: _wait_for(stack.cloud.cancelled))

    assert code != 0
    assert "Traceback" not in output
    assert stack.kinds() == [NETWORK, SUBNET]
    assert stack.pending() == []

    done = stack.up()

    assert done.returncode == 0, done.stdout
    assert "+ 1 created" in done.stdout
    assert stack.kinds() == KINDS


def _wait_for(event: threading.Event) -> None:
    assert event.wait(ENDS_WITHIN)


def test_killed_update_leaves_a_lock_and_a_pending_operation(stack: Stack) -> None:
    """The program ends with the CLI; the runbook's commands remove the lock and the pending operation."""
    code, _ = stack.signalled(signal.SIGKILL, _stop)

    assert code == -signal.SIGKILL
    refused = stack.up()
    assert refused.returncode != 0
    assert "currently locked by 1 lock" in refused.stderr

    assert stack.run("cancel", "--yes").returncode == 0
    assert stack.pending() == [SUBNET]

    done = stack.up()
    assert done.returncode == 0, done.stdout
    assert "interrupted while creating" in done.stdout + done.stderr
    assert "+ 2 created" in done.stdout
    assert stack.kinds() == KINDS

    cleared = stack.run("refresh", "--yes", "--clear-pending-creates", "--skip-preview")
    assert cleared.returncode == 0, cleared.stdout
    assert stack.pending() == []
    assert stack.run("preview", "--expect-no-changes").returncode == 0


def test_stopped_provider_is_one_message(stack: Stack) -> None:
    """The engine names the resource; with a new provider of the same cloud, the next update continues."""
    stopping = threading.Thread(target=stack.servers.close)

    def stop() -> None:
        stopping.start()
        time.sleep(0.5)  # the connection is closed before the answer is sent
        _stop()

    stack.cloud.before_create(SUBNET, stop)

    done = stack.up()
    stopping.join()

    assert done.returncode != 0
    assert "subnet **creating failed**" in done.stdout
    assert "Traceback" not in done.stdout
    assert stack.kinds() == [NETWORK]

    with server.serve(stack.cloud) as addresses:
        done = stack.up(**{server.VARIABLE: addresses})

    assert done.returncode == 0, done.stdout
    assert stack.kinds() == KINDS


@pytest.mark.parametrize(("variable", "taken"), [(server.VARIABLE, True), (language_host.VARIABLE, False)])
def test_port_of_another_program_is_one_message(stack: Stack, variable: str, *, taken: bool) -> None:
    """A port that another program has, or none, is an error that names the plugin, and nothing is created."""
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        if not taken:
            other.close()
        prefixes = ("python",) if variable == language_host.VARIABLE else server.PACKAGES
        done = stack.up(**{variable: ",".join(f"{prefix}:{port}" for prefix in prefixes)})

    assert done.returncode != 0
    (error,) = _errors(done)
    assert error.endswith("did not begin responding to RPC connections")
    assert stack.kinds() == []


def test_dead_program_is_one_message(stack: Stack) -> None:
    """A program that ends without a result: what it declared is retained, and the next update continues."""
    stack.write(PROGRAM + "import os\nos._exit(5)\n")

    done = stack.up()

    assert done.returncode != 0
    (error,) = _errors(done)
    assert error.endswith("the program ended with exit code 5")

    stack.write(PROGRAM)
    done = stack.up()

    assert done.returncode == 0, done.stdout
    assert stack.kinds() == KINDS
    assert stack.run("preview", "--expect-no-changes").returncode == 0


def test_changed_location_replaces_the_bucket(stack: Stack) -> None:
    """Only the bucket is replaced, and not while it is protected."""
    stack.configure(protect=True)
    assert stack.up().returncode == 0

    stack.configure(protect=True, location="US")
    done = stack.up()

    assert done.returncode != 0
    assert "unable to replace resource" in done.stdout
    assert _location(stack) == "EU"

    stack.configure(location="US")
    assert stack.run("state", "unprotect", "--yes", _urn(stack, BUCKET)).returncode == 0
    done = stack.up()

    assert done.returncode == 0, done.stdout
    assert "+-1 replaced" in done.stdout
    assert (stack.kinds(), _location(stack)) == (KINDS, "US")


def _urn(stack: Stack, kind: str) -> str:
    return next(resource.urn for resource in stack.cloud if resource.kind == kind)


def _location(stack: Stack) -> Any:
    return next(resource.inputs["location"] for resource in stack.cloud if resource.kind == BUCKET)


def test_mandatory_violation_stops_the_update(stack: Stack) -> None:
    """The resource that violates the policy is not created; without the violation, the next update creates it."""
    stack.write_pack(BUCKET)

    done = stack.up("--policy-pack", "pack")

    assert done.returncode != 0
    assert "[mandatory]  types" in done.stdout
    assert "this type is not allowed" in done.stdout
    assert BUCKET not in stack.kinds()

    stack.write_pack("none")
    done = stack.up("--policy-pack", "pack")

    assert done.returncode == 0, done.stdout
    assert stack.kinds() == KINDS


def test_killed_update_leaves_neither_program_nor_pack(stack: Stack) -> None:
    """Both are running when the CLI is killed; that they end is checked by the fixture."""
    running: list[int] = []
    stack.write_pack("none")

    def stop() -> NoReturn:
        running.append(stack.host.running)
        _stop()

    code, _ = stack.signalled(signal.SIGKILL, stop, "--policy-pack", "pack")

    assert (code, running) == (-signal.SIGKILL, [2])


def test_exported_state_can_be_imported(stack: Stack) -> None:
    """A lost state is imported from its export, and nothing has to change."""
    assert stack.up().returncode == 0
    export = stack.engine.project.root / "export.json"
    assert stack.run("stack", "export", "--file", str(export)).returncode == 0
    assert stack.run("stack", "rm", "--yes", "--force", "--preserve-config").returncode == 0
    assert stack.run("stack", "init").returncode == 0

    assert stack.run("stack", "import", "--file", str(export)).returncode == 0

    done = stack.run("preview", "--expect-no-changes", "--refresh")
    assert done.returncode == 0, done.stdout
    assert stack.run("destroy", "--yes", "--skip-preview").returncode == 0
    assert stack.kinds() == []
