"""Forms that departments fill in, and the blank catalogue, read back cell by cell."""

from __future__ import annotations

import re

import pytest

from lantai.formats.intake.catalogue import parse_table
from lantai.formats.workbooks.workbook import (
    FORM_KINDS,
    catalogue_fields,
    catalogue_template,
    form_fields,
    row_fields,
    unit_form,
)
from papers import SHA256
from workbook_cells import cells_of, formula_count, part

LOCALES = ("zh", "en")


def filled(kind: str) -> dict[str, str]:
    return {field.key: f"={field.key}" for field in form_fields(kind)}


def values_of(kind: str, xlsx: bytes, locale: str = "zh") -> dict[str, str]:
    """Return what stands to the right of each label on the form's first sheet, by key; blank cells are absent."""
    keys = {getattr(field, locale) + (" *" if field.is_mandatory else ""): field.key for field in form_fields(kind)}
    first = next(iter(cells_of(xlsx).values()))
    pairs = [(row[at], row[at + 1]) for row in first for at in range(len(row) - 1)]
    return {keys[label]: value for label, value in pairs if label in keys and value}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", FORM_KINDS)
def test_what_is_filled_in_stands_to_the_right_of_its_label(kind: str, locale: str) -> None:
    """R1-25, R1-26, R1-28, R1-29 (a cell for the survey, which may stay blank); P7."""
    xlsx = unit_form(kind, filled(kind), locale=locale)

    assert formula_count(xlsx) == 0
    assert values_of(kind, xlsx, locale) == filled(kind)


@pytest.mark.parametrize("kind", FORM_KINDS)
def test_blank_form_says_nothing(kind: str) -> None:
    """R1-30."""
    assert values_of(kind, unit_form(kind, {})) == {}


def test_continuation_sheet_has_one_row_per_carrier_with_its_digest() -> None:
    """R1-27."""
    carriers = [
        {"carrier": f"JY-2025-0{number}", "algorithm": "SM3", "digest": SHA256, "bytes": 7} for number in (1, 2)
    ]
    places = {field.key: place for place, field in enumerate(row_fields("backup_statement"))}

    sheet = cells_of(unit_form("backup_statement", {}, carriers))["续表"]

    assert sheet[0][0] == "电子文件和数字档案备份情况表（续表）"
    assert [row[places["number"]] for row in sheet[3:]] == ["1", "2"]
    assert [row[places["carrier"]] for row in sheet[3:5]] == ["JY-2025-01", "JY-2025-02"]
    assert {row[places["digest"]] for row in sheet[3:5]} == {SHA256}


def test_every_carrier_row_of_the_continuation_sheet_can_be_filled_in_and_the_head_is_repeated_in_print() -> None:
    """R1-27."""
    xlsx = unit_form("backup_statement", {"unit": "江源市教育局", "fonds_no": "Z109", "filing_year": "2025"})

    about = cells_of(xlsx)["续表"][1][0]

    assert [word in about for word in ("江源市教育局", "Z109", "2025")] == [True] * 3
    assert "续表!$3:$3" in part(xlsx, "xl/workbook.xml")


def test_digest_has_a_whole_line_of_its_form() -> None:
    """R1-28."""
    xlsx = unit_form("acceptance_inspection", {"digest": SHA256})

    row = next(number for number, row in enumerate(cells_of(xlsx)["档案备份数据移交、接收检验表"], 1) if SHA256 in row)

    assert f'<mergeCell ref="B{row}:D{row}"/>' in part(xlsx, "xl/worksheets/sheet1.xml")


def test_coded_values_stand_on_the_form_in_its_language() -> None:
    """R1-26."""
    values = {"data_form": "e_document", "strategy": "full"}

    xlsx = unit_form("backup_statement", values)

    assert values_of("backup_statement", xlsx) == {"data_form": "电子公文", "strategy": "完全备份"}


def test_fonds_number_keeps_its_leading_zeros() -> None:
    """R1-26."""
    xlsx = unit_form("management_register", {"fonds_no": "0007"})

    assert values_of("management_register", xlsx) == {"fonds_no": "0007"}


def test_value_that_the_form_has_no_place_for_is_refused() -> None:
    """R1-30."""
    with pytest.raises(ValueError, match="unit_name"):
        unit_form("backup_statement", {"unit_name": "江源市教育局"})


def test_row_of_a_form_without_continuation_sheet_is_refused() -> None:
    """R1-27."""
    with pytest.raises(ValueError, match="carrier"):
        unit_form("acceptance_inspection", {}, [{"carrier": "JY-2025-01"}])


@pytest.mark.parametrize("kind", FORM_KINDS)
def test_labels_of_a_form_are_unambiguous_in_both_languages(kind: str) -> None:
    """R1-25, R1-26, R1-28."""
    for fields in (form_fields(kind), row_fields(kind)):
        for labels in ([field.zh for field in fields], [field.en for field in fields]):
            assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("locale", LOCALES)
def test_blank_catalogue_is_understood_by_the_reader_of_catalogues(locale: str) -> None:
    """R1-13."""
    heading = next(iter(cells_of(catalogue_template(locale)).values()))[0]
    cells = {
        "archival_code": "0007",
        "title": "题名",
        "files": "data/1.pdf",
        "retention": "10年",
        "formed_on": "2025-01-01",
    }
    row = [cells.get(field.key, "") for field in catalogue_fields()]

    rows, findings = parse_table([heading, row])

    assert findings == []
    assert [(each.archival_code, each.files, each.retention) for each in rows] == [("0007", ("data/1.pdf",), "10年")]


def test_blank_catalogue_offers_periods_classes_and_access_levels() -> None:
    """R1-13, R3-04."""
    sheet = part(catalogue_template("zh"), "xl/worksheets/sheet1.xml")

    for words in ("永久,30年,10年", "无,内部,秘密,机密,绝密", "公开,部分公开,不公开"):
        assert words in sheet


def test_every_column_of_a_blank_catalogue_is_text_and_its_head_stays_in_view_and_in_print() -> None:
    """R1-13: leading zeros stay, and nobody loses sight of what a column is."""
    xlsx = catalogue_template("zh")
    sheet = part(xlsx, "xl/worksheets/sheet1.xml")
    styles = part(xlsx, "xl/styles.xml")
    codes = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', styles))
    formats = re.findall(r'<xf numFmtId="(\d+)"', styles.partition("<cellXfs")[2])

    columns = re.findall(r'<col min="(\d+)" max="(\d+)" [^>]*style="(\d+)"', sheet)

    covered = {place for first, last, _ in columns for place in range(int(first), int(last) + 1)}
    assert covered == set(range(1, len(catalogue_fields()) + 1))
    assert {codes[formats[int(style)]] for _, _, style in columns} == {"@"}
    assert '<pane xSplit="2" ySplit="1"' in sheet
    assert re.search(r'<row r="1" [^>]*customHeight="1"', sheet)
    assert 'orientation="landscape"' in sheet
    assert "!$1:$1" in part(xlsx, "xl/workbook.xml")


def test_same_form_is_the_same_bytes() -> None:
    assert unit_form("backup_statement", {}) == unit_form("backup_statement", {})
