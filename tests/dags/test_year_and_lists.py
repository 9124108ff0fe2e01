"""Runs of open_filing_year, appraise_records, transfer_records and destroy_records, against a real registry."""

from __future__ import annotations

import time
from datetime import date

import pytest
from sqlalchemy import func, select

from airflow_runs import run
from factories_disposal import approve, decide_all, draft, lay_down_carrier, make_people, make_unit, record, state_of
from lantai.edges import tables
from lantai.edges.airflow import bell as airflow_bell
from lantai.edges.airflow.home import prepare
from lantai.edges.airflow.process import started
from lantai.errors import NotPermittedError, UsageError
from lantai.records.disposal.lists import ListKind
from lantai.tasks import open_filing_year
from lantai.tasks.appraise_records import check_form
from lantai.tasks.approved_lists import conclude


def count(centre, table) -> int:
    with centre.database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture
def office(centre_of_tasks):
    """People, and a unit with three records that are due for destruction."""
    make_people(centre_of_tasks)
    make_unit(centre_of_tasks)
    lay_down_carrier(centre_of_tasks, [record(number) for number in (1, 2, 3)])
    return centre_of_tasks


def test_the_year_past_is_opened_and_a_rerun_changes_nothing(dag_bag, centre_of_tasks):
    make_unit(centre_of_tasks)

    first = run(dag_bag, "open_filing_year")
    after_first = (count(centre_of_tasks, tables.duty), count(centre_of_tasks, tables.event))
    second = run(dag_bag, "open_filing_year", year="2025")

    with centre_of_tasks.database.read() as connection:
        years = connection.execute(select(tables.filing_year.c.filing_year)).scalars().all()
    assert (first.state, second.state) == ("success", "success")
    assert years == [2025]
    assert after_first == (1, 1) == (count(centre_of_tasks, tables.duty), count(centre_of_tasks, tables.event))


def test_a_late_rerun_of_a_scheduled_run_opens_the_year_it_was_for(centre_of_tasks, monkeypatch):
    make_unit(centre_of_tasks)
    monkeypatch.delenv("LANTAI_TODAY")

    years = open_filing_year.check_form({"year": None}, "2026-01-02")
    opened = open_filing_year.open_year(years)

    assert list(opened["new_duties"]) == ["2025"]
    assert opened["units_without_person"] == ["JY"]


def test_a_year_that_is_not_over_fails_at_once_with_its_reason(dag_bag, centre_of_tasks):
    done = run(dag_bag, "open_filing_year", year="2026")

    assert done.state == "failed"
    assert done.tasks == {"check_form": "failed", "open_year": "upstream_failed"}
    assert done.tries["check_form"] == 1
    assert count(centre_of_tasks, tables.notice) == 1


def test_appraisal_drafts_what_is_due_once(dag_bag, office):
    first = run(dag_bag, "appraise_records", on="2026-03-02")
    second = run(dag_bag, "appraise_records", on="2026-03-02", kind="destruction", units="JY")

    assert first.state == second.state == "success"
    assert first.tasks["appraise[destruction 2026-03-02 all units]"] == "success"
    assert set(second.tasks) == {"check_form", "appraise[destruction 2026-03-02 JY]"}
    assert count(office, tables.disposal_list) == 1
    assert count(office, tables.list_row) == 3
    assert count(office, tables.tombstone) == 0


def test_a_scheduled_appraisal_keeps_its_day_and_a_form_wins_over_it(centre_of_tasks, monkeypatch):
    monkeypatch.delenv("LANTAI_TODAY")

    planned = check_form({}, "2026-09-01")
    by_hand = check_form({"on": "2027-01-05", "kind": "transfer"}, None)

    assert [(one["kind"], one["on"]) for one in planned] == [("transfer", "2026-09-01"), ("destruction", "2026-09-01")]
    assert [(one["kind"], one["on"]) for one in by_hand] == [("transfer", "2027-01-05")]
    with pytest.raises(UsageError, match="kind"):
        check_form({"kind": "burn"}, None)


