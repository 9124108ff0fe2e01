"""Assess a collected package: verify it, give it its number and round, validate it, ask the registry; all findings in one go.

Decides nothing: what follows from the findings is in `accept_or_return`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lantai import profiles
from lantai.edges.centre import Centre
from lantai.edges.registry.custody.holdings import accepted_count, full_backups, registered_codes
from lantai.edges.registry.intake.rounds import rounds
from lantai.edges.registry.intake.rulings import ruling_of
from lantai.edges.registry.year.duties import agreements
from lantai.journey.intake.checks.validate import Context, Validated, validate
from lantai.journey.intake.checks.verify import Declared, Verified, verify
from lantai.journey.intake.collect import Collected
from lantai.journey.intake.receive import Arrival, follows_acceptance, receive
from lantai.records.centre.unit import Unit
from lantai.records.intake.carrier import BackupStrategy, decode_name, is_on_its_way, shown_name
from lantai.records.intake.finding import Finding, Severity
from lantai.records.intake.package import Package
from lantai.records.intake.round import Round
from lantai.records.intake.ruling import Ruling
from lantai.records.intake.submission import RoundState
from lantai.rules.intake.ruled import as_ruled, outcome
from lantai.rules.intake.zero_report import check_zero_report


@dataclass(frozen=True, slots=True)
class Assessed:
    """A package with everything that was found about it.

    Attributes:
        round: Which round of which submission it is.
        findings: Of the package, of the catalogue and of the registry.
    """

    round: Round
    verified: Verified
    validated: Validated
    context: Context
    findings: tuple[Finding, ...]

    @property
    def base_carrier_id(self) -> str | None:
        """Our id of the full backup that this incremental or differential one builds on, None for what stands alone."""
        if self.verified.strategy in (None, BackupStrategy.FULL):
            return None
        return self.context.full_backups.get(self.verified.base_carrier)


def assess(
    centre: Centre,
    unit: Unit,
    package: Package,
    collected: Collected,
    known: Round | None,
    *,
    is_stalled: bool = False,
) -> Assessed:
    """Assess a package that lies in the quarantine, and return every finding in one go (R1-50).

    Args:
        centre: The centre.
        unit: Whose it is.
        package: Which one.
        collected: As it was brought in.
        known: Its round when an earlier run has given it one.
        is_stalled: Whether it was brought in half; a known round says so itself.

    Raises:
        ValidationUnavailableError: The checks could not be run; nothing is known about the package.
    """
    declared = Declared(
        unit_code=unit.unit_code,
        filing_year=package.filing_year,
        fonds_no=unit.fonds_no,
        data_form=unit.data_forms[0] if len(unit.data_forms) == 1 else None,
        carrier_name=package.stand_in_number,
        package_name=decode_name(package.raw_name) or "",
    )
    verified = verify(collected.files, collected.read, profiles.carrier_profile(), declared)
    this = known or receive(centre, _arrival(unit, package, collected, verified, is_stalled=is_stalled))
    context = _context(centre, unit, this, verified)
    stalled = _stalled_findings(centre, this, package, collected)
    if collected.is_refused:
        # Of what is in it nothing is known: that papers or files were missing would be a guess.
        refused = (*stalled, *collected.findings)
        return Assessed(this, verified, Validated(refused, (), ()), context, refused)
    verified = replace(verified, findings=(*collected.findings, *verified.findings))
    validated = validate(verified, collected.read, context)
    found = _registry_findings(centre, this, validated)
    findings = (*stalled, *validated.findings, *as_ruled(found, context.ruling), *_outcome(centre, context.ruling))
    return Assessed(this, verified, validated, context, findings)


def _arrival(unit: Unit, package: Package, collected: Collected, verified: Verified, *, is_stalled: bool) -> Arrival:
    return Arrival(
        unit_code=unit.unit_code,
        package=package,
        # A package that does not say what it is still gets a number and an answer: under what the unit owes first.
        data_form=verified.data_form or unit.data_forms[0],
        carrier_number=verified.carrier_number,
        is_zero_report=verified.is_zero_report,
        strategy=verified.strategy,
        file_count=len(collected.files),
        size_bytes=collected.size_bytes,
        is_stalled=is_stalled,
        findings=collected.findings,
    )


def _context(centre: Centre, unit: Unit, this: Round, verified: Verified) -> Context:
    form = verified.data_form or this.data_form
    with centre.database.read() as connection:
        in_force = agreements(connection, unit.unit_code, centre.clock.today_on())
        backups = full_backups(connection, unit.unit_code, form)
        last_year = accepted_count(connection, unit.unit_code, form, this.filing_year - 1)
        this_year = accepted_count(connection, unit.unit_code, form, this.filing_year)
        ruling = ruling_of(connection, this.carrier_id)
    # Where two are in force the later one speaks.
    agreed = [agreement for agreement in in_force if agreement.data_form is form]
    return Context(
        unit=unit,
        filing_year=this.filing_year,
        today=centre.clock.today_on(),
        archive_level=centre.settings.archive_level,
        region=centre.settings.region,
        last_year_count=last_year,
        accepted_count=this_year or 0,
        last_snapshot_bytes=backups[-1].size_bytes if backups else None,
        full_backups={backup.carrier_number: backup.carrier_id for backup in backups},
        has_agreement=bool(agreed),
        encrypts=agreed[-1].encrypts_before_sending if agreed else None,
        ruling=ruling,
    )


def _outcome(centre: Centre, ruling: Ruling | None) -> list[Finding]:
    return [outcome(ruling, ruling.ruled_at.astimezone(centre.settings.zone).date())] if ruling else []


def _stalled_findings(centre: Centre, this: Round, package: Package, collected: Collected) -> list[Finding]:
    """Return the fault that a round taken in half always has, and each file that came under a name of a half upload."""
    if not this.is_stalled:
        return []
    days = {"days": str(centre.settings.stalled_days)}
    names = {package.raw_name, *(received.raw_name for received in collected.files)}
    halves = sorted(shown_name(name) for name in names if is_on_its_way(name))
    return [
        Finding("upload_stalled", Severity.FAULT, "", days, "GD-2-11"),
        *(Finding("file_half_uploaded", Severity.FAULT, name, {"found": name}, "GD-2-11") for name in halves),
    ]


def _registry_findings(centre: Centre, this: Round, validated: Validated) -> list[Finding]:
    """Return what only the registry can tell: an earlier acceptance, archival codes used before, a zero report and a filing."""
    findings = _zero_report_findings(centre, this)
    if follows_acceptance(centre, this):
        findings.append(Finding("already_accepted", Severity.HOLD, this.submission_id, {"found": this.submission_id}))
    codes = {entry.archival_code: entry for entry in validated.entries}
    with centre.database.read() as connection:
        used = registered_codes(connection, this.unit_code, list(codes), this.submission_id)
    findings += [
        Finding("archival_code_used_before", Severity.FAULT, code, {"found": code}, "GD-1-8", entry.row_no, entry.sheet)
        for code, entry in sorted(codes.items())
        if code in used
    ]
    return findings


def _zero_report_findings(centre: Centre, this: Round) -> list[Finding]:
    """Return what a zero report and a filing for the same duty say of each other. Source: R1-22."""
    if this.duty_id is None:
        return []
    with centre.database.read() as connection:
        accepted = rounds(connection, unit_code=this.unit_code, states=(RoundState.ACCEPTED,))
    others = [
        (other.carrier_number, other.is_zero_report)
        for other in accepted
        if other.duty_id == this.duty_id and other.submission_id != this.submission_id
    ]
    return check_zero_report(this.submission_id, others, is_zero_report=this.is_zero_report)
