"""What each class of data asks of its bucket: defaults, and what it takes or forbids.

This is the one place where a class is more than a label. What a setting says goes before a default here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class DataClass(StrEnum):
    """What kind of data a bucket holds."""

    RAW = "raw"
    CURATED = "curated"
    FEATURES = "features"
    MODELS = "models"
    SCRATCH = "scratch"
    SENSITIVE = "sensitive"


@dataclass(frozen=True)
class ClassRules:
    """`defaults` by field; `needs` and `refuses` are fields with the reason, in words that follow the field's name."""

    defaults: Mapping[str, object]
    needs: Mapping[str, str]
    refuses: Mapping[str, str]


NONE: Final = ClassRules({}, {}, {})
RULES: Final[Mapping[DataClass, ClassRules]] = {
    # As it came: nothing can make it again, and it is read less from year to year.
    DataClass.RAW: NONE,
    DataClass.CURATED: NONE,
    # Computed from curated data, and can be again: old versions cost more than they help.
    DataClass.FEATURES: ClassRules({"noncurrent_days": 7}, {}, {}),
    DataClass.MODELS: NONE,
    # Nobody misses it: what is deleted is gone, and what is forgotten goes by itself.
    DataClass.SCRATCH: ClassRules(
        {"soft_delete_days": None, "versioning": False},
        {"expire_days": "scratch data that never expires is data that nobody answers for"},
        {"retention_days": "scratch data is there to be deleted"},
    ),
    # Somebody answers for it, it can be brought back for a month, and nothing of it is gone without a trace.
    DataClass.SENSITIVE: ClassRules(
        {"soft_delete_days": 30},
        {"team": "somebody answers for sensitive data", "soft_delete_days": "a mistake can be undone"},
        {"autoclass": "what is read must not decide where sensitive data lies"},
    ),
}


def rules_of(data_class: DataClass | None) -> ClassRules:
    """The rules of a class; a bucket without one has none."""
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
