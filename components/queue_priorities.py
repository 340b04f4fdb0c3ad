"""Priorities of work in the queues of a cluster. Pods keep theirs: nothing but the queue takes machines away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi

from components._common import KUEUE_API, Component

KIND: Final = "WorkloadPriorityClass"


@dataclass(frozen=True)
class PriorityArgs:
    """What goes first is larger; what it is for is what people read."""

    value: int
    description: str


@dataclass(frozen=True)
class QueuePrioritiesArgs:
    """Priorities by the name that work has in its label kueue.x-k8s.io/priority-class."""

    priorities: Mapping[str, PriorityArgs]


class QueuePriorities(Component):
    """Workload priority classes. A change of a value is for new work: what is in a queue keeps its own."""

    def __init__(self, name: str, args: QueuePrioritiesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the classes."""
        super().__init__(name, opts)
        for key, priority in args.priorities.items():
            # The SDK's class for custom resources knows a spec and nothing beside it, and these have none.
            pulumi.CustomResource(
                f"kubernetes:{KUEUE_API}:{KIND}",
                f"{name}-{key}",
                {
                    "apiVersion": KUEUE_API,
                    "kind": KIND,
                    "metadata": {"name": key},
                    "value": priority.value,
                    "description": priority.description,
                },
                self.child(),
            )
        self.register_outputs({})
