"""A department's yearly handing-in, its rounds, and the numbers that we give them.

A submission is (unit, filing year, data form, Carrier-Number); each try at it
is a round, and each round has one carrier. Our ids are made here and read here,
nowhere else: no other name may have their form, so that what a department calls
its package is never taken for a number of ours. Source: ADR 0009.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from lantai.records.centre.unit import NUMBER_PREFIX, DataForm
from lantai.records.text import spelling


class RoundState(StrEnum):
    """Where a round stands. The order of the journey is the order here."""

    SEEN = "seen"
    COLLECTED = "collected"
    HELD = "held"
    RETURNED = "returned"
    SEALED = "sealed"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class AnswerKind(StrEnum):
    """What a unit gets of a round: a receipt, opinions of what is wrong, or the notice that it is held."""

    RECEIPT = "receipt"
    OPINIONS = "opinions"
    NOTICE = "notice"


ANSWERS = MappingProxyType(
    {
        RoundState.ACCEPTED: AnswerKind.RECEIPT,
        RoundState.RETURNED: AnswerKind.OPINIONS,
        RoundState.HELD: AnswerKind.NOTICE,
    }
)
"""By state, what the unit gets of a round; one that was held gets its receipt or opinions later."""


MOVES = MappingProxyType(
    {
        RoundState.SEEN: frozenset(
            {RoundState.COLLECTED, RoundState.HELD, RoundState.RETURNED, RoundState.SUPERSEDED, RoundState.WITHDRAWN}
        ),
        RoundState.COLLECTED: frozenset(
            {RoundState.HELD, RoundState.RETURNED, RoundState.SEALED, RoundState.ACCEPTED, RoundState.SUPERSEDED}
        ),
        RoundState.HELD: frozenset(
            {RoundState.COLLECTED, RoundState.RETURNED, RoundState.SEALED, RoundState.SUPERSEDED, RoundState.WITHDRAWN}
        ),
        RoundState.RETURNED: frozenset({RoundState.SUPERSEDED, RoundState.WITHDRAWN}),
        RoundState.SEALED: frozenset({RoundState.ACCEPTED}),
        RoundState.ACCEPTED: frozenset(),
        RoundState.WITHDRAWN: frozenset(),
        RoundState.SUPERSEDED: frozenset(),
    }
)
"""From each state, the states a round may go to; the registry holds the same table as a trigger.

COLLECTED goes straight to ACCEPTED only for a zero report, which seals nothing.
"""


_LETTERS = "".join(form.letter for form in DataForm)
_ID = re.compile(
    rf"(?P<submission>{NUMBER_PREFIX}[0-9]{{4}}-[A-Z][A-Z0-9]{{0,15}}-[{_LETTERS}][0-9]{{3,9}})"
    r"(?:-R(?P<round_no>[1-9][0-9]{0,5})(?:-(?P<record_no>[0-9]{5,9}))?)?"
)
_LOOKS_LIKE_ONE = re.compile(
    " ?".join((*NUMBER_PREFIX, *["[0-9]"] * 4))
    + r"[ ._-]+[A-Z](?: ?[A-Z0-9]){0,15}[ ._-]+"
    + f"[{_LETTERS}]"
    + " ?[0-9]" * 3
)
"""In a text of `_plainly`; a blank may stand anywhere, for `read_reference` reads over it."""
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\ufe00-\ufe0f\U000e0000-\U000e0fff]")
"""What takes no ink and is in no category of its own: joiners, fillers, variation selectors. Source: Unicode, Default_Ignorable_Code_Point."""

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u30fc\u4e00"), "-")
"""What keyboards and word processors make of a hyphen, and two signs that are typed for it in Chinese."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What an id of ours names.

    Attributes:
        submission_id: The acceptance number.
        carrier_id: Id of the round's carrier; None where the number stands alone.
        record_id: Id of a record; None where no record is named.
    """

    submission_id: str
    carrier_id: str | None = None
    record_id: str | None = None

    @property
    def own_id(self) -> str:
        """The id itself, as we write it."""
        return self.record_id or self.carrier_id or self.submission_id


def submission_id(unit_code: str, filing_year: int, data_form: DataForm, number: int) -> str:
    """Return the acceptance number (受理号), e.g. `SL2025-JY-E001`.

    `number` counts the submissions of this unit, year and form from 1. No package has such a name: those that `lantai pack`
    makes begin with the unit's code, and `bears_number` keeps others out.

    Source: R1-43.
    """
    return f"{NUMBER_PREFIX}{filing_year}-{unit_code}-{data_form.letter}{number:03d}"


def carrier_id(submission: str, round_no: int) -> str:
    """Return our id of the carrier of one round, e.g. `SL2025-JY-E001-R1`."""
    return f"{submission}-R{round_no}"


def record_id(carrier: str, number: int) -> str:
    """Return our id of a record within its carrier, counted from 1, e.g. `SL2025-JY-E001-R1-00001`."""
    return f"{carrier}-{number:05d}"


def read_reference(text: str) -> Reference | None:
    """Return what an id that a person typed names, None when it is none of ours.

    Small letters, full-width characters, blanks and other dashes are read as what is meant by them.

    Source: R1-43.
    """
    match = _ID.fullmatch(_plainly(text).replace(" ", ""))
    if match is None:
        return None
    submission, round_no, record_no = match.group("submission", "round_no", "record_no")
    if round_no is None:
        return Reference(submission)
    carrier = carrier_id(submission, int(round_no))
    return Reference(submission, carrier, None if record_no is None else f"{carrier}-{record_no}")


def bears_number(name: str) -> bool:
    """Return whether a name has in it what a person would take for an acceptance number: no package may be called so.

    It is true of all that `read_reference` reads.
    """
    return _LOOKS_LIKE_ONE.search(_plainly(name)) is not None


def _plainly(text: str) -> str:
    """Return a text in capitals and plain characters, without marks that nobody sees and with one blank for several."""
    seen = "".join(letter for letter in spelling.plain(text) if letter.isspace() or not _is_unseen(letter))
    return " ".join(seen.upper().translate(_DASHES).split())


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf") or _UNSEEN.match(letter) is not None
