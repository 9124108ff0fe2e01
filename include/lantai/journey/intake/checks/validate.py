"""Is the package complete, by its catalogue, its papers and the rules? And what records does it hold?

The rules look at the whole and at every column; at the centre the columns are
asked by great-expectations at its one edge as well, and the same fault is told
once. Every fault comes back in one go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from lantai import profiles
from lantai.edges.sheets.expectations import CheckKind, ColumnCheck, Unmet, check_catalogue
from lantai.journey.intake.checks.four_property_test import results_of
from lantai.journey.intake.checks.locate_documents import find_catalogues
from lantai.journey.intake.checks.look_into_files import look_into_files
from lantai.journey.intake.checks.read_catalogue import read_catalogue
from lantai.journey.intake.checks.require_forms import require_forms
from lantai.journey.intake.checks.verify import PackageKind, Reader, Verified
from lantai.records.centre.unit import DataForm, Unit
from lantai.records.custody.record import Retention
from lantai.records.intake.catalogue_entry import CatalogueEntry
from lantai.records.intake.finding import Finding, Severity
from lantai.records.intake.inspection import UnitHalf
from lantai.records.intake.ruling import Ruling
from lantai.rules.disposal.retention import RetentionRules, RuleRow, rule_rows
from lantai.rules.intake import archival_code, catalogue_entry, completeness, scope
from lantai.rules.intake.consequences import causes
from lantai.rules.intake.four_properties import ItemResult
from lantai.rules.intake.ruled import as_ruled, old_periods
from lantai.rules.intake.snapshot import EarlierBackups, check_snapshot

_CHECKS = (
    *(ColumnCheck("field_missing", column, CheckKind.FILLED) for column in catalogue_entry.REQUIRED),
    ColumnCheck("archival_code_malformed", "archival_code", CheckKind.MATCHES, pattern=archival_code.PATTERN.pattern),
    ColumnCheck("archival_code_duplicate", "archival_code", CheckKind.UNIQUE),
    ColumnCheck(
        "retention_unknown", "retention", CheckKind.ONE_OF, words=tuple(retention.value for retention in Retention)
    ),
    ColumnCheck("page_count_invalid", "page_count", CheckKind.MATCHES, pattern=catalogue_entry.PAGES.pattern),
)
"""What the columns are asked; a finding of the same rule, row and column by the rules is the same fault."""

_CHECK_CODES = {
    "field_missing": "GD-2-4",
    "archival_code_malformed": "GD-1-7",
    "archival_code_duplicate": "GD-1-8",
    "retention_unknown": "GD-1-4",
    "page_count_invalid": "GD-1-3",
    "catalogue_empty": "GD-2-1",
}


@cache
def shipped_transfer_rules() -> tuple[RuleRow, ...]:
    """Return the rows about transfer that the package ships; read once, for every record of a catalogue asks them."""
    return rule_rows(profiles.transfer_rules())


@dataclass(frozen=True, slots=True)
class Context:
    """What a package is held against, looked up by the caller.

    Attributes:
        unit: Who filed it.
        filing_year: The year it is for.
        today: Local date of the check.
        archive_level: Level of the archive that records go to in the end.
        region: Region whose local rules apply, empty for none.
        transfer_rules: Rows about transfer, those the package ships when none are given.
        last_year_count: Records accepted for the year before in this form, None when there were none to count.
        accepted_count: Records accepted for this year in this form before, in other packages.
        drop_ratio: Share of last year's number below which the count is remarked upon.
        last_snapshot_bytes: Payload of the last accepted full backup of business data, None when there is none.
        full_backups: Carrier-Number of each accepted full backup of this unit that is still there -> our id of its carrier.
        has_registry: Whether what the registry knows was looked up; False on a department's machine, where the rules that ask it say
            that the centre will look.
        has_expectations: Whether great-expectations asks the columns too. A department's machine has it not: there the rules do it
            alone, and find the same.
        has_agreement: Whether an agreement on encryption and custody is in force.
        encrypts: Whether it says that the unit encrypts before sending; None where that is not known.
        ruling: What somebody at the centre has decided about it while it was held.
    """

    unit: Unit
    filing_year: int
    today: date
    archive_level: str
    region: str = ""
    transfer_rules: tuple[RuleRow, ...] = field(default_factory=shipped_transfer_rules)
    last_year_count: int | None = None
    accepted_count: int = 0
    drop_ratio: float = completeness.DROP_RATIO
    last_snapshot_bytes: int | None = None
    full_backups: Mapping[str, str] = field(default_factory=dict)
    has_registry: bool = True
    has_expectations: bool = True
    has_agreement: bool = True
    encrypts: bool | None = None
    ruling: Ruling | None = None

    @property
    def retention_rules(self) -> RetentionRules:
        """By what its periods are read and its due dates counted (R9-10)."""
        return RetentionRules(
            self.transfer_rules, self.archive_level, self.region, self.today, old_periods(self.ruling)
        )

    @property
    def earlier_backups(self) -> EarlierBackups:
        """What a snapshot of business data is held against."""
        full = frozenset(self.full_backups) if self.has_registry else None
        return EarlierBackups(full, self.last_snapshot_bytes, self.drop_ratio)


@dataclass(frozen=True, slots=True)
class Validated:
    """A package after it was validated.

    Attributes:
        findings: Everything found by `verify` and here, each cause once.
        entries: The catalogue, read: one entry for each row; none for business data.
        four_properties: Every item of the four-property test with its result; the scan and manual items are still open.
        unit_half: What the unit filled into its half of the inspection form; None when it sent none.
    """

    findings: tuple[Finding, ...]
    entries: tuple[CatalogueEntry, ...]
    four_properties: tuple[ItemResult, ...]
    unit_half: UnitHalf | None = None


def validate(verified: Verified, read: Reader, context: Context) -> Validated:
    """Validate a package and return every finding, those of `verify` first.

    Source: R1-37 (whether it is held), R1-50.

    Args:
        verified: The package as `verify` left it.
        read: Opens a received file by its number.
        context: What it is held against.

    Raises:
        ValidationUnavailableError: The checks could not be run; nothing is known about the package, and it is not returned.
    """
    findings = list(verified.findings)
    found, half = require_forms(verified, read, context.unit.unit_code, context.filing_year)
    findings += found
    if not context.has_agreement and not verified.is_zero_report:
        findings.append(Finding("no_agreement", Severity.HOLD, "", {}, "GD-4-7"))
    findings += scope.check_names(verified.payload)
    closed = look_into_files(verified, read, encrypts=context.encrypts)
    findings += closed if context.has_registry else map(_left_to_the_centre, closed)
    entries: list[CatalogueEntry] = []
    if verified.data_form is DataForm.BUSINESS_DATA or verified.is_zero_report:
        if (snapshot := verified.snapshot) is not None:
            size = sum(file.size_bytes for file in verified.payload.values())
            strategy, base = verified.strategy, verified.base_carrier
            findings += check_snapshot(snapshot, strategy, base, size, context.earlier_backups)
        findings += _marks_in_catalogues(verified, read)
    else:
        entries, found = _validate_catalogue(verified, read, context)
        findings += found
    unique = tuple(dict.fromkeys(_key(f) for f in findings))
    by_key = {_key(f): f for f in reversed(findings)}
    found_once = as_ruled([by_key[key] for key in unique], context.ruling)
    results = results_of(verified.data_form, found_once, is_zero_report=verified.is_zero_report)
    return Validated(tuple(causes(found_once)), tuple(entries), tuple(results), half)


def _validate_catalogue(
    verified: Verified, read: Reader, context: Context
) -> tuple[list[CatalogueEntry], list[Finding]]:
    """Return the entries of the catalogue and what is wrong with them or missing (R1-13, R1-14), or due for the archive (R1-05)."""
    if verified.catalogue is None:
        return [], [Finding("catalogue_missing", Severity.FAULT, "metadata/catalogue.xlsx", {}, "GD-1-12")]
    with read(verified.catalogue.file_no) as stream:
        rows, findings = read_catalogue(stream, verified.catalogue_path)
    findings += _marks_in_catalogues(verified, read, but=verified.catalogue_path)
    if not rows and any(f.severity is Severity.FAULT for f in findings):
        return [], findings
    entries = catalogue_entry.read_entries(rows, verified.payload, context.retention_rules)
    expected = completeness.Expected(
        fonds_no=context.unit.fonds_no,
        filing_year=context.filing_year,
        last_year_count=context.last_year_count,
        accepted_count=context.accepted_count,
        drop_ratio=context.drop_ratio,
        declared_gaps=frozenset(value for label, value in verified.tags if label.lower() == "declared-gap"),
    )
    findings += completeness.check(entries, verified.payload, expected)
    findings += completeness.check_sizes(entries, {path: file.size_bytes for path, file in verified.payload.items()})
    if context.has_expectations:
        unmet = check_catalogue([entry.plain for entry in entries], _CHECKS)
        findings += _not_told_yet(unmet, entries, findings)
    for entry in entries:
        findings += scope.check_classification(entry)
        findings += scope.check_transfer_due(entry, context.today)
    return entries, findings


def _marks_in_catalogues(verified: Verified, read: Reader, but: str = "") -> Iterator[Finding]:
    """Yield the marks in catalogues that are not read as such, and that marks could not be looked for in one.

    Beside the one that is read they are a fault of their own; business data and a zero report need none, and may have one.
    Source: R1-40.
    """
    for path in find_catalogues(verified.files, is_bag=verified.kind is not PackageKind.BARE):
        if path != but:
            with read(verified.files[path].file_no) as stream:
                rows, findings = read_catalogue(stream, path)
            yield from (f for f in findings if f.rule in scope.CLASSIFIED | scope.UNSEEN | scope.PARTLY_UNSEEN)
            for entry in map(catalogue_entry.read_entry, rows):
                yield from (f for f in scope.check_classification(entry) if f.rule in scope.CLASSIFIED)


def _not_told_yet(
    unmet: Sequence[Unmet], entries: Sequence[CatalogueEntry], told: Sequence[Finding]
) -> Iterator[Finding]:
    known = {(f.rule, f.values.get("column", ""), f.sheet, f.record_no) for f in told}
    plain = {entry.written.archival_code: entry.archival_code for entry in entries}
    doubled = {plain[str(f.values["found"])] for f in told if f.rule == "archival_code_duplicate"}
    known |= {
        ("archival_code_duplicate", "", entry.sheet, entry.row_no)
        for entry in entries
        if entry.archival_code in doubled
    }
    for rule, column, places in unmet:
        if not places and (rule, "", "", None) not in known:
            yield Finding(rule, Severity.FAULT, "", {}, _CHECK_CODES[rule])
        told_column = column if rule == "field_missing" else ""
        for entry in map(entries.__getitem__, places):
            if (rule, told_column, entry.sheet, entry.row_no) not in known:
                found = entry.files if column == "files" else getattr(entry.written, column)
                values, code = {"column": column, "found": str(found)}, _CHECK_CODES[rule]
                yield Finding(
                    rule, Severity.FAULT, entry.written.archival_code, values, code, entry.row_no, entry.sheet
                )


def _key(finding: Finding) -> tuple[object, ...]:
    return (finding.rule, finding.subject, finding.sheet, finding.record_no, tuple(sorted(finding.values.items())))


def _left_to_the_centre(found: Finding) -> Finding:
    """Say of an encrypted file that the centre knows the agreement: whoever has no registry must not be told to decrypt what was agreed."""
    if found.rule != "file_encrypted":
        return found
    return replace(found, rule="encryption_at_centre", severity=Severity.WARNING)
