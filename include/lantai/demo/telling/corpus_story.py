"""A folder of real documents taken through intake and appraisal, by the same DAGs as the sample offices.

Every document ends accepted in the vault, or in corpus-report.csv with the
reason. The panel decides the largest transfer lists; what else is due stays a
draft, for nothing is disposed of without people, and nothing of a corpus is destroyed.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from lantai.demo.county import archive, desk
from lantai.demo.county.desk import Opinion, Shown
from lantai.demo.county.home import TODAY, DemoHome
from lantai.demo.county.people import Player, responsible_person
from lantai.demo.documents.corpus import COLUMNS, Plan, PlannedCarrier, Source, plan
from lantai.demo.documents.filings import PERIOD_NAMES
from lantai.demo.documents.flaws import put_in_outbox
from lantai.demo.documents.packages import Flaw
from lantai.demo.documents.packing import FORM_VALUES, CatalogueLine, catalogue_csv
from lantai.demo.documents.prose import invented_name
from lantai.demo.sftp.gateway import ARCHIVE, folder_of
from lantai.demo.telling import corpus_report, show, summary
from lantai.demo.telling.stage import Stage, raised
from lantai.demo.telling.teller import Teller
from lantai.errors import LantaiError, UsageError
from lantai.journey.department.pack import pack
from lantai.records.centre.unit import DataForm, Unit
from lantai.records.department.pack_order import PackOrder, Sender
from lantai.records.disposal.lists import ListKind, ListState

CATALOGUE = "catalogue.csv"
LISTS_DECIDED = 3
PHONE = "0570-5550200"


def run_corpus(home: DemoHome, folder: Path, teller: Teller) -> dict[str, Any]:
    """Take a folder of documents in and return the summary.

    Args:
        home: A fresh home.
        folder: Holds catalogue.csv and the files.
        teller: Where it is told.

    Raises:
        UsageError: The folder has no readable catalogue.
        OrchestratorError: A run of a DAG ended otherwise than it should.
    """
    today = home.settings.today or TODAY
    with teller.step("plan", f"编排 {folder}", "plan carriers"):
        sources = read_sources(folder)
        planned = plan(sources, today)
        teller.say(
            f"{len(sources)} 份文件，{len(planned.bodies)} 个单位，{len(planned.carriers)} 个载体，不能报送 {len(planned.left_out)} 份"
            " · documents, units, carriers, left out"
        )
    first = planned.first_years
    units = [
        (_unit(code, body, fonds_no, first[code]), *_people(code))
        for code, (body, fonds_no) in sorted(planned.bodies.items())
    ]
    refused: dict[str, str] = {}
    with raised(home, teller, units, frozenset(), partial(_send_all, home, folder, planned, refused)) as stage:
        years = sorted({carrier.year for carrier in planned.carriers})
        with teller.step("open_year", "开年度", "open the filing years"):
            stage.dag("open_filing_year", {"year": ", ".join(map(str, years))})
        with teller.step("take_in", "接收", "take in what has been filed"):
            stage.dag("take_in_filings")
        with teller.step("appraise", "到期鉴定", "appraise what is due"):
            stage.dag("appraise_records")
        _transfer(stage)
        rows = corpus_report.report(stage.centre, sources, planned, refused)
        path = corpus_report.write(home.folder, rows)
        made = summary.summarise(stage.centre, teller.seconds)
        show.tell_corpus(stage.centre, teller, made, summary.write(home.folder, made))
        show.tell_report(teller, rows, path)
    return made


def read_sources(folder: Path) -> list[Source]:
    """Return the catalogue's rows, each with the digest of the file that is there.

    Raises:
        UsageError: There is no catalogue, or it lacks a column.
    """
    path = folder / CATALOGUE
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: cannot be read ({error}), expected a CSV file in UTF-8") from error
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise UsageError(f"{path}: columns {missing} are missing, expected {list(COLUMNS)}")
    return [_source(folder, number, row) for number, row in enumerate(rows, 1)]


def _source(folder: Path, number: int, row: Mapping[str, str | None]) -> Source:
    cells = {column: (row.get(column) or "").strip() for column in COLUMNS}
    cells["file"] = row.get("file") or ""
    return Source(row_no=number, **cells, found_sha256=_sha256(folder, cells["file"]))


def _sha256(folder: Path, name: str) -> str | None:
    root = folder.resolve()
    try:
        path = (folder / name).resolve()
        if not name or not path.is_relative_to(root) or not path.is_file():
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return None


def _unit(code: str, body: str, fonds_no: str, first_year: int) -> Unit:
    forms = (DataForm.E_DOCUMENT,)
    return Unit(code, body, fonds_no, forms, responsible_person=responsible_person(code), first_filing_year=first_year)


def _people(code: str) -> tuple[str, str]:
    """Return invented names of a body's archivist and leader."""
    from random import Random

    chance = Random(code)  # noqa: S311 (seeded, so that the demo repeats; nothing secret)
    return invented_name(chance), invented_name(chance)


