"""Environment variables for what `groundwork preview` passes to the policy pack and the protocol has no field for."""

from __future__ import annotations

from typing import Final

CHANGES: Final = "GROUNDWORK_CHANGES"  # a JSON file with the resources that would be lost, read for each graph
PROJECT: Final = "GROUNDWORK_PROJECT"  # the folder with Pulumi.yaml
PURCHASE: Final = "GROUNDWORK_PURCHASE"  # how machines that are not declared spot are bought
USAGE: Final = "GROUNDWORK_USAGE"  # a usage file in place of the stack's own
