"""`lantai agreement`: what centre and unit agreed about encryption and copies."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from lantai.cli.terminal.days import read_day
from lantai.cli.terminal.screen import AsJson, answer, line, opened, table, word
from lantai.records.centre.agreement import Agreement
from lantai.records.centre.unit import DataForm

app = typer.Typer(no_args_is_help=True)


@app.command("add")
def add(
    unit_code: Annotated[str, typer.Argument(help="given.unit_code", metavar="UNIT")],
    data_form: Annotated[DataForm, typer.Argument(help="given.data_form", metavar="FORM")],
    signed_by_unit: Annotated[str, typer.Option()],
    signed_by_centre: Annotated[str, typer.Option()],
    from_on: Annotated[date, typer.Option(parser=read_day, metavar="DATE")],
    to_on: Annotated[date | None, typer.Option(parser=read_day, metavar="DATE")] = None,
    encrypts: bool = False,
    algorithm: str = "",
    unit_key_custodian: str = "",
    centre_key_custodian: str = "",
    destruction_clause: str = "",
    as_json: AsJson = False,
) -> None:
    """Register an agreement; without one a package is held, never guessed."""
    from lantai.journey.centre.agree import agree

    with opened() as centre:
        made = agree(
            centre,
            Agreement(
                agreement_id="",
                unit_code=unit_code,
                data_form=data_form,
                encrypts_before_sending=encrypts,
                algorithm=algorithm,
                unit_key_custodian=unit_key_custodian,
                centre_key_custodian=centre_key_custodian,
                destruction_clause=destruction_clause,
                from_on=from_on,
                to_on=to_on,
                signed_by_unit=signed_by_unit,
                signed_by_centre=signed_by_centre,
            ),
        )
    form = word(f"values.data_form.{data_form.value}")
    told = word("agreement.added", agreement_id=made, unit_code=unit_code, form=form)
    answer({"agreement_id": made}, lambda: line(told), as_json=as_json)


@app.command("list")
def list_(unit: Annotated[str | None, typer.Option(help="given.unit_code")] = None, as_json: AsJson = False) -> None:
    """List agreements."""
    from lantai.edges.registry.centre.units import units
    from lantai.edges.registry.year.duties import agreements

    with opened() as centre, centre.database.read() as connection:
        units(connection, [unit] if unit else None)
        found = agreements(connection, unit)
    payload = [
        {
            "agreement_id": row.agreement_id,
            "unit_code": row.unit_code,
            "data_form": row.data_form.value,
            "encrypts_before_sending": row.encrypts_before_sending,
            "algorithm": row.algorithm,
            "from_on": row.from_on,
            "to_on": row.to_on,
            "signed_by_unit": row.signed_by_unit,
            "signed_by_centre": row.signed_by_centre,
        }
        for row in found
    ]
    columns = (
        "heading.id",
        "heading.unit",
        "heading.form",
        "heading.encrypts",
        "heading.from_on",
        "heading.to_on",
        "heading.signed_by_unit",
        "heading.signed_by_centre",
    )
    cells = [
        (row.agreement_id, row.unit_code, word(f"values.data_form.{row.data_form.value}"),
         row.algorithm if row.encrypts_before_sending else word("agreement.does_not_encrypt"), row.from_on, row.to_on or "",
         row.signed_by_unit, row.signed_by_centre)
        for row in found
    ]  # fmt: skip
    answer(payload, lambda: table(word("agreement.title"), columns, cells), as_json=as_json)
