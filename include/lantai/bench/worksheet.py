"""Writing a worksheet of many rows, against XlsxWriter's constant-memory mode on its own with the same texts.

Ours adds styles, locks, drop-downs and row heights.

Source: performance.md, "Workbooks".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from lantai.bench.measure import Comparison, Contender, Result, compare
from lantai.bench.samples import Bench
from lantai.bench.stopwatch import Stopwatch
from lantai.records.disposal.laid_out_row import LaidOutRow, SheetHead
from lantai.records.disposal.lists import ListKind
from lantai.records.text.progress import Progress

NAME = "worksheet"
ROW_COUNT = 100_000
KIND = "appraisal"


def results(bench: Bench, progress: Progress | None) -> Iterator[Result]:
    """Measure one appraisal worksheet."""
    count = bench.count(ROW_COUNT)
    comparison = Comparison(
        NAME,
        f"{count:,} rows",
        Contender("ours", f"{__name__}:ours", {"row_count": count}),
        (Contender("XlsxWriter constant_memory", f"{__name__}:bare", {"row_count": count}),),
    )
    yield compare(comparison, bench.folder, bench.runs, progress)


def ours(watch: Stopwatch, folder: Path, row_count: int) -> Any:  # noqa: ANN401 - JSON
    """Export as the centre does."""
    from lantai.formats.workbooks import sheet_style, worksheet

    del sheet_style  # Loaded before the watch starts, as the peer's library is.
    path = folder / "sheet.xlsx"
    with watch, path.open("wb") as out:
        worksheet.export(KIND, _HEAD, _rows(row_count), None, locale="zh", out=out, work_dir=folder)
    return _texts(path)


def bare(watch: Stopwatch, folder: Path, row_count: int) -> Any:  # noqa: ANN401 - JSON
    """Write the same texts with the library alone."""
    import xlsxwriter

    from lantai.formats.papers.columns import COLUMNS

    keys = [column.key for column in COLUMNS[KIND]]
    path = folder / "sheet.xlsx"
    with watch:
        book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(folder)})
        sheet = book.add_worksheet()
        for number, row in enumerate(_rows(row_count)):
            sheet.write_string(number, 0, f"{row.row_no}:{row.record_id}")
            for place, key in enumerate(keys, start=1):
                sheet.write_string(number, place, str(getattr(row, key, "")))
        book.close()
    return _texts(path)


_HEAD = SheetHead("B-2026-001", ListKind.DESTRUCTION, "示例局", "Z001", date(2026, 9, 1), "0" * 64)


def _rows(row_count: int) -> Iterator[LaidOutRow]:
    for number in range(1, row_count + 1):
        yield LaidOutRow(
            row_no=number,
            record_id=f"SL2014-B-E001-R1-{number:05d}",
            archival_code=f"Z001-WS·2014-D10-BGS-{number:05d}",
            title=f"关于做好二〇一四年度中小学教师招聘工作有关事项的通知（{number}）",
            author="示例局",
            doc_no=f"例发〔2014〕{number}号",
            formed_on=date(2014, 5, 6),
            filing_year=2014,
            retention="10年",
            elapsed="11年",
            page_count=12,
            due_on=date(2025, 1, 1),
            file_count=3,
            size_bytes=123456,
            remarks="原件存档案室",
        )


def _texts(path: Path) -> dict[str, Any]:
    """Return how many rows of records the sheet has, and a digest of their texts."""
    from python_calamine import CalamineWorkbook

    with path.open("rb") as file:
        book = CalamineWorkbook.from_filelike(file)
        sheets = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
    [records] = [found for sheet in sheets if (found := [row for row in sheet if _is_record(row)])]
    sha256 = hashlib.sha256()
    for row in records:
        while row and row[-1] == "":
            row.pop()
        sha256.update(json.dumps(row).encode())
    return {"rows": len(records), "sha256": sha256.hexdigest()}


def _is_record(row: Sequence[object]) -> bool:
    number, colon, _ = str(row[0]).partition(":") if row else ("", "", "")
    return bool(colon) and number.isdecimal()
