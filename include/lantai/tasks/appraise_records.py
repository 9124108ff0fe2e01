"""Tasks of the DAG appraise_records: what is due on a day, drafted as lists for the panel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypedDict

from lantai.edges.centre import open_centre
from lantai.errors import UsageError
from lantai.journey.disposal.appraise import appraise as draft_lists
from lantai.records.disposal.lists import ListKind
from lantai.tasks.form import day_of, refusal, refuse_other_fields, require_units, text_of, units_of

FIELDS = ("kind", "on", "units")
"""Fields of the form."""


class Wanted(TypedDict):
    """What one mapped task drafts, as it goes through XCom: `on` in ISO form, `units` None for all."""

    label: str
    kind: str
    on: str
    units: list[str] | None


def check_form(form: Mapping[str, object], scheduled_on: str | None) -> list[Wanted]:
    """Return what to appraise, one entry per kind of list, each with the label of its map index.

    Args:
        form: Fields `kind` (transfer, destruction; empty is both), `on` (empty is the day of the run), `units`.
        scheduled_on: Local date of a scheduled run, so that a late rerun appraises the same day; None for a run by hand.

    Raises:
        UsageError: A field names something that cannot be meant, or is no field of this form.
        NotFoundError: A unit is not registered.
    """
    refuse_other_fields(form, FIELDS)
    units = units_of(form)
    with open_centre() as centre:
        require_units(centre, units)
        planned = None if scheduled_on is None or centre.clock.is_set_by_hand else date.fromisoformat(scheduled_on)
        on = day_of(form) or planned or centre.clock.today_on()
    kind = text_of(form, "kind")
    kinds = [_kind(kind)] if kind else list(ListKind)
    return [
        {
            "label": f"{kind.value} {on} {'+'.join(units or ()) or 'all units'}",
            "kind": kind.value,
            "on": on.isoformat(),
            "units": units,
        }
        for kind in kinds
    ]


def appraise(wanted: Wanted) -> list[str]:
    """Draft the lists of one kind; return the ids of those that are open for that day."""
    with open_centre() as centre:
        return draft_lists(centre, ListKind(wanted["kind"]), date.fromisoformat(wanted["on"]), wanted["units"])


def _kind(text: str) -> ListKind:
    try:
        return ListKind(text)
    except ValueError as error:
        raise refusal(UsageError, "kind", found=repr(text), known=", ".join(ListKind)) from error
