"""The machine-readable catalogue (机读目录): rows of text made into records' descriptions.

Columns are found by their Chinese name, their identifier or a common synonym;
no value is judged here. Rows come as the cells that `edges.sheets.sheet` read.

Source: interfaces.md, metadata/catalogue; DA/T 22-2015.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from lantai.records.custody.record import is_about_classification
from lantai.records.intake.catalogue_entry import CatalogueRow
from lantai.records.intake.finding import Finding, Severity, at_most
from lantai.records.intake.sheet import Sheet
from lantai.records.text import spelling

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "archival_code": ("档号", "档案号", "archival code"),
    "title": ("题名", "标题", "文件题名", "案卷题名"),
    "author": ("责任者", "发文机关", "发文单位", "作者", "creator", "issuing_body"),
    "doc_no": ("文号", "文件编号", "发文字号", "document no.", "document no"),
    "formed_on": ("日期", "成文日期", "文件日期", "形成日期", "形成时间", "date"),
    "retention": ("保管期限", "期限", "retention period", "retention_period"),
    "classification": ("密级", "security classification"),
    "page_count": ("页数", "pages", "page count"),
    "doc_type": ("文种", "文件种类", "document type"),
    "dept_or_subject": (
        "机构(问题)",
        "机构或问题",
        "机构",
        "问题",
        "机构问题",
        "部门",
        "department",
        "department or subject",
    ),
    "item_no": ("件号", "室编件号", "item no.", "item number"),
    "access_level": (
        "公开",
        "公开level",
        "公开级别",
        "access level",
        "公开等级",
        "公开属性",
        "公开程度",
        "开放级别",
        "access",
    ),
    "files": ("文件", "文件路径", "电子文件", "文件名", "附件", "file", "path"),
    "remarks": ("备注", "说明", "remark", "note"),
}
"""Identifier of each column, with the names under which it is known; the first is the one we write."""

REQUIRED_COLUMNS = ("archival_code", "title", "author", "formed_on", "retention", "files")
_IGNORED = frozenset({"", "序号", "no", "no."})
_HEADING_WITHIN = 10
"""A heading stands among the first rows; a title or a unit's name may stand above it."""
_KNOWN_IN_HEADING = 3
_OF_A_CATALOGUE = frozenset({"archival_code", "title"})
"""A sheet without either is a cover, a statistic or an explanation, however many other columns it shares with a catalogue."""
_MOST_NAMED = 20
_FILE_SEPARATOR = re.compile(r"[;；|\n\r]+")


def parse_sheets(sheets: Sequence[Sheet]) -> tuple[list[CatalogueRow], list[Finding]]:
    """Return the rows of a catalogue that is a workbook: of every visible sheet with the heading of one, in their order.

    Sheets that are left out are named: hidden ones, and those without such a heading. Where no sheet has one, the first
    visible sheet that holds anything stands for the catalogue, so that what it lacks is told.

    Returns:
        No rows when the heading of one of the sheets has a fault.
    """
    filled = [sheet for sheet in sheets if any(map(any, sheet.rows))]
    shown = [sheet for sheet in filled if sheet.is_visible]
    chosen = [sheet for sheet in shown if _is_catalogue(sheet)] or shown[:1]
    if not chosen:
        return [], [Finding("catalogue_empty", Severity.FAULT, "", {}, "GD-2-1"), *_left_out(filled, chosen)]
    rows: list[CatalogueRow] = []
    findings: list[Finding] = []
    for sheet in chosen:
        parsed, found = parse_table(sheet.rows, sheet.name)
        rows += parsed
        findings += found
    has_fault = any(finding.severity is Severity.FAULT for finding in findings)
    return ([] if has_fault else rows), [*findings, *_left_out(filled, chosen)]


