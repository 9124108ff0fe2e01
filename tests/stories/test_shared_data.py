"""Names and documents of the peers' data, through a real SSH server into the vault and out again, byte for byte."""

from __future__ import annotations

import csv
import hashlib
import os
from pathlib import Path

import pytest

from factories_bag import csv_of
from filing_house import FilingHouse
from lantai.edges.centre import Centre
from lantai.edges.keys.files import load_identities
from lantai.edges.registry.intake.findings import findings_of
from lantai.journey.custody.restore import open_record
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in
from lantai.records.intake.carrier import decode_name, is_on_its_way
from lantai.records.intake.finding import Finding, Severity
from servers.openssh import OpenSsh

pytestmark = [pytest.mark.server("sshd"), pytest.mark.shared]

CARRIER = "SL2025-JY-E001-R1"

_ENCRYPTED = {
    "testEXCEL_protected_passtika.xlsx",
    "testPPT_protected_passtika.pptx",
    "testWORD_protected_passtika.docx",
    "testODTEncrypted.odt",
}
"""The documents that nobody reads without a password, and whose wrapping says so."""


@pytest.fixture
def house(centre: Centre, sshd: OpenSsh, tmp_path: Path) -> FilingHouse:
    made = FilingHouse(centre, sshd, tmp_path / "work")
    made.add_unit()
    made.open_year()
    return made


def told(house: FilingHouse) -> list[Finding]:
    with house.centre.database.read() as connection:
        return findings_of(connection, CARRIER)


def restored(house: FilingHouse, count: int) -> dict[str, bytes]:
    identities = load_identities(house.centre.settings.keys / "identity.txt")
    return {
        opened.path: b"".join(opened.chunks)
        for number in range(1, count + 1)
        for opened in open_record(house.centre, f"{CARRIER}-{number:05d}", identities)
    }


def file_raw(house: FilingHouse, documents: dict[bytes, bytes], written: dict[bytes, str]) -> None:
    """Lay a bare folder into the outbox: files by raw names, a catalogue that writes them so, digests in their own bytes."""
    folder = house.sshd.files / "JY" / "outbox" / "2025" / "001"
    folder.mkdir(parents=True)
    (folder / "data").mkdir()
    files = {b"data/" + name: body for name, body in documents.items()}
    rows = [house.row("JY", number, files=(text,)) for number, text in enumerate(written.values(), start=1)]
    files[b"catalogue.csv"] = csv_of(rows)
    lines = [hashlib.sha256(body).hexdigest().encode() + b"  " + name + b"\n" for name, body in files.items()]
    for name, body in {**files, b"sha256sums.txt": b"".join(lines)}.items():
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(body)


def test_every_name_that_a_disk_can_hold_comes_through(house: FilingHouse, shared_data: Path) -> None:
    """reliability.md, bad names: a name is data, whatever is in it; what nobody can read or tell apart is named."""
    with (shared_data / "hostile/made-here/names/names.csv").open(encoding="utf-8", newline="") as source:
        raw = {line["id"]: bytes.fromhex(line["name_hex"]) for line in csv.DictReader(source)}
    usable = {kind: name for kind, name in raw.items() if len(name) <= 255}
    clean = {
        kind: name
        for kind, name in usable.items()
        # A twin of another, a name in no encoding, and half an upload are looked at elsewhere.
        if kind not in ("nfd", "lone-surrogate") and not is_on_its_way(name)
    }
    written = {name: decode_name(name) or "" for name in clean.values()}

    documents = {name: kind.encode() for kind, name in clean.items()}
    file_raw(house, documents, written)
    look(house.centre)
    done = take_in(house.centre, "JY")

    faults = {(f.rule, f.subject) for f in told(house) if f.severity is not Severity.WARNING}
    assert len(usable) > 25
    assert faults == set()
    assert done.accepted == 1
    assert restored(house, len(written)) == {f"data/{decode_name(name)}": body for name, body in documents.items()}


def test_real_documents_of_every_kind_come_out_as_they_went_in(house: FilingHouse, shared_data: Path) -> None:
    """I1: PDF, OFD, office files of all ages, pictures, texts, broken and hostile ones: none is opened, none is changed."""
    paths = [
        p
        for folder in ("documents", "hostile/xml", "hostile/made-here/text")
        for p in (shared_data / folder).rglob("*")
    ]
    named = {f"{n:03d}{p.suffix}": p for n, p in enumerate(sorted(p for p in paths if p.is_file()), start=1)}
    files = {name: path.read_bytes() for name, path in named.items()}
    rows = [house.row("JY", number, files=(f"data/{name}",)) for number, name in enumerate(files, start=1)]
    house.file(rows=rows, contents=files)
    look(house.centre)
    first = take_in(house.centre, "JY")
    encrypted = {f.subject for f in told(house) if f.rule == "file_encrypted"}
    empty = [f.subject for f in told(house) if f.rule == "file_empty"]

    readable = {name: body for name, body in files.items() if body and f"data/{name}" not in encrypted}
    rows = [house.row("JY", number, files=(f"data/{name}",)) for number, name in enumerate(readable, start=1)]
    house.file(rows=rows, contents=readable, name="002", carrier_number="002")
    look(house.centre)
    second = take_in(house.centre, "JY")

    assert first.returned == 1
    assert {named[subject.removeprefix("data/")].name for subject in encrypted} == _ENCRYPTED
    assert len(empty) == sum(not body for body in files.values()) == 1
    assert (second.accepted, second.records) == (1, len(files) - len(_ENCRYPTED) - len(empty))
    identities = load_identities(house.centre.settings.keys / "identity.txt")
    for number, (name, body) in enumerate(readable.items(), start=1):
        ((path, found),) = [
            (opened.path, b"".join(opened.chunks))
            for opened in open_record(house.centre, f"SL2025-JY-E002-R1-{number:05d}", identities)
        ]
        assert (path, found) == (f"data/{name}", body)
