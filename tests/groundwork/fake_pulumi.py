"""A fake `pulumi` CLI: stacks are files in $FAKE_PULUMI, and every call is a line of its file `calls`.

Like `pulumi stack init`, it writes a new salt to a settings file, and drops the key of another secrets provider that is
not in the arguments. The subcommand that $FAKE_PULUMI_FAILS names fails.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

NOISE = "SDK 2026/11/21 04:39:52 WARN Response has no supported checksum. Not validating response payload."


def _fail(message: str) -> None:
    sys.stderr.write(f"{NOISE}\nerror: {message}\n{NOISE}\n")
    sys.exit(255)


def _init(state: Path, arguments: list[str]) -> None:
    settings = Path(f"Pulumi.{arguments[2]}.yaml")
    lines = settings.read_text(encoding="utf-8").splitlines() if settings.is_file() else []
    if "--secrets-provider" not in arguments and not any(line.startswith("encryptionsalt:") for line in lines):
        lines = [line for line in lines if not line.startswith(("secretsprovider:", "encryptedkey:"))]
        settings.write_text("\n".join([*lines, "encryptionsalt: v1:new", ""]), encoding="utf-8")
    state.write_text(json.dumps({"version": 3, "deployment": {"manifest": {}}}), encoding="utf-8")


def main() -> None:
    """Run one call."""
    folder, arguments = Path(os.environ["FAKE_PULUMI"]), sys.argv[1:]
    with (folder / "calls").open("a", encoding="utf-8") as calls:
        calls.write(" ".join(arguments) + "\n")
    if arguments[0] == "version":
        sys.stdout.write("v0.0.0-fake\n")
        return
    subcommand = arguments[1]
    if os.environ.get("FAKE_PULUMI_FAILS") == subcommand:
        _fail(f"cannot {subcommand}\n  s3://bucket/locks/dev: created by ada@laptop (pid 7)")
    if subcommand == "init":
        _init(folder / f"{arguments[2]}.json", arguments)
        return
    stack = arguments[arguments.index("--stack") + 1]
    state = folder / f"{stack}.json"
    if not state.is_file():
        _fail(f"no stack named '{stack}' found")
    if subcommand == "export":
        sys.stdout.write(state.read_text(encoding="utf-8"))
    else:
        state.write_bytes(Path(arguments[arguments.index("--file") + 1]).read_bytes())


if __name__ == "__main__":
    main()
