"""``python -m policy.cis_page``: the page that maps the CIS GKE Benchmark to settings and rules, from the data."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from policy.cis import Benchmark, Row, load

INTRODUCTION = """\
# {name} {version}

Every recommendation on the control of whoever builds the cluster, and what meets it here.
This page is written by `make cis` from `policy/cis_gke.toml`.
Ids are those of [{version}]({source}), read {date}.{older}

The column *checked* says who sees to it: the rule `cis-gke` refuses a plan that breaks the row, `cis-gke-advice` only
tells, `cis-gke-stack` looks for what has to be there; a row without a check has a reason.
What charts and kustomize folders bring is not in a plan: these rows are checked on what the platform itself declares.
"""


def page(benchmark: Benchmark) -> str:
    """The page as Markdown, with the same bytes on every run."""
    older = "".join(f"\n{new} is {old} in 1.8.0." for new, old in benchmark.older_ids.items())
    return "\n".join(
        [
            INTRODUCTION.format(
                name=benchmark.name,
                version=benchmark.version,
                source=benchmark.source,
                date=benchmark.date,
                older=older,
            ),
            *_sections(benchmark),
        ]
    )


def _sections(benchmark: Benchmark) -> Iterator[str]:
    for section, title in benchmark.sections.items():
        rows = [row for row in benchmark.rows if row.id.rpartition(".")[0] == section]
        yield f"## {section} {title}\n"
        yield "| id | asked | how it is met | checked |"
        yield "|---|---|---|---|"
        yield from (_line(row) for row in rows)
        yield ""


def _line(row: Row) -> str:
    kind = "automated" if row.automated else "manual"
    if row.is_checked:
        rule = "cis-gke" if row.level == "mandatory" else "cis-gke-advice"
        told = [f"`{rule}`: {'; '.join(str(check) for check in row.checks)}"] if row.checks else []
        told += [f"`cis-gke-stack`: {one}" for one in (*row.needs, *row.pairs)]
        checked = "<br>".join(told)
    else:
        checked = f"reason: {row.reason}"
    return f"| {row.id} ({kind}) | {row.title} | {row.how} | {checked} |"


if __name__ == "__main__":
    sys.stdout.write(page(load()))
