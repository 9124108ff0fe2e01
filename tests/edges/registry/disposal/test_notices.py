"""Somebody is told once, whatever the same thing is called in full."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from lantai.edges import tables
from lantai.edges.registry.disposal.notices import add_notice, has_notice

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_same_key_is_told_once(centre) -> None:
    with centre.database.begin() as connection:
        told = [add_notice(connection, "failed:take_in:JY", "task_failed", "take_in_filings", NOW) for _ in range(2)]
        other = add_notice(connection, "failed:take_in:SW", "task_failed", "take_in_filings", NOW)

    with centre.database.read() as connection:
        rows = connection.execute(select(tables.notice).order_by(tables.notice.c.notice_key)).all()
    assert (told, other) == ([True, False], True)
    assert [(row.notice_key, row.kind, row.subject, row.made_at, row.sent_at) for row in rows] == [
        ("failed:take_in:JY", "task_failed", "take_in_filings", NOW, None),
        ("failed:take_in:SW", "task_failed", "take_in_filings", NOW, None),
    ]


def test_key_and_subject_that_are_too_long_are_cut_and_told_once_all_the_same(centre) -> None:
    """A run's id may have 250 characters."""
    key, subject = "失" * 201, "D" * 65

    with centre.database.begin() as connection:
        told = [add_notice(connection, key + end, "task_failed", subject, NOW) for end in ("", "!")]
    with centre.database.read() as connection:
        (row,) = connection.execute(select(tables.notice)).all()

    assert told == [True, False]
    assert (row.notice_key, row.subject) == ("失" * 200, "D" * 64)


@pytest.mark.parametrize(
    ("begins", "expected"),
    [
        ("failed:take_in", True),
        ("failed:take_in:JY 50%", True),
        ("failed:take%in", False),
        ("failed", True),
        ("x", False),
    ],
)
def test_notice_is_found_by_the_beginning_of_its_key_taken_literally(centre, begins: str, expected: bool) -> None:
    with centre.database.begin() as connection:
        add_notice(connection, "failed:take_in:JY 50%", "task_failed", "take_in_filings", NOW)

    with centre.database.read() as connection:
        found = has_notice(connection, begins)

    assert found is expected
