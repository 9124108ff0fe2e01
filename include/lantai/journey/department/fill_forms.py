"""The written materials of a carrier: filled in with what is known, counted and computed; and read back.

Source: interfaces.md, "A carrier".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lantai.edges.files.folder import open_file
from lantai.edges.files.machine import is_there
from lantai.edges.sheets.sheet import read_workbook
from lantai.errors import PackageError
from lantai.formats.workbooks.filing_forms import FORM_KINDS, read_form
from lantai.formats.workbooks.workbook import form_fields, unit_form
from lantai.journey.intake.checks.verify import FORMS
from lantai.records.custody.file_digest import FileDigest
from lantai.records.department.pack_order import PackOrder, Sender
from lantai.records.intake.carrier import BackupStrategy

_COMPUTED = (
    "carrier",
    "carrier_count",
    "record_count",
    "file_count",
    "total_bytes",
    "algorithm",
    "digest",
    "data_form",
)
"""What a person wrote about the filing stands; what is counted and computed here is never typed."""


def fill_forms(
    sender: Sender, order: PackOrder, payload: Sequence[FileDigest], manifest_sha256: str, record_count: int
) -> list[tuple[str, bytes]]:
    """Return the written materials by their path in the bag, filled in with what is known, counted and computed here.

    Args:
        sender: Who files.
        order: What is packed.
        payload: The files of the carrier.
        manifest_sha256: Digest of its manifest in hex: the unique authentication information that the forms state.
        record_count: Records of its catalogue; 1 for a snapshot of business data.

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
        "file_count": str(len(payload)),
        "total_bytes": str(sum(each.size_bytes for each in payload)),
        "packed_at": order.packed_on.isoformat(),
        "algorithm": "SHA-256",
        "digest": manifest_sha256,
    }
    values = known | {key: value for key, value in order.form_values.items() if value and key not in _COMPUTED}
    entry = {key: known[key] for key in ("carrier", "record_count", "file_count", "algorithm", "digest", "packed_at")}
    entry |= {"number": "1", "bytes": known["total_bytes"], "description": order.description}
    forms = []
    for kind in FORM_KINDS:
        keys = [form_field.key for form_field in form_fields(kind)]
        filled = {key: values[key] for key in keys if key in values}
        rows: Sequence[Mapping[str, object]] = (entry,) if kind == "backup_statement" else ()
        forms.append((f"metadata/{FORMS[kind]}.xlsx", unit_form(kind, filled, rows)))
    return forms


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
                with open_file(path) as stream:
                    values |= read_form(kind, read_workbook(stream)).values
            except PackageError as error:
                raise type(error)(f"{path}: {error}", error.reason, **{**error.values, "file": str(path)}) from error
    return values
