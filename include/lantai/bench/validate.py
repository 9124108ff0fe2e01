"""Validating one carrier with a long catalogue, against reading it and the checks of great-expectations alone.

Ours also verifies the bag with its manifests, reads the papers, and holds every
row against the files and the rules. The import of great-expectations is paid
once in a process and not counted.

Source: performance.md, "Completeness checks".
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from lantai.bench.measure import Comparison, Contender, Result, compare
from lantai.bench.samples import Bench
from lantai.bench.stopwatch import Stopwatch
from lantai.records.text.progress import Progress

NAME = "validate"
ROW_COUNT = 100_000
_FILES_PER_FOLDER = 1000
_YEAR, _PACKED_ON = 2025, date(2026, 3, 2)
_HEADING = ("档号", "题名", "责任者", "文号", "日期", "保管期限", "页数", "文种", "机构(问题)", "件号", "公开", "文件")


def results(bench: Bench, progress: Progress | None) -> Iterator[Result]:
    """Measure one carrier."""
    count = bench.count(ROW_COUNT)
    if progress is not None:
        progress(f"{NAME} packs {count:,} documents", 0, 1)
    listed = _carrier(bench.folder, count)
    common = {"listed": str(listed)}
    comparison = Comparison(
        NAME,
        f"1 carrier of {count:,} rows",
        Contender("ours", f"{__name__}:ours", common),
        (Contender("great-expectations alone", f"{__name__}:great_expectations", common),),
    )
    yield compare(comparison, bench.folder, bench.runs, progress)


def ours(watch: Stopwatch, folder: Path, listed: str) -> Any:  # noqa: ANN401, ARG001 - JSON; a folder goes to every contender
    """Verify and validate as take-in does; the digests were taken on arrival."""
    from lantai import profiles
    from lantai.journey.intake.checks.validate import Context, validate
    from lantai.journey.intake.checks.verify import Declared, verify
    from lantai.records.centre.unit import DataForm, Unit

    files, paths = _received(listed)
    _import_the_library()
    unit = Unit("B", "示例局", "Z001", (DataForm.E_DOCUMENT,), responsible_person="p1")
    with watch:
        declared = Declared("B", _YEAR, "Z001", DataForm.E_DOCUMENT)
        verified = verify(files, lambda number: paths[number].open("rb"), profiles.carrier_profile(), declared)
        context = Context(unit, _YEAR, _PACKED_ON, "city")
        validated = validate(verified, lambda number: paths[number].open("rb"), context)
    return {"rows": len(validated.entries), "rows_with_faults": len({f.record_no for f in validated.findings} - {None})}


def great_expectations(watch: Stopwatch, folder: Path, listed: str) -> Any:  # noqa: ANN401, ARG001 - JSON; a folder goes to every contender
    """Read the catalogue and ask the library for five columns of it."""
    from lantai.edges.sheets.expectations import CheckKind, ColumnCheck, check_catalogue
    from lantai.journey.intake.checks.read_catalogue import read_catalogue

    files, paths = _received(listed)
    _import_the_library()
    [catalogue] = [file for file in files if file.path == "metadata/catalogue.csv"]
    columns = ("archival_code", "title", "author", "formed_on", "retention")
    checks = [ColumnCheck("filled", column, CheckKind.FILLED) for column in columns]
    checks.append(ColumnCheck("unique", "archival_code", CheckKind.UNIQUE))
    with watch:
        with paths[catalogue.file_no].open("rb") as stream:
            rows, _ = read_catalogue(stream, "catalogue.csv")
        unmet = check_catalogue(rows, checks)
    return {"rows": len(rows), "rows_with_faults": len({number for one in unmet for number in one.places})}


def _import_the_library() -> None:
    from lantai.edges.sheets.expectations import CheckKind, ColumnCheck, check_catalogue
    from lantai.records.intake.catalogue_entry import CatalogueRow

    check_catalogue([CatalogueRow(1, title="x")], [ColumnCheck("filled", "title", CheckKind.FILLED)])


def _carrier(folder: Path, count: int) -> Path:
    """Pack a carrier, take it for one that has arrived, and return the list of its files."""
    from lantai.edges.intake.local_carrier import open_carrier
    from lantai.journey.department.pack import pack
    from lantai.records.centre.unit import DataForm
    from lantai.records.department.pack_order import PackOrder, Sender

    documents, catalogue = folder / "documents", folder / "catalogue.csv"
    with catalogue.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADING)
        for number in range(1, count + 1):
            name = f"{number // _FILES_PER_FOLDER:03d}/{number:06d}.txt"
            path = documents / name
            if number == 1 or number % _FILES_PER_FOLDER == 0:
                path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"第{number}件\n", "utf-8")
            writer.writerow(_cells(number, name))
    sender = Sender("B", "示例局", "Z001", "李敏", "0571-88000000")
    order = PackOrder(_YEAR, DataForm.E_DOCUMENT, _PACKED_ON)
    carrier = pack(documents, sender, order, catalogue, folder / "outbox")
    listed = folder / "received.json"
    with open_carrier(carrier) as opened:
        rows = [[f.file_no, f.path, f.size_bytes, f.digest.hexes, str(carrier / (f.path or ""))] for f in opened.files]
    listed.write_text(json.dumps(rows), "utf-8")
    return listed


def _cells(number: int, name: str) -> tuple[str, ...]:
    return (
        f"Z001-WS·{_YEAR}-D30-BGS-{number:04d}",
        f"关于第{number}次会议安排的通知",
        "示例局",
        f"例发〔{_YEAR}〕{number}号",
        f"{_YEAR}-03-01",
        "30年",
        "2",
        "通知",
        "BGS",
        str(number),
        "公开",
        f"data/{name}",
    )


def _received(listed: str) -> tuple[list[Any], dict[int, Path]]:
    from lantai.records.intake.carrier import ReceivedFile

    files, paths = [], {}
    for number, path, size_bytes, hexes, place in json.loads(Path(listed).read_text("utf-8")):
        files.append(ReceivedFile.arrived(number, path.encode(), size_bytes, hexes))
        paths[number] = Path(place)
    return files, paths
