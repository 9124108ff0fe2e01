"""What a list looks like to somebody: how far it is and what it lacks, and all lists beside each other.

Source: interfaces.md, "The command".
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from lantai.edges.registry.disposal import lists as disposal
from lantai.edges.registry.disposal.holds import held_on_list
from lantai.locales import lacking
from lantai.records.disposal.hold import HeldRow
from lantai.records.disposal.lists import ListKind, ListProgress, ListState, SignOff
from lantai.records.disposal.shortfall import Shortfall
from lantai.rules.disposal.next_step import next_shortfalls
from lantai.settings import Settings
from lantai.views.disposal.examined import circumstances, examine


@dataclass(frozen=True, slots=True)
class ListShown:
    """One list, as its rows have it at this moment.

    Attributes:
        due_on: The day for which it was drawn up.
        row_count: Records on it.
        undecided_count: Rows that somebody on the panel has not looked at yet.
        held: Rows that are under a hold now.
        list_digest: What signatures have to be under, in hex.
        appraisal_report_no: Number of the appraisal report; None when none is noted.
        signed: Signatures under that digest, oldest first.
        missing: What keeps it from its next step, holds left out; empty when nothing does, or nothing is to come.
    """

    list_id: str
    kind: ListKind
    unit_code: str
    due_on: date
    state: ListState
    row_count: int
    undecided_count: int
    held: tuple[HeldRow, ...]
    list_digest: str
    appraisal_report_no: str | None
    signed: tuple[SignOff, ...]
    missing: tuple[Shortfall, ...]

    def as_mapping(self) -> dict[str, Any]:
        """Return the list for JSON: `held` is how many, `signed` a line for each, `missing` in English."""
        return {
            "list_id": self.list_id,
            "kind": self.kind.value,
            "unit_code": self.unit_code,
            "due_on": self.due_on.isoformat(),
            "state": self.state.value,
            "rows": self.row_count,
            "undecided": self.undecided_count,
            "held": len(self.held),
            "list_digest": self.list_digest,
            "appraisal_report_no": self.appraisal_report_no,
            "signed": [f"{each.duty.value} {each.person_id} {each.stage.value}" for each in self.signed],
            "missing": [lacking(each, "en") for each in self.missing],
        }


@dataclass(frozen=True, slots=True)
class ListsShown:
    """All lists of a centre, in order of their ids."""

    lists: tuple[ListProgress, ...]

    def as_mapping(self) -> list[dict[str, Any]]:
        """Return the lists for JSON."""
        return [asdict(each) for each in self.lists]


def show(connection: Connection, settings: Settings, list_id: str, now_at: datetime, today: date) -> ListShown:
    """Return one list: how far it is, and everything that it lacks (R9-19).

    Args:
        connection: An open transaction.
        settings: Size of the panel, number of witnesses, waiting time, region.
        list_id: The list.
        now_at: The moment; waiting times are counted to it.
        today: The local calendar date; periods are counted to it.

    Raises:
        NotFoundError: No such list.
    """
    examined = examine(connection, settings, list_id)
    chosen = examined.chosen
    known = circumstances(connection, settings, examined, now_at, today)
    return ListShown(
        list_id=list_id,
        kind=chosen.kind,
        unit_code=chosen.unit_code,
        due_on=chosen.due_on,
        state=chosen.state,
        row_count=len(examined.records),
        undecided_count=examined.undecided_count,
        held=tuple(held_on_list(connection, list_id)),
        list_digest=examined.digest,
        appraisal_report_no=chosen.appraisal_report_no,
        signed=tuple(each.sign_off for each in examined.counting),
        missing=tuple(next_shortfalls(examined.dossier, known)),
    )


def show_all(connection: Connection) -> ListsShown:
    """Return every list with where it stands and how far its panel is."""
    return ListsShown(tuple(disposal.overview(connection)))
