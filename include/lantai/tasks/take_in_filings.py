"""Tasks of the DAG take_in_filings: one look for all units, one journey per unit, one checkpoint at the end.

Everything is keyed by unit and year, never by a map position: a rerun of one
unit by form, by map index or by `lantai collect` is the same work on the same rows.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from lantai.edges.centre import open_centre
from lantai.errors import LantaiError, UnitsInterruptedError, UnitsUnfinishedError
from lantai.journey.checkpoint import make_checkpoint
from lantai.journey.look import look as look_at_outboxes
from lantai.journey.purge_returned import purge_returned
from lantai.journey.take_in import take_in as take_in_unit
from lantai.tasks.form import carriers_of, refuse_other_fields, require_units, require_years, units_of, years_of

FIELDS = ("carrier", "units", "year")
"""Fields of the form."""

log = logging.getLogger(__name__)


def check_form(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the years and unit codes that the form names; None means all.

    Raises:
        UsageError: The form names something that is neither, a year that is not open, or has another field.
        NotFoundError: A unit is not registered.
    """
    refuse_other_fields(form, FIELDS)
    years, units = years_of(form), units_of(form)
    with open_centre() as centre:
        require_years(centre, years)
        require_units(centre, units)
    return {"years": years, "units": units}


def look(wanted: Mapping[str, Any], form: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """List the outboxes once and say whose hold something to take in.

    Args:
        wanted: What `check_form` returned.
        form: The trigger form, for the names of packages: a department's names go by no XCom.

    Returns:
        `groups`: what to map over, each with a label, its unit codes and years. `unknown`: unit code to error class, for
        outboxes that could not be looked at.
    """
    with open_centre() as centre:
        looked = look_at_outboxes(centre, wanted["years"], wanted["units"], carriers=carriers_of(form or {}))
        codes = sorted(looked.ready)
        size = centre.settings.batch_size if len(codes) > centre.settings.batch_units else 1
    for code, texts in looked.waiting.items():
        for text in texts:
            log.warning("%s: 未到齐 / not whole yet: %s", code, text)
    for code, names in looked.strays.items():
        for name in names:
            log.warning("%s: 不在受理之列 / no package, or of a year that was never opened: %s", code, name)
    batches = [codes[start : start + size] for start in range(0, len(codes), size)]
    return {
        "groups": [group_of(batch, wanted["years"]) for batch in batches],
        "unknown": dict(sorted(looked.unknown.items())),
    }


def group_of(codes: Sequence[str], years: Sequence[int] | None) -> dict[str, Any]:
    """Return what one mapped task works on; the label names the map index."""
    names = codes[0] if len(codes) == 1 else f"{codes[0]}..{codes[-1]} ({len(codes)})"
    return {"label": f"{names} {'+'.join(map(str, years or ())) or 'all years'}", "units": list(codes), "years": years}


def take_in(group: Mapping[str, Any], form: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Take in the units of a group, one after the other; a failure of one stops no other.

    Args:
        group: What one mapped task works on.
        form: The trigger form, for the names of packages.

    Returns:
        `taken`: counts by unit code. `failed`: error class by unit code. `retryable`: whether a failure may pass by itself.
    """
    taken: dict[str, Any] = {}
    failures: dict[str, Exception] = {}
    with open_centre() as centre:
        for code in group["units"]:
            try:
                taken[code] = counts_of(take_in_unit(centre, code, group["years"], carriers=carriers_of(form or {})))
            except Exception as error:  # noqa: BLE001 - whatever it was, the next unit is taken in
                failures[code] = error
                log.error("%s: %s: %s", code, type(error).__name__, error)  # noqa: TRY400 - the trace is logged when the task fails
    return {
        "taken": taken,
        "failed": {code: type(error).__name__ for code, error in failures.items()},
        "retryable": any(isinstance(error, LantaiError) and error.retryable for error in failures.values()),
    }


def counts_of(taken: Any) -> dict[str, int]:  # noqa: ANN401 - a frozen dataclass of the journey
    """Return the counts of a result: XCom carries ids and counts, nothing else."""
    return {name: value for name, value in asdict(taken).items() if isinstance(value, int)}


def refuse_failures(outcome: Mapping[str, Any]) -> None:
    """Fail when a unit of the group failed, after all others are done.

    Raises:
        UnitsInterruptedError: At least one failure may pass by itself; Airflow tries again.
        UnitsUnfinishedError: Somebody has to cure the cause.
    """
    failed = outcome["failed"]
    if failed:
        kind = UnitsInterruptedError if outcome["retryable"] else UnitsUnfinishedError
        raise kind("not taken in: " + _named(failed))


def conclude(
    groups: Sequence[Mapping[str, Any]] | None,
    outcomes: Iterable[Mapping[str, Any]],
    unknown: Mapping[str, str] | None,
) -> dict[str, int]:
    """Make the checkpoint over what was taken in, then fail when a unit was not, naming each.

    Args:
        groups: What was mapped over; None when the look itself failed.
        outcomes: What the mapped tasks left; a killed one left nothing.
        unknown: Units whose outbox could not be looked at.

    Returns:
        The counts of all units, added up.

    Raises:
        UnitsUnfinishedError: A unit failed, was unknown, or its task ended without a word.
    """
    with open_centre() as centre:
        purge_returned(centre)
        make_checkpoint(centre, whole=True)
    if groups is None:
        raise UnitsUnfinishedError("the look itself failed, so nothing is known of any unit")
    done = [outcome for outcome in outcomes if outcome]
    taken = {code: counts for outcome in done for code, counts in outcome["taken"].items()}
    failed = {code: name for outcome in done for code, name in outcome["failed"].items()}
    wanted = {code for group in groups for code in group["units"]}
    silent = dict.fromkeys(wanted - set(taken) - set(failed), "interrupted")
    problems = {**(unknown or {}), **failed, **silent}
    if problems:
        raise UnitsUnfinishedError(f"{len(taken)} units taken in; not: {_named(problems)}")
    return {
        name: sum(counts[name] for counts in taken.values()) for name in sorted({n for c in taken.values() for n in c})
    }


def _named(problems: Mapping[str, str]) -> str:
    return ", ".join(f"{code} ({name})" for code, name in sorted(problems.items()))
