"""Rows of what was done by a list: what goes is marked once, and what is known of it has one shape."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from factories_disposal import draft, draft_with_panel, lay_down_carrier, lay_ready_list, make_people, make_unit, record
from lantai.edges.centre import Centre
from lantai.edges.registry.disposal import dispositions
from lantai.errors import RegistryConflictError
from lantai.records.custody.record import RecordStatus
from lantai.records.disposal.carried_out import Certificate, Delivery, LiveTwin
from lantai.records.disposal.lists import ListKind
from lantai.records.ledger.event import EventKind

pytestmark = pytest.mark.both_databases

CARRIER = "SL2015-JY-E001-R1"


def test_files_of_a_list_are_known_as_they_arrived_and_by_what_becomes_of_their_records(centre: Centre) -> None:
    first, second = record(1), record(2, contents=(b"x", b"y"))
    make_people(centre)
    make_unit(centre)
    lay_down_carrier(centre, [first, second], {second.files[0].path: b"x", second.files[1].path: b"y"})
    list_id = draft(centre)

    with centre.database.read() as connection:
        kept = dispositions.files(connection, list_id, [RecordStatus.KEPT])
        gone = dispositions.files(connection, list_id, [RecordStatus.DESTROYING, RecordStatus.DESTROYED])

    assert [(file.row_no, file.record_id, file.file_no) for file in kept] == [
        (1, f"{CARRIER}-0001", 1),
        (2, f"{CARRIER}-0002", 1),
        (2, f"{CARRIER}-0002", 2),
    ]
    assert [file.digest for file in kept] == [*first.files, *second.files]
    assert gone == []


def test_only_what_every_member_disposed_of_is_marked_and_only_once(centre: Centre) -> None:
    """I3, I4: a row with fewer decisions than panel members stays, whatever the caller believes."""
    list_id = lay_ready_list(centre)
    with centre.database.begin() as connection:
        counts = [
            dispositions.begin_disposing(connection, list_id, panel_count, RecordStatus.DESTROYING)
            for panel_count in (4, 3, 3)
        ]

    with centre.database.read() as connection:
        by_carrier = dispositions.records_by_carrier(connection, list_id, [RecordStatus.DESTROYING])
    assert counts == [0, 2, 0]
    assert by_carrier == {CARRIER: [f"{CARRIER}-0001", f"{CARRIER}-0002"]}


def test_live_record_with_the_bytes_of_one_that_goes_is_named(centre: Centre) -> None:
    """N3: what remains elsewhere is part of what the certificate says."""
    list_id = lay_ready_list(centre)
    content = f"{CARRIER} 第1件".encode()
    other = record(1, "SL2015-JY-E002-R1", contents=(content,), destroy_due_on=None)
    other = replace(other, archival_code="Z109-WS·2015-D10-BGS-0009")
    lay_down_carrier(centre, [other], {other.files[0].path: content})
    with centre.database.begin() as connection:
        before = dispositions.twins(connection, list_id)
        dispositions.begin_disposing(connection, list_id, 3, RecordStatus.DESTROYING)

    with centre.database.read() as connection:
        after = dispositions.twins(connection, list_id)
    assert before == []
    assert after == [LiveTwin(f"{CARRIER}-0001", other.record_id, "SL2015-JY-E002-R1")]


def test_newest_event_of_a_kind_is_the_one_that_counts(centre: Centre) -> None:
    list_id = draft_with_panel(centre)

    with centre.database.read() as connection:
        drafted = dispositions.newest_event(connection, list_id, EventKind.LIST_DRAFTED)
        destroyed = dispositions.newest_event(connection, list_id, EventKind.DESTROYED)

    assert drafted is not None
    assert abs(drafted.occurred_at - centre.clock.now_at()) < timedelta(hours=1)
    assert destroyed is None


def test_list_has_one_delivery_and_one_certificate_and_neither_changes(centre: Centre) -> None:
    """I4, I7."""
    list_id, now_at = draft_with_panel(centre), centre.clock.now_at()
    delivery = Delivery(list_id, f"incoming/{list_id}.tar", "a" * 64, 10, now_at)
    certificate = Certificate(
        f"{list_id}-XH", list_id, ListKind.DESTRUCTION, "{}", "c2ln", f"{list_id}/x.pdf", "b" * 64, now_at
    )
    with centre.database.begin() as connection:
        dispositions.add_delivery(connection, delivery)
        dispositions.add_certificate(connection, certificate)

    with pytest.raises(RegistryConflictError), centre.database.begin() as connection:
        dispositions.add_delivery(connection, replace(delivery, package_sha256="e" * 64))
    with pytest.raises(RegistryConflictError), centre.database.begin() as connection:
        dispositions.add_certificate(connection, replace(certificate, certificate_id="other"))

    with centre.database.read() as connection:
        assert dispositions.delivery_of(connection, list_id) == delivery
        assert dispositions.certificate_of(connection, list_id) == certificate
        assert dispositions.delivery_of(connection, "D-2026-JY-009") is None
        assert dispositions.certificate_of(connection, "D-2026-JY-009") is None
