"""Keys with a former name, each reported once with the new name."""

from __future__ import annotations

from typing import Any, Final

from tests.settings.samples import CLASS_POOL, Wrong, local

SAME_VALUE: Final = "its value does not change"
TEAM: Final = "teams.vision"
CLASS: Final = {"clusters": ["main"], "priorities": ["spare"], "unqueued": True}
"""A compute class outside of the queues."""


def _renamed(path: str, value: object, name: str, also: tuple[tuple[str, object], ...] = (), **more: Any) -> Wrong:
    former = path.rpartition(".")[2]
    hint = f"rename the key to {name}; {SAME_VALUE}"
    return Wrong(path, value, f"{former} was renamed to {name}", hint, also=also, **more)


RENAMED: Final = {
    "former name of fault_injection": _renamed("mesh.experiments", value=True, name="fault_injection"),
    "former name of priorities": _renamed(
        "compute_classes.any.rungs",
        ["spare"],
        "priorities",
        (("gpu_pools.spare", CLASS_POOL), ("compute_classes", {"any": {"clusters": ["main"], "unqueued": True}})),
    ),
    "former name of active_migration": _renamed(
        "compute_classes.any.climb",
        value=True,
        name="active_migration",
        also=(("gpu_pools.spare", CLASS_POOL), ("compute_classes", {"any": CLASS})),
    ),
    "former name of storage_classes": _renamed("buckets.models.colder", {"nearline_days": 30}, "storage_classes"),
    "former name of max_cpu": _renamed(f"{TEAM}.limits.most_cpu", 8, "max_cpu", ((f"{TEAM}.limits", {}),)),
    "former name of max_memory_gib": _renamed(
        f"{TEAM}.limits.most_memory_gib", 8, "max_memory_gib", ((f"{TEAM}.limits", {}),)
    ),
    "former name of borrowing_limit": _renamed(
        f"{TEAM}.queue.borrow", {"cpu": 8}, "borrowing_limit", ((f"{TEAM}.queue", {}),)
    ),
    "former name of lending_limit": _renamed(
        f"{TEAM}.queue.lend", {"cpu": 8}, "lending_limit", ((f"{TEAM}.queue", {}),)
    ),
    # A laptop has the same teams and the same mesh.
    "local, former name of fault_injection": _renamed(
        "mesh.experiments", value=True, name="fault_injection", also=(("mesh", {}),), of=local
    ),
    "local, former name of max_cpu": _renamed(
        f"{TEAM}.limits.most_cpu", 1, "max_cpu", ((f"{TEAM}.limits", {}),), of=local
    ),
    "local, former name of max_memory_gib": _renamed(
        f"{TEAM}.limits.most_memory_gib", 1, "max_memory_gib", ((f"{TEAM}.limits", {}),), of=local
    ),
    "local, former name of borrowing_limit": _renamed(
        f"{TEAM}.queue.borrow", {"cpu": 8}, "borrowing_limit", ((f"{TEAM}.queue", {}),), of=local
    ),
    "local, former name of lending_limit": _renamed(
        f"{TEAM}.queue.lend", {"cpu": 8}, "lending_limit", ((f"{TEAM}.queue", {}),), of=local
    ),
}
