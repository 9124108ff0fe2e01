"""A centre with departments on a real SSH server: what stories of intake begin with."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import factories_bag
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.database.database import run_checks
from lantai.edges.registry.centre.units import put_unit, units
from lantai.edges.registry.intake.findings import findings_of
from lantai.edges.registry.intake.rounds import rounds
from lantai.formats.ledger import canonical
from lantai.journey.centre.agree import agree
from lantai.journey.department.pack import pack
from lantai.journey.year.open_year import open_year
from lantai.records.centre.agreement import Agreement
from lantai.records.centre.unit import DataForm, Unit
from lantai.records.department.pack_order import Sender
from lantai.records.intake.catalogue_entry import CatalogueRow
from lantai.records.intake.submission import RoundState
from lantai.views.year import board
from servers.openssh import OpenSsh


@dataclass
class FilingHouse:
    """A centre, its server, and the departments' folders on it."""

    centre: Centre
    sshd: OpenSsh
    work: Path

    def add_unit(
        self, code: str = "JY", *, with_agreement: bool = True, forms: tuple[DataForm, ...] = (DataForm.E_DOCUMENT,)
    ) -> Path:
        """Register a unit with its folder, connection and agreement; return the folder."""
        folder = self.sshd.files / code
        (folder / "outbox").mkdir(parents=True)
        unit = Unit(code, f"示例市{code}局", f"Z{sum(code.encode()) % 1000:03d}", forms, responsible_person="p1")
        with self.centre.database.begin() as connection:
            put_unit(connection, unit)
        self.connect(code, folder)
        if with_agreement:
            for form in forms:
                self.agree(code, form)
        return folder

    def connect(self, code: str, folder: Path, **changed: str) -> None:
        """Write the unit's connection into the file that Airflow and the command read."""
        path = self.centre.settings.connections_file
        known = json.loads(path.read_text()) if path.exists() else {}
        entry = self.sshd.entry(code, folder)
        known[f"sftp_{code}"] = {**entry, "extra": {**entry["extra"], **changed}}
        path.write_text(json.dumps(known))

    def add_archive(self) -> Path:
        """Connect the archive that transfers go to; return its folder."""
        folder = self.sshd.files / "ARCHIVE"
        (folder / "incoming").mkdir(parents=True)
        (folder / "receipts").mkdir()
        self.connect("ARCHIVE", folder)
        return folder

    def agree(self, code: str, form: DataForm = DataForm.E_DOCUMENT, **changes: object) -> None:
        """Sign an agreement with a unit; a keyword changes one thing of it."""
        known = Agreement(
            "", code, form, False, "", "", "", "到期双方确认后销毁", date(2020, 1, 1), None, "王强", "赵静"
        )
        agree(self.centre, replace(known, **changes))

    def open_year(self, year: int = 2025) -> None:
        """Open a filing year."""
        open_year(self.centre, year, "system")

    def file(
        self,
        code: str = "JY",
        *,
        year: int = 2025,
        rows: Sequence[CatalogueRow] | None = None,
        sheets: Mapping[str, Sequence[CatalogueRow]] | None = None,
        name: str = "001",
        contents: Mapping[str, bytes] | None = None,
        **changes: object,
    ) -> Path:
        """Lay a valid carrier into a unit's outbox in place of one of that name; keywords change the order.

        `sheets` are the rows of a catalogue that is a workbook. `contents` are other bytes for documents, by their name in the unit's folder.
        """
        with tempfile.TemporaryDirectory(dir=self.work.parent) as folder:
            work = Path(folder)
            unit = self.unit(code)
            if changes.get("zero_signed_by"):
                order = factories_bag.order(filing_year=year, **changes)
                made = pack(None, self.sender(unit), order, None, work / "out")
            elif changes.get("data_form") is DataForm.BUSINESS_DATA:
                order = factories_bag.order(filing_year=year, carrier_number=name, **changes)
                made = pack(factories_bag.filing(work).folder, self.sender(unit), order, None, work / "out")
            else:
                if rows is None:
                    rows = [self.row(code, number, year) for number in (1, 2, 3)]
                filing = factories_bag.filing(work, [*chain(*sheets.values())] if sheets else rows)
                if sheets:
                    filing.catalogue = filing.catalogue.with_suffix(".xlsx")
                    filing.catalogue.write_bytes(factories_bag.workbook_of(sheets))
                for path, content in (contents or {}).items():
                    (filing.folder / path).write_bytes(content)
                order = factories_bag.order(filing_year=year, **changes)
                made = pack(filing.folder, self.sender(unit), order, filing.catalogue, work / "out")
            target = self.sshd.files / code / "outbox" / str(year) / name
            shutil.rmtree(target, ignore_errors=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(made, target)
        return target

    def row(self, code: str, number: int, year: int = 2025, **changes: object) -> CatalogueRow:
        """Return a valid catalogue row of a unit."""
        known = {
            "archival_code": f"{self.unit(code).fonds_no}-WS·{year}-D30-BGS-{number:04d}",
            "formed_on": f"{year}-03-01",
        }
        return factories_bag.row(number, **(known | changes))

    def unit(self, code: str) -> Unit:
        """Return a registered unit."""
        with self.centre.database.read() as connection:
            return units(connection, [code])[0]

    def sender(self, unit: Unit) -> Sender:
        """Return how a unit names itself on its papers."""
        return replace(factories_bag.SENDER, unit_code=unit.unit_code, name=unit.name, fonds_no=unit.fonds_no)

    def numbers(self) -> dict[str, str]:
        """Return the carrier number of each submission."""
        with self.centre.database.read() as connection:
            return {found.submission_id: found.carrier_number for found in rounds(connection)}

    def inbox(self, code: str = "JY", year: int = 2025) -> dict[str, bytes]:
        """Return what lies in a unit's inbox."""
        folder = self.sshd.files / code / "inbox" / str(year)
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())} if folder.is_dir() else {}

    def states(self, code: str = "JY") -> list[tuple[int, RoundState]]:
        """Return number and state of every round of a unit."""
        with self.centre.database.read() as connection:
            return [(found.round_no, found.state) for found in rounds(connection, unit_code=code)]

    def told(self, carrier: str) -> set[str]:
        """Return the rules of a round's findings."""
        with self.centre.database.read() as connection:
            return {finding.rule for finding in findings_of(connection, carrier)}

    def opinions(self, name: str = "001.SL2025-JY-E001-R1", code: str = "JY") -> dict[str, Any]:
        """Return the list of opinions that lies in a unit's inbox."""
        opinions: dict[str, Any] = canonical.loads(self.inbox(code)[f"{name}.opinions.json"])
        return opinions

    def board_state(self, code: str = "JY", year: int = 2025) -> str:
        """Return what the board says of a unit."""
        with self.centre.database.read() as connection:
            rows = board.show(connection, year, self.centre.clock.today_on())
        return next(row.state for row in rows if row.unit_code == code)

    def outcome(self) -> dict[str, object]:
        """Return what a run has come to, without what differs from seal to seal; what must not exist does not."""
        root = Path(self.centre.vault.first.name.removeprefix("file://"))
        with self.centre.database.read() as connection:
            found = [(one.carrier_id, one.state, one.record_count, one.generation) for one in rounds(connection)]
            told = Counter(row.kind for row in connection.execute(tables.event.select()))
            assert not any(run_checks(connection).values())
        return {
            "rounds": found,
            "events": told,
            "inbox": sorted(self.inbox()),
            "vault": sorted(str(path.relative_to(root)) for path in root.rglob("*") if "ledger" not in path.parts),
            "quarantine": self.centre.quarantine.ids(),
            "work": sorted(path.name for path in self.centre.settings.work.iterdir()),
        }