def test_an_approved_list_waits_for_the_custodian_and_the_run_ends_green(dag_bag, office):
    """Keyed steps do not run on workers: the list stops at awaiting_custodian. Covers I3."""
    list_id = draft(office, ListKind.DESTRUCTION)
    decide_all(office, list_id, (1, 2, 3))
    approve(office, list_id)

    done = run(dag_bag, "destroy_records")
    again = run(dag_bag, "destroy_records")

    assert done.state == again.state == "success"
    assert state_of(office, list_id) == "awaiting_custodian"
    assert count(office, tables.tombstone) == 0


def test_a_list_nobody_approved_is_left_alone(dag_bag, office):
    """Silence is refusal. Covers I3."""
    list_id = draft(office, ListKind.DESTRUCTION)

    done = run(dag_bag, "destroy_records")

    assert done.state == "success"
    assert state_of(office, list_id) == "draft"


def test_the_transfer_run_does_not_touch_destruction_lists(dag_bag, office):
    list_id = draft(office, ListKind.DESTRUCTION)
    decide_all(office, list_id, (1, 2, 3))
    approve(office, list_id)

    done = run(dag_bag, "transfer_records")

    assert done.state == "success"
    assert state_of(office, list_id) == "approved"


def test_a_list_whose_approval_no_longer_holds_is_named():
    with pytest.raises(NotPermittedError, match="D-2026-JY-01"):
        conclude({"ready": [], "waiting": [], "blocked": ["D-2026-JY-01"]})

    assert conclude({"ready": ["A"], "waiting": ["B", "C"], "blocked": []}) == {"ready": 1, "waiting": 2}


def test_the_demo_date_counts_for_scheduled_runs_too(centre_of_tasks):
    planned = check_form({}, "2030-09-01")

    assert {one["on"] for one in planned} == {str(date(2026, 3, 2))}


def test_the_dags_wait_for_what_the_bell_announces(dag_bag):
    """Two words in two rooms: a DAG file may not import the edge when it is parsed."""
    from _shape import APPROVED_LISTS

    waiting = [dag_id for dag_id, dag in dag_bag.dags.items() if APPROVED_LISTS in repr(dag.timetable.asset_condition)]

    assert sorted(waiting) == ["destroy_records", "transfer_records"]
    assert airflow_bell.APPROVED_LISTS == APPROVED_LISTS


@pytest.mark.slow
def test_the_leaders_signature_alone_brings_the_list_to_the_custodian(office):
    """Api-server, scheduler and dag-processor as in the demo; nobody presses a button. Covers I3."""
    settings = office.settings
    variables = {"LANTAI_HOME": str(settings.home), "LANTAI_TODAY": "2026-03-02", "LANTAI_COOLING_OFF_DAYS": "0"}
    list_id = draft(office, ListKind.DESTRUCTION)
    decide_all(office, list_id, (1, 2, 3))

    with started(prepare(settings), variables) as airflow:
        api = airflow.api
        for dag_id in ("transfer_records", "destroy_records"):
            airflow.wait_for_dag(dag_id)
        before = api.woken_runs("destroy_records")
        signed = approve(office, list_id)
        until = time.monotonic() + 600
        while state_of(office, list_id) == "approved" and time.monotonic() < until:
            time.sleep(0.5)
        after = state_of(office, list_id)
        done = [airflow.wait("destroy_records", run_id) for run_id in api.woken_runs("destroy_records")]
        # An event for a list that is with the custodian already, and one for a list that nobody knows.
        for again in (list_id, "D-2026-XX-99"):
            office.bell.ring(again)
        while len(woken := api.woken_runs("destroy_records")) == len(done) and time.monotonic() < until:
            time.sleep(0.5)
        idle = airflow.wait("destroy_records", woken[-1])

    assert (before, signed.unheard) == ([], None)
    assert after == state_of(office, list_id) == "awaiting_custodian"
    assert {run.state for run in done} == {"success"}
    assert idle.state == "success"
    assert count(office, tables.tombstone) == 0
