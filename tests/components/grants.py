"""Grants that tests of components declare, and what they look like in the graph."""

from __future__ import annotations

from datetime import date
from typing import Final

from components._common import ExpiryArgs, GrantArgs

EXPIRY: Final = ExpiryArgs(date(2027, 1, 31), "audit of 2026")
READER: Final = GrantArgs("group:analysts@example.com", "read")
WRITER: Final = GrantArgs("group:engineers@example.com", "write")
TEMPORARY_READER: Final = GrantArgs("group:auditors@example.com", "read", EXPIRY)
GRANTS: Final = {"group-analysts": READER, "group-engineers": WRITER, "group-auditors": TEMPORARY_READER}
CONDITION: Final = {
    "title": "until 2027-01-31",
    "description": "audit of 2026",
    "expression": 'request.time < timestamp("2027-02-01T00:00:00Z")',
}
