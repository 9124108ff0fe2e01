"""`lantai schedule`: retention schedules as approved. Source: Order No. 8 (2006) art. 3, 12."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from lantai.cli.terminal.days import read_day
from lantai.cli.terminal.rows import read_rows, refuse_twice
from lantai.cli.terminal.screen import AsJson, answer, facts, line, opened, progress_bar, table, word
from lantai.errors import AlreadyThereError, UnfitFileError
from lantai.records.custody.record import Retention
from lantai.records.disposal.schedule import Schedule, ScheduleRule
from lantai.rules.disposal.scheduling import Verdict

app = typer.Typer(no_args_is_help=True)

COLUMNS = ("clause", "description", "retention", "keywords")

Name = Annotated[str, typer.Argument(help="given.schedule", metavar="NAME")]


@app.command("load")
def load(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    name: Annotated[str, typer.Option()],
    version: Annotated[str, typer.Option()],
    approved_by: Annotated[str, typer.Option()],
    approved_on: Annotated[date, typer.Option(parser=read_day, metavar="DATE")],
    effective_from: Annotated[date, typer.Option(parser=read_day, metavar="DATE")],
    as_json: AsJson = False,
) -> None:
    """Load a version of a schedule; one that is there is never changed.

    Columns: clause, description, retention (Y, D30, D10), keywords: words of the title or the document type, separated
    by ;.
    """
    from lantai.edges.registry.disposal.schedules import add_schedule, schedules

    schedule = Schedule(name, version, approved_by, approved_on, effective_from, read_rules(file))
    with opened() as centre, centre.database.begin() as connection:
        if version in {known.version for known in schedules(connection, name)}:
            raise AlreadyThereError(f"schedule {name}: version {version} is loaded already, expected a new version")
        add_schedule(connection, schedule)
    count = len(schedule.rules)
    payload = {"name": name, "version": version, "rules": count}
    told = word("schedule.loaded", name=name, version=version, count=count)
    answer(payload, lambda: line(told), as_json=as_json)


@app.command("show")
def show(
    name: str | None = None,
    as_json: AsJson = False,
) -> None:
    """Show schedules with their clauses."""
    from lantai.views.disposal.schedules import show as show_schedules

    with opened() as centre, centre.database.read() as connection:
        found = show_schedules(connection, name, centre.clock.today_on())
    cells = [
        (
            each.schedule.name,
            each.schedule.version,
            rule.clause,
            rule.description,
            rule.retention.value,
            word("separators.of_reasons").join(rule.keywords),
        )
        for each in found
        for rule in each.schedule.rules
    ]
    columns = (
        "heading.name",
        "heading.version",
        "heading.clause",
        "heading.description",
        "heading.retention",
        "heading.keywords",
    )
    payload = [each.as_mapping() for each in found]
    answer(payload, lambda: table(word("schedule.title"), columns, cells), as_json=as_json)


@app.command("diff")
def diff(
    name: Name,
    old: Annotated[str, typer.Argument(metavar="OLD")],
    new: Annotated[str, typer.Argument(metavar="NEW")],
    as_json: AsJson = False,
) -> None:
    """Compare two versions: clauses added, removed, changed."""
    from lantai.views.disposal.schedules import show_changes

    with opened() as centre, centre.database.read() as connection:
        found = show_changes(connection, name, old, new, centre.clock.today_on())
    payload = [each.as_mapping() for each in found]
    columns = ("heading.clause", "heading.change", "heading.before", "heading.after")
    cells = [
        (each.clause, word(f"change.{each.change.value}"), _worded(each.before), _worded(each.after))
        for each in (shown.change for shown in found)
    ]
    title = word("schedule.differ", name=name, old=old, new=new)
    answer(payload, lambda: table(title, columns, cells), as_json=as_json)


@app.command("simulate")
def simulate(
    name: Name,
    version: str | None = None,
    unit: Annotated[list[str] | None, typer.Option(help="given.unit_codes")] = None,
    most: Annotated[int, typer.Option(min=0, max=1_000_000)] = 100,
    as_json: AsJson = False,
) -> None:
    """What the schedule says of the records kept; changes none.

    What no clause covers, or two do, is listed and never decided.
    """
    from lantai.journey.disposal.simulate import simulate as try_out

    with opened() as centre, progress_bar(word("schedule.trying"), as_json=as_json) as progress:
        found = try_out(centre, name, version, unit, most, progress)
    payload = {
        "name": found.name,
        "version": found.version,
        "counts": found.counts,
        "by_clause": found.by_clause,
        "records": [
            {"record_id": each.record_id, "archival_code": each.archival_code, "title": each.title,
             "retention": each.retention.value, "verdict": each.verdict.value, "clauses": each.clauses,
             "periods": each.periods}
            for each in found.shown
        ],
    }  # fmt: skip

    def text() -> None:
        pairs: list[tuple[str, object]] = [(f"verdict.{verdict.value}", found.counts[verdict]) for verdict in Verdict]
        facts(f"{found.name} {found.version}", pairs)
        columns = (
            "heading.record",
            "heading.title",
            "heading.current_period",
            "heading.verdict",
            "heading.clause",
            "heading.period_by_clause",
        )
        cells = [
            (each.record_id, each.title, each.retention.value, word(f"verdict.{each.verdict.value}"),
             each.clauses, each.periods)
            for each in found.shown
        ]  # fmt: skip
        if cells:
            table(word("schedule.unconfirmed"), columns, cells)

    answer(payload, text, as_json=as_json)


def read_rules(path: Path) -> tuple[ScheduleRule, ...]:
    """Return the clauses of a schedule file (N4).

    Raises:
        UnfitFileError: The file cannot be read, a clause stands twice, or a period is none; the message names the line.
    """
    rows = read_rows(path, COLUMNS)
    refuse_twice(path, ((number, row["clause"]) for number, row in rows))
    periods = (Retention.Y.value, Retention.D30.value, Retention.D10.value)
    found = []
    for number, row in rows:
        if row["retention"] not in periods or not row["clause"]:
            what = f"retention {row['retention']!r}" if row["clause"] else "no clause"
            raise UnfitFileError(f"{path}, line {number}: found {what}, expected a clause with {', '.join(periods)}")
        words = tuple(word.strip() for word in row["keywords"].replace("；", ";").split(";") if word.strip())
        found.append(ScheduleRule(row["clause"], row["description"], Retention(row["retention"]), words))
    if not found:
        raise UnfitFileError(f"{path}: found no clause below the heading, expected one on each line")
    return tuple(found)


def _worded(rule: ScheduleRule | None) -> str:
    if rule is None:
        return ""
    return f"{rule.description} {rule.retention.value} {word('separators.of_reasons').join(rule.keywords)}"
