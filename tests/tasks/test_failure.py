"""A failed task is told once, with what to do."""

from __future__ import annotations

import logging

from sqlalchemy import select

from lantai.edges import tables
from lantai.errors import HostKeyMismatchError, TaskInterruptedError, UnitsUnfinishedError
from lantai.locales import advice
from lantai.tasks import failure
from lantai.tasks.failure import A_TASK_FAILED, tell, tell_run


def kinds(centre) -> list[str]:
    with centre.database.read() as connection:
        return sorted(connection.execute(select(tables.notice.c.kind)).scalars())


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
    assert advice(HostKeyMismatchError, "zh") in caplog.messages


def test_a_run_is_noted_when_none_of_its_tasks_could_say_why_it_failed(centre, monkeypatch, caplog):
    """K3: a process that was killed tells nothing; the run that failed with it is noted all the same, once."""
    monkeypatch.setenv("LANTAI_HOME", str(centre.settings.home))

    with caplog.at_level(logging.ERROR):
        told = [tell_run("take_in_filings", "scheduled__1", A_TASK_FAILED) for _ in range(2)]

    assert told == [True, False]
    assert kinds(centre) == ["run_failed"]
    assert TaskInterruptedError.hint in caplog.messages
    assert advice(TaskInterruptedError, "zh") in caplog.messages


def test_a_run_is_not_noted_once_more_when_a_task_of_it_has_told(centre, monkeypatch):
    monkeypatch.setenv("LANTAI_HOME", str(centre.settings.home))
    tell("take_in_filings", "scheduled__1", "look", HostKeyMismatchError("x"))

    told = [tell_run("take_in_filings", run_id, A_TASK_FAILED) for run_id in ("scheduled__1", "scheduled__2")]

    assert told == [False, True]
    assert kinds(centre) == ["run_failed", "task_failed"]


def test_a_run_that_its_time_limit_ended_is_noted_whatever_its_tasks_told(centre, monkeypatch):
    monkeypatch.setenv("LANTAI_HOME", str(centre.settings.home))
    tell("take_in_filings", "scheduled__1", "take_in[JY 2025]", HostKeyMismatchError("x"))

    told = tell_run("take_in_filings", "scheduled__1", "timed_out")

    assert told
    assert kinds(centre) == ["run_failed", "task_failed"]


def test_a_task_that_airflow_ended_is_told_as_interrupted_and_not_as_a_fault_of_the_program(
    centre, monkeypatch, caplog, capsys
):
    from airflow.sdk.exceptions import AirflowTaskTimeout

    monkeypatch.setenv("LANTAI_HOME", str(centre.settings.home))

    with caplog.at_level(logging.ERROR):
        tell("take_in_filings", "scheduled__1", "look", AirflowTaskTimeout("Timeout, PID: 7"))

    # A process that has imported Airflow logs to standard output.
    said = caplog.text + capsys.readouterr().out
    assert "AirflowTaskTimeout: Timeout, PID: 7" in said
    assert advice(TaskInterruptedError, "zh") in said


def test_a_table_of_reasons_stands_at_the_end_of_the_log_and_not_in_a_folded_group(centre, monkeypatch, caplog):
    """Airflow shows the end of a log first, and folds up what it writes behind an error."""
    monkeypatch.setenv("LANTAI_HOME", str(centre.settings.home))
    monkeypatch.setattr(failure, "log", logging.getLogger("lantai.test"))
    table = "2 units are not done\n\nCZ  no connection\nMZ  another key"

    with caplog.at_level(logging.INFO, "lantai.test"):
        tell("take_in_filings", "scheduled__1", "conclude", UnitsUnfinishedError(table))

    assert caplog.messages[-2:] == ["::endgroup::", table]
    assert not [message for message in caplog.messages[:-2] if "another key" in message]


def test_what_a_server_said_in_several_lines_forges_no_line_of_a_log(centre, monkeypatch, caplog):
    """Only our own table is said as it stands."""
    monkeypatch.setenv("LANTAI_HOME", str(centre.settings.home))
    monkeypatch.setattr(failure, "log", logging.getLogger("lantai.test"))

    with caplog.at_level(logging.INFO, "lantai.test"):
        tell("take_in_filings", "scheduled__1", "look", HostKeyMismatchError("found x\nZZ  all is accepted"))

    assert "::endgroup::" not in caplog.messages
    assert not [message for message in caplog.messages if "\n" in message]
