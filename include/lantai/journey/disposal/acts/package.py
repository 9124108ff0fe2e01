"""Package the records of a transfer list for the archive: decrypted, in one uncompressed tar that holds a BagIt bag.

    <list_id>/bagit.txt, bag-info.txt, manifest-sha256.txt, tagmanifest-sha256.txt
    <list_id>/metadata/transfer-inventory.json, .json.sig    every record with its fields, files and digests; signed
    <list_id>/metadata/transfer-inventory.pdf                移交清册 as approved
    <list_id>/metadata/disposal.pub.pem                      the key that verifies the signature
    <list_id>/data/<record_id>/<path>                        the files as they were received

The same list gives the same bytes. Every file is compared with its digests on
arrival while it is opened. Plaintext lies in the work folder only while it is
handed over. What the package holds is judged when it is written and before
anything is marked: an encrypted or compressed file is not handed over.

Source: 电子档案移交与接收办法 (2012): decrypted, decompressed, metadata moved together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lantai.edges.centre import Centre
from lantai.edges.disposal.transfer_package import Member, open_package, places_of_members, write_package
from lantai.edges.intake.closed_files import ForeignFile, judge_closed
from lantai.edges.keys.files import Signer
from lantai.edges.registry.centre import people
from lantai.edges.registry.disposal import dispositions
from lantai.formats.age.file import Identity
from lantai.formats.bag.written import DECLARATION_TEXT, write_bag_info, write_manifest
from lantai.formats.disposal.transfer_bag import InventoryBody, member_name, payload_bytes
from lantai.formats.ledger import canonical
from lantai.journey.custody.restore import open_record
from lantai.journey.disposal.approval.refuse import refuse_if
from lantai.journey.disposal.print_list import print_list
from lantai.records.custody.record import RecordStatus
from lantai.records.disposal.carried_out import ListedFile
from lantai.records.disposal.shortfall import Shortfall
from lantai.records.intake.closed_file import UNSEEN
from lantai.views.disposal.examined import Examined, examine


@dataclass(frozen=True, slots=True)
class Packaged:
    """A package that lies in the work folder.

    Attributes:
        path: The tar.
        size_bytes: Its size.
        sha256: Its digest.
        record_count: Records in it.
        file_count: Files of these records.
        payload_bytes: Bytes of these files.
        inventory_sha256: Digest of the signed inventory in it.
    """

    path: Path
    size_bytes: int
    sha256: str
    record_count: int
    file_count: int
    payload_bytes: int
    inventory_sha256: str


def package(centre: Centre, list_id: str, identities: Sequence[Identity], signer: Signer) -> Packaged:
    """Write the package of a transfer list into the work folder, its records counted (N7, R9-15).

    Args:
        centre: The centre.
        list_id: The list; its records are under way, or are about to be.
        identities: Private keys of a custodian.
        signer: Signs the inventory.

    Raises:
        FixityError: A record does not open as it was received, at any place.
        NoIdentityMatchError: None of the identities opens it.
        NotPermittedError: A file in it is encrypted or compressed; all such rows are named.
        DiskFullError: No space in the work folder.
    """
    with centre.database.read() as connection:
        examined = examine(connection, centre.settings, list_id)
        going = {record.record_id for record in examined.going}
        statuses = (RecordStatus.KEPT, RecordStatus.TRANSFERRING)
        files = [file for file in dispositions.files(connection, list_id, statuses) if file.record_id in going]
        names = {each.person_id: people.person(connection, each.person_id).name for each in examined.dossier.acting}
    inventory = canonical.dumps(_inventory(examined, files).as_mapping())
    tags = {
        "metadata/transfer-inventory.json": inventory,
        "metadata/transfer-inventory.json.sig": signer.sign(inventory),
        "metadata/transfer-inventory.pdf": print_list(centre, examined, names, None, None),
        "metadata/disposal.pub.pem": signer.public_pem,
        "bagit.txt": DECLARATION_TEXT,
        "bag-info.txt": _bag_info(centre, examined, files),
        "manifest-sha256.txt": write_manifest((member_name(file), file.digest.sha256) for file in files),
    }
    tags["tagmanifest-sha256.txt"] = write_manifest(
        (name, hashlib.sha256(content).hexdigest()) for name, content in sorted(tags.items())
    )
    path = work_folder(centre, list_id) / f"{list_id}.tar"
    moment = examined.chosen.approved_at or examined.chosen.drafted_at
    members = _members(centre, list_id, tags, files, identities)
    size_bytes, sha256 = write_package(path, members, int(moment.timestamp()))
    _refuse_closed(list_id, path, files)
    return Packaged(
        path=path,
        size_bytes=size_bytes,
        sha256=sha256,
        record_count=len({file.record_id for file in files}),
        file_count=len(files),
        payload_bytes=payload_bytes(files),
        inventory_sha256=hashlib.sha256(inventory).hexdigest(),
    )


def _refuse_closed(list_id: str, path: Path, listed: Sequence[ListedFile]) -> None:
    """Refuse a package with an encrypted or compressed file in it, by the bytes, as intake judges them (N7)."""
    listed_as = {f"{list_id}/{member_name(file)}": file for file in listed}
    files = [
        ForeignFile(name, partial(open_package, path), start, size_bytes)
        for name, start, size_bytes in places_of_members(path)
        if name in listed_as
    ]
    judged = [(listed_as[each.name], each) for each in judge_closed(files)]
    unseen = [file for file, each in judged if each.trouble is not None or each.encryption == UNSEEN]
    refuse_if(list_id, [Shortfall.of("member_unexamined", row_no=file.row_no, file_no=file.file_no) for file in unseen])
    closed = [(file, tool) for file, each in judged if (tool := each.encryption or each.compression)]
    refuse_if(
        list_id,
        [Shortfall.of("member_closed", row_no=file.row_no, file_no=file.file_no, tool=tool) for file, tool in closed],
    )


def work_folder(centre: Centre, list_id: str) -> Path:
    """Return the folder that holds the plaintext of a transfer while it is under way."""
    return centre.settings.work / f"transfer-{list_id}"


def _inventory(examined: Examined, files: Sequence[ListedFile]) -> InventoryBody:
    return InventoryBody(
        list_id=examined.chosen.list_id,
        unit_code=examined.unit.unit_code,
        unit=examined.unit.name,
        fonds_no=examined.unit.fonds_no,
        due_on=examined.chosen.due_on,
        list_digest=examined.dossier.decided_now,
        sign_offs=examined.counting,
        rows=examined.laid_out.rows,
        files=files,
    )


def _bag_info(centre: Centre, examined: Examined, files: Sequence[ListedFile]) -> bytes:
    moment = examined.chosen.approved_at or examined.chosen.drafted_at
    tags = (
        ("Source-Organization", examined.unit.name),
        ("Unit-Code", examined.unit.unit_code),
        ("Fonds-Number", examined.unit.fonds_no),
        ("External-Identifier", examined.chosen.list_id),
        ("Bagging-Date", moment.astimezone(centre.settings.zone).date().isoformat()),
        ("Payload-Oxum", f"{payload_bytes(files)}.{len(files)}"),
    )
    return write_bag_info(tags)


def _members(
    centre: Centre,
    list_id: str,
    tags: Mapping[str, bytes],
    files: Sequence[ListedFile],
    identities: Sequence[Identity],
) -> Iterator[Member]:
    for name, content in sorted(tags.items()):
        yield Member(f"{list_id}/{name}", len(content), [content])
    member_of = {(file.record_id, file.digest.path): member_name(file) for file in files}
    for record_id in dict.fromkeys(file.record_id for file in files):
        for opened in open_record(centre, record_id, identities):
            name = member_of[record_id, opened.path]
            yield Member(f"{list_id}/{name}", opened.size_bytes, opened.chunks)
