"""The embedded engine: plans a program without the Pulumi CLI, plugins, credentials or network access."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from groundwork.errors import ProgramError
from groundwork.graph import Graph, Node
from groundwork.project import Project

NAME = "sdk"


def plan(project: Project, stack: str) -> Graph:
    """The resources that the project's program declares for a stack; raises `ProgramError` where it fails."""
    request = {
        "root": str(project.root),
        "project": project.name,
        "stack": stack,
        "config": project.configuration(stack),
    }
    with tempfile.TemporaryDirectory(prefix="groundwork-") as folder:
        request_file, answer_file = Path(folder, "request.json"), Path(folder, "answer.json")
        request_file.write_text(json.dumps(request), encoding="utf-8")
        # -P keeps the current folder off the path: the child must be this version's, not that of another revision.
        command = [sys.executable, "-P", "-m", "groundwork.engines.child", str(request_file), str(answer_file)]
        # The program's output is not the report, so all of it goes to standard error.
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if not answer_file.is_file():
            last = (done.stdout.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            raise ProgramError(f"__main__.py: the program ended its process: {last}")
        answer = json.loads(answer_file.read_text(encoding="utf-8"))
    if "failure" in answer:
        failure = answer["failure"]
        if failure["expected"] == "True":
            raise ProgramError(failure["what"])
        raise ProgramError(f"{failure['where']}: the program failed: {failure['what']}")
    sys.stderr.write(done.stdout)
    return Graph.of(stack, NAME, [Node.from_json(node) for node in answer["nodes"]])
