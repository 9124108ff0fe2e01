"""Destruction: nothing without its approvals, nothing half done called done, and proof of what was done."""

from __future__ import annotations

import base64
import json
from datetime import date

import pytest

from factories_disposal import (
    PANEL,
    approve,
    decide_all,
    draft,
    events,
    lay_down_carrier,
    make_people,
    make_unit,
    record,
    say,
    state_of,
    statuses,
    witness,
)
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.keys import DISPOSAL, key_files, load_verifier
from lantai.journey.decide import decide
from lantai.journey.destroy import destroy, prepare
from lantai.records.disposal import Decision, ListState
from lantai.settings import Settings

CARRIER = "JY-2015-E-001-R1"


@pytest.fixture
def due_centre(centre: Centre) -> Centre:
    make_people(centre)
    make_unit(centre)
    later = record(4, destroy_due_on=date(2027, 1, 1))
    lay_down_carrier(centre, [record(1), record(2), record(3), later])
    return centre


@pytest.fixture
def ready(due_centre: Centre) -> str:
    """A list that only the custodian has still to carry out: two rows go, the third is kept for two years."""
    list_id = draft(due_centre)
    decide_all(due_centre, list_id, [1, 2])
    for person_id in PANEL[:2]:
        decide(due_centre, list_id, person_id, say([3]))
    decide(due_centre, list_id, PANEL[2], say([3], Decision.KEEP, 2))
    approve(due_centre, list_id)
    assert prepare(due_centre).ready == [list_id]
    witness(due_centre, list_id)
    return list_id


def sealed_names(centre: Centre, settings: Settings) -> set[str]:
    """Ids of records whose payload or header lies anywhere in the two places."""
    found = set()
    for place in (settings.home / "vault", settings.home / "copy"):
        for path in place.rglob("*.tar"):
            content = path.read_bytes()
            found |= {
                r for r in statuses(centre) if f"{r}.payload".encode() in content or f"{r}.hdr".encode() in content
            }
    return found


def test_approved_records_are_gone_at_every_place_and_the_rest_is_there(
    due_centre: Centre, ready: str, settings: Settings
) -> None:
    outcome = destroy(due_centre, ready, "C01")

    assert outcome.state is ListState.EXECUTING
    assert outcome.record_count == 2
    assert any("W01, after" in reason for reason in outcome.waiting_for)
    assert statuses(due_centre) == {
        f"{CARRIER}-0001": "destroyed",
        f"{CARRIER}-0002": "destroyed",
        f"{CARRIER}-0003": "kept",
        f"{CARRIER}-0004": "kept",
    }
    assert sealed_names(due_centre, settings) == {f"{CARRIER}-0003", f"{CARRIER}-0004"}


def test_certificate_is_issued_after_the_witnesses_and_names_places_and_proof(
    due_centre: Centre, ready: str, settings: Settings
) -> None:
    destroy(due_centre, ready, "C01")
    witness(due_centre, ready)

    outcome = destroy(due_centre, ready, "C01")

    folder = settings.papers / ready
    text = (folder / "销毁证明.json").read_bytes()
    body = json.loads(text)
    load_verifier(DISPOSAL, key_files(settings)[DISPOSAL]).verify(text, (folder / "销毁证明.json.sig").read_bytes())
    assert (outcome.state, outcome.certificate_id) == (ListState.DONE, f"{ready}-XH")
    assert body["record_ids"] == [f"{CARRIER}-0001", f"{CARRIER}-0002"]
    assert len(body["places"]) == 2
    assert all(place["remaining"] == [] for place in body["places"])
    assert json.loads(body["proof"]["leaf"])["kind"] == "destroyed"
    assert (folder / "销毁证明.pdf").read_bytes().startswith(b"%PDF")
    assert (folder / "销毁清册.pdf").read_bytes().startswith(b"%PDF")
    with due_centre.database.read() as connection:
        row = connection.execute(tables.certificate.select()).one()
        tombstones = connection.execute(tables.tombstone.select()).all()
    assert base64.b64decode(row.signature) == (folder / "销毁证明.json.sig").read_bytes()
    assert {t.record_id for t in tombstones} == set(body["record_ids"])


def test_kept_row_gets_its_new_period_when_the_list_is_done(due_centre: Centre, ready: str) -> None:
    destroy(due_centre, ready, "C01")
    witness(due_centre, ready)
    destroy(due_centre, ready, "C01")

    with due_centre.database.read() as connection:
        rows = {r.record_id: r for r in connection.execute(tables.record.select())}
    assert rows[f"{CARRIER}-0003"].destroy_due_on == date(2028, 1, 1)
    assert rows[f"{CARRIER}-0003"].status == "kept"
    assert events(due_centre, "retention_reset") == [ready]


def test_rerun_of_a_finished_destruction_changes_nothing(due_centre: Centre, ready: str) -> None:
    destroy(due_centre, ready, "C01")
    witness(due_centre, ready)
    first = destroy(due_centre, ready, "C01")

    again = destroy(due_centre, ready, "C01")

    assert again == first
    assert events(due_centre, "destroyed") == [ready]


def test_destroying_event_lies_in_a_checkpoint_outside_before_any_byte_is_touched(
    due_centre: Centre, ready: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sealed_names(due_centre, settings)

    def power_fails(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lantai.journey.destroy.erase", power_fails)
    with pytest.raises(KeyboardInterrupt):
        destroy(due_centre, ready, "C01")

    told = [p.read_text() for p in (settings.home / "copy" / "ledger" / "leaves").glob("*.jsonl")]
    assert any('"kind":"destroying"' in text for text in told)
    assert sealed_names(due_centre, settings) == before
    assert state_of(due_centre, ready) == "executing"
