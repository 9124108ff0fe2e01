"""A failed task is told once, with what to do."""

from __future__ import annotations

import logging

from sqlalchemy import select

from lantai.edges import tables
from lantai.errors import HostKeyMismatchError
from lantai.tasks.failure import tell


def test_a_failed_task_leaves_one_notice_and_its_advice(centre, monkeypatch, caplog):
    monkeypatch.setenv("LANTAI_HOME", str(centre.settings.home))
    error = HostKeyMismatchError("unit JY: found SHA256:b, expected SHA256:a")

    with caplog.at_level(logging.ERROR):
        told = [tell("take_in_filings", "manual__" + "x" * 240, "take_in[JY 2025]", error) for _ in range(2)]

    with centre.database.read() as connection:
        notices = connection.execute(select(tables.notice)).all()
    assert told == [True, False]
    assert [(row.kind, row.subject, row.sent_at) for row in notices] == [("task_failed", "take_in_filings", None)]
    assert HostKeyMismatchError.hint in caplog.messages
    assert HostKeyMismatchError.hint_zh in caplog.messages
