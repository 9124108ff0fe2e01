"""What the papers of a round say: the inspection form of what was accepted, the opinions on what was not.

Put together from rows only, so that a paper that has to be made again says the
same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from lantai.edges.centre import Centre
from lantai.edges.registry.centre.units import units
from lantai.edges.registry.custody.holdings import copies_of
from lantai.edges.registry.intake.inspections import unit_half
from lantai.edges.registry.year.duties import duty
from lantai.formats.ledger.signed_note import Checkpoint
from lantai.formats.papers.form_content import (
    AcceptanceInspection,
    CarrierLine,
    CheckLine,
    Day,
    Digest,
    Filing,
    Notice,
    Opinions,
)
from lantai.journey.custody.name_place import name_place
from lantai.journey.intake.checks.four_property_test import results_of
from lantai.locales import describe, say, told_values
from lantai.records.centre.unit import Unit
from lantai.records.custody.copy import Copy, CopyState
from lantai.records.intake.finding import Finding
from lantai.records.intake.inspection import UnitHalf
from lantai.records.intake.round import Round
from lantai.records.intake.submission import ANSWERS, RoundState
from lantai.rules.intake.four_properties import ItemResult, Result
from lantai.rules.year.calendar import read_date
from lantai.views.intake.findings import in_order, opinion_lines
from lantai.views.intake.submission import named


@dataclass(frozen=True, slots=True)
class Case:
    """A round with everything its papers name.

    Attributes:
        round: The round.
        unit: Whose it is.
        due_on: The duty's deadline, None when nothing was due.
        unit_half: The unit's half of its inspection form, None when it sent none.
        places: Copies that were read back, the vault's first.
        place_names: Name of each of their places, by address.
        now_at: Aware moment in the centre's zone, printed on the papers.
        is_today_set: Whether the date was set by hand.
    """

    round: Round
    unit: Unit
    due_on: date | None
    unit_half: UnitHalf | None
    places: tuple[Copy, ...]
    place_names: Mapping[str, str]
    centre_name: str
    now_at: datetime
    today: date
    is_today_set: bool
    locale: str


class _UnitSide(TypedDict, total=False):
    """The part of the inspection form that its unit fills in."""

    unit_results: Mapping[str, str]
    unit_preparer: str
    unit_reviewer: str
    unit_signed_on: Day


def case_of(centre: Centre, this: Round) -> Case:
    """Return a round with what its papers name, read from the registry."""
    with centre.database.read() as connection:
        unit = units(connection, [this.unit_code])[0]
        due_on = duty(connection, this.duty_id).deadline_on if this.duty_id else None
        copies = copies_of(connection, this.carrier_id)
        half = unit_half(connection, this.carrier_id)
    places = tuple(sorted(copies, key=lambda copy: copy.place != centre.settings.vault_url))
    return Case(
        round=this,
        unit=unit,
        due_on=due_on,
        unit_half=half,
        places=places,
        place_names={copy.place: name_place(centre.settings, copy.place) for copy in places},
        centre_name=centre.settings.centre_name,
        now_at=centre.clock.now_at().astimezone(centre.settings.zone),
        today=centre.clock.today_on(),
        is_today_set=centre.clock.is_set_by_hand,
        locale=centre.settings.locale,
    )


def inspection_form(case: Case, findings: Sequence[Finding], checkpoint: Checkpoint) -> AcceptanceInspection:
    """Return the content of 《档案备份数据移交、接收检验表》 for an accepted round (R1-48)."""
    this, half = case.round, case.unit_half
    results = results_of(this.data_form, findings, is_zero_report=this.is_zero_report)
    digest: Digest | None = None
    carriers: list[CarrierLine] = []
    if this.manifest_sha256:
        digest = {"algorithm": "SHA-256", "value": this.manifest_sha256}
        carriers = [
            {
                "carrier": this.carrier_number,
                "carrier_id": this.carrier_id,
                "description": say(
                    "inspection.carrier",
                    case.locale,
                    year=this.filing_year,
                    form=say(f"values.data_form.{this.data_form.value}", case.locale),
                ),
                "algorithm": half.algorithm if half else "",
                "digest": half.digest if half else "",
                "bytes": this.size_bytes,
                "records": this.record_count,
            },
        ]
    return {
        **_filing(case, this.carrier_id),
        "channel": "online",
        "strategy": this.strategy.value if this.strategy else "",
        "record_count": this.record_count,
        "file_count": this.file_count,
        "total_bytes": this.size_bytes,
        "manifest_digest": digest,
        "carriers": carriers,
        "checks": [_check_line(result, case.locale) for result in results],
        "places": [
            {
                "place": case.place_names[copy.place],
                "verified_at": copy.verified_at.astimezone(case.now_at.tzinfo),
                "result": "verified" if copy.state is CopyState.VERIFIED else "unreachable",
            }
            for copy in case.places
        ],
        "checkpoint": {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex()},
        **_unit_side(half),
        # Left blank, to be filled in by hand.
        "centre_preparer": "",
        "centre_reviewer": "",
        "centre_signed_on": None,
        "outcome": "accepted" if this.state is RoundState.ACCEPTED else "held",
        "remarks": [
            *([say("inspection.zero_report", case.locale, year=this.filing_year)] if this.is_zero_report else []),
            *(_remark(finding, case.locale) for finding in findings),
            *([say("inspection.pending", case.locale)] if any(_is_pending(result) for result in results) else []),
        ],
    }


def _unit_side(half: UnitHalf | None) -> _UnitSide:
    """Return the unit's half of the inspection form, as the unit filled it in (R1-28)."""
    if half is None:
        return {}
    return {
        "unit_results": half.results,
        "unit_preparer": half.preparer,
        "unit_reviewer": half.reviewer,
        "unit_signed_on": read_date(half.filled_on) or half.filled_on,
    }


