"""Values that are made once for each request of the analyzer protocol."""

from __future__ import annotations

import threading

from policy.conversion import PerRequest


class Source:
    """Counts how often a value is made."""

    def __init__(self) -> None:
        """Nothing was made yet."""
        self.made = 0

    def __call__(self) -> int:
        """The next number."""
        self.made += 1
        return self.made


def test_value_is_made_once_for_all_policies_of_a_request() -> None:
    """Policies behind each other in the pack share the value."""
    values, source = PerRequest[int](), Source()

    assert [values.get(position, "a", source) for position in (0, 2, 5)] == [1, 1, 1]


def test_policy_that_is_not_behind_the_last_one_starts_a_request() -> None:
    """The same or an earlier policy belongs to another request, even of the same resource."""
    values, source = PerRequest[int](), Source()

    assert [values.get(position, "a", source) for position in (0, 3, 3, 1, 2)] == [1, 1, 2, 3, 3]


def test_another_resource_is_another_request() -> None:
    """A request that ended early is not mixed up with the next one."""
    values, source = PerRequest[int](), Source()

    assert [values.get(0, "a", source), values.get(1, "b", source)] == [1, 2]


def test_threads_have_separate_requests() -> None:
    """Requests that run at once in different threads do not share values."""
    values, source = PerRequest[int](), Source()
    values.get(0, "a", source)
    other: list[int] = []
    thread = threading.Thread(target=lambda: other.append(values.get(1, "a", source)))
    thread.start()
    thread.join()

    assert other == [2]
    assert values.get(1, "a", source) == 1
