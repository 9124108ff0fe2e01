"""Catalogues whatever they were written with."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

import pytest
import xlsxwriter

from factories_bag import HEADING, cells_of, csv_of, row
from lantai.journey.intake.checks import read_catalogue as module
from lantai.journey.intake.checks.read_catalogue import read_catalogue
from lantai.locales import describe
from lantai.records.intake.finding import Severity
from lantai.rules.intake.scope import CLASSIFIED


def book_of(sheets: Mapping[str, Sequence[Sequence[str]]], hidden: Sequence[str] = ()) -> io.BytesIO:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
            if name in hidden:
                sheet.hide()
    return out


@pytest.mark.parametrize("hidden", [(), ("涉密件",)])
def test_record_marked_on_a_further_sheet_is_found_whether_the_sheet_is_shown_or_not(hidden):
    """R1-40: it was sealed, because only the first sheet was read."""
    marked = [["示例市教育局"], ["名称", "密级"], ["某事", "机密"]]
    book = book_of({"目录": [HEADING, cells_of(row(1))], "涉密件": marked}, hidden)

    rows, findings = read_catalogue(book, "a.xlsx")

    (mark,) = (f for f in findings if f.rule in CLASSIFIED)
    assert (len(rows), mark.rule, mark.severity, mark.sheet, mark.record_no) == (
        1,
        "classified_record",
        Severity.FAULT,
        "涉密件",
        3,
    )
    assert describe(mark, "zh").message.startswith("工作表“涉密件”：第 3 行密级为 机密")


def test_marks_are_found_above_the_heading_in_unknown_columns_and_where_columns_are_missing():
    """R1-40."""
    whole = csv_of([row(1)], [*HEADING[:-1], "处理"]).decode()
    rows, findings = read_catalogue(io.BytesIO(f"机密★10年\n{whole}".encode()), "a.csv")
    assert (len(rows), [(f.rule, f.record_no) for f in findings if f.rule in CLASSIFIED]) == (
        1,
        [("classified_mark", 1)],
    )

    rows, findings = read_catalogue(io.BytesIO("档号,题名,日期,密级\n1,2,3,公开\n1,2,3,绝密\n".encode()), "a.csv")
    assert (rows, [(f.rule, f.record_no) for f in findings]) == (
        [],
        [("catalogue_columns", None), ("classified_record", 3)],
    )


@pytest.mark.parametrize("name", ["机密★10年", "机 密", "目录（秘密）"])
def test_name_of_a_sheet_that_bears_a_mark_is_found(name):
    """R1-40: also of a sheet that is empty."""
    rows, findings = read_catalogue(book_of({"目录": [HEADING, cells_of(row(1))], name: []}), "a.xlsx")

    assert [(f.rule, f.sheet, f.record_no) for f in findings if f.rule in CLASSIFIED] == [
        ("classified_mark", name, None)
    ]
    assert len(rows) == 1


BESIDE = {
    "comment": lambda book: book.worksheets()[0].write_comment("A1", "机密★10年"),
    "header": lambda book: book.worksheets()[0].set_header('&L&"宋体,Bold"&12机密★10年&R&P'),
    "text box": lambda book: book.worksheets()[0].insert_textbox("C9", "机密★10年"),
    "number format": lambda book: book.worksheets()[0].write_number(
        "Z2", 10, book.add_format({"num_format": '"机密★"0"年"'})
    ),
    "property": lambda book: book.set_properties({"title": "机密★10年"}),
}


def catalogue_with(beside) -> io.BytesIO:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("目录")
        sheet.write_row(0, 0, HEADING)
        sheet.write_row(1, 0, cells_of(row(1)))
        beside(book)
    return out


@pytest.mark.parametrize("place", BESIDE)
def test_mark_beside_the_cells_of_a_workbook_is_found(place):
    """R1-40: who opens the workbook sees it, and no cell holds it."""
    _, findings = read_catalogue(catalogue_with(BESIDE[place]), "a.xlsx")

    (mark,) = (f for f in findings if f.rule in CLASSIFIED)
    assert (mark.rule, mark.severity) == ("classified_note", Severity.FAULT)
    assert mark.values["found"].strip().startswith("机密★")
    assert mark.subject in describe(mark, "zh").message


def test_catalogue_with_comments_headers_and_formats_that_are_no_marks_passes():
    """R1-40."""

    def beside(book):
        (sheet,) = book.worksheets()
        sheet.write_comment("A1", "请核对密级一栏")
        sheet.set_footer("&L保密工作科&R&P / &N")
        sheet.write_formula("Y2", '="备"&"注"', None, "备注")
        sheet.write_number("Z2", 10, book.add_format({"num_format": '[Red]0"件"'}))
        sheet.data_validation("G2", {"validate": "list", "source": ["公开", "秘密", "机密"]})

    rows, findings = read_catalogue(catalogue_with(beside), "a.xlsx")

    assert (len(rows), findings) == (1, [])


def test_formula_without_a_result_is_told_as_not_seen_and_the_catalogue_is_read():
    """R1-40: what it would show is in no byte of the file."""
    whole = catalogue_with(lambda book: book.worksheets()[0].write_formula("Z9", '="机"&"密"', None, "x"))
    changed = io.BytesIO()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<v>x</v>", b""))

    rows, findings = read_catalogue(changed, "a.xlsx")

    (remark,) = (f for f in findings if f.rule == "formula_not_seen")
    assert (len(rows), remark.severity, remark.values) == (1, Severity.WARNING, {"count": "1", "found": "Z9"})


def test_mark_in_a_row_that_was_read_is_told_with_its_code_and_once():
    """R1-40, R1-50: what stands under 密级 is judged with its row."""
    marked = row(1, classification="机密", title="（机密）某事")

    rows, findings = read_catalogue(book_of({"目录": [HEADING, cells_of(marked)]}), "a.xlsx")

    assert [r.classification for r in rows] == ["机密"]
    assert [(f.rule, f.subject, f.sheet, f.record_no) for f in findings] == [
        ("classified_mark", marked.archival_code, "目录", 2)
    ]


def test_rows_of_a_csv_are_read():
    """R1-13, R1-14."""
    rows, findings = read_catalogue(io.BytesIO(csv_of([row(1), row(2)])), "metadata/目录.CSV")

    assert ([r.title for r in rows], findings) == ([row(1).title, row(2).title], [])


@pytest.mark.parametrize(
    ("name", "content", "reason", "words"),
    [
        ("a.xlsx", b"no workbook", "workbook_kind", "不是 xlsx 工作簿，或文件不完整"),
        (
            "a.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "workbook_old",
            "是旧式工作簿（xls、et 等），请用 WPS、Excel 另存为 .xlsx",
        ),
        ("a.csv", b"\xff\xff\xff", "csv_encoding", "既不是 UTF-8 也不是 GBK/GB18030 编码"),
        ("a.csv", b'\xe6\xa1\xa3\xe5\x8f\xb7,"b\n', "csv_damaged", "引号不成对，无法按 csv 读取"),
        ("a.csv", b"a\0b", "csv_kind", "不是文本文件"),
    ],
)
def test_what_is_no_catalogue_is_refused_in_words_of_the_unit(name, content, reason, words):
    """R1-13, R1-50."""
    rows, (finding,) = read_catalogue(io.BytesIO(content), name)

    assert (rows, finding.rule, finding.values["reason"]) == ([], "catalogue_unreadable", reason)
    assert describe(finding, "zh").message == f"{name}：{words}。"


def test_csv_over_its_limit_is_refused_before_it_is_read_whole(monkeypatch):
    """R1-13."""
    monkeypatch.setattr(module, "MOST_CSV_BYTES", 1000)

    rows, (finding,) = read_catalogue(io.BytesIO(bytes(2000)), "a.csv")

    assert (rows, finding.rule, finding.values["most"]) == ([], "catalogue_over_limit", "1000")
    assert describe(finding, "zh").message == "a.csv：超过上限 1000 字节。"
