"""Rows of units and their data forms."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select, update

from lantai.edges.tables import unit as unit_table
from lantai.edges.tables import unit_form
from lantai.errors import NotFoundError
from lantai.records.centre.unit import DataForm, Frequency, ScopeClass, Unit


def put_unit(connection: Connection, unit: Unit) -> bool:
    """Add a unit or bring its row up to date; return whether it is new."""
    values = {
        "name": unit.name,
        "fonds_no": unit.fonds_no,
        "scope_class": unit.scope_class.value,
        "business_frequency": unit.business_frequency.value,
        "responsible_person": unit.responsible_person,
        "first_filing_year": unit.first_filing_year,
        "closed_on": unit.closed_on,
    }
    changed = connection.execute(update(unit_table).where(unit_table.c.unit_code == unit.unit_code).values(values))
    is_new = changed.rowcount == 0
    if is_new:
        connection.execute(insert(unit_table).values(unit_code=unit.unit_code, **values))
    connection.execute(delete(unit_form).where(unit_form.c.unit_code == unit.unit_code))
    rows = [{"unit_code": unit.unit_code, "data_form": form.value} for form in unit.data_forms]
    connection.execute(insert(unit_form), rows)
    return is_new


def release_names(connection: Connection, codes: Sequence[str]) -> None:
    """Take names and fonds numbers from units for the rest of a transaction, so that each may be given to another one of them."""
    code = unit_table.c.unit_code
    # Nobody's number or name looks like these, and they are as long as a code.
    freed = update(unit_table).where(code.in_(codes)).values(name="~" + code, fonds_no=func.lower(code))
    connection.execute(freed)


def units(connection: Connection, codes: Sequence[str] | None = None) -> list[Unit]:
    """Return units in order of their code.

    Args:
        connection: An open transaction.
        codes: Which; None is all.

    Raises:
        NotFoundError: One of the codes is not registered; the message names all such.
    """
    statement = select(unit_table).order_by(unit_table.c.unit_code)
    if codes is not None:
        statement = statement.where(unit_table.c.unit_code.in_(codes))
    forms: dict[str, list[DataForm]] = {}
    for row in connection.execute(select(unit_form).order_by(unit_form.c.data_form)):
        forms.setdefault(row.unit_code, []).append(DataForm(row.data_form))
    found = [
        Unit(
            unit_code=row.unit_code,
            name=row.name,
            fonds_no=row.fonds_no,
            data_forms=tuple(forms.get(row.unit_code, ())),
            business_frequency=Frequency(row.business_frequency),
            scope_class=ScopeClass(row.scope_class),
            responsible_person=row.responsible_person,
            first_filing_year=row.first_filing_year,
            closed_on=row.closed_on,
        )
        for row in connection.execute(statement)
    ]
    missing = sorted(set(codes or ()) - {unit.unit_code for unit in found})
    if missing:
        raise NotFoundError(f"unit {', '.join(missing)}: not in the register of units")
    return found
