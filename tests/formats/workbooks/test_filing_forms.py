"""Forms that a department filled in, read back by their labels."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lantai.formats.workbooks.filing_forms import FORM_KINDS, FilledForm, missing_fields, read_form
from lantai.formats.workbooks.workbook import form_fields, row_fields, unit_form
from papers import SHA256
from workbook_cells import cells_of

CARRIER = {
    "number": "1",
    "carrier": "JY-2025-01",
    "files": "12",
    "bytes": "7",
    "algorithm": "SM3",
    "digest": SHA256,
}
Cells = Sequence[Sequence[str]]


def filled(kind: str) -> dict[str, str]:
    return {field.key: f"<{field.key}>" for field in form_fields(kind)}


def whole_rows(count: int) -> list[dict[str, str]]:
    return [{column.key: f"{column.key}{n}" for column in row_fields("backup_statement")} for n in range(count)]


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("kind", FORM_KINDS)
def test_form_is_read_back_as_it_was_filled_in(kind: str, locale: str) -> None:
    """R1-25, R1-26, R1-28, R1-30."""
    form = read_form(kind, cells_of(unit_form(kind, filled(kind), locale=locale)))

    assert (form.kind, form.values, form.rows) == (kind, filled(kind), ())


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_row_of_the_continuation_sheet_is_read_and_a_row_with_its_number_alone_is_none(locale: str) -> None:
    """R1-26, R1-27."""
    rows = whole_rows(2)

    form = read_form("backup_statement", cells_of(unit_form("backup_statement", {}, rows, locale=locale)))

    assert list(form.rows) == rows


def test_label_and_value_are_found_wherever_on_the_sheet_they_stand() -> None:
    """R1-25: somebody put a cover above and a margin beside."""
    unit, leader = (
        field for field in form_fields("management_register") if field.key in ("unit", "responsible_leader")
    )
    cells: Cells = [
        ["档案登记表"],
        [],
        ["", f" {unit.zh}：*", " 示例市教育局 ", f"{leader.zh} *", "王强", "x"],
        ["", unit.zh, "另一个单位"],
        ["王强", leader.zh],
    ]

    form = read_form("management_register", {"表": cells})

    assert form.values == {"unit": "示例市教育局", "responsible_leader": "王强"}


def test_blank_cell_before_the_next_label_is_no_value() -> None:
    """R1-30: the label to the right is not what was filled in."""
    unit, leader = (
        field for field in form_fields("management_register") if field.key in ("unit", "responsible_leader")
    )

    form = read_form("management_register", {"表": [[unit.zh, leader.zh, "王强"], [leader.zh, "  ", "x"]]})

    assert form.values == {"responsible_leader": "王强"}


def test_labels_above_a_continuation_sheet_are_read_and_cells_of_its_rows_are_no_fields() -> None:
    """R1-26, R1-27: half of its headings make no heading, one more does."""
    columns = row_fields("backup_statement")
    unit = next(field for field in form_fields("backup_statement") if field.key == "unit")
    half = len(columns) // 2
    short, enough = ([column.zh for column in columns[:count]] for count in (half, half + 1))

    def read(heading: list[str]) -> FilledForm:
        return read_form("backup_statement", {"续表": [[unit.zh, "示例市教育局"], heading, ["1", "JY-2025-01"]]})

    assert (read(enough).values, read(enough).rows) == (
        {"unit": "示例市教育局"},
        ({columns[0].key: "1", columns[1].key: "JY-2025-01"},),
    )
    assert read(short).rows == ()
    blank = {"续表": [[column.zh for column in columns], ["1", *[" "] * (len(columns) - 1)]]}
    assert read_form("backup_statement", blank).rows == (), "a running number alone"


def test_mandatory_fields_that_are_blank_are_missing_and_others_are_not() -> None:
    """R1-30."""
    optional = {"survey_on", "storage"}
    values = filled("management_register")

    found = missing_fields(
        FilledForm("management_register", {k: v for k, v in values.items() if k not in optional}, ())
    )
    lacking = missing_fields(FilledForm("management_register", values | {"unit": ""}, ()))

    assert found == []
    assert lacking == ["form.management_register.unit"]


def test_continuation_sheet_needs_a_row_and_every_row_its_mandatory_cells() -> None:
    """R1-27, R1-30: but for its number."""
    values = filled("backup_statement")
    mandatory = [column.key for column in row_fields("backup_statement") if column.is_mandatory]
    whole = dict.fromkeys(mandatory, "x")

    def lacking(*rows: dict[str, str]) -> list[str]:
        return missing_fields(FilledForm("backup_statement", values, rows))

    assert lacking() == [f"rows.backup_statement.{key}" for key in mandatory if key != "number"]
    assert lacking(whole, {key: text for key, text in whole.items() if key != "number"}) == []
    assert lacking(whole, whole | {"digest": ""}) == ["rows.backup_statement.digest"]
