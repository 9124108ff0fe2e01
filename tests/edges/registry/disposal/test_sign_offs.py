"""Rows of signatures, with what key and ledger say of each."""

from __future__ import annotations

from datetime import date

import pytest

from factories_disposal import PANEL, PEOPLE, decide_all, draft_with_panel, enrol
from lantai.edges.centre import Centre
from lantai.edges.registry.disposal.sign_offs import covered_since, holders, person_behind, sign_offs
from lantai.errors import NotFoundError
from lantai.journey.disposal.approval.sign import sign
from lantai.journey.ledger.checkpoint import make_checkpoint
from lantai.records.disposal.lists import ListDuty, SigningStage

pytestmark = pytest.mark.both_databases


def test_signature_is_kept_with_its_key_its_event_and_its_place_in_the_ledger(centre: Centre, tmp_path) -> None:
    """P3."""
    list_id = draft_with_panel(centre)
    keys = enrol(centre, tmp_path, ["M01"])
    decide_all(centre, list_id, [1, 2, 3])
    with_key = sign(centre, list_id, ListDuty.PANEL_MEMBER, "M01", keys["M01"])
    sign(centre, list_id, ListDuty.PANEL_MEMBER, "M02")

    make_checkpoint(centre)

    with centre.database.read() as connection:
        first, second = sign_offs(connection, list_id)
        since = [covered_since(connection, each.leaf_index or 0) for each in (first, second)]
        never = covered_since(connection, 10_000)
    assert (first.sign_off.person_id, first.sign_off.stage) == ("M01", SigningStage.APPROVE)
    assert first.fingerprint == with_key.fingerprint
    assert first.sign_off.signature is not None
    assert (first.public_key or "").startswith("ssh-ed25519 ")
    assert (second.fingerprint, second.public_key, second.sign_off.signature) == (None, None, None)
    assert {(each.event_kind, each.event_subject) for each in (first, second)} == {("list_signed", list_id)}
    assert (first.leaf_index or 0) < (second.leaf_index or 0)
    assert None not in since
    assert never is None


def test_holder_of_a_role_is_named_while_the_appointment_lasts(centre: Centre) -> None:
    draft_with_panel(centre)

    with centre.database.read() as connection:
        assert holders(connection, "panel_member", centre.clock.today_on()) == list(PANEL)
        assert holders(connection, "panel_member", date(2019, 12, 31)) == []


def test_staff_id_stands_for_its_person_and_a_stranger_for_nobody(centre: Centre) -> None:
    draft_with_panel(centre)

    with centre.database.read() as connection:
        assert [person_behind(connection, each) for each in PEOPLE] == list(PEOPLE)
        with pytest.raises(NotFoundError, match="nobody"):
            person_behind(connection, "nobody")
