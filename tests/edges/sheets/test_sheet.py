"""Spreadsheets of departments, read under limits.

Covers: edges.children.confined_refusal, edges.sheets.sheet_child, edges.sheets.workbook_container.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from confined_scripts import script_of
from factories_bag import HEADING, cells_of, row
from lantai.edges.sheets import sheet
from lantai.edges.sheets.sheet import SheetLimits, read_sheets, read_workbook
from lantai.errors import ArchiveLimitError, CatalogueError, LantaiError, ReaderMisledError
from lantai.formats.intake.catalogue import parse_sheets

TIGHT = SheetLimits(memory_bytes=512 * 1024 * 1024, seconds=20)


def workbook(fill) -> io.BytesIO:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        fill(book)
    out.seek(0)
    return out


def test_cells_come_back_as_a_person_sees_them():
    """R1-50."""

    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["0001", 12, 12.5, 0.1, True, "  边空  "])
        sheet.write_datetime(1, 0, datetime(2005, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_datetime(1, 1, datetime(2005, 3, 1, 9, 30), book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))

    (sheet,) = read_sheets(workbook(fill))

    assert sheet.rows[0] == ["0001", "12", "12.5", "0.1", "TRUE", "边空"]
    assert sheet.rows[1][:2] == ["2005-03-01", "2005-03-01 09:30:00"]


def test_row_numbers_survive_blank_rows_and_an_empty_first_sheet():
    """R1-50."""

    def fill(book):
        book.add_worksheet("空")
        sheet = book.add_worksheet("目录")
        sheet.write_row(2, 1, HEADING)
        sheet.write_row(5, 1, cells_of(row(1)))

    rows, findings = parse_sheets(read_sheets(workbook(fill)))

    assert findings == []
    told = [(r.sheet, r.row_no, r.archival_code, r.files) for r in rows]
    assert told == [("目录", 6, "Z109-WS·2025-D30-BGS-0001", ("data/1.txt",))]


def test_hidden_sheets_come_back_as_such():
    """R1-50."""

    def fill(book):
        book.add_worksheet("目录")
        book.add_worksheet("藏").hide()
        book.add_worksheet("深藏").very_hidden()

    sheets = read_sheets(workbook(fill))

    assert [(sheet.name, sheet.is_visible) for sheet in sheets] == [("目录", True), ("藏", False), ("深藏", False)]


def test_million_blank_rows_cost_little_and_change_nothing(tmp_path):
    """S5."""
    path = tmp_path / "blank.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        styled = book.add_format({"bold": True})
        sheet.write_row(0, 0, HEADING)
        sheet.write_row(1, 0, cells_of(row(1)))
        for number in range(2, 1_000_000):
            sheet.write_blank(number, 0, None, styled)

    with path.open("rb") as source:
        rows, _ = parse_sheets(read_sheets(source))

    assert [r.archival_code for r in rows] == ["Z109-WS·2025-D30-BGS-0001"]


@pytest.mark.parametrize("second", ["xl/worksheets/sheet1.xml", "XL/Worksheets/Sheet1.xml"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_workbook_with_two_parts_of_one_name_is_refused(second):
    """R1-40: which of them is shown depends on the program that opens it."""
    whole = workbook(lambda book: book.add_worksheet("目录").write(0, 0, "公开"))
    with zipfile.ZipFile(whole) as parts:
        members = [(name, parts.read(name)) for name in parts.namelist()]
    other = dict(members)["xl/worksheets/sheet1.xml"]

    with pytest.raises(CatalogueError) as refused:
        read_sheets(zip_of((second, other), *members))

    assert refused.value.reason == "workbook_damaged"


def test_workbook_with_two_sheets_of_one_name_is_refused():
    """R1-40, R1-50: by name and by number alike only the first of them can be read, and no spreadsheet program writes such a file."""
    whole = workbook(lambda book: [book.add_worksheet("说明"), book.add_worksheet("另页").write(0, 0, "绝密")])
    with zipfile.ZipFile(whole) as parts:
        members = [(name, parts.read(name).replace("另页".encode(), "说明".encode())) for name in parts.namelist()]

    with pytest.raises(CatalogueError) as refused:
        read_sheets(zip_of(*members))

    assert refused.value.reason == "workbook_sheet_twice"


def zip_of(*members: tuple[str, bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (io.BytesIO(b""), CatalogueError),
        (io.BytesIO(b"not a workbook at all"), CatalogueError),
        (io.BytesIO(b"PK\x05\x06" + b"\xff" * 18), ArchiveLimitError),
        (zip_of(("a.txt", b"x")), CatalogueError),
        (zip_of(("xl/worksheets/sheet1.xml", b" " * 30_000_000)), ArchiveLimitError),
        (zip_of(*((f"{n}", b"") for n in range(201))), ArchiveLimitError),
    ],
)
def test_what_is_no_workbook_gets_a_named_refusal(source, error):
    """R1-50."""
    with pytest.raises(error):
        read_sheets(source)


def test_workbook_over_its_rows_or_text_is_refused():
    """R1-50."""
    book = workbook(lambda book: [book.add_worksheet().write_column(0, 0, ["甲" * 100] * 100)])

    with pytest.raises(ArchiveLimitError):
        read_sheets(book, limits=SheetLimits(rows=99))
    with pytest.raises(ArchiveLimitError):
        read_sheets(book, limits=SheetLimits(text_characters=5_000))
    assert len(read_sheets(book)[0].rows) == 100


@pytest.mark.parametrize(("characters", "is_read"), [(750_000, True), (800_000, False)])
def test_row_is_told_in_one_word_or_refused_by_its_size(characters: int, is_read: bool) -> None:
    """With the widest characters there are, after rows that nearly fill a word: never a reader that is not believed."""
    rows = ["𠀀" * 1000] * 255 + ["𠀀" * characters]
    source = io.BytesIO("\n".join(rows).encode())

    with contextlib.nullcontext() if is_read else pytest.raises(ArchiveLimitError) as raised:
        found = list(sheet.read_csv_rows(source))

    assert found == [[row] for row in rows] if is_read else raised.value.reason == "workbook_large"


def test_reader_that_outgrows_its_memory_ends_in_a_refusal():
    """S5."""
    book = workbook(lambda book: [book.add_worksheet().write_column(0, 0, [f"{n}" * 120 for n in range(60_000)])])

    with pytest.raises(ArchiveLimitError):
        read_sheets(book, limits=SheetLimits(ratio=10_000, memory_bytes=64 * 1024 * 1024))


@pytest.mark.shared
def test_hostile_workbooks_are_refused_or_survived(shared_data):
    """S5."""
    paths = [*(shared_data / "hostile/xlsx").glob("*.xlsx"), *(shared_data / "hostile/made-here/bombs").glob("*.xlsx")]
    ended: dict[str, str] = {}

    for path in sorted(paths):
        with path.open("rb") as source:
            try:
                ended[path.name] = f"{len(read_workbook(source, limits=TIGHT))} sheets"
            except LantaiError as error:
                ended[path.name] = type(error).__name__

    assert len(ended) == 5
    assert ended["worksheet-100MiB-spaces.xlsx"] == "ArchiveLimitError"
    assert set(ended.values()) <= {
        "ArchiveLimitError",
        "CatalogueError",
        "0 sheets",
        "1 sheets",
        "2 sheets",
        "3 sheets",
    }


@pytest.mark.shared
def test_encrypted_and_truncated_office_files_are_refused_as_workbooks(shared_data):
    """R1-50."""
    names = [p for p in Path(shared_data / "documents").rglob("*") if p.suffix in (".xls", ".docx", ".pdf")][:20]

    for path in names:
        with path.open("rb") as source, pytest.raises((CatalogueError, ArchiveLimitError)):
            read_sheets(source, limits=TIGHT)
    assert names


TABLES = {
    "notes that are no text": "send_message(line, [{'part': 'a', 'texts': [1], 'unseen_formulas': 0, 'first_unseen': '', 'is_whole': True}])",
    "too many notes": "send_message(line, [{'part': 'a', 'texts': ['x' * 2000], 'unseen_formulas': 0, 'first_unseen': '', 'is_whole': True}])",
    "a row before its time": "send_message(line, [[5, ['a']], [4, ['a']]])",
    "a row beyond all": "send_message(line, [[10**12, ['a']]])",
    "a cell that is no text": "send_message(line, [[1, [1]]])",
    "no row": "send_message(line, [7])",
    "the same row twice": "send_message(line, [[1, ['a']], [1, ['a']]])",
    "a row behind all": "send_message(line, [[64 * 2**20 + 1, ['a']]])",
    "a cell of many that is no text": "send_message(line, [[1, ['a', 1]]])",
    "a note of many that is no text": "send_message(line, [NOTES | {'texts': ['a', 1]}])",
    "fewer formulas than none": "send_message(line, [NOTES | {'unseen_formulas': -1}])",
    "more notes than parts": "send_message(line, [NOTES] * 3)",
    "more sheets than parts": "send_message(line, [{'name': 'a', 'is_visible': True}] * 3)",
    "more text over all": "send_message(line, [[1, ['x' * 600]], [2, ['x' * 600]]])",
    "more text over all notes": "send_message(line, [NOTES | {'texts': ['x' * 600]}] * 2)",
    "a number": "send_message(line, 7)",
    "too much text": "send_message(line, [[1, ['x' * 2000]]])",
    "too many rows": "send_message(line, [[n, []] for n in range(1, 12)])",
}


NOTES = """
NOTES = {'part': 'a', 'texts': [], 'unseen_formulas': 0, 'first_unseen': '', 'is_whole': True}
receive(line)
"""
ENDED = "\nsend_message(line, 'end'); receive(line)"


def test_table_reader_is_believed_up_to_the_last_row_and_character(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S5, R1-50: what is allowed is not taken for a lie."""
    body = """
send_message(line, {'name': 'a', 'is_visible': True})
send_message(line, [NOTES | {'texts': ['x' * 400]}, NOTES | {'texts': ['x' * 100], 'unseen_formulas': 2}])
send_message(line, [[1, ['x' * 200]], [64 * 2**20, ['x' * 300]]])
"""
    monkeypatch.setattr(sheet, "_CHILD", script_of(tmp_path, NOTES + body + ENDED))
    limits = sheet.SheetLimits(entries=2, rows=2, text_characters=1000)

    with tempfile.TemporaryFile() as source:
        found = list(sheet.read_csv_rows(source, limits=limits))

    assert [list(map(len, row)) for row in found] == [[200], [300]]


