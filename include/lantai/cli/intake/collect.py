"""`lantai collect`: the journey of take_in_filings by hand, same code, same rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from lantai import errors
from lantai.cli.intake.rounds import Units, Years
from lantai.cli.terminal.exit import INTERRUPTED, tell
from lantai.cli.terminal.findings import identified
from lantai.cli.terminal.screen import (
    FAULT,
    FINDINGS,
    AsJson,
    answer,
    kept_when_interrupted,
    line,
    listed,
    locale,
    note,
    opened,
    progress_bar,
    sign,
    table,
    word,
)
from lantai.locales import explain, put
from lantai.records.intake.reason import Reason
from lantai.records.text.shown import on_one_line

if TYPE_CHECKING:
    from lantai.edges.centre import Centre
    from lantai.journey.intake.take_in_all import TakenInAll
    from lantai.records.intake.round import Round

MOST_NAMED = 10
"""Units named in the command that is offered; a whole county may have been out of reach."""

Carriers = Annotated[
    list[str] | None,
    typer.Option(
        "--carrier",
    ),
]


NoWait = Annotated[
    bool,
    typer.Option(
        "--no-wait",
    ),
]


def collect(
    unit: Units = None,
    year: Years = None,
    carrier: Carriers = None,
    no_wait: NoWait = False,
    as_json: AsJson = False,
) -> None:
    """Take in what units have filed; the same as the nightly DAG, safe to rerun.

    One unit's failure stops no other; an outbox that cannot be looked at is unknown, never empty. What may pass by
    itself is looked at again, after the others and after pauses (LANTAI_LOOK_AGAIN_SECONDS).
    """
    from lantai.journey.intake.purge_returned import purge_returned
    from lantai.journey.intake.take_in_all import Watchers, take_in_all
    from lantai.journey.ledger.checkpoint import make_checkpoint

    meant: list[Round] = []
    with opened() as centre:
        with kept_when_interrupted(), progress_bar(word("collect.progress"), as_json=as_json) as progress:
            watchers = Watchers(progress, _in_mebibytes(progress), _telling_of_waits(progress, as_json=as_json))
            done = take_in_all(centre, year, unit, carrier or None, watchers, looks_again=not no_wait)
        purge_returned(centre)
        make_checkpoint(centre)
        if carrier:
            meant = _meant(centre, year, unit, carrier)

    def text() -> None:
        for this in meant:
            line(identified(this))
        _show(done)

    answer(done.as_mapping(), text, as_json=as_json)
    if done.messages:
        if not as_json:
            _tell_troubles({**done.looked.unknown, **done.failed_classes}, done.messages)
        raise typer.Exit(INTERRUPTED if done.is_cut_short else FAULT)
    if done.is_cut_short:
        raise typer.Exit(INTERRUPTED)
    if done.has_opinions:
        raise typer.Exit(FINDINGS)


def _meant(
    centre: Centre, years: Sequence[int] | None, codes: Sequence[str] | None, names: Sequence[str]
) -> list[Round]:
    """Return the newest round of each submission that names choose, for the screen to say which were taken."""
    from lantai.edges.registry.centre.units import units
    from lantai.edges.registry.year.duties import open_years
    from lantai.journey.intake.choose_packages import choose_packages

    with centre.database.read() as connection:
        among = [unit.unit_code for unit in units(connection, codes)]
        received = choose_packages(connection, names, among, years or open_years(connection)).received
    return list({this.submission_id: this for this in received}.values())


def _in_mebibytes(progress: Callable[[str, int, int], None]) -> Callable[[str, int, int], None]:
    """Return what tells of bytes on the bar that also counts units."""
    return lambda what, done, total: progress(f"{what} (MiB)", done // 2**20, max(1, total // 2**20))


def _telling_of_waits(
    progress: Callable[[str, int, int], None], *, as_json: bool
) -> Callable[[int, Mapping[str, Reason]], None]:
    """Return what says whom the command waits for, why, and for how long; what was said once is not said again."""
    told: dict[str, Reason] = {}

    def tell_of_wait(seconds: int, unknown: Mapping[str, Reason]) -> None:
        if as_json:
            return
        for code, reason in unknown.items():
            if told.get(code) != reason:
                told[code] = reason
                words = explain(reason, locale())
                note(f"{code}: {words.what} {words.message}")
                note(f"  {sign('→', '->')} {words.hint}")
        waited_for = listed(code for code, reason in unknown.items() if reason.may_pass)
        who = waited_for or word("collect.unsettled")
        note(word("collect.waits", who=who, seconds=seconds))
        progress(word("collect.waiting", who=who), 0, 1)

    return tell_of_wait


def _tell_troubles(classes: Mapping[str, str], messages: Mapping[str, str]) -> None:
    """Say which units could not be seen to and why, once for each kind of error, and what to do."""
    for name in sorted(set(classes.values())):
        kind = getattr(errors, name)
        these = [code for code in sorted(classes) if classes[code] == name]
        tell(kind("\n".join(f"{code}: {on_one_line(messages[code])}" for code in these)))
    again = " ".join(f"--unit {code}" for code in sorted(classes)[:MOST_NAMED])
    note(word("collect.again", units=again))


def _show(done: TakenInAll) -> None:
    looked = done.looked
    line(word("collect.looked", looked=looked.looked_count, unsettled=looked.unsettled))
    columns = (
        "heading.unit",
        "heading.accepted",
        "heading.returned",
        "heading.held",
        "heading.zero_reports",
        "heading.records",
        "heading.answered",
    )
    units = [
        (one.unit_code, one.accepted, one.returned, one.held, one.zero_reports, one.records, one.answered)
        for one in done.taken
    ]
    table(word("collect.taken_in"), columns, units)
    if looked.waiting:
        cells = [(code, put(each, locale())) for code, told in looked.waiting.items() for each in told]
        table(word("collect.not_whole"), ("heading.unit", "heading.lacks"), cells)
    if looked.strays:
        cells = [(code, name) for code, names in looked.strays.items() for name in names]
        table(word("collect.strays"), ("heading.unit", "heading.where"), cells)
