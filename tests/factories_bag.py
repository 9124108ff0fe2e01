"""Small filings of our own making: a unit, a folder of documents, a catalogue, a carrier; one keyword breaks one thing."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

import xlsxwriter

from lantai import profiles
from lantai.edges.files import folder as folder_edge
from lantai.formats.bag.manifests import FoundFile
from lantai.journey.department.pack import pack
from lantai.journey.intake.checks.validate import Context, Validated, validate
from lantai.journey.intake.checks.verify import Declared, Verified, verify
from lantai.records.centre.unit import DataForm, Unit
from lantai.records.department.pack_order import PackOrder, Sender
from lantai.records.intake.carrier import ReceivedFile
from lantai.records.intake.catalogue_entry import CatalogueEntry, CatalogueRow
from lantai.records.intake.finding import Finding, Severity
from lantai.rules.intake.catalogue_entry import read_entry

UNIT = Unit("JY", "示例市教育局", "Z109", (DataForm.E_DOCUMENT,), responsible_person="p1")
SENDER = Sender("JY", "示例市教育局", "Z109", "李敏", "0571-88000000")
FORM_VALUES = {
    "responsible_leader": "王强",
    "archivist": "李敏",
    "contact_phone": "0571-88000000",
    "scope_table_no": "市档审〔2024〕12号",
    "scope_table_on": "2024-05-06",
    "systems": "协同办公系统",
    "encryption": "否",
    "preparer": "李敏",
    "reviewer": "王强",
    "filled_on": "2026-03-02",
    "seal_state": "已盖",
    "authenticity": "合格",
    "integrity": "合格",
    "usability": "合格",
    "security": "合格",
    "appearance": "合格",
}
HEADING = (
    "档号", "题名", "责任者", "文号", "日期", "保管期限", "密级", "页数", "文种", "机构(问题)", "件号", "公开", "文件", "备注",
)  # fmt: skip


def row(number: int = 1, **changes: object) -> CatalogueRow:
    """Return a valid row of the year 2025; a keyword changes one cell."""
    cells = {
        "archival_code": f"Z109-WS·2025-D30-BGS-{number:04d}",
        "title": f"关于第{number}次会议安排的通知",
        "author": "示例市教育局",
        "doc_no": f"市教〔2025〕{number}号",
        "formed_on": "2025-03-01",
        "retention": "30年",
        "page_count": "2",
        "doc_type": "通知",
        "dept_or_subject": "BGS",
        "item_no": str(number),
        "access_level": "公开",
        "files": (f"data/{number}.txt",),
    }
    return CatalogueRow(number, **(cells | changes))


def entry(number: int = 1, **changes: object) -> CatalogueEntry:
    """Return a valid row, read; a keyword changes one cell before it is."""
    return read_entry(row(number, **changes))


def cells_of(written: CatalogueRow) -> list[str]:
    """Return a row as it stands in a sheet."""
    names = (
        "archival_code title author doc_no formed_on retention classification page_count doc_type dept_or_subject "
        "item_no access_level files remarks"
    )
    values = [getattr(written, name) for name in names.split()]
    return [";".join(value) if isinstance(value, tuple) else value for value in values]


def csv_of(rows: Sequence[CatalogueRow], heading: Sequence[str] = HEADING) -> bytes:
    """Return a catalogue as CSV in UTF-8."""
    out = io.StringIO()
    csv.writer(out).writerows([heading, *map(cells_of, rows)])
    return out.getvalue().encode()


def workbook_of(sheets: Mapping[str, Sequence[CatalogueRow]]) -> bytes:
    """Return a catalogue as a workbook: under each sheet's name its rows below a heading."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, cells in enumerate([HEADING, *map(cells_of, rows)]):
                sheet.write_row(number, 0, cells)
    return out.getvalue()


@dataclass
class Filing:
    """A unit's folder with documents and a catalogue."""

    folder: Path
    catalogue: Path
    rows: list[CatalogueRow]


