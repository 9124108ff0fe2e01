"""Catalogues as departments write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories_bag import HEADING, csv_of, row
from lantai.errors import CatalogueError
from lantai.formats.intake.catalogue import COLUMNS, parse_sheets, parse_table
from lantai.formats.intake.csv_table import read_csv
from lantai.formats.workbooks.workbook import catalogue_fields
from lantai.records.intake.finding import MORE, Severity
from lantai.records.intake.sheet import Sheet


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_rows_are_the_same_in_every_encoding(encoding):
    """R1-13, R1-14, N5."""
    written = csv_of([row(1, doc_no="0012"), row(2)]).decode().encode(encoding)

    rows, findings = parse_table(read_csv(written))

    assert findings == []
    assert [(r.row_no, r.doc_no) for r in rows] == [(2, "0012"), (3, row(2).doc_no)]
    assert rows[0].page_count == "2"


def test_columns_are_known_by_name_identifier_and_synonym():
    """R1-13, R1-14, N5."""
    heading = ["archival_code", "文件题名", "发文机关", " 成文 日期", "RETENTION", "file"]

    rows, findings = parse_table([heading, ["a", "b", "c", "d", "e", "data/x；data/y|data/z\ndata/w; ;"]])

    assert findings == []
    assert (rows[0].archival_code, rows[0].title, rows[0].author, rows[0].formed_on) == ("a", "b", "c", "d")
    assert rows[0].files == ("data/x", "data/y", "data/z", "data/w")


def test_every_label_of_our_blank_catalogue_is_known():
    """R1-13, N5."""
    for field in catalogue_fields():
        for label in (field.zh, field.en):
            heading = [*(c[0] for c in COLUMNS.values() if label not in c and c[0] != field.zh), label]
            _, findings = parse_table([heading])
            assert [f for f in findings if f.rule == "catalogue_column_unknown"] == [], label


def test_title_above_the_heading_and_blank_rows_are_passed_over_but_counted():
    """R1-13, N5."""
    rows, findings = parse_table([["示例市教育局归档文件目录"], [], list(HEADING), [], ["", " "], ["码", "题"]])

    assert findings == []
    assert [(r.row_no, r.title) for r in rows] == [(6, "题")]


def sheet(name, *rows, is_visible=True):
    return Sheet(name, is_visible, [[name], *rows])


def test_every_visible_sheet_with_the_heading_of_a_catalogue_is_part_of_it():
    """R1-13, N5, R1-50: contents.md, "A workbook is read whole or said to be read in part"."""
    cover, statistics = sheet("封面"), sheet("统计", ["保管期限", "页数", "备注"], ["永久", "30", ""])
    first, second = sheet("永久", list(HEADING), ["码", "甲"]), sheet("定期", [], list(HEADING), ["码", "乙"])
    hidden = sheet("旧", list(HEADING), ["码", "丙"], is_visible=False)

    rows, findings = parse_sheets([cover, first, Sheet("Sheet3", True, []), second, hidden, statistics])

    assert [(r.sheet, r.row_no, r.title) for r in rows] == [("永久", 3, "甲"), ("定期", 4, "乙")]
    assert [(f.rule, f.severity, f.values["found"]) for f in findings] == [
        ("sheet_hidden", Severity.WARNING, ("旧",)),
        ("sheet_not_catalogue", Severity.WARNING, ("封面", "统计")),
    ]


@pytest.mark.parametrize(("count", "ending"), [(20, ("旧18", "旧19")), (21, ("旧19", MORE))])
def test_twenty_sheets_that_are_left_out_are_named_and_an_ellipsis_stands_for_more(count, ending):
    """R1-13, N5."""
    hidden = [sheet(f"旧{number:02d}", list(HEADING), is_visible=False) for number in range(count)]

    _, findings = parse_sheets([sheet("永久", list(HEADING), ["码", "甲"]), *hidden])

    assert [(f.rule, f.values["found"][:2]) for f in findings] == [("sheet_hidden", ("旧00", "旧01"))]
    assert findings[0].values["found"][-2:] == ending


def test_row_that_ends_before_any_column_has_a_blank_there():
    """R1-13, R1-40."""
    lengths = range(1, len(HEADING) + 1)

    rows, findings = parse_table([list(HEADING), *(["码"] * length for length in lengths)])

    classes = ["" if length <= HEADING.index("密级") else "码" for length in lengths]
    assert ([r.classification for r in rows], findings) == (classes, [])


def test_fault_in_the_heading_of_one_sheet_is_told_of_it_and_no_row_is_read():
    """R1-13, N5."""
    first, second = sheet("永久", list(HEADING), ["码", "甲"]), sheet("定期", list(HEADING[:5]), ["码", "乙"])

    rows, findings = parse_sheets([first, second])

    assert (rows, [(f.rule, f.sheet) for f in findings]) == ([], [("catalogue_columns", "定期")])


def test_workbook_without_a_catalogue_is_told_what_its_first_sheet_lacks():
    """R1-13."""
    _, findings = parse_sheets([sheet("封面"), sheet("旧", list(HEADING), is_visible=False)])
    assert [(f.rule, f.sheet) for f in findings if f.rule != "catalogue_column_unknown"] == [
        ("catalogue_columns", "封面"),
        ("sheet_hidden", ""),
    ]

    _, findings = parse_sheets([sheet("旧", list(HEADING), is_visible=False), Sheet("空", True, [])])
    assert [f.rule for f in findings] == ["catalogue_empty", "sheet_hidden"]


def test_missing_columns_are_named_and_no_row_is_read():
    """R1-13, N5."""
    rows, findings = parse_table([["序号", "题名", "日期", "密级"], ["1", "x", "y", ""]])

    assert rows == []
    assert [(f.rule, f.values["expected"]) for f in findings] == [
        ("catalogue_columns", ("档号", "责任者", "保管期限", "文件"))
    ]


def test_unknown_column_is_remarked_upon_and_doubled_one_refused():
    """R1-13, N5."""
    rows, findings = parse_table([[*HEADING, "金额"], ["码"]])
    assert [(f.rule, f.severity) for f in findings] == [("catalogue_column_unknown", Severity.WARNING)]
    assert len(rows) == 1

    rows, findings = parse_table([[*HEADING, "标题"], ["码"]])
    assert (rows, [(f.rule, f.values["found"]) for f in findings]) == (
        [],
        [("catalogue_column_twice", ("题名", "标题"))],
    )


@pytest.mark.parametrize(
    "name",
    [
        "保密级别",
        "密级和保密期限",
        "密级及保密期限",
        "涉密等级",
        "是否涉密",
        "密 级",
        "Security classification",
        "ＣＬＡＳＳＩＦＩＣＡＴＩＯＮ level",
    ],
)
def test_classification_is_read_whatever_its_column_is_called(name):
    """R1-40: a mark under a name that nobody foresaw is still a mark."""
    heading = [name if column == "密级" else column for column in HEADING]

    rows, findings = parse_table([heading, ["机密" if column == name else "x" for column in heading]])

    assert ([r.classification for r in rows], findings) == (["机密"], [])


def test_columns_about_the_classification_are_read_as_one_and_a_review_of_secrecy_is_none():
    """R1-40."""
    heading = [*HEADING, "保密期限", "保密审查意见"]
    row = ["机密" if column == "密级" else "x" for column in HEADING]

    rows, findings = parse_table([heading, [*row, "10年", "可以公开"]])

    assert [r.classification for r in rows] == ["机密 10年"]
    assert [(f.rule, f.values["found"]) for f in findings] == [("catalogue_column_unknown", ("保密审查意见",))]


def test_empty_table_is_told_as_such():
    """R1-13."""
    assert [f.rule for f in parse_table([])[1]] == ["catalogue_empty"]
    assert [f.rule for f in parse_table([["", " "], []])[1]] == ["catalogue_empty"]


@pytest.mark.parametrize("content", [b'a,"b\n', b"\xff\xff\xff", b"a\0b\n", b"\xff\xfea"])
def test_bytes_that_are_no_csv_are_refused(content):
    """R1-13, N5."""
    with pytest.raises(CatalogueError):
        list(read_csv(content))


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_named_refusal(content):
    try:
        rows, findings = parse_table(read_csv(content))
    except CatalogueError:
        return

    assert rows == [] or findings is not None


@pytest.mark.shared
def test_hostile_csv_files_are_read_as_text_or_refused(shared_data):
    folder = shared_data / "hostile/made-here/csv"
    ended = {}
    for path in sorted(folder.iterdir()):
        try:
            ended[path.name] = list(read_csv(path.read_bytes()))
        except CatalogueError:
            ended[path.name] = "refused"

    assert ended["unbalanced-quote.csv"] == "refused"
    assert ended["gbk.csv"][0] == ["序号", "题名", "文号", "成文日期", "保管期限"]
    assert ended["utf16le-bom.csv"][0][1] == "题名"
    assert ended["formula-cells.csv"][1][2] == "=1+1"
