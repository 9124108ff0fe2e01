"""`lantai list`: draft, show, export, import, file and withdraw lists. Signing and carrying out are in `list_act`.

Source: interfaces.md.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from lantai.cli.terminal.actors import Actor, person
from lantai.cli.terminal.days import read_day
from lantai.cli.terminal.screen import AsJson, answer, facts, line, locale, opened, progress_bar, table, word
from lantai.errors import CatalogueError, InputFileError
from lantai.locales import lacking
from lantai.records.disposal.lists import ListKind, ListState

app = typer.Typer(no_args_is_help=True)

ListId = Annotated[str, typer.Argument(help="given.list_id", metavar="LIST")]
OnBehalfOf = Annotated[str | None, typer.Option(help="given.on_behalf_of", metavar="PERSON")]
Kind = Annotated[ListKind, typer.Argument(metavar="transfer|destruction")]
Maybe = Annotated[str | None, typer.Option("--as", help="given.account", metavar="PERSON")]


@app.command("draft")
def draft(
    kind: Kind,
    on: Annotated[
        date | None,
        typer.Option(parser=read_day, metavar="DATE"),
    ] = None,
    unit: Annotated[list[str] | None, typer.Option(help="given.unit_codes")] = None,
    actor: Maybe = None,
    as_json: AsJson = False,
) -> None:
    """Draft lists of what is due; changes no record."""
    from lantai.journey.disposal.appraise import appraise
    from lantai.journey.disposal.approval.export_sheet import export_sheet

    with opened() as centre, progress_bar(word("list.drafting"), as_json=as_json):
        person_id = person(centre, actor) if actor else None
        found = appraise(centre, kind, on or centre.clock.today_on(), unit or None, person_id)
        sheets = {list_id: str(export_sheet(centre, list_id)) for list_id in found}
    columns = ("heading.id", "heading.worksheet")
    answer(sheets, lambda: table(word("list.due"), columns, list(sheets.items())), as_json=as_json)


@app.command("show")
def show(
    list_id: Annotated[str | None, typer.Argument(metavar="LIST")] = None,
    as_json: AsJson = False,
) -> None:
    """Show all lists, or how far one is and what it lacks."""
    if list_id is None:
        _show_all(as_json=as_json)
    else:
        _show_one(list_id, as_json=as_json)


@app.command("export")
def export(
    list_id: ListId,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE"),
    ] = None,
    actor: Annotated[str | None, typer.Option("--as", metavar="PERSON")] = None,
    as_json: AsJson = False,
) -> None:
    """Export the worksheet."""
    from lantai.edges.files.folder import refuse_existing
    from lantai.journey.disposal.approval.export_sheet import export_sheet

    if output is not None:
        # A worksheet that somebody has filled in is not to be lost to a blank one.
        refuse_existing([output])
    with opened() as centre:
        path = export_sheet(centre, list_id, output, person(centre, actor) if actor else None)
    answer({"list_id": list_id, "path": str(path)}, lambda: line(str(path)), as_json=as_json)


@app.command("import")
def import_(
    sheet: Annotated[Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE")],
    actor: Actor,
    on_behalf_of: OnBehalfOf = None,
    as_json: AsJson = False,
) -> None:
    """Import decisions; a blank row is undecided."""
    from lantai.journey.disposal.approval.import_sheet import import_sheet

    with opened() as centre, progress_bar(word("list.importing"), as_json=as_json):
        try:
            decided = import_sheet(centre, sheet, person(centre, actor), on_behalf_of)
        except CatalogueError as error:
            raise InputFileError(f"{sheet}: {error}") from error
    payload = {
        "list_id": decided.list_id,
        "changed": decided.changed,
        "undecided": decided.undecided,
        "state": decided.state.value,
        "list_digest": decided.list_digest,
    }
    pairs: list[tuple[str, object]] = [
        ("heading.changed_decisions", decided.changed),
        ("heading.undecided", decided.undecided),
        ("heading.state", state_word(decided.state)),
    ]
    answer(payload, lambda: facts(decided.list_id, pairs), as_json=as_json)


@app.command("report")
def report(
    list_id: ListId,
    report_no: Annotated[str, typer.Argument(metavar="NUMBER")],
    actor: Actor,
    as_json: AsJson = False,
) -> None:
    """Note the appraisal report; nothing is destroyed without one."""
    from lantai.journey.disposal.approval.note_documents import note_report

    with opened() as centre:
        note_report(centre, list_id, report_no, person(centre, actor))
    told = word("list.report_noted", list_id=list_id, number=report_no)
    answer({"list_id": list_id, "report_no": report_no}, lambda: line(told), as_json=as_json)


@app.command("file")
def file(
    list_id: ListId,
    receipt_no: Annotated[str, typer.Argument(metavar="NUMBER")],
    actor: Actor,
    as_json: AsJson = False,
) -> None:
    """Record the authority's receipt for the register."""
    from lantai.journey.disposal.approval.note_documents import file_register

    with opened() as centre:
        file_register(centre, list_id, receipt_no, person(centre, actor))
    told = word("list.filed", list_id=list_id, number=receipt_no)
    answer({"list_id": list_id, "receipt_no": receipt_no}, lambda: line(told), as_json=as_json)