def _send_all(home: DemoHome, folder: Path, planned: Plan, refused: dict[str, str]) -> None:
    """Pack and send every carrier; one that cannot be packed is noted under its documents' names, and the others go on."""
    for carrier in planned.carriers:
        work = home.folder / "offices" / f"{carrier.unit_code}-{carrier.year}"
        try:
            bag = _make(home, folder, carrier, work)
        except (LantaiError, OSError) as error:
            refused |= {document.source.file: f"未能打包 · {error}" for document in carrier.documents}
            continue
        outbox = folder_of(home, carrier.unit_code) / "outbox" / str(carrier.year)
        put_in_outbox(bag, outbox, Flaw.NONE)
        shutil.rmtree(work)


def _make(home: DemoHome, folder: Path, carrier: PlannedCarrier, work: Path) -> Path:
    documents = work / "documents"
    for document in carrier.documents:
        target = documents / document.source.file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / document.source.file, target)
    catalogue = work / CATALOGUE
    catalogue.write_bytes(catalogue_csv(list(_lines(carrier))))
    archivist, leader = _people(carrier.unit_code)
    today = home.settings.today or TODAY
    names = {"archivist": archivist, "preparer": archivist, "responsible_leader": leader, "reviewer": leader}
    order = PackOrder(
        filing_year=carrier.year,
        data_form=DataForm.E_DOCUMENT,
        packed_on=today,
        form_values={**FORM_VALUES, **names, "filled_on": today.isoformat()},
    )
    sender = Sender(carrier.unit_code, carrier.body, carrier.fonds_no, archivist, PHONE)
    return pack(documents, sender, order, catalogue, work / "carriers")


def _lines(carrier: PlannedCarrier) -> Iterable[CatalogueLine]:
    for document in carrier.documents:
        source = document.source
        yield CatalogueLine(
            archival_code=document.archival_code,
            title=source.title,
            author=source.issuing_body,
            doc_no=source.doc_no,
            formed_on=source.date,
            retention=PERIOD_NAMES[document.retention],
            classification="",
            page_count="",
            doc_type="",
            dept_or_subject="综合",
            item_no=document.archival_code.rpartition("-")[2],
            access_level="公开",
            files=source.file,
        )


def _transfer(stage: Stage) -> None:
    """Let the panel decide the largest transfer lists, and hand them over."""
    sizes = {each.list_id: each.kept for each in summary.lists(stage.centre)}
    drafts = desk.lists_in(stage.centre, ListKind.TRANSFER, ListState.DRAFT)
    chosen = sorted(drafts, key=lambda each: (-sizes[each.list_id], each.list_id))[:LISTS_DECIDED]
    with stage.teller.step(
        "decide", f"鉴定小组审定最大的 {len(chosen)} 份移交清册", "the panel decides the largest lists"
    ):
        for each in chosen:
            desk.decide_and_sign(stage.centre, stage.home.desks, each, _agree)
        stage.approve(chosen)
    with stage.teller.step("transfer", "移交进馆", "transfer to the archive"):
        stage.woken("transfer_records", ListKind.TRANSFER)
        for each in desk.lists_in(stage.centre, ListKind.TRANSFER, ListState.AWAITING_CUSTODIAN):
            desk.hand_over(stage.centre, each)
        archive.receive(folder_of(stage.home, ARCHIVE))
        stage.dag("transfer_records")


def _agree(_member: Player, _kind: ListKind, _shown: Shown) -> Opinion:
    return Opinion(False, "已满移交年限，同意移交")