@pytest.mark.parametrize(("last", "is_read"), [(1000, True), (1001, False)])
def test_blank_rows_count_for_what_they_take_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: int, is_read: bool
) -> None:
    """S5, R1-50: over all sheets together."""
    body = f"""
send_message(line, [{{'name': 'a', 'is_visible': True}}, [400, ['x']]])
send_message(line, [{{'name': 'b', 'is_visible': False}}, [{last} - 400, ['y']], NOTES])
"""
    monkeypatch.setattr(sheet, "_CHILD", script_of(tmp_path, NOTES + body + ENDED))
    monkeypatch.setattr(sheet, "_MOST_ROWS_IN_ALL", 1000)

    with tempfile.TemporaryFile() as source, contextlib.nullcontext() if is_read else pytest.raises(ArchiveLimitError):
        book = sheet.read_book(source)

        assert [(each.name, each.is_visible, len(each.rows), each.rows[-1]) for each in book.sheets] == [
            ("a", True, 400, ["x"]),
            ("b", False, 600, ["y"]),
        ]
        assert [note.part for note in book.notes] == ["a"]


@pytest.mark.parametrize("lie", TABLES)
def test_table_reader_that_lies_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lie: str) -> None:
    """S5, R1-50: what a parser that was taken over says is held against what a table can be."""
    monkeypatch.setattr(sheet, "_CHILD", script_of(tmp_path, NOTES + TABLES[lie] + ENDED))
    limits = sheet.SheetLimits(entries=2, rows=10, text_characters=1000)

    with tempfile.TemporaryFile() as source, pytest.raises(ReaderMisledError):
        list(sheet.read_csv_rows(source, limits=limits))
