"""Check a carrier before it is sent, as the centre will, with no registry at hand.

What only the centre knows is left out: last year's count, earlier carriers, the
agreement. What only the centre has, great-expectations, finds nothing that the
rules do not. The carrier is held against what it says of itself; where it says
no year that can be one, against the year that is filed now.

Source: interfaces.md, "The command".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lantai import profiles
from lantai.edges.files.machine import is_folder
from lantai.edges.intake.local_carrier import LocalCarrier, open_carrier
from lantai.errors import PackageError
from lantai.formats.bag.profile import judge_serialization
from lantai.journey.intake.checks.read_catalogue import found_in
from lantai.journey.intake.checks.validate import Context, validate
from lantai.journey.intake.checks.verify import Declared, Verified, check_folder, judge_bag, verify
from lantai.records.centre.unit import UNIT_CODE, DataForm, Unit
from lantai.records.intake.carrier import stand_in_number
from lantai.records.intake.finding import Finding, Severity
from lantai.records.text.progress import Progress

_YEAR = re.compile(r"[0-9]{4}")
_NOBODY = "X"
"""Stands in for the unit's code where the carrier names none; the missing tag is a finding of its own."""


@dataclass(frozen=True, slots=True)
class CheckedCarrier:
    """A carrier on this machine and everything found about it."""

    verified: Verified
    findings: tuple[Finding, ...]


def findings_of(path: Path, today: date, archive_level: str, progress: Progress | None = None) -> tuple[Finding, ...]:
    """Return everything that the centre will find; an archive that cannot be opened is a finding, as it is there.

    Raises:
        InputFileError: There is nothing at that path.
    """
    try:
        return check_carrier(path, today, archive_level, progress=progress).findings
    except PackageError as error:
        return (_refused(error),)


def bagit_findings_of(path: Path, progress: Progress | None = None) -> tuple[Finding, ...]:
    """Return what is wrong with a bag by BagIt alone, in a folder or an archive.

    Raises:
        InputFileError: There is nothing at that path.
    """
    if is_folder(path):
        return tuple(check_folder(path, None))
    try:
        with open_carrier(path, progress) as carrier:
            return tuple(judge_bag(carrier.files, carrier.read))
    except PackageError as error:
        return (_refused(error),)


def check_carrier(
    path: Path, today: date, archive_level: str = "city", *, is_whole: bool = True, progress: Progress | None = None
) -> CheckedCarrier:
    """Check a folder or an archive, and return every fault in one go (R1-50).

    Args:
        path: Where it lies.
        today: Local date of the check.
        archive_level: Level of the archive that records go to in the end.
        is_whole: False leaves out catalogue and papers, which takes seconds less.
        progress: Told the file that is digested, bytes done and bytes in all.

    Raises:
        InputFileError: There is nothing at that path.
        PackageError: It is neither folder nor archive, or an archive that is refused.
    """
    with open_carrier(path, progress) as carrier:
        said = verify(carrier.files, carrier.read, None, Declared("", 0)).bag_info
        unit_code, year = said.get("Unit-Code", ""), said.get("Filing-Year", "")
        declared = Declared(
            unit_code=unit_code,
            filing_year=int(year) if _YEAR.fullmatch(year) else today.year - 1,
            fonds_no=said.get("Fonds-Number", ""),
            carrier_name=stand_in_number(path.name.encode("utf-8", "surrogateescape"), carrier.container or "folder"),
            package_name=path.name,
        )
        verified = verify(carrier.files, carrier.read, profiles.carrier_profile(), declared)
        found = [*_not_regular(carrier), *judge_serialization(carrier.container, profiles.carrier_profile())]
        if not is_whole:
            return CheckedCarrier(verified, (*found, *verified.findings))
        unit = _unit(declared, said.get("Source-Organization", ""))
        context = Context(unit, declared.filing_year, today, archive_level, has_registry=False, has_expectations=False)
        return CheckedCarrier(verified, (*found, *validate(verified, carrier.read, context).findings))


def _refused(error: PackageError) -> Finding:
    return Finding("archive_refused", Severity.FAULT, "", found_in(error), "GD-3-8")


def _not_regular(carrier: LocalCarrier) -> list[Finding]:
    names = [raw.decode("utf-8", "replace") for raw in carrier.not_regular]
    return [Finding("file_not_regular", Severity.FAULT, name, {"found": name}, "GD-4-3") for name in names]


def _unit(declared: Declared, name: str) -> Unit:
    code = declared.unit_code if UNIT_CODE.fullmatch(declared.unit_code) else _NOBODY
    return Unit(code, name, declared.fonds_no, tuple(DataForm))
