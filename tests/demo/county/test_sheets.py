"""A filled-in worksheet is the exported one with decisions typed in, and nothing else changed."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from lantai.demo.county.sheets import fill_in
from lantai.edges.sheets.sheet import read_workbook
from lantai.formats.workbooks.worksheet import content_digest, export, import_decisions
from lantai.records.disposal.laid_out_row import LaidOutRow, ListHead, SheetHead
from lantai.records.disposal.lists import Decision, ListKind

ROWS = [
    LaidOutRow(
        row_no=number,
        record_id=f"SL2005-JY-D001-R1-{number:05d}",
        archival_code=f"Z101-WS·2005-D10-FGK-{number:04d}",
        title=f"关于第{number}次检查的通知 <&>",
        author="云溪县教育局",
        doc_no=f"云教〔2005〕{number}号",
        formed_on=date(2005, 3, number),
        filing_year=2005,
        retention="10年",
        elapsed="20年",
        page_count=number,
        due_on=date(2016, 1, 1),
        file_count=1,
        size_bytes=100,
        remarks="",
    )
    for number in range(1, 6)
]


def exported():
    day = date(2026, 6, 30)
    head = ListHead("D-2026-JY-001", ListKind.DESTRUCTION, "云溪县教育局", "Z101", day)
    digest = content_digest("appraisal", head, ROWS)
    sheet_head = SheetHead("D-2026-JY-001", ListKind.DESTRUCTION, "云溪县教育局", "Z101", day, digest, day)
    out = io.BytesIO()
    export("appraisal", sheet_head, ROWS, None, locale="zh", out=out)
    return sheet_head, out.getvalue()


def decide(shown):
    if "第2次" in shown["题名"]:
        return {"鉴定意见": "延期保管", "延长年限": "10", "理由": "编史参考 <&>"}
    return {"鉴定意见": "销毁", "理由": "无保存价值"}


def test_typed_decisions_are_taken_and_every_other_cell_is_as_exported():
    head, workbook = exported()

    filled = fill_in(workbook, decide)

    answers = import_decisions("appraisal", head, ROWS, read_workbook(io.BytesIO(filled)))
    assert [a.decision for a in answers] == [
        Decision.DISPOSE,
        Decision.KEEP,
        Decision.DISPOSE,
        Decision.DISPOSE,
        Decision.DISPOSE,
    ]
    assert answers[1].extend_years == 10
    assert answers[1].reason == "编史参考 <&>"


def test_only_the_sheet_of_records_is_touched():
    _, workbook = exported()

    filled = fill_in(workbook, decide)

    before, after = (zipfile.ZipFile(io.BytesIO(content)) for content in (workbook, filled))
    changed = [name for name in before.namelist() if before.read(name) != after.read(name)]
    assert len(changed) == 1
    assert changed[0].startswith("xl/worksheets/sheet")


def test_column_that_the_sheet_does_not_have_is_refused():
    _, workbook = exported()

    with pytest.raises(ValueError, match="没有这一栏"):
        fill_in(workbook, lambda _shown: {"没有这一栏": "x"})
