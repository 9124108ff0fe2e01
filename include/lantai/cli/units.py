"""`lantai units`: the register of units obliged to file. Source: R1-01, R1-11."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from lantai.cli.screen import SMALL_FILE_BYTES, AsJson, answer, opened, out, table
from lantai.edges.folder import read_bytes
from lantai.edges.registry import units as rows
from lantai.errors import UsageError
from lantai.records.unit import DataForm, Frequency, ScopeClass, Unit

app = typer.Typer(no_args_is_help=True, help="报送单位名册 · The register of units")

COLUMNS = (
    "unit_code", "name", "fonds_no", "data_forms", "business_frequency", "scope_class", "responsible_person",
    "first_filing_year", "closed_on",
)  # fmt: skip


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV，列名见下 · CSV with the columns below")], as_json: AsJson = False
) -> None:
    """从 CSV 导入或更新单位 · Add units from a CSV file, or bring them up to date.

    Columns: unit_code, name, fonds_no, data_forms (separated by ;), and, where they differ from the usual,
    business_frequency (year), scope_class (statutory), responsible_person, first_filing_year (every year that is
    opened), closed_on (2026-03-31).
    """
    found = read_units(read_bytes(file, SMALL_FILE_BYTES))
    with opened() as centre, centre.database.begin() as connection:
        new_count = sum(rows.put_unit(connection, unit) for unit in found)
    counts = {"new": new_count, "updated": len(found) - new_count}
    answer(
        counts, lambda: out.print(f"新增 {counts['new']}，更新 {counts['updated']} · new and updated"), as_json=as_json
    )


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """列出单位 · List the units."""
    with opened() as centre, centre.database.read() as connection:
        found = rows.units(connection)
    cells = [
        (unit.unit_code, unit.name, unit.fonds_no, ";".join(unit.data_forms), unit.business_frequency.value,
         unit.scope_class.value, unit.responsible_person or "—", str(unit.first_filing_year or "—"),
         str(unit.closed_on or "—"))
        for unit in found
    ]  # fmt: skip
    payload = [dict(zip(COLUMNS, row, strict=True)) for row in cells]
    answer(payload, lambda: table("单位 · Units", COLUMNS, cells), as_json=as_json)


def read_units(content: bytes) -> list[Unit]:
    """Return the units that a CSV file names.

    Raises:
        UsageError: A column is missing or a value cannot be meant; the message names the line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    reader = csv.DictReader(io.StringIO(text))
    missing = set(COLUMNS[:4]) - set(reader.fieldnames or ())
    if missing:
        raise UsageError(f"units file: columns {', '.join(sorted(missing))} are missing, expected {', '.join(COLUMNS)}")
    found = []
    for line, row in enumerate(reader, start=2):
        try:
            found.append(
                Unit(
                    unit_code=row["unit_code"].strip(),
                    name=row["name"].strip(),
                    fonds_no=row["fonds_no"].strip(),
                    data_forms=tuple(DataForm(word.strip()) for word in row["data_forms"].split(";") if word.strip()),
                    business_frequency=Frequency(_cell(row, "business_frequency") or "year"),
                    scope_class=ScopeClass(_cell(row, "scope_class") or "statutory"),
                    responsible_person=_cell(row, "responsible_person"),
                    first_filing_year=int(year) if (year := _cell(row, "first_filing_year")) else None,
                    closed_on=date.fromisoformat(day) if (day := _cell(row, "closed_on")) else None,
                ),
            )
        except ValueError as error:
            raise UsageError(f"units file, line {line}: {error}") from error
    return found


def _cell(row: dict[str, str], column: str) -> str | None:
    return (row.get(column) or "").strip() or None
