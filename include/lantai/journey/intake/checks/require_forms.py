"""Are the written materials there, filled in, and about this carrier?

The carrier's unique authentication information (唯一认证信息) is the digest of its
payload manifest: it stands in the statement and on the inspection form, and is
held against what arrived.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lantai.edges.sheets.sheet import read_workbook
from lantai.errors import ArchiveLimitError, CatalogueError
from lantai.formats.bag.tag_file import ALGORITHMS
from lantai.formats.vault.stream_digest import take_digests
from lantai.formats.workbooks.filing_forms import FilledForm, missing_fields, read_form
from lantai.journey.intake.checks.read_catalogue import found_in
from lantai.journey.intake.checks.verify import FORMS, PackageKind, Reader, Verified
from lantai.records.intake.finding import Finding, Said, Severity
from lantai.records.intake.inspection import PROPERTIES, UnitHalf
from lantai.rules.year.calendar import read_date

_CODE = "GD-1-12"

LONGEST_ANSWER = 100
"""Characters of an answer on a form that are kept for the form of the centre: a name or a result, never an essay."""


def require_forms(
    verified: Verified, read: Reader, unit_code: str, filing_year: int
) -> tuple[list[Finding], UnitHalf | None]:
    """Return every fault of the three forms of a package, and the unit's half of the inspection form when it sent one.

    A zero report needs none of them. A package that is no bag is accepted without them, with a remark; a form that is
    there has to be right in any case. Source: R1-39, R1-44.

    Args:
        verified: The package.
        read: Opens a received file by its number.
        unit_code: The unit it should name.
        filing_year: The year it should name.

    Raises:
        ValidationUnavailableError: The forms could not be read for a reason of ours.
    """
    if verified.is_zero_report:
        return [], None
    findings: list[Finding] = []
    half = None
    for kind, name in FORMS.items():
        received = verified.forms.get(kind)
        path = f"metadata/{name}.xlsx"
        if received is None:
            severity = Severity.WARNING if verified.kind is PackageKind.BARE else Severity.FAULT
            findings.append(Finding("form_missing", severity, path, {"form": kind}, "GD-2-5"))
            continue
        try:
            with read(received.file_no) as stream:
                form = read_form(kind, read_workbook(stream))
        except (CatalogueError, ArchiveLimitError) as error:
            values = {"form": kind, **found_in(error)}
            findings.append(Finding("form_unreadable", Severity.FAULT, path, values, "GD-3-1"))
            continue
        findings += _check_form(form, path, unit_code, filing_year)
        findings += _check_digest(form, path, verified, read)
        if kind == "acceptance_inspection":
            half = _half_of(form)
    return findings, half


def _half_of(form: FilledForm) -> UnitHalf:
    """Return the unit's half of its inspection form (R1-28)."""
    said = {key: value[:LONGEST_ANSWER] for key, value in form.values.items()}
    results = {name: said[name] for name in PROPERTIES if name in said}
    named = ("algorithm", "digest", "preparer", "reviewer", "filled_on")
    algorithm, digest, preparer, reviewer, filled_on = (said.get(name, "") for name in named)
    return UnitHalf(algorithm, digest.strip().lower(), results, preparer, reviewer, filled_on)


def _check_form(form: FilledForm, path: str, unit_code: str, filing_year: int) -> Iterator[Finding]:
    """Yield what a form lacks and what it contradicts: register, statement and inspection form alike.

    Source: R1-25, R1-26, R1-30.
    """
    missing = missing_fields(form)
    if missing:
        lacks: dict[str, Said] = {"form": form.kind, "expected": tuple(missing)}
        yield Finding("form_incomplete", Severity.FAULT, path, lacks, "GD-2-5")
    for key, expected in (("unit_code", unit_code), ("filing_year", str(filing_year))):
        found = form.values.get(key, "")
        if found and found != expected:
            values = {"form": form.kind, "field": key, "found": found, "expected": expected}
            yield Finding("form_contradicts", Severity.FAULT, path, values, _CODE)
    filled_on = form.values.get("filled_on", "")
    if filled_on and read_date(filled_on) is None:
        values = {"form": form.kind, "field": "filled_on", "found": filled_on}
        yield Finding("form_value_invalid", Severity.FAULT, path, values, _CODE)


def _check_digest(form: FilledForm, path: str, verified: Verified, read: Reader) -> Iterator[Finding]:
    """Yield that the statement has no row for the carrier (R1-27), or a digest that is not the carrier's (R1-45, R1-47)."""
    if form.kind == "backup_statement":
        entry = next((row for row in form.rows if row.get("carrier") == verified.carrier_number), None)
        if entry is None:
            values = {"expected": verified.carrier_number}
            yield Finding("statement_row_missing", Severity.FAULT, path, values, "GD-1-14")
            return
    elif form.kind == "acceptance_inspection":
        entry = form.values
    else:
        return
    algorithm, registered = entry.get("algorithm", ""), entry.get("digest", "")
    if not algorithm or not registered:
        return
    computed = _carrier_digest(algorithm.lower().replace("-", "").strip(), verified, read)
    if computed != registered.strip().lower():
        values = {
            "carrier": verified.carrier_number,
            "algorithm": algorithm,
            "expected": registered,
            "found": computed or "-",
        }
        yield Finding("carrier_digest_mismatch", Severity.FAULT, path, values, "GD-1-14")


def _carrier_digest(algorithm: str, verified: Verified, read: Reader) -> str:
    """Return the digest of the payload manifest of that algorithm, empty when there is no such manifest."""
    manifest = verified.files.get(f"manifest-{algorithm}.txt")
    if manifest is None or algorithm not in ALGORITHMS:
        return ""
    known = manifest.digest.hexes.get(algorithm)
    return known or _digest(read(manifest.file_no), algorithm)


def _digest(stream: BinaryIO, algorithm: str) -> str:
    with stream:
        return take_digests(stream, {algorithm})[1][algorithm]