def filing(tmp_path: Path, rows: Sequence[CatalogueRow] | None = None) -> Filing:
    """Write documents and a catalogue for three records, or for the rows given."""
    rows = list(rows) if rows is not None else [row(1), row(2), row(3)]
    folder = tmp_path / "documents"
    for entry in rows:
        for name in entry.files:
            path = folder / name.removeprefix("data/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{entry.title}\n正文。\n", encoding="utf-8")
    catalogue = tmp_path / "catalogue.csv"
    catalogue.write_bytes(csv_of(rows))
    return Filing(folder, catalogue, rows)


def order(**changes: object) -> PackOrder:
    """Return a valid order for 2025; a keyword changes one thing."""
    values = {
        "filing_year": 2025,
        "data_form": DataForm.E_DOCUMENT,
        "packed_on": date(2026, 3, 2),
        "form_values": FORM_VALUES,
    }
    return PackOrder(**(values | changes))


def carrier(tmp_path: Path, rows: Sequence[CatalogueRow] | None = None, **changes: object) -> Path:
    """Pack a carrier; without changes it is perfect."""
    made = filing(tmp_path, rows)
    return pack(made.folder, SENDER, order(**changes), made.catalogue, tmp_path / "outbox")


@dataclass
class Quarantined:
    """A carrier as if it had arrived: its files by number."""

    files: list[ReceivedFile]
    paths: dict[int, Path]

    def read(self, file_no: int) -> BinaryIO:
        return folder_edge.open_file(self.paths[file_no])


def arrive(folder: Path) -> Quarantined:
    """Take a local folder for one that was collected."""
    files, paths = [], {}
    for number, entry in enumerate(folder_edge.list_folder(folder), start=1):
        files.append(
            ReceivedFile.arrived(number, entry.raw_name, *folder_edge.digest_file(entry.path, ("sha256", "sm3")))
        )
        paths[number] = entry.path
    return Quarantined(files, paths)


def verified(folder: Path, **declared: object) -> Verified:
    """Verify a carrier that lies in a local folder."""
    arrived = arrive(folder)
    known = {"unit_code": "JY", "filing_year": 2025, "fonds_no": "Z109", "data_form": DataForm.E_DOCUMENT} | declared
    return verify(arrived.files, arrived.read, profiles.carrier_profile(), Declared(**known))


def context(**changes: object) -> Context:
    """Return what the filing of 2025 is held against on 2 March 2026, at a city's archive."""
    known = {"unit": UNIT, "filing_year": 2025, "today": date(2026, 3, 2), "archive_level": "city"}
    return Context(**(known | changes))


def validated(folder: Path, **changes: object) -> Validated:
    """Verify and validate a carrier that lies in a local folder."""
    return validate(verified(folder), arrive(folder).read, context(**changes))


def rules(findings: Sequence[Finding], severity: Severity | None = None) -> set[str]:
    """Return the names of the findings, of one severity if asked."""
    return {f.rule for f in findings if severity is None or f.severity is severity}


def bag_of(
    payload: Mapping[str, bytes], algorithms: Sequence[str] = ("sha256",), **changes: bytes | None
) -> dict[str, bytes]:
    """Return the files of a minimal bag by path; `changes` replaces or, with None, removes a file (`bag_info` is bag-info.txt)."""
    files = dict(payload)
    for algorithm in algorithms:
        lines = [f"{hashlib.new(algorithm, body).hexdigest()}  {path}\n" for path, body in sorted(payload.items())]
        files[f"manifest-{algorithm}.txt"] = "".join(lines).encode()
    files["bagit.txt"] = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    for name, body in changes.items():
        path = {"bag_info": "bag-info.txt", "bagit": "bagit.txt", "fetch": "fetch.txt"}.get(name, name)
        if body is None:
            del files[path]
        else:
            files[path] = body
    return files


def found_in(files: Mapping[str, bytes]) -> dict[str, FoundFile]:
    """Return sizes and all digests of files held in memory."""
    names = ("md5", "sha1", "sha256", "sha512", "sm3")
    return {p: FoundFile(len(b), {n: hashlib.new(n, b).hexdigest() for n in names}) for p, b in files.items()}