@app.command("withdraw")
def withdraw(list_id: ListId, actor: Actor, as_json: AsJson = False) -> None:
    """Withdraw a list before the act."""
    from lantai.journey.disposal.approval.withdraw import withdraw as withdraw_list

    with opened() as centre:
        is_new = withdraw_list(centre, list_id, person(centre, actor))
    told = word("list.withdrawn" if is_new else "list.withdrawn_before", list_id=list_id)
    answer({"list_id": list_id, "is_new": is_new}, lambda: line(told), as_json=as_json)


def state_word(state: ListState) -> str:
    """Return where a list stands, in words."""
    return word(f"list_state.{state.value}")


def _show_all(*, as_json: bool) -> None:
    from lantai.views.disposal.disposal_list import show_all

    with opened() as centre, centre.database.read() as connection:
        shown = show_all(connection)
    columns = (
        "heading.id",
        "heading.kind",
        "heading.unit",
        "heading.due_by",
        "heading.state",
        "heading.rows",
        "heading.decisions",
    )
    cells = [
        (each.list_id, word(f"values.disposal.{each.kind.value}"), each.unit_code, each.due_on,
         state_word(each.state), each.row_count, each.decision_count)
        for each in shown.lists
    ]  # fmt: skip
    answer(shown.as_mapping(), lambda: table(word("list.title"), columns, cells), as_json=as_json)


def _show_one(list_id: str, *, as_json: bool) -> None:
    from lantai.views.disposal import disposal_list

    with opened() as centre, centre.database.read() as connection:
        now_at, today = centre.clock.now_at(), centre.clock.today_on()
        shown = disposal_list.show(connection, centre.settings, list_id, now_at, today)
    report = [("heading.appraisal_report", shown.appraisal_report_no)] if shown.kind is ListKind.DESTRUCTION else []
    pairs: list[tuple[str, object]] = [
        ("heading.kind", word(f"values.disposal.{shown.kind.value}")),
        ("heading.unit", shown.unit_code),
        ("heading.due_by", shown.due_on),
        ("heading.state", state_word(shown.state)),
        ("heading.rows", shown.row_count),
        ("heading.not_decided_by_all", shown.undecided_count),
        ("heading.held_records", [f"{row.record_id} ({row.hold_id})" for row in shown.held]),
        *report,
        ("heading.digest", shown.list_digest),
        ("heading.signed", [
            f"{word(f'values.duty.{each.duty.value}')} {each.person_id} {word(f'values.stage.{each.stage.value}')}"
            for each in shown.signed
        ]),
        ("heading.missing", [lacking(each, locale()) for each in shown.missing]),
    ]  # fmt: skip
    answer(shown.as_mapping(), lambda: facts(list_id, pairs), as_json=as_json)
