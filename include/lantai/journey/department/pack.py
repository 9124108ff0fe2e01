"""Make a carrier from a folder and a catalogue: what a department's part-time archivist runs.

The digests are taken while the files are copied, so that package and unique
authentication information come from the same step. The same input gives the
same bytes; the date is the caller's.

Source: interfaces.md, "A carrier".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from lantai.edges.files import folder as folder_edge
from lantai.edges.files.folder import FolderFile
from lantai.edges.files.machine import is_there
from lantai.edges.sheets.sheet import read_workbook
from lantai.errors import AlreadyThereError, CatalogueError, PackageError, UnsafeNameError, UsageError
from lantai.formats.bag.tag_file import escape, is_unsafe
from lantai.formats.workbooks.filing_forms import FORM_KINDS, read_form
from lantai.formats.workbooks.workbook import form_fields, unit_form
from lantai.journey.intake.checks.read_catalogue import read_catalogue
from lantai.journey.intake.checks.verify import FORMS
from lantai.locales import refusal, say
from lantai.records.centre.unit import DataForm
from lantai.records.custody.record import Retention
from lantai.records.intake.carrier import BackupStrategy, decode_name, shown_name
from lantai.records.intake.submission import bears_number
from lantai.records.text.progress import Progress
from lantai.records.text.words import Words
from lantai.rules.intake.scope import UNSEEN

ALGORITHMS = ("sha256", "sm3")
CARRIER_NUMBER = re.compile(r"\w[\w.-]{0,63}")
"""It becomes part of a folder's name; letters of any script."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who files: as it stands in bag-info and on the forms."""

    unit_code: str
    name: str
    fonds_no: str
    contact_name: str
    contact_phone: str


@dataclass(frozen=True, slots=True)
class PackOrder:
    """What is to be packed.

    Attributes:
        filing_year: The year the records belong to.
        data_form: What they are.
        packed_on: Local date of packing, which is written as Bagging-Date.
        carrier_number: The unit's own number of the carrier, unique within year and form.
        strategy: For business data; None for other forms.
        base_carrier: Carrier-Number of the full backup that an incremental one builds on.
        retention: Period of a snapshot of business data; records of a catalogue have their own.
        description: What the snapshot is, for people.
        declared_gaps: Archival codes that are missing on purpose.
        form_values: What the forms say beyond what is known here, by key of `formats.workbooks.workbook.form_fields`.
        zero_signed_by: Name of who states that there is nothing to file; set only for a zero report.
        zero_statement: The statement; empty takes the usual sentence.
    """

    filing_year: int
    data_form: DataForm
    packed_on: date
    carrier_number: str = "001"
    strategy: BackupStrategy | None = None
    base_carrier: str = ""
    retention: Retention | None = None
    description: str = ""
    declared_gaps: tuple[str, ...] = ()
    form_values: Mapping[str, str] = field(default_factory=dict)
    zero_signed_by: str = ""
    zero_statement: str = ""


@dataclass(slots=True)
class _Digests:
    """Sizes and digests of the files written, by path in the bag."""

    sizes: dict[str, int] = field(default_factory=dict)
    hexes: dict[str, dict[str, str]] = field(default_factory=dict)

    def take(self, path: str, size: int, hexes: Mapping[str, str]) -> None:
        self.sizes[path] = size
        self.hexes[path] = dict(hexes)


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


def values_of_forms(folder: Path) -> dict[str, str]:
    """Return what filled-in forms in a folder say, by key; a form that is not there says nothing.

    Raises:
        CatalogueError: A form cannot be read.
        ArchiveLimitError: A form is over a limit.
    """
    values: dict[str, str] = {}
    for kind, name in FORMS.items():
        path = folder / f"{name}.xlsx"
        if is_there(path):
            try:
                with folder_edge.open_file(path) as stream:
                    values |= read_form(kind, read_workbook(stream)).values
            except PackageError as error:
                raise type(error)(f"{path}: {error}", error.reason, **{**error.values, "file": str(path)}) from error
    return values


def _check_order(folder: Path | None, order: PackOrder, catalogue: Path | None) -> None:
    is_business = order.data_form is DataForm.BUSINESS_DATA
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
    elif not is_business and catalogue is None:
        raise UsageError(f"pack: {order.data_form.value} needs a catalogue (csv or xlsx)")
    elif is_business and (order.strategy is None or order.retention is None):
        raise UsageError("pack: business_data needs a backup strategy and a retention period")


