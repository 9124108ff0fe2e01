"""Tasks of the DAG take_in_filings: two looks for all units, one journey per unit, one checkpoint at the end.

Everything is keyed by unit and year, never by a map position: a rerun of one
unit by form, by map index or by `lantai collect` is the same work on the same rows.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from lantai.edges.centre import Centre, open_centre
from lantai.errors import LantaiError, UnitsInterruptedError, UnitsUnfinishedError, UsageError
from lantai.journey.intake.attend import attend
from lantai.journey.intake.look import look as look_at_outboxes
from lantai.journey.intake.look import look_again as look_at_outboxes_again
from lantai.journey.intake.purge_returned import purge_returned
from lantai.journey.intake.take_in import FIRST_SHARE_SECONDS, LAST_SHARE_SECONDS, TakenIn
from lantai.journey.ledger.checkpoint import make_checkpoint
from lantai.records.intake.look import Looked
from lantai.records.intake.reason import Reason
from lantai.records.intake.visit import Trouble, VisitStage
from lantai.records.text.shown import on_one_line
from lantai.tasks.form import carriers_of, refuse_other_fields, require_units, require_years, units_of, years_of
from lantai.tasks.handover import (
    OUTCOME,
    Group,
    Outcome,
    Pass,
    Pull,
    Push,
    Wanted,
    Xcom,
    hand_over,
    handed_over,
    left_over,
    to_look_at_again,
    wanted_by,
)
from lantai.tasks.unit_report import (
    both,
    line_of_take_in,
    line_of_trouble,
    lines_of_look,
    report,
    troubles_of,
    visits_of,
)

FIELDS = ("carrier", "units", "year")
"""Fields of the form."""

log = logging.getLogger(__name__)


def check_form(form: Mapping[str, object]) -> Wanted:
    """Return the years and unit codes that the form names.

    Raises:
        UsageError: The form names something that is neither, a year that is not open, or has another field.
        NotFoundError: A unit is not registered.
    """
    refuse_other_fields(form, FIELDS)
    years, units = years_of(form), units_of(form)
    with open_centre() as centre:
        require_years(centre, years)
        require_units(centre, units)
    return Wanted(years, units)


def look(wanted: Wanted, form: Mapping[str, object] | None = None) -> Pass:
    """List the outboxes once, tell what was seen of each unit, and say whose hold something to take in.

    Args:
        wanted: What `check_form` returned.
        form: The trigger form, for the names of packages: a department's names go by no XCom.
    """
    with open_centre() as centre:
        looked = look_at_outboxes(centre, wanted.years, wanted.units, carriers=carriers_of(form or {}))
        return _seen(centre, looked, wanted.years, [])


def look_again(wanted: Wanted | None, first: Pass | None, form: Mapping[str, object] | None = None) -> Pass:
    """Look again at units that were unknown or still arriving, or were stopped by what may have passed since.

    Args:
        wanted: What `check_form` returned; None when the form was not taken.
        first: What `look` saw and what became of it; None when it failed.
        form: As for `look`.
    """
    years = wanted.years if wanted is not None else None
    with open_centre() as centre:
        earlier = to_look_at_again(first, visits_of(centre)) if first is not None else {}
        codes = sorted(earlier)
        if not codes:
            return _seen(centre, _saw_nothing(), None, [])
        log.info("%s: %s", both("run.looks_again"), ", ".join(codes))
        carriers = carriers_of(form or {})
        looked = look_at_outboxes_again(centre, earlier, years, carriers, _tell_of_wait)
        return _seen(centre, looked, years, codes)


def _tell_of_wait(seconds: int, unknown: Mapping[str, Reason]) -> None:
    for code, reason in unknown.items():
        log.warning("%s: %s", code, on_one_line(reason.as_text()))
    log.info("%s: %s s", both("run.waits"), seconds)


def take_in(group: Group, form: Mapping[str, object] | None = None, *, is_last: bool = False) -> Outcome:
    """Take in the units of a group, one after the other; a failure of one stops no other, and none keeps the others waiting.

    Args:
        group: What one mapped task works on.
        form: The trigger form, for the names of packages.
        is_last: Whether all others are done, so that a slow server may take its time.
    """
    taken: dict[str, dict[str, int]] = {}
    failures: dict[str, Exception] = {}
    carriers, share_seconds = carriers_of(form or {}), LAST_SHARE_SECONDS if is_last else FIRST_SHARE_SECONDS
    with open_centre() as centre:
        names = {code: visit.unit_name for code, visit in visits_of(centre).items()}
        for code in group.units:
            try:
                done = attend(centre, code, group.years, None, carriers, share_seconds)
            except Exception as error:  # noqa: BLE001 - whatever it was, the next unit is taken in
                failures[code] = error
                trouble = Trouble(code, names.get(code, ""), VisitStage.TAKE_IN, Reason.of(error))
                log.error("%s", line_of_trouble(trouble))  # noqa: TRY400 - the table is logged when the task fails
            else:
                taken[code] = counts_of(done)
                log.info("%s", line_of_take_in(done, names[code]))
    return Outcome(
        taken=taken,
        failed={code: type(error).__name__ for code, error in failures.items()},
        is_retryable=any(isinstance(error, LantaiError) and error.retryable for error in failures.values()),
    )


def take_in_and_tell(group: Xcom, form: Mapping[str, object] | None, task_id: str, push: Push) -> None:
    """Do what one mapped task does: `take_in` a group, and `tell_outcome`.

    Args:
        group: What it works on, as Airflow maps over it.
        form: The trigger form.
        task_id: `take_in`, or `take_in_again` when all others are done.
        push: `xcom_push` of this task.
    """
    is_last = task_id == "take_in_again"
    tell_outcome(take_in(Group.of(group), form, is_last=is_last), push, is_last=is_last)


def look_and_tell(wanted: Xcom, form: Mapping[str, object] | None, push: Push) -> list[Xcom]:
    """Do what the first look of a run does: `look`, leave what it saw, and return what to map over.

    Args:
        wanted: What `check_form` left.
        form: The trigger form.
        push: `xcom_push` of this task.
    """
    return hand_over(look(Wanted.of(wanted), form), push)


def look_again_and_tell(pull: Pull, form: Mapping[str, object] | None, push: Push) -> list[Xcom]:
    """Do what the second look of a run does: `look_again`, as `look_and_tell`; `pull` is `xcom_pull` of this task."""
    return hand_over(look_again(wanted_by(pull), handed_over(pull, "look", "take_in"), form), push)


def tell_outcome(outcome: Outcome, push: Push, *, is_last: bool = True) -> None:
    """Leave for later tasks what became of a group, then fail when a unit of it failed; the message is a table of the reasons.

    Args:
        outcome: What `take_in` returned.
        push: `xcom_push` of this task.
        is_last: Whether nobody looks again in this run; what may pass by itself is then tried again by Airflow, not before.

    Raises:
        UnitsInterruptedError: At least one failure may pass by itself; Airflow tries again.
        UnitsUnfinishedError: Somebody has to cure the cause, or the second look comes back to the unit.
    """
    push(OUTCOME, outcome.as_xcom())
    failed = {code: (VisitStage.TAKE_IN, name) for code, name in outcome.failed.items()}
    with open_centre() as centre:
        troubles = troubles_of(failed, visits_of(centre))
    if troubles:
        kind = UnitsInterruptedError if outcome.is_retryable and is_last else UnitsUnfinishedError
        raise kind(report(troubles, len(outcome.taken)))


def passes(pull: Pull) -> tuple[bool, Pass | None, Pass | None]:
    """Return whether the form was taken, and what the two passes of a run left: the arguments of `conclude`."""
    again = handed_over(pull, "look_again", "take_in_again")
    return wanted_by(pull) is not None, handed_over(pull, "look", "take_in"), again


def conclude(was_taken: bool, first: Pass | None, second: Pass | None) -> dict[str, int]:
    """Make the checkpoint over what was taken in, then fail when a unit was not, with a table of one row for each.

    Args:
        was_taken: Whether the form was taken; if not, nothing was looked at.
        first: What was seen and taken in; None when the look itself failed.
        second: The same of the second look.

    Returns:
        The counts of all units, added up.

    Raises:
        UsageError: The form was not taken.
        UnitsUnfinishedError: A unit is unknown, failed, or its task ended without a word, and nobody has seen to it since.
    """
    if not was_taken:
        raise UsageError(both("run.no_form"))
    with open_centre() as centre:
        purge_returned(centre)
        make_checkpoint(centre, whole=True)
        visits = visits_of(centre)
    if first is None:
        raise UnitsUnfinishedError(both("run.no_look"))
    taken = [one for this in (first, second) if this is not None for one in this.taken]
    troubles = troubles_of(left_over(first, second), visits)
    if troubles:
        raise UnitsUnfinishedError(report(troubles, len(dict(taken))))
    if second is None:
        raise UnitsUnfinishedError(both("run.no_second_look"))
    names = sorted({name for _, counts in taken for name in counts})
    return {name: sum(counts[name] for _, counts in taken) for name in names}


def counts_of(taken: TakenIn) -> dict[str, int]:
    """Return the counts of a result: XCom carries ids and counts, nothing else."""
    return {name: value for name, value in asdict(taken).items() if isinstance(value, int)}


def _seen(centre: Centre, looked: Looked, years: Sequence[int] | None, codes: Sequence[str]) -> Pass:
    for level, line in lines_of_look(looked, visits_of(centre)):
        log.log(level, "%s", line)
    ready = sorted(looked.ready)
    size = centre.settings.batch_size if len(ready) > centre.settings.batch_units else 1
    batches = [ready[start : start + size] for start in range(0, len(ready), size)]
    unknown = dict(sorted(looked.unknown.items()))
    return Pass(
        groups=[Group(batch, years) for batch in batches],
        unknown=unknown,
        unsettled=[code for code in looked.again if code not in unknown],
        looked=list(codes),
    )


def _saw_nothing() -> Looked:
    return Looked(ready={}, unknown={}, messages={}, unsettled=0, waiting={}, strays={}, looked_count=0)
