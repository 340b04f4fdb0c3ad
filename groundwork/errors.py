"""Errors that are reported to the user."""

from __future__ import annotations


class UserError(Exception):
    """Bad input or usage: a message that says what is wrong and where, and a hint how to fix it; exit code 2."""

    def __init__(self, message: str, hint: str = "") -> None:
        """`message` names the file, key path or URN; `hint` says what to do."""
        super().__init__(message)
        self.message = message
        self.hint = hint

    def line(self) -> str:
        """Message and hint on one line."""
        return f"{self.message} ({self.hint})" if self.hint else self.message


class ProgramError(UserError):
    """The Pulumi program failed: its message, and the line of the project that raised it."""