def _write_bag(
    bag: Path,
    folder: Path | None,
    sender: Sender,
    order: PackOrder,
    catalogue: Path | None,
    progress: Progress | None,
) -> None:
    tags = _Digests()
    payload = _copy_payload(bag, folder, catalogue, progress)
    if folder is not None and not payload.sizes:
        raise UsageError(f"{folder}: found no file to pack")
    for algorithm in ALGORITHMS:
        _write(bag, f"manifest-{algorithm}.txt", _manifest(payload, algorithm), tags)
    if folder is None:
        _write(bag, "metadata/zero-report.txt", f"{_statement(order)}\n".encode(), tags)
    else:
        record_count = 1
        if catalogue is not None:
            path = f"metadata/catalogue{catalogue.suffix.lower()}"
            tags.take(path, *folder_edge.copy_file(catalogue, bag / path, ALGORITHMS))
            record_count = _count_records(catalogue)
        for path, content in _forms(sender, order, payload, tags, record_count):
            _write(bag, path, content, tags)
    _write(bag, "bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", tags)
    _write(bag, "bag-info.txt", _bag_info(sender, order, payload), tags)
    for algorithm in ALGORITHMS:
        folder_edge.write_file(bag / f"tagmanifest-{algorithm}.txt", _manifest(tags, algorithm))


def _copy_payload(bag: Path, folder: Path | None, catalogue: Path | None, progress: Progress | None) -> _Digests:
    """Copy what is filed, and return the digests that were taken of it on the way (R1-32)."""
    payload, sources = _Digests(), _payload(folder, catalogue)
    done, total = 0, sum(entry.size_bytes for _, entry in sources)

    def tell(more: int) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(f"{len(payload.sizes) + 1}/{len(sources)}", done, total)

    for path, entry in sources:
        payload.take(path, *folder_edge.copy_file(entry.path, bag / path, ALGORITHMS, tell))
    return payload


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
            said = dict(finding.values)
            raise CatalogueError(
                f"{catalogue}: {said.pop('found')}", said.pop("reason"), **{**said, "file": str(catalogue)}
            )
    return len(rows)


def _forms(
    sender: Sender, order: PackOrder, payload: _Digests, tags: _Digests, record_count: int
) -> list[tuple[str, bytes]]:
    """Return the written materials, filled in with what is known, counted and computed here.

    Source: R1-25 (register), R1-26 (statement), R1-27 (its row), R1-28 (inspection form).
    """
    known: dict[str, object] = {
        "unit": sender.name,
        "unit_code": sender.unit_code,
        "fonds_no": sender.fonds_no,
        "filing_year": str(order.filing_year),
        "data_form": order.data_form.value,
        "strategy": (order.strategy or BackupStrategy.FULL).value,
        "base_carrier": order.base_carrier,
        "system_name": order.description,
        "contact_name": sender.contact_name,
        "contact_phone": sender.contact_phone,
        "carrier": order.carrier_number,
        "channel": "online",
        "carrier_count": "1",
        "record_count": str(record_count),
        "file_count": str(len(payload.sizes)),
        "total_bytes": str(sum(payload.sizes.values())),
        "packed_at": order.packed_on.isoformat(),
        "algorithm": "SHA-256",
        "digest": tags.hexes["manifest-sha256.txt"]["sha256"],
    }
    # What a person wrote about the filing stands; what is counted and computed here is never typed.
    computed = (
        "carrier",
        "carrier_count",
        "record_count",
        "file_count",
        "total_bytes",
        "algorithm",
        "digest",
        "data_form",
    )
    values = known | {key: value for key, value in order.form_values.items() if value and key not in computed}
    entry = {key: known[key] for key in ("carrier", "record_count", "file_count", "algorithm", "digest", "packed_at")}
    entry |= {"number": "1", "bytes": known["total_bytes"], "description": order.description}
    forms = []
    for kind in FORM_KINDS:
        keys = [form_field.key for form_field in form_fields(kind)]
        filled = {key: values[key] for key in keys if key in values}
        rows: Sequence[Mapping[str, object]] = (entry,) if kind == "backup_statement" else ()
        forms.append((f"metadata/{FORMS[kind]}.xlsx", unit_form(kind, filled, rows)))
    return forms


def _bag_info(sender: Sender, order: PackOrder, payload: _Digests) -> bytes:
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
        ("Payload-Oxum", f"{sum(payload.sizes.values())}.{len(payload.sizes)}"),
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
    lines = [f"{label}: {' '.join(value.split())}\n" for label, value in pairs if value]
    return "".join(lines).encode()


def _statement(order: PackOrder) -> str:
    form = say(f"values.data_form.{order.data_form.value}", "zh")
    sentence = say("on_paper.zero_report", "zh", year=order.filing_year, form=form)
    return order.zero_statement or sentence


def _manifest(digests: _Digests, algorithm: str) -> bytes:
    lines = [f"{hexes[algorithm]}  {escape(path)}\n" for path, hexes in sorted(digests.hexes.items())]
    return "".join(lines).encode()


def _write(bag: Path, path: str, content: bytes, digests: _Digests) -> None:
    folder_edge.write_file(bag / path, content)
    hexes = {name: hashlib.new(name, content).hexdigest() for name in ALGORITHMS}
    digests.take(path, len(content), hexes)
