"""What each class of data requires of its bucket: defaults, required fields and excluded fields.

A setting overrides a default of its class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class DataClass(StrEnum):
    """The class of the data in a bucket."""

    RAW = "raw"
    CURATED = "curated"
    FEATURES = "features"
    MODELS = "models"
    SCRATCH = "scratch"
    SENSITIVE = "sensitive"


@dataclass(frozen=True)
class ClassRules:
    """`defaults` by field; `needs` and `refuses` are required and excluded fields with the reason, for messages."""

    defaults: Mapping[str, object]
    needs: Mapping[str, str]
    refuses: Mapping[str, str]


NONE: Final = ClassRules({}, {}, {})
RULES: Final[Mapping[DataClass, ClassRules]] = {
    # As received: it cannot be computed again, and it is read less from year to year.
    DataClass.RAW: NONE,
    DataClass.CURATED: NONE,
    # Computed from curated data and reproducible: old versions cost more than they help.
    DataClass.FEATURES: ClassRules({"noncurrent_days": 7}, {}, {}),
    DataClass.MODELS: NONE,
    # Temporary: deleted objects are not retained, and forgotten ones expire.
    DataClass.SCRATCH: ClassRules(
        {"soft_delete_days": None, "versioning": False},
        {"expire_days": "scratch data is temporary"},
        {"retention_days": "scratch data is temporary"},
    ),
    # It has an owner, and deleted objects can be restored for a month.
    DataClass.SENSITIVE: ClassRules(
        {"soft_delete_days": 30},
        {"team": "sensitive data has an owner", "soft_delete_days": "deleted objects can be restored"},
        {"autoclass": "the storage class of sensitive data must not depend on reads"},
    ),
}


def rules_of(data_class: DataClass | None) -> ClassRules:
    """The rules of a class; a bucket without a class has none."""
    return NONE if data_class is None else RULES[data_class]


def class_defaults(values: Mapping[str, Any]) -> dict[str, Any]:
    """The raw values of a bucket with the defaults of its class; the values may not be valid."""
    name = values.get("data_class")
    data_class = DataClass(name) if isinstance(name, str) and name in set(DataClass) else None
    filled: dict[str, Any] = {**rules_of(data_class).defaults, **values}
    # Both exclude versioning, so setting one of them disables it.
    if values.get("hierarchical_namespace") is True or values.get("retention_days") is not None:
        filled.setdefault("versioning", False)
    return filled
