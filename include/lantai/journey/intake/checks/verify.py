"""Is it the package that the unit sent? The bag, its names, what it says about itself.

Digests that were taken on arrival are not taken again; older ones that a
manifest asks for are taken in one pass. What the catalogue and the papers say
is looked at in `validate`.

Source: interfaces.md, "A carrier".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from lantai.edges.files import folder as folder_edge
from lantai.formats.bag import bag, digest_list, tag_file
from lantai.formats.bag.manifests import FoundFile
from lantai.formats.vault.stream_digest import take_digests
from lantai.journey.intake.checks.locate_documents import FORMS, judge_zero_report, locate_documents
from lantai.records.centre.unit import DataForm
from lantai.records.intake.carrier import BackupStrategy, ReceivedFile, decode_name
from lantai.records.intake.finding import Finding, Severity
from lantai.records.intake.snapshot import Snapshot
from lantai.records.intake.submission import bears_number
from lantai.records.text.shown import on_one_line
from lantai.rules.intake.identity import identify
from lantai.rules.intake.snapshot import read_snapshot

__all__ = ["FORMS", "Declared", "PackageKind", "Reader", "Verified", "check_folder", "judge_bag", "verify"]

Reader = Callable[[int], BinaryIO]
"""Opens a received file by its number."""


class PackageKind(StrEnum):
    """How a package came: a bag, files with a catalogue and a digest list, or the statement that there is nothing."""

    BAG = "bag"
    BARE = "bare"
    ZERO_REPORT = "zero_report"


@dataclass(frozen=True, slots=True)
class Declared:
    """What is known from where the package lay.

    Attributes:
        unit_code: The unit whose outbox it was.
        filing_year: The year of the folder.
        fonds_no: The unit's fonds number, empty when not known.
        data_form: What the unit owes when it owes one form only; used where the package does not say.
        carrier_name: What the package is called where it does not say its number.
        package_name: The department's name for the package, empty where it is in no encoding that we know.
    """

    unit_code: str
    filing_year: int
    fonds_no: str = ""
    data_form: DataForm | None = None
    carrier_name: str = ""
    package_name: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """A package after it was verified.

    Attributes:
        findings: Everything wrong or odd so far.
        kind: How it came.
        tags: Pairs of bag-info in order; `bag_info` has the first value of each.
        files: Every readable file by its path below the bag's folder.
        papers: Paths of all files that belong to no record: tag files, catalogue, forms.
        payload: The documents by path.
        catalogue: The machine-readable catalogue, None when there is none.
        forms: The written materials by kind.
        data_form: None when neither package nor folder say.
        carrier_number: The unit's own number of the carrier.
        snapshot: What the bag says of the snapshot in it; None for what is no business data, and for a zero report.
    """

    findings: tuple[Finding, ...]
    kind: PackageKind
    tags: tuple[tuple[str, str], ...]
    bag_info: Mapping[str, str]
    files: Mapping[str, ReceivedFile]
    papers: tuple[str, ...]
    payload: Mapping[str, ReceivedFile]
    catalogue: ReceivedFile | None
    catalogue_path: str
    forms: Mapping[str, ReceivedFile]
    data_form: DataForm | None
    carrier_number: str
    strategy: BackupStrategy | None
    base_carrier: str
    snapshot: Snapshot | None

    @property
    def is_zero_report(self) -> bool:
        """Whether the unit states that it has nothing to file."""
        return self.kind is PackageKind.ZERO_REPORT


@dataclass(slots=True)
class _Names:
    """The files of a package by path, and what was odd about their names."""

    files: dict[str, ReceivedFile] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def verify(
    files: Sequence[ReceivedFile], read: Reader, profile: Mapping[str, Any] | None, declared: Declared
) -> Verified:
    """Verify a package in the quarantine and return what it is, with every finding.

    Source: R1-45, R1-50.

    Args:
        files: Its files as they arrived, with their SHA-256 and SM3.
        read: Opens one of them by number; tag files are read, others only where an older digest has to be taken.
        profile: A BagIt profile, or None for BagIt alone.
        declared: What is known from where it lay.

    Raises:
        NotFoundError: A file is not in the quarantine any more.
    """
    names = _resolve_names(files)
    paths = names.files
    tag_files, too_large = _read_tag_files(paths, read)
    findings = [*names.findings, *too_large]
    is_bag = tag_file.DECLARATION in paths
    tags = tuple(bag.read_bag_info(tag_files)) if is_bag else ()
    catalogue_path, forms, odd = locate_documents(paths, is_bag=is_bag)
    findings += odd
    lists = [] if is_bag else [path for path in paths if digest_list.is_digest_list(path)]
    if is_bag:
        findings += bag.judge(tag_files, _found(paths, bag.needed_digests(tag_files), read), profile)
        payload = {path: f for path, f in paths.items() if path.startswith("data/")}
        if not any(label.lower() == "payload-oxum" and value for label, value in tags):
            findings.append(Finding("oxum_missing", Severity.WARNING, "Payload-Oxum", {}, "GD-2-2"))
    else:
        papers = {*lists, *forms.values(), catalogue_path}
        payload = {path: f for path, f in paths.items() if path not in papers}
        findings += _judge_bare(paths, lists, read)
    identity = identify(tags, declared.unit_code, declared.filing_year, declared.fonds_no, declared.data_form)
    kind = PackageKind.BAG if is_bag else PackageKind.BARE
    if identity.is_zero_report:
        kind = PackageKind.ZERO_REPORT
        findings += judge_zero_report(tags, paths, payload)
    findings += identity.findings
    if bears_number(declared.package_name):
        values = {"found": on_one_line(declared.package_name)}
        findings.append(Finding("named_like_a_number", Severity.FAULT, "", values, "GD-1-6"))
    if not payload and not identity.is_zero_report:
        findings.append(Finding("payload_missing", Severity.FAULT, "", {}, "GD-2-11"))
    bag_info = _first_values(tags)
    has_snapshot = identity.data_form is DataForm.BUSINESS_DATA and not identity.is_zero_report
    return Verified(
        findings=tuple(findings),
        kind=kind,
        tags=tags,
        bag_info=bag_info,
        files=paths,
        papers=tuple(sorted(path for path in paths if path not in payload)),
        payload=payload,
        catalogue=paths.get(catalogue_path),
        catalogue_path=catalogue_path,
        forms={kind: paths[path] for kind, path in forms.items()},
        snapshot=read_snapshot(bag_info) if has_snapshot else None,
        data_form=identity.data_form,
        carrier_number=identity.carrier_number or declared.carrier_name,
        strategy=identity.strategy,
        base_carrier=identity.base_carrier,
    )


def judge_bag(files: Sequence[ReceivedFile], read: Reader) -> list[Finding]:
    """Return what is wrong with a bag by BagIt alone.

    Args:
        files: Its files, with their SHA-256 and SM3.
        read: Opens one of them by number.
    """
    names = _resolve_names(files)
    tag_files, too_large = _read_tag_files(names.files, read)
    found = _found(names.files, bag.needed_digests(tag_files), read)
    return [*names.findings, *too_large, *bag.judge(tag_files, found, None)]


def check_folder(folder: Path, profile: Mapping[str, Any] | None) -> list[Finding]:
    """Return what is wrong with a bag in a local folder: BagIt, and the profile when one is given.

    Raises:
        InputFileError: There is no such folder.
        PlaceUnavailableError: A file or folder of it cannot be read.
    """
    findings = []
    entries: dict[str, Path] = {}
    for entry in folder_edge.list_folder(folder):
        path = decode_name(entry.raw_name)
        if path is None:
            findings.append(_undecodable(entry.raw_name))
        elif not entry.is_regular:
            findings.append(Finding("file_not_regular", Severity.FAULT, path, {"found": path}, "GD-4-3"))
        else:
            entries[path] = entry.path
    tag_files = {
        path: folder_edge.read_bytes(place, tag_file.MOST_BYTES)
        for path, place in entries.items()
        if tag_file.is_read_by_bagit(path)
    }
    needed = bag.needed_digests(tag_files)
    found = {}
    for path, place in entries.items():
        size, digests = folder_edge.digest_file(place, needed.payload if path.startswith("data/") else needed.tags)
        found[path] = FoundFile(size, digests)
    return [*findings, *bag.judge(tag_files, found, profile)]


def _resolve_names(files: Sequence[ReceivedFile]) -> _Names:
    """Return the files by path, the same whether the package came as a folder or as an archive of one (R1-38)."""
    names = _Names()
    for received in files:
        if received.path is None:
            names.findings.append(_undecodable(received.raw_name))
            continue
        if received.path in names.files:
            values = {"found": received.raw_name.hex(" ")}
            names.findings.append(Finding("name_decodes_alike", Severity.FAULT, received.path, values, "GD-1-10"))
            continue
        names.files[received.path] = received
    top = digest_list.top_folder(names.files)
    if top:
        names.files = {path.removeprefix(top): received for path, received in names.files.items()}
    return names


def _undecodable(raw_name: bytes) -> Finding:
    return Finding("name_undecodable", Severity.FAULT, raw_name.hex(" "), {"found": raw_name.hex(" ")}, "GD-1-6")


def _read_tag_files(paths: Mapping[str, ReceivedFile], read: Reader) -> tuple[dict[str, bytes], list[Finding]]:
    content: dict[str, bytes] = {}
    findings = []
    left_bytes = tag_file.MOST_BYTES_IN_ALL
    for path, received in paths.items():
        if not tag_file.is_read_by_bagit(path) and not digest_list.is_digest_list(path):
            continue
        most_bytes = min(tag_file.MOST_BYTES, left_bytes)
        if received.size_bytes > most_bytes:
            values = {"found": str(received.size_bytes), "expected": str(most_bytes)}
            findings.append(Finding("tag_file_too_large", Severity.FAULT, path, values, "GD-1-13"))
            continue
        left_bytes -= received.size_bytes
        with read(received.file_no) as stream:
            content[path] = stream.read()
    return content, findings


def _found(paths: Mapping[str, ReceivedFile], needed: bag.NeededDigests, read: Reader) -> dict[str, FoundFile]:
    return {
        path: _with_digests(received, needed.payload if path.startswith("data/") else needed.tags, read)
        for path, received in paths.items()
    }


def _with_digests(received: ReceivedFile, algorithms: frozenset[str], read: Reader) -> FoundFile:
    digests = received.digest.hexes
    further = algorithms - digests.keys()
    if further:
        with read(received.file_no) as stream:
            digests |= take_digests(stream, further)[1]
    return FoundFile(received.size_bytes, digests)


def _judge_bare(paths: Mapping[str, ReceivedFile], lists: Sequence[str], read: Reader) -> Iterator[Finding]:
    """Yield what is wrong with a package that is no bag, held against its lists of digests (R1-47)."""
    yield Finding("not_a_bag", Severity.WARNING, "", {}, "GD-1-13")
    for path in paths:
        if tag_file.is_unsafe(path):
            yield Finding("name_unsafe", Severity.FAULT, path, {"found": path}, "GD-1-6")
    if not lists:
        yield Finding("digest_list_missing", Severity.FAULT, "", {}, "GD-1-1")
    for path in lists:
        with read(paths[path].file_no) as stream:
            content = stream.read(tag_file.MOST_BYTES)
        algorithms = digest_list.algorithms_of(path, content)
        others = {name: f for name, f in paths.items() if name not in lists}
        yield from digest_list.judge(path, content, {n: _with_digests(f, algorithms, read) for n, f in others.items()})


def _first_values(tags: Sequence[tuple[str, str]]) -> dict[str, str]:
    values: dict[str, str] = {}
    for label, value in tags:
        values.setdefault(label, value)
    return values
