"""Why something did not happen: the class of an error and what it said, as rows keep it.

The words for it, in both languages, are in `lantai.locales.explain`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from lantai import errors

MOST_CHARACTERS = 2000
"""Of a reason: a server may say as much as it likes."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something did not happen.

    Attributes:
        error_class: Name of a class of `lantai.errors`, or of a foreign one.
        message: What was found and expected; empty when there was nobody left to say.
    """

    error_class: str
    message: str = ""

    @classmethod
    def of(cls, error: BaseException) -> Self:
        """Return the reason that an error gives."""
        said = storable(str(error))
        return cls(type(error).__name__, said if len(said) <= MOST_CHARACTERS else f"{said[:MOST_CHARACTERS]}…")

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return the reason that `as_text` wrote, None for an empty text."""
        name, _, message = text.partition(": ")
        return cls(name, message) if name else None

    @property
    def may_pass(self) -> bool:
        """Whether time may cure it, by the class of the error; what is none of ours is a fault that it does not."""
        return bool(getattr(getattr(errors, self.error_class, None), "retryable", False))

    def as_text(self) -> str:
        """Return it as a row keeps it."""
        return f"{self.error_class}: {self.message}"


def storable(text: str) -> str:
    """Return a text as any database keeps it: what a server said may hold a zero byte, or half a character."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")
