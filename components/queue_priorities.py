"""Kueue workload priorities of a cluster. Pods keep their own priority: only Kueue preempts workloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi

from components._common import KUEUE_API, Component

KIND: Final = "WorkloadPriorityClass"


@dataclass(frozen=True)
class PriorityArgs:
    """A priority, higher values first, and its description for readers."""

    value: int
    description: str


@dataclass(frozen=True)
class QueuePrioritiesArgs:
    """Priorities by name, the value of the workload label kueue.x-k8s.io/priority-class."""

    priorities: Mapping[str, PriorityArgs]


class QueuePriorities(Component):
    """Workload priority classes; a changed value applies to new workloads, queued ones keep theirs."""

    def __init__(self, name: str, args: QueuePrioritiesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare one workload priority class for each name."""
        super().__init__(name, opts)
        for key, priority in args.priorities.items():
            # The SDK's class for custom resources requires a spec, and these objects have none.
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
