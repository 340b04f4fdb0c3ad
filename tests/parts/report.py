"""The table of installed parts: which were rendered, accepted by an API server, and run, by the tests of one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from stacks.settings.facts.versions import load_versions
from tests.charts.sources import InModule, charts, manifests
from tests.parts.catalog import PARTS, version_of

OPTION: Final = "--parts-report"
RENDERED: Final = "tests/charts/test_images.py::test_every_image_is_allowed"
APPLIED: Final = "tests/charts/test_api_server.py::test_server_accepts_every_object"
STORIES: Final = "tests/controllers/"
ENGINE: Final = "tests/engine/"
# The controller of each chart or folder that tests run, or why they do not.
CONTROLLERS: Final = {
    "kueue": ("kueue", ""),
    "trainer": ("jobset and trainer", ""),
    "trainer-runtimes": ("trainer", ""),
    "cert-manager": (
        None,
        "its commands are modules inside of a module, which are not served; tests issue certificates",
    ),
    "spark-operator": (None, "not built yet"),
    "kserve": (None, "not built yet"),
    "kserve-crd": (None, "definitions only"),
    "kserve-runtime-configs": (None, "objects only"),
    "istio-base": (None, "definitions only"),
    "istio-cni": (None, "it changes the network of a node, and simulated nodes have none"),
    "istiod": (None, "not built yet"),
    "notebooks": (None, "no module has its source"),
    "pipelines-cluster-scoped": (None, "definitions only"),
    "pipelines-metadata": (None, "no module has its source, and it needs MySQL"),
    "pipelines-argo": (None, "not built yet"),
    "pipelines": (None, "no module has its source, and it needs MySQL"),
}


@dataclass(frozen=True)
class Outcome:
    """The outcome of one test: passed, failed or skipped, with the reason of a skip."""

    test: str
    result: str
    reason: str = ""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption(OPTION, type=Path, metavar="FILE", help="write the table of installed parts as Markdown")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Write the table; this process gets the reports of every worker."""
    file: Path | None = config.getoption(OPTION)
    if file is None:
        return
    outcomes = list(_outcomes(terminalreporter.stats))
    file.write_text(table(outcomes), encoding="utf-8")
    terminalreporter.section(f"installed parts: {file}")


def table(outcomes: Iterable[Outcome]) -> str:
    """The page."""
    known = list(outcomes)
    versions = load_versions()
    lines = [
        "# What was run",
        "",
        "Written by `make test-parts REPORT=docs/what-was-run.md`: what the tests did with each part that",
        "`stacks/versions.yaml` installs. *Rendered*: with exactly the values that the program passes, for every",
        "stack. *Accepted*: its objects were applied to a real API server. *Run*: its controller ran in the stories",
        "of `tests/controllers`.",
        "",
        "| part | pinned | version in the tests | rendered | accepted | run |",
        "|---|---|---|---|---|---|",
    ]
    for key, version in _pins(versions).items():
        program, reason = CONTROLLERS[key]
        run = _state(known, STORIES) if program else "no"
        cells = [
            f"`{key}`",
            version,
            _tested(key),
            _state(known, f"{RENDERED}[{key}]"),
            _state(known, f"{APPLIED}[{key}]"),
            f"{run}: {program or reason}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "## Programs", "", "| program | version |", "|---|---|"]
    lines += [f"| {part.name} | {part.version()} |" for part in PARTS.values()]
    lines += ["", "## Tests", "", "| tests | passed | failed | skipped |", "|---|---|---|---|"]
    for folder in ("tests/charts/", STORIES, ENGINE):
        counts = [sum(one.result == result and one.test.startswith(folder) for one in known) for result in RESULTS]
        lines.append(f"| `{folder.rstrip('/')}` | {' | '.join(map(str, counts))} |")
    reasons = Counter(one.reason for one in known if one.reason)
    if reasons:
        lines += ["", "Reasons of skipped tests:", ""]
        lines += [f"- {count}: {reason}" for reason, count in sorted(reasons.items())]
    return "\n".join(lines) + "\n"


RESULTS: Final = ("passed", "failed", "skipped")


def _pins(versions: Any) -> dict[str, str]:
    pins: Mapping[str, Any] = {**versions.charts, **versions.manifests}
    return {key: pin.version for key, pin in pins.items()}


def _tested(key: str) -> str:
    """The version that the tests read: that of the module or of the checkout."""
    source = charts().get(key) or manifests()[key]
    if isinstance(source, InModule):
        return version_of(source.module)
    return source.version or load_versions().manifests[key].version


def _state(outcomes: Iterable[Outcome], prefix: str) -> str:
    """Yes, no with a reason, or failed, for the tests whose names begin so."""
    found = [one for one in outcomes if one.test.startswith(prefix)]
    if any(one.result == "failed" for one in found):
        return "failed"
    if any(one.result == "passed" for one in found):
        return "yes"
    return f"no: {found[0].reason}" if found else "not in this run"


def _outcomes(stats: Mapping[str, Iterable[Any]]) -> Iterator[Outcome]:
    for result in (*RESULTS, "error"):
        for report in stats.get(result, ()):
            reason = ""
            if result == "skipped" and isinstance(report.longrepr, tuple):
                reason = str(report.longrepr[2]).removeprefix("Skipped: ")
            yield Outcome(report.nodeid, "failed" if result == "error" else result, reason)