def parse_table(rows: Iterable[Sequence[str]], sheet: str = "") -> tuple[list[CatalogueRow], list[Finding]]:
    """Return the rows of a catalogue and what is odd about its columns.

    Args:
        rows: Cells as text, heading included; blank rows are passed over, but counted in `row_no`.
        sheet: Name of the sheet, empty for a CSV file.

    Returns:
        The rows in order, none when mandatory columns are missing; a fault `catalogue_columns` then names them. Whatever
        columns speak of the classification are read as one.

    Source: R1-13, R1-14, R1-40.
    """
    numbered = enumerate(rows, start=1)
    heading = _find_heading(numbered)
    if not heading:
        return [], [Finding("catalogue_empty", Severity.FAULT, "", {}, "GD-2-1", sheet=sheet)]
    columns, secrecy, findings = _read_heading(heading)
    findings = [replace(finding, sheet=sheet) for finding in findings]
    if any(f.severity is Severity.FAULT for f in findings):
        return [], findings
    parsed = []
    for number, cells in numbered:
        if not any(cells):  # Of a million blank rows below a catalogue each costs this look and no more.
            continue
        texts = {name: cells[at].strip() for name, at in columns.items() if at < len(cells)}
        texts["classification"] = " ".join(cells[at].strip() for at in secrecy if at < len(cells)).strip()
        if any(texts.values()):
            cell = texts.pop("files", "")
            files = tuple(part.strip() for part in _FILE_SEPARATOR.split(cell) if part.strip())
            parsed.append(CatalogueRow(number, files=files, files_cell=cell, sheet=sheet, **texts))
    return parsed, findings


def _is_catalogue(sheet: Sheet) -> bool:
    names = {_BY_NAME.get(_plain(cell)) for cell in _find_heading(enumerate(sheet.rows))} - {None}
    return len(names) >= _KNOWN_IN_HEADING and not names.isdisjoint(_OF_A_CATALOGUE)


def _left_out(filled: Sequence[Sheet], chosen: Sequence[Sheet]) -> Iterator[Finding]:
    """Yield which sheets were not read as part of the catalogue, and why."""
    hidden = [sheet.name for sheet in filled if not sheet.is_visible]
    others = [sheet.name for sheet in filled if sheet.is_visible and all(sheet is not one for one in chosen)]
    for rule, names in (("sheet_hidden", hidden), ("sheet_not_catalogue", others)):
        if names:
            yield Finding(rule, Severity.WARNING, "", {"found": at_most(names, _MOST_NAMED)}, "GD-1-12")


def _find_heading(numbered: Iterator[tuple[int, Sequence[str]]]) -> list[str]:
    """Take rows off until the heading is found; the first row with something in it stands for it when none is."""
    first: list[str] = []
    looked_at = 0
    for _, cells in numbered:
        names = [_plain(cell) for cell in cells]
        if not any(names):
            continue
        if sum(name in _BY_NAME for name in names) >= _KNOWN_IN_HEADING:
            return list(cells)
        first = first or list(cells)
        looked_at += 1
        if looked_at == _HEADING_WITHIN:
            break
    return first


def _read_heading(heading: Sequence[str]) -> tuple[dict[str, int], list[int], list[Finding]]:
    """Return where each column stands, where those about the classification do, and what is odd about the heading. Source: rules N5."""
    columns: dict[str, int] = {}
    secrecy: list[int] = []
    findings = []
    unknown = []
    for at, cell in enumerate(heading):
        identifier = _BY_NAME.get(_plain(cell))
        if is_about_classification(cell):
            secrecy.append(at)
        elif identifier in columns:
            values = {"found": (heading[columns[identifier]].strip()[:40], cell.strip()[:40])}
            findings.append(Finding("catalogue_column_twice", Severity.FAULT, "", values, "GD-1-12"))
        elif identifier:
            columns[identifier] = at
        elif _plain(cell) not in _IGNORED:
            unknown.append(cell.strip()[:40])
    missing = [COLUMNS[name][0] for name in REQUIRED_COLUMNS if name not in columns]
    if missing:
        lacks = {"found": tuple(cell.strip()[:40] for cell in heading[:20]), "expected": tuple(missing)}
        findings.append(Finding("catalogue_columns", Severity.FAULT, "", lacks, "GD-1-12"))
    if unknown:
        others = {"found": tuple(unknown[:20])}
        findings.append(Finding("catalogue_column_unknown", Severity.WARNING, "", others, "GD-1-12"))
    return columns, secrecy, findings


def _plain(name: str) -> str:
    return re.sub(r"\s", "", spelling.plain(name)).lower()


_BY_NAME = {_plain(name): identifier for identifier, names in COLUMNS.items() for name in (identifier, *names)}