def opinion_form(case: Case, findings: Sequence[Finding]) -> Opinions:
    """Return the content of the list of opinions for a returned round: every finding, faults first, the same said once."""
    this = case.round
    return {
        **_filing(case, say("on_paper.number_of_opinions", "zh", carrier_id=this.carrier_id)),
        "findings": list(opinion_lines(in_order(findings), case.locale)),
        "supplement_by": this.supplement_by_on,
        "resubmit_to": f"outbox/{this.filing_year}/",
        # Left blank, to be filled in by hand.
        "contact": "",
        "issuer": "",
    }


def notice_form(case: Case, findings: Sequence[Finding]) -> Notice:
    """Return the content of the notice that a round was received and waits for the centre, with what it waits for."""
    return {
        **_filing(case, say("on_paper.number_of_a_notice", "zh", carrier_id=case.round.carrier_id)),
        "findings": list(opinion_lines(findings, case.locale)),
    }


def opinions_body(case: Case, findings: Sequence[Finding], locale: str) -> dict[str, object]:
    """Return the list of opinions, or of what a held round waits for, for machines: the rule's name beside its words.

    Source: R1-50.
    """
    this = case.round
    told = []
    for finding in in_order(findings):
        words = describe(finding, locale)
        told.append(
            {
                "rule": finding.rule,
                "severity": finding.severity.value,
                "subject": finding.subject,
                "record_no": finding.record_no or 0,
                "sheet": finding.sheet,
                "check_code": finding.check_code,
                "values": told_values(finding, "zh"),
                "title": words.title,
                "message": words.message,
                "fix": words.fix,
            },
        )
    return {
        "format": 1,
        "kind": ANSWERS[this.state].value,
        **named(this),
        "received_at": this.received_at.isoformat(),
        "supplement_by": this.supplement_by_on.isoformat() if this.supplement_by_on else "",
        "findings": told,
    }


def _filing(case: Case, paper_no: str) -> Filing:
    this = case.round
    return {
        "paper_no": paper_no,
        "centre": case.centre_name,
        "printed_at": case.now_at,
        "today_is_set": case.is_today_set,
        "unit": case.unit.name,
        "unit_code": this.unit_code,
        "fonds_no": case.unit.fonds_no,
        "filing_year": this.filing_year,
        "data_form": this.data_form.value,
        "submission_id": this.submission_id,
        "package_name": this.package.name,
        "carrier_number": this.carrier_number,
        "round_no": this.round_no,
        "received_at": this.received_at.astimezone(case.now_at.tzinfo),
        "due_on": case.due_on,
        "days_late": this.days_late,
    }


def _is_pending(result: ItemResult) -> bool:
    return result.result is Result.PENDING_MANUAL


def _check_line(result: ItemResult, locale: str) -> CheckLine:
    found = result.result.value
    return {
        "property": result.aspect,
        "code": result.code,
        "check": result.name_zh if locale == "zh" else result.name_en,
        "centre_result": "not_applicable" if found == "n/a" else found,
    }


def _remark(finding: Finding, locale: str) -> str:
    words = describe(finding, locale)
    return say("inspection.found", locale, title=words.title, message=words.message)
