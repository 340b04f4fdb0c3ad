"""Customer-managed keys for data at rest."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stacks.settings.core.types import Section


class Encryption(Section):
    """With this section data at rest is encrypted with keys of the stack; without it with keys of Google."""

    # https://cloud.google.com/kms/docs/key-rotation, https://cloud.google.com/kms/docs/destroy-restore
    rotation_days: Annotated[int, Field(ge=1, le=3650)] = Field(default=90, description="days between key rotations")
    destroy_days: Annotated[int, Field(ge=1, le=120)] = Field(
        default=30, description="days for which a destroyed version can be restored"
    )
