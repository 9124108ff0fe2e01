"""What the papers of a round say, put together from what its rows hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from lantai.formats.ledger.signed_note import Checkpoint
from lantai.journey.intake.answers.inspection import Case, inspection_form, opinion_form, opinions_body
from lantai.records.centre.unit import DataForm, Unit
from lantai.records.custody.copy import Copy, CopyState
from lantai.records.intake.carrier import BackupStrategy, Packaging
from lantai.records.intake.finding import Finding, Severity
from lantai.records.intake.inspection import UnitHalf
from lantai.records.intake.package import Package
from lantai.records.intake.round import Round
from lantai.records.intake.submission import RoundState

RECEIVED_AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
CHECKPOINT = Checkpoint("lantai-log", 7, bytes(32))
ROUND = Round(
    carrier_id="SL2025-JY-E001-R1",
    submission_id="SL2025-JY-E001",
    unit_code="JY",
    package=Package(2025, b"JY-2025-E-001.zip", Packaging.ZIP, "f" * 64),
    data_form=DataForm.E_DOCUMENT,
    carrier_number="001",
    round_no=1,
    state=RoundState.ACCEPTED,
    received_at=RECEIVED_AT,
    days_late=0,
    is_zero_report=False,
    strategy=BackupStrategy.FULL,
    file_count=4,
    size_bytes=1000,
    record_count=3,
    generation=1,
    manifest_sha256="ab" * 32,
    supplement_by_on=None,
    duty_id=None,
    is_stalled=False,
)
HALF = UnitHalf("SHA-256", "cd" * 32, {"authenticity": "合格"}, "李老师", "王局长", "2026-03-02")


def copy(place: str, state: CopyState) -> Copy:
    return Copy(ROUND.carrier_id, place, 1, state, "ab" * 32, RECEIVED_AT)


def case(**changes: object) -> Case:
    whole = Case(
        round=ROUND,
        unit=Unit("JY", "示例市教育局", "Z109", (DataForm.E_DOCUMENT,)),
        due_on=date(2026, 6, 30),
        unit_half=HALF,
        places=(copy("file:///vault", CopyState.VERIFIED),),
        place_names={"file:///vault": "保管库"},
        centre_name="示例中心",
        now_at=RECEIVED_AT,
        today=date(2026, 3, 2),
        is_today_set=False,
        locale="zh",
    )
    return replace(whole, **changes)


def test_half_that_the_unit_filled_in_stands_on_the_form_in_its_own_words() -> None:
    """R1-28, R1-48: what it found, who filled it in and looked it over, and the digest it registered."""
    form = inspection_form(case(), [], CHECKPOINT)

    (carrier,) = form["carriers"]
    assert (carrier["algorithm"], carrier["digest"]) == ("SHA-256", "cd" * 32)
    assert (form["unit_results"], form["unit_preparer"], form["unit_reviewer"]) == (HALF.results, "李老师", "王局长")
    assert form["unit_signed_on"] == date(2026, 3, 2)


def test_day_that_cannot_be_read_is_printed_as_the_unit_wrote_it() -> None:
    """R1-28, R1-36: nobody puts a day of ours in its place."""
    form = inspection_form(case(unit_half=replace(HALF, filled_on="三月初")), [], CHECKPOINT)

    assert form["unit_signed_on"] == "三月初"


def test_form_without_the_units_half_leaves_its_fields_to_nobody() -> None:
    """R1-28."""
    form = inspection_form(case(unit_half=None), [], CHECKPOINT)

    (carrier,) = form["carriers"]
    assert (carrier["algorithm"], carrier["digest"]) == ("", "")
    assert "unit_preparer" not in form


def test_zero_report_has_no_carrier_and_says_why() -> None:
    """R1-48."""
    zero = replace(ROUND, is_zero_report=True, manifest_sha256=None, record_count=0)

    form = inspection_form(case(round=zero, places=()), [], CHECKPOINT)

    assert (form["carriers"], form["manifest_digest"]) == ([], None)
    assert "2025" in form["remarks"][0]


@pytest.mark.parametrize(("state", "outcome"), [(RoundState.ACCEPTED, "accepted"), (RoundState.SEALED, "held")])
def test_form_says_accepted_only_of_what_was(state: RoundState, outcome: str) -> None:
    """R1-48."""
    assert inspection_form(case(round=replace(ROUND, state=state)), [], CHECKPOINT)["outcome"] == outcome


def test_copy_that_was_not_read_back_is_not_called_verified() -> None:
    """R1-48: the form names each place with what was found there."""
    places = (
        copy("file:///vault", CopyState.VERIFIED),
        copy("file:///copy", CopyState.UNKNOWN),
    )
    names = {"file:///vault": "保管库", "file:///copy": "副本1"}

    form = inspection_form(case(places=places, place_names=names), [], CHECKPOINT)

    assert [(each["place"], each["result"]) for each in form["places"]] == [
        ("保管库", "verified"),
        ("副本1", "unreachable"),
    ]


def test_opinions_say_until_when_and_where_the_supplement_goes() -> None:
    """What a unit has to do, and by when, stands on what it reads first."""
    returned = replace(ROUND, state=RoundState.RETURNED, supplement_by_on=date(2026, 3, 12))

    form = opinion_form(case(round=returned), [])

    assert (form["supplement_by"], form["resubmit_to"]) == (date(2026, 3, 12), "outbox/2025/")


@pytest.mark.parametrize(
    ("state", "kind", "by"), [(RoundState.RETURNED, "opinions", "2026-03-12"), (RoundState.HELD, "notice", "")]
)
def test_machines_read_each_finding_with_its_rule_row_and_words(state: RoundState, kind: str, by: str) -> None:
    """R1-50, R1-48: a row that has no number is 0, and what is held has no day to supplement by."""
    by_on = date.fromisoformat(by) if by else None
    blank = Finding("field_missing", Severity.FAULT, "Z109-1", {"column": "title"}, "GD-2-4", 2, "永久")
    loose = Finding("file_uncatalogued", Severity.FAULT, "data/x", {"found": "data/x"}, "GD-2-8")

    body = opinions_body(case(round=replace(ROUND, state=state, supplement_by_on=by_on)), [blank, loose], "zh")

    first, second = body["findings"]
    assert (body["kind"], body["supplement_by"], body["round"]) == (kind, by, 1)
    assert (first["rule"], first["record_no"], first["sheet"], first["values"]) == (
        "field_missing",
        2,
        "永久",
        {"column": "title"},
    )
    assert (second["subject"], second["record_no"]) == ("data/x", 0)
    assert all(each["title"] and each["message"] and each["fix"] for each in body["findings"])


def test_form_says_how_the_backup_was_made_and_what_is_left_to_a_person() -> None:
    """R1-48."""
    form = inspection_form(
        case(), [Finding("item_no_gap", Severity.WARNING, "", {"found": "2", "count": "1"})], CHECKPOINT
    )
    without = inspection_form(case(round=replace(ROUND, strategy=None)), [], CHECKPOINT)

    assert (form["strategy"], without["strategy"]) == ("full", "")
    assert form["manifest_digest"] == {"algorithm": "SHA-256", "value": "ab" * 32}
    assert (len(form["remarks"]), len(without["remarks"])) == (2, 1)
