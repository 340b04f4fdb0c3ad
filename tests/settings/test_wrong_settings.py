"""Settings with one fault each: one value is changed, and the model reports one problem.

The faults are in tables by subject.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Final

import pytest
from ruamel.yaml import YAML

from stacks.settings import SettingsError, read_any
from stacks.settings.core.problems import PREFIX
from tests.settings.samples import ABSENT, FILE, Wrong, config_of, problems_of, section_of
from tests.settings.wrong_capacity import CAPACITY
from tests.settings.wrong_clusters import CLUSTERS
from tests.settings.wrong_data import DATA
from tests.settings.wrong_entries import ENTRIES
from tests.settings.wrong_grants import GRANTS
from tests.settings.wrong_identity import IDENTITY
from tests.settings.wrong_local import LAPTOP
from tests.settings.wrong_mesh import MESH
from tests.settings.wrong_network_policies import NETWORK_POLICIES
from tests.settings.wrong_operations import OPERATIONS
from tests.settings.wrong_queues import QUEUES
from tests.settings.wrong_ranges import RANGES
from tests.settings.wrong_references import REFERENCES
from tests.settings.wrong_renamed import RENAMED
from tests.settings.wrong_services import SERVICES
from tests.settings.wrong_teams import TEAMS
from tests.settings.wrong_values import VALUES

TABLES: Final = (
    CAPACITY,
    CLUSTERS,
    DATA,
    ENTRIES,
    GRANTS,
    IDENTITY,
    LAPTOP,
    MESH,
    OPERATIONS,
    QUEUES,
    RANGES,
    REFERENCES,
    RENAMED,
    SERVICES,
    TEAMS,
    VALUES,
    NETWORK_POLICIES,
)
WRONG: Final = {name: wrong for table in TABLES for name, wrong in table.items()}
MORE: Final = "..."
# One case for each section: the first in the tables.
IN_FILES: Final = tuple({section_of(wrong): name for name, wrong in reversed(WRONG.items())}.values())


def test_cases_of_all_tables_have_different_names() -> None:
    """No table hides a case of another one."""
    assert len(WRONG) == sum(len(table) for table in TABLES)


def shortened(hint: str, expected: str) -> str:
    """A hint as far as a table has it: there `...` at its end stands for the rest of a long list."""
    return f"{hint[: len(expected) - len(MORE)]}{MORE}" if expected.endswith(MORE) else hint


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_one_fault_is_one_problem(wrong: Wrong) -> None:
    """The problem has the path of the key, what is wrong and, where there is one, a hint."""
    problems = problems_of(config_of(wrong))

    assert [PREFIX + (wrong.at or wrong.path)] == [problem.path for problem in problems]
    assert wrong.message == problems[0].message
    assert wrong.hint == shortened(problems[0].hint, wrong.hint)


@pytest.mark.parametrize("name", IN_FILES)
def test_a_file_has_the_problems_of_its_configuration(name: str, tmp_path: Path) -> None:
    """A file is checked like the program's configuration; it adds the line, which only a missing section lacks."""
    wrong = WRONG[name]
    config = config_of(wrong)
    file = tmp_path / FILE
    YAML(typ="safe", pure=True).dump({"config": config}, file)
    with pytest.raises(SettingsError) as caught:
        read_any(file)
    problems = caught.value.problems

    assert problems_of(config) == [dataclasses.replace(problem, line=None) for problem in problems]
    assert [wrong.value is ABSENT and "." not in wrong.path] == [problem.line is None for problem in problems]
