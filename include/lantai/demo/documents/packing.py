"""What a part-time archivist does: lay the year's documents in a folder, list them, fill in the forms, pack.

The carrier itself is made by `lantai pack`'s own step; what an office's habits
do to it afterwards is in `flaws`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from lantai.demo.county.units import SampleUnit, by_code
from lantai.demo.documents.documents import write
from lantai.demo.documents.exports import marriage_register
from lantai.demo.documents.filings import DEPARTMENTS, PAPER_DEPARTMENT, PERIOD_NAMES, Document, filing
from lantai.demo.documents.packages import Flaw, Package
from lantai.formats.intake.catalogue import COLUMNS
from lantai.journey.department.pack import pack
from lantai.records.centre.unit import DataForm
from lantai.records.custody.record import Retention
from lantai.records.department.pack_order import PackOrder, Sender
from lantai.records.intake.carrier import BackupStrategy

FORM_VALUES = {
    "scope_table_no": "云档发〔2024〕12号",
    "scope_table_on": "2024-05-20",
    "systems": "协同办公系统、政务服务一体化平台",
    "storage": "服务器存储，移动硬盘备份",
    "security_level": "二级",
    "encryption": "否",
    "seal_state": "已盖",
    "authenticity": "合格",
    "integrity": "合格",
    "usability": "合格",
    "security": "合格",
    "appearance": "不适用",
}
"""What every office writes on its forms; names, phone and counts come from the package."""

_CATALOGUE_WIDTH = 18


@dataclass(frozen=True, slots=True)
class CatalogueLine:
    """One row of the catalogue as the office writes it; the fields are columns of `formats.intake.catalogue`."""

    archival_code: str
    title: str
    author: str
    doc_no: str
    formed_on: str
    retention: str
    classification: str
    page_count: str
    doc_type: str
    dept_or_subject: str
    item_no: str
    access_level: str
    files: str
    remarks: str = ""


def make_carrier(package: Package, work: Path, today: date) -> Path:
    """Make the carrier of a package, flaws of its catalogue included; return its folder.

    Args:
        package: Whose, which year, what.
        work: An empty folder of the office's own.
        today: Date of packing.
    """
    unit = by_code(package.unit_code)
    order = _order(package, unit, today)
    if package.is_zero_report:
        return pack(None, _sender(unit), order, None, work / "carriers")
    folder = work / "documents"
    folder.mkdir(parents=True)
    if package.form is DataForm.BUSINESS_DATA:
        for name, content in marriage_register(unit, package.year, package.count):
            (folder / name).write_bytes(content)
        return pack(folder, _sender(unit), order, None, work / "carriers")
    lines = _flawed(_lay_out(package, folder), package.flaw)
    catalogue = work / ("catalogue.csv" if package.flaw in _WRITES_CSV else "catalogue.xlsx")
    catalogue.write_bytes(_catalogue(lines, package.flaw))
    return pack(folder, _sender(unit), order, catalogue, work / "carriers")


def documents_of(package: Package) -> list[Document]:
    """Return the documents of a package, by date."""
    department = PAPER_DEPARTMENT if package.form is DataForm.DIGITISED_RESULT else ""
    return filing(by_code(package.unit_code), package.year, package.media, package.count, department)


def _sender(unit: SampleUnit) -> Sender:
    return Sender(unit.unit_code, unit.name, unit.fonds_no, unit.archivist, unit.phone)


def _order(package: Package, unit: SampleUnit, today: date) -> PackOrder:
    is_business = package.form is DataForm.BUSINESS_DATA
    people = {
        "responsible_leader": unit.leader,
        "archivist": unit.archivist,
        "preparer": unit.archivist,
        "reviewer": unit.leader,
        "filled_on": today.isoformat(),
    }
    return PackOrder(
        filing_year=package.year,
        data_form=package.form,
        packed_on=today,
        strategy=BackupStrategy.FULL if is_business else None,
        retention=Retention.D30 if is_business else None,
        description=f"婚姻登记信息系统{package.year}年度数据" if is_business else "",
        form_values={**FORM_VALUES, **people},
        zero_signed_by=unit.leader if package.is_zero_report else "",
    )


def _lay_out(package: Package, folder: Path) -> list[CatalogueLine]:
    lines = []
    for document in documents_of(package):
        written = write(document)
        for name, content in written.files:
            (folder / name).write_bytes(content)
        lines.append(
            CatalogueLine(
                archival_code=document.archival_code,
                title=document.title,
                author=document.author,
                doc_no=document.doc_no,
                formed_on=document.formed_on.isoformat(),
                retention=PERIOD_NAMES[document.retention],
                classification="无",
                page_count=str(written.page_count),
                doc_type=document.doc_type,
                dept_or_subject=DEPARTMENTS[document.department],
                item_no=document.item_no,
                access_level="公开" if document.has_red_head else "不公开",
                files=";".join(name for name, _ in written.files),
            )
        )
    return lines


def _flawed(lines: list[CatalogueLine], flaw: Flaw) -> list[CatalogueLine]:
    if flaw is Flaw.CLASSIFIED:
        lines[3] = replace(lines[3], classification="秘密")
    if flaw is Flaw.CODES_WRONG:
        last = next(at for at, line in enumerate(lines) if line.item_no == "0003")
        skipped = lines[last].archival_code.replace("-0003", "-0004")
        lines[last] = replace(lines[last], archival_code=skipped, item_no="0004")
        lines[0] = replace(lines[0], archival_code=lines[0].archival_code.replace("Z1", "Q1", 1))
        lines[1] = replace(lines[1], title="")
        lines[2] = replace(lines[2], page_count="若干")
    return lines


_WRITES_CSV = (Flaw.GBK_CATALOGUE, Flaw.BOM_AND_MD5, Flaw.TWIN_NAMES)


def catalogue_csv(lines: Sequence[CatalogueLine], encoding: str = "utf-8") -> bytes:
    """Return a catalogue as CSV."""
    out = io.StringIO()
    csv.writer(out).writerows(_table(lines))
    return out.getvalue().encode(encoding)


def _catalogue(lines: Sequence[CatalogueLine], flaw: Flaw) -> bytes:
    if flaw not in _WRITES_CSV:
        return _workbook(_table(lines))
    return catalogue_csv(lines, {Flaw.GBK_CATALOGUE: "gbk", Flaw.BOM_AND_MD5: "utf-8-sig"}.get(flaw, "utf-8"))


def _table(lines: Sequence[CatalogueLine]) -> list[list[str]]:
    columns = list(CatalogueLine.__dataclass_fields__)
    return [[COLUMNS[column][0] for column in columns], *([getattr(line, c) for c in columns] for line in lines)]


def _workbook(table: Sequence[Sequence[str]]) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("机读目录")
    sheet.set_column(0, len(table[0]) - 1, _CATALOGUE_WIDTH)
    for number, row in enumerate(table):
        for place, text in enumerate(row):
            sheet.write_string(number, place, text)
    book.close()
    return out.getvalue()
