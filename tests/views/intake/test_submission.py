"""What a submission looks like, to whoever asks: the same facts on the screen, in JSON and on paper."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from lantai.edges.registry.intake.findings import put_findings
from lantai.edges.registry.intake.rounds import move_round, round_of
from lantai.locales import say
from lantai.records.intake.finding import Finding, Severity
from lantai.records.intake.submission import RoundState
from lantai.views.intake import submission
from rounds_of import PACKAGE, register_round

pytestmark = pytest.mark.both_databases

NAMED = {
    "carrier_id": "SL2025-JY-E001-R1",
    "submission_id": "SL2025-JY-E001",
    "unit_code": "JY",
    "filing_year": 2025,
    "data_form": "e_document",
    "carrier_number": "001",
    "package_name": "JY-2025-E-001",
    "round": 1,
}


def test_round_is_told_with_where_it_stands_and_until_when_it_may_come_again(centre):
    """R1-43, R4-08."""
    carrier = register_round(centre).carrier_id
    with centre.database.begin() as connection:
        move_round(connection, carrier, RoundState.RETURNED, supplement_by_on=date(2026, 3, 12))

    with centre.database.read() as connection:
        [shown] = submission.show_all(connection)

    assert shown.as_mapping() == NAMED | {
        "state": "returned",
        "records": 0,
        "files": 6,
        "bytes": 70_000,
        "days_late": 3,
        "received_at": "2026-03-02T01:30:00+00:00",
        "manifest_sha256": None,
        "supplement_by": "2026-03-12",
    }


def test_rounds_are_listed_by_unit_and_state_in_order(centre):
    """R1-51: those that were replaced stay in the list."""
    first = register_round(centre, RoundState.RETURNED, RoundState.SUPERSEDED)
    second = register_round(
        centre, RoundState.HELD, package=replace(PACKAGE, fingerprint="2" * 64), submission=first.submission_id
    )

    with centre.database.read() as connection:
        listed = [
            [each.round.carrier_id for each in submission.show_all(connection, *asked)]
            for asked in ((), ("JY", RoundState.HELD), ("JY", RoundState.ACCEPTED), ("WH",))
        ]

    assert listed == [[first.carrier_id, second.carrier_id], [second.carrier_id], [], []]


def test_round_is_told_with_every_finding_apart_in_the_language_asked_for(centre):
    """R1-50: also those that a screen or a paper tells as one."""
    found = [
        Finding("field_missing", Severity.FAULT, f"Z109-{row}", {"column": "title"}, "GD-2-4", row, "永久")
        for row in (2, 3)
    ]
    this = register_round(centre, RoundState.HELD)
    with centre.database.begin() as connection:
        put_findings(connection, this.carrier_id, found)

    with centre.database.read() as connection:
        shown = submission.show(connection, round_of(connection, this.carrier_id))

    zh, en = (shown.as_mapping(locale)["findings"] for locale in ("zh", "en"))
    assert (shown.waits_for_centre, shown.findings) == (True, tuple(found))
    assert [(each["rule"], each["row"], each["record_no"], each["values"]) for each in zh] == [
        ("field_missing", row, row, {"column": "title"}) for row in (2, 3)
    ]
    assert (zh[0]["title"], en[0]["title"]) == ("必填项空白", "Mandatory field blank")
    assert (zh[0]["severity"], en[0]["severity"]) == ("fault", "fault")
    assert json.loads(json.dumps(shown.as_mapping("zh"))).items() >= NAMED.items()


def test_values_are_told_to_machines_as_text_in_whatever_language_words_are(centre):
    """R1-50: what is kept as several texts is one text, as it always was."""
    values = {"form": "backup_statement", "expected": ("form.backup_statement.unit", "rows.backup_statement.digest")}
    this = register_round(centre, RoundState.HELD)
    with centre.database.begin() as connection:
        put_findings(connection, this.carrier_id, [Finding("form_incomplete", Severity.FAULT, "x", values)])

    with centre.database.read() as connection:
        shown = submission.show(connection, round_of(connection, this.carrier_id))

    [zh], [en] = (shown.as_mapping(locale)["findings"] for locale in ("zh", "en"))
    fields = f"{say('form.backup_statement.unit', 'zh')}、{say('rows.backup_statement.digest', 'zh')}"
    assert zh["values"] == en["values"] == {"form": "backup_statement", "expected": fields}
    assert fields not in en["message"]


def test_round_is_named_by_the_same_facts_on_every_paper(centre):
    """R1-48: another key would be another format of what is signed."""
    assert submission.named(register_round(centre)) == NAMED
