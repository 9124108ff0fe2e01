"""`lantai units`: the register of units obliged to file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from lantai.cli.terminal.rows import read_rows, refuse_twice
from lantai.cli.terminal.screen import AsJson, answer, line, opened, table, word
from lantai.errors import UnfitFileError, UsageError
from lantai.records.centre.unit import DataForm, Frequency, ScopeClass, Unit

app = typer.Typer(no_args_is_help=True)

NEEDED = ("unit_code", "name", "fonds_no", "data_forms")
KNOWN = ("business_frequency", "scope_class", "responsible_person", "first_filing_year", "closed_on")
COLUMNS = (*NEEDED, *KNOWN)

Word = TypeVar("Word", bound=StrEnum)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument()],
    as_json: AsJson = False,
) -> None:
    """Add units from a CSV file, or bring them up to date: all of them, or none.

    Columns: unit_code, name, fonds_no, data_forms (e_document, business_data, digitised_result, separated by ;) and, if
    need be, business_frequency, scope_class, responsible_person, first_filing_year, closed_on.
    """
    from lantai.journey.centre.register_units import register_units

    found = read_units(file)
    with opened() as centre:
        try:
            done = register_units(centre, found)
        except UsageError as error:
            raise UnfitFileError(f"{file}: {error}") from error
    counts = {"new": done.new, "updated": done.updated}
    told = word("units.imported", new=done.new, updated=done.updated)
    answer(counts, lambda: line(told), as_json=as_json)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the units."""
    from lantai.views.centre.units import show

    with opened() as centre, centre.database.read() as connection:
        found = show(connection)
    payload = [each.as_mapping() for each in found]
    cells = [
        (unit.unit_code, unit.name, unit.fonds_no,
         [word(f"values.data_form.{form.value}") for form in unit.data_forms],
         unit.responsible_person or "")
        for unit in (each.unit for each in found)
    ]  # fmt: skip
    columns = ("heading.code", "heading.name_of_unit", "heading.fonds", "heading.data_forms", "heading.responsible")
    answer(payload, lambda: table(word("units.title"), columns, cells), as_json=as_json)


def read_units(path: Path) -> list[Unit]:
    """Return the units that a CSV file names, each with its data forms (R1-01).

    Raises:
        UnfitFileError: The file cannot be read, or a value in it cannot be meant; the message names the line.
    """
    rows = read_rows(path, NEEDED, KNOWN)
    refuse_twice(path, ((number, row["unit_code"]) for number, row in rows))
    found = []
    for number, row in rows:
        try:
            found.append(_unit(row))
        except ValueError as error:
            raise UnfitFileError(f"{path}, line {number}: {error}") from error
    if not found:
        raise UnfitFileError(f"{path}: found no unit below the heading, expected one on each line")
    return found


def _unit(row: Mapping[str, str]) -> Unit:
    for name in ("name", "fonds_no"):
        if not row[name]:
            raise ValueError(f"{name}: found nothing, expected one")
    forms = [word.strip() for word in row["data_forms"].replace("；", ";").split(";") if word.strip()]
    return Unit(
        unit_code=row["unit_code"],
        name=row["name"],
        fonds_no=row["fonds_no"],
        data_forms=tuple(dict.fromkeys(_word(DataForm, "data_forms", form) for form in forms)),
        business_frequency=_word(
            Frequency, "business_frequency", row.get("business_frequency") or Frequency.YEAR.value
        ),
        scope_class=_word(ScopeClass, "scope_class", row.get("scope_class") or ScopeClass.STATUTORY.value),
        responsible_person=row.get("responsible_person") or None,
        first_filing_year=_year(row.get("first_filing_year", "")),
        closed_on=_day(row.get("closed_on", "")),
    )


def _word(kind: type[Word], name: str, text: str) -> Word:
    try:
        return kind(text)
    except ValueError as error:
        raise ValueError(f"{name}: found {text!r}, expected one of {', '.join(kind)}") from error


def _year(text: str) -> int | None:
    if text and not (text.isdecimal() and len(text) == len("2025")):
        raise ValueError(f"first_filing_year: found {text!r}, expected a year like 2025")
    return int(text) if text else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ValueError(f"closed_on: found {text!r}, expected a date like 2026-03-31") from error
