"""Make a carrier from a folder and a catalogue: what a department's part-time archivist runs.

The digests are taken while the files are copied, so that package and unique
authentication information come from the same step. The same input gives the
same bytes; the date is the caller's.

Source: interfaces.md, "A carrier".
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from operator import attrgetter
from pathlib import Path

from lantai.edges.files import folder as folder_edge
from lantai.edges.files.folder import FolderFile
from lantai.edges.files.machine import is_there
from lantai.errors import AlreadyThereError, CatalogueError, UnsafeNameError, UsageError
from lantai.formats.bag.tag_file import is_unsafe
from lantai.formats.bag.written import DECLARATION_TEXT, write_bag_info, write_manifest
from lantai.journey.department.fill_forms import fill_forms
from lantai.journey.intake.checks.read_catalogue import read_catalogue
from lantai.locales import refusal, say, told_values
from lantai.records.custody.file_digest import DIGESTS_TAKEN, FileDigest
from lantai.records.department.pack_order import CARRIER_NUMBER, PackOrder, Sender
from lantai.records.intake.carrier import decode_name, shown_name
from lantai.records.intake.submission import bears_number
from lantai.records.text.progress import Progress
from lantai.records.text.words import Words
from lantai.rules.intake.scope import UNSEEN


def pack(
    folder: Path | None,
    sender: Sender,
    order: PackOrder,
    catalogue: Path | None,
    out: Path,
    progress: Progress | None = None,
) -> Path:
    """Make a carrier below `out` and return its folder, `<unit>-<year>-<form letter>-<carrier number>`.

    Source: R1-31.

    Args:
        folder: What is filed, every regular file below it; None for a zero report.
        sender: Who files.
        order: What is packed.
        catalogue: The machine-readable catalogue (csv or xlsx); None for business data and a zero report. It may lie in
            `folder`, and is not packed twice.
        out: Where carriers are made; an existing one is never replaced.
        progress: Told the file that is copied, bytes done and bytes in all.

    Raises:
        UsageError: The order does not go together: nothing to pack, no catalogue where one is needed, or a carrier number
            that cannot stand in a folder's name.
        InputFileError: There is no such folder.
        AlreadyThereError: The carrier is there already.
        UnsafeNameError: A file's name cannot be written into a manifest, or is no regular file.
        CatalogueError: The catalogue cannot be read.
        PlaceUnavailableError: A file cannot be read or written.
    """
    _check_order(folder, order, catalogue)
    name = f"{sender.unit_code}-{order.filing_year}-{order.data_form.letter}-{order.carrier_number}"
    finished, unfinished = out / name, out / f"{name}.part"
    if is_there(finished):
        raise AlreadyThereError(f"{finished}: is there already, expected a free name (--number gives another)")
    folder_edge.remove_folder(unfinished)
    try:
        _write_bag(unfinished, folder, sender, order, catalogue, progress)
        folder_edge.put_in_place(unfinished, finished)
    except BaseException:
        folder_edge.remove_folder(unfinished)
        raise
    return finished


def _check_order(folder: Path | None, order: PackOrder, catalogue: Path | None) -> None:
    if not CARRIER_NUMBER.fullmatch(order.carrier_number):
        raise UsageError(
            f"carrier number {order.carrier_number!r}: expected 1 to 64 letters, digits, - . or _, beginning with a letter or digit"
        )
    if bears_number(order.carrier_number):
        raise refusal(UsageError, Words.of("refused.number_of_ours", found=order.carrier_number))
    if order.zero_signed_by:
        if folder is not None or catalogue is not None:
            raise UsageError("zero report: found a folder or catalogue, expected neither")
    elif folder is None:
        raise UsageError("pack: expected a folder, or --zero for a zero report")
    elif not order.is_business_data and catalogue is None:
        raise UsageError(f"pack: {order.data_form.value} needs a catalogue (csv or xlsx)")
    elif order.is_business_data and (order.strategy is None or order.retention is None):
        raise UsageError("pack: business_data needs a backup strategy and a retention period")


def _write_bag(
    bag: Path,
    folder: Path | None,
    sender: Sender,
    order: PackOrder,
    catalogue: Path | None,
    progress: Progress | None,
) -> None:
    payload = _copy_payload(bag, folder, catalogue, progress)
    if folder is not None and not payload:
        raise UsageError(f"{folder}: found no file to pack")
    tags = _write_manifests(bag, "manifest", payload)
    if folder is None:
        tags.append(_write(bag, "metadata/zero-report.txt", f"{_statement(order)}\n".encode()))
    else:
        record_count = 1
        if catalogue is not None:
            tags.append(_copy(catalogue, bag, f"metadata/catalogue{catalogue.suffix.lower()}"))
            record_count = _count_records(catalogue)
        manifest = tags[DIGESTS_TAKEN.index("sha256")]
        forms = fill_forms(sender, order, payload, manifest.sha256, record_count)
        tags += [_write(bag, path, content) for path, content in forms]
    tags.append(_write(bag, "bagit.txt", DECLARATION_TEXT))
    tags.append(_write(bag, "bag-info.txt", _bag_info(sender, order, payload)))
    _write_manifests(bag, "tagmanifest", tags)


def _copy_payload(
    bag: Path, folder: Path | None, catalogue: Path | None, progress: Progress | None
) -> list[FileDigest]:
    """Copy what is filed, and return the digests that were taken of it on the way (R1-32)."""
    payload: list[FileDigest] = []
    sources = _payload(folder, catalogue)
    done, total = 0, sum(entry.size_bytes for _, entry in sources)

    def tell(more: int) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(f"{len(payload) + 1}/{len(sources)}", done, total)

    for path, entry in sources:
        payload.append(_copy(entry.path, bag, path, tell))
    return payload


def _copy(source: Path, bag: Path, path: str, on_bytes: Callable[[int], None] | None = None) -> FileDigest:
    return FileDigest.of(path, *folder_edge.copy_file(source, bag / path, DIGESTS_TAKEN, on_bytes))


def _write(bag: Path, path: str, content: bytes) -> FileDigest:
    folder_edge.write_file(bag / path, content)
    return FileDigest.of(path, len(content), {name: hashlib.new(name, content).hexdigest() for name in DIGESTS_TAKEN})


def _write_manifests(bag: Path, kind: str, files: Sequence[FileDigest]) -> list[FileDigest]:
    ordered = sorted(files, key=attrgetter("path"))
    return [
        _write(bag, f"{kind}-{name}.txt", write_manifest((each.path, each.hexes[name]) for each in ordered))
        for name in DIGESTS_TAKEN
    ]


def _payload(folder: Path | None, catalogue: Path | None) -> list[tuple[str, FolderFile]]:
    found = []
    for entry in folder_edge.list_folder(folder) if folder is not None else []:
        if catalogue is not None and entry.is_regular and entry.path.resolve() == catalogue.resolve():
            continue
        name = decode_name(entry.raw_name)
        if name is None or is_unsafe(name):
            raise UnsafeNameError(
                f"file name {entry.raw_name!r}: expected UTF-8 or GB18030 and no path out of the folder",
                "pack_name",
                file=shown_name(entry.raw_name),
            )
        if not entry.is_regular:
            raise UnsafeNameError(f"{name}: found a link or device, expected a file", "pack_link", file=name)
        found.append((f"data/{name}", entry))
    return found


def _count_records(catalogue: Path) -> int:
    with folder_edge.open_file(catalogue) as stream:
        rows, findings = read_catalogue(stream, catalogue.name)
    for finding in findings:
        if finding.rule in UNSEEN:
            said = told_values(finding, "en")
            raise CatalogueError(
                f"{catalogue}: {said.pop('found')}", said.pop("reason"), **{**said, "file": str(catalogue)}
            )
    return len(rows)


def _bag_info(sender: Sender, order: PackOrder, payload: Sequence[FileDigest]) -> bytes:
    """Return bag-info.txt; that there is nothing to file stands in it with who signs for it (R1-22)."""
    pairs = [
        ("Source-Organization", sender.name),
        ("Unit-Code", sender.unit_code),
        ("Fonds-Number", sender.fonds_no),
        ("Filing-Year", str(order.filing_year)),
        ("Data-Form", order.data_form.value),
        ("Carrier-Number", order.carrier_number),
        ("Backup-Strategy", order.strategy.value if order.strategy else ""),
        ("Base-Carrier", order.base_carrier),
        ("Retention-Period", order.retention.value if order.retention else ""),
        ("External-Description", order.description),
        ("Contact-Name", sender.contact_name),
        ("Contact-Phone", sender.contact_phone),
        ("Payload-Oxum", f"{sum(each.size_bytes for each in payload)}.{len(payload)}"),
        ("Bagging-Date", order.packed_on.isoformat()),
        *(("Declared-Gap", code) for code in order.declared_gaps),
    ]
    if order.zero_signed_by:
        pairs += [
            ("Zero-Report", "true"),
            ("Zero-Report-Statement", _statement(order)),
            ("Zero-Report-Signed-By", order.zero_signed_by),
            ("Zero-Report-Signed-On", order.packed_on.isoformat()),
        ]
    return write_bag_info(pairs)


def _statement(order: PackOrder) -> str:
    form = say(f"values.data_form.{order.data_form.value}", "zh")
    sentence = say("on_paper.zero_report", "zh", year=order.filing_year, form=form)
    return order.zero_statement or sentence
