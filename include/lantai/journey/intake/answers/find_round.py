"""Find the round that a person means: by the acceptance number, by our id of a round, or by the unit's own name for its package.

Never guesses: a name that fits several submissions is refused with all of them
listed. What has the form of an acceptance number is one, and never a name.

Source: ADR 0009.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import Connection

from lantai.edges.registry.custody.sealings import carrier_of
from lantai.edges.registry.intake.rounds import rounds
from lantai.errors import AmbiguousNameError, LantaiError, NotFoundError
from lantai.locales import refusal
from lantai.records.intake.round import Round
from lantai.records.intake.submission import Reference, RoundState, read_reference
from lantai.records.text import spelling
from lantai.records.text.shown import on_one_line
from lantai.records.text.words import Words

MOST_LISTED = 20
"""So many candidates are listed; a county has thousands of packages named 001."""

KEEPS_RECORDS = (RoundState.SEALED, RoundState.ACCEPTED)

_WITH_ROUND = re.compile(r"(?P<name>.+?)[\s-]*R(?P<round_no>[1-9][0-9]{0,5})", re.IGNORECASE | re.DOTALL)


def find_round(connection: Connection, wanted: str) -> Round:
    """Return the round that is meant: the newest of a submission, or of the rounds that came under a name.

    Args:
        connection: An open transaction.
        wanted: An acceptance number, an id of a round, or a unit's own name of a package, with or without the ending of its
            archive, and with `-R2` behind it for a round. Letters of either case, full-width characters and blanks around are
            read as what is meant, unless two names differ by nothing else.

    Raises:
        NotFoundError: Nothing bears it.
        AmbiguousNameError: Several submissions do; they are listed.
    """
    return _found(connection, wanted)[-1]


def find_kept(connection: Connection, wanted: str) -> tuple[str, Round | None]:
    """Return the id of the record or carrier that is meant, and the round it is of.

    Args:
        connection: An open transaction.
        wanted: An id of a record, or what `find_round` takes: then the round of that submission that was accepted.

    Returns:
        The id; and the round, None where the registry keeps no round of a record that was sealed.

    Raises:
        NotFoundError: Nothing bears it, or nothing of it was accepted.
        AmbiguousNameError: Several submissions do; they are listed.
    """
    reference = read_reference(wanted)
    record = next(
        (each for each in (wanted, reference and reference.record_id) if each and carrier_of(connection, each)), ""
    )
    if record:
        return record, next(iter(rounds(connection, carrier=carrier_of(connection, record))), None)
    found = _found(connection, wanted)
    if reference is not None and reference.carrier_id is not None:
        return found[-1].carrier_id, found[-1]
    kept = [this for this in found if this.state in KEEPS_RECORDS]
    if not kept:
        raise _nothing_kept(found[-1])
    return kept[-1].carrier_id, kept[-1]


def _found(connection: Connection, wanted: str) -> list[Round]:
    """Return the rounds of one submission that are meant, in order, at least one: a number that we give is never a name (R1-43)."""
    reference = read_reference(wanted)
    found = _numbered(connection, reference) if reference else _named(rounds(connection), wanted)
    if not found:
        raise _nothing(on_one_line(wanted.strip()))
    if len({this.submission_id for this in found}) > 1:
        raise _several(on_one_line(wanted.strip()), found)
    return found


def _numbered(connection: Connection, reference: Reference) -> list[Round]:
    if reference.record_id is not None:
        return []
    return rounds(connection, carrier=reference.carrier_id, submission=reference.submission_id)


def _named(every: Sequence[Round], wanted: str) -> list[Round]:
    """Return the rounds that came under a name as it is written; where there are none, those under one that reads alike."""
    for spell in (_as_written, spelling.as_read):
        called = partial(_spelled, spell)
        name = spell(wanted)
        found = [this for this in every if name in called(this)]
        if match := _WITH_ROUND.fullmatch(wanted.strip()):
            name, round_no = spell(match["name"]), int(match["round_no"])
            found += [this for this in every if this.round_no == round_no and name in called(this)]
        if found:
            return found
    return []


def _spelled(spell: Callable[[str], str], this: Round) -> set[str]:
    return set(map(spell, this.package.names))


def _as_written(name: str) -> str:
    return spelling.composed(name.strip())


def _nothing(wanted: str) -> LantaiError:
    return refusal(NotFoundError, Words.of("refused.no_round", wanted=wanted))


def _nothing_kept(this: Round) -> LantaiError:
    words = Words.of(
        "refused.nothing_kept",
        carrier_id=this.carrier_id,
        unit_code=this.unit_code,
        package=this.package.name,
        state=Words.of(f"values.state.{this.state.value}"),
        code=this.state.value,
    )
    return refusal(NotFoundError, words)


def _several(wanted: str, found: Sequence[Round]) -> LantaiError:
    newest = {this.submission_id: this for this in found}
    listed = list(newest.values())[:MOST_LISTED]
    more = len(newest) - len(listed)
    candidates = [
        Words.of(
            "refused.candidate",
            submission_id=this.submission_id,
            unit_code=this.unit_code,
            filing_year=this.filing_year,
            package=this.package.name,
            carrier_number=this.carrier_number,
        )
        for this in listed
    ]
    if more:
        candidates.append(Words.of("refused.more_candidates", count=more))
    words = Words.of("refused.several", wanted=wanted, count=len(newest), candidates=tuple(candidates))
    return refusal(AmbiguousNameError, words)
