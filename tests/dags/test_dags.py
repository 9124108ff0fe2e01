"""Every DAG has the same shape, an operator's page, a form that refuses nonsense, and imports nothing heavy."""

from __future__ import annotations

import ast
import importlib
import logging
import re
from copy import copy
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from airflow_runs import run
from lantai.edges import tables
from lantai.edges.airflow.home import checkout
from lantai.errors import HeldError, ServerUnreachableError
from lantai.manual.dag_pages import dag_files, page

IDS = {"open_filing_year", "take_in_filings", "appraise_records", "transfer_records", "destroy_records"}
LIGHT = {"__future__", "typing", "datetime", "_form", "_shape", "airflow.sdk", "filing_calendar"}
PAGE = ("运行", "读取", "写入", "不可逆", "无人答复", "重跑", "求助")
PAGE_EN = ("Runs", "Reads", "Writes", "Irreversible from", "On no answer", "Rerun", "Help")
FILES = dag_files(checkout() / "dags")


def test_every_dag_of_the_interfaces_is_there_and_none_fails_to_import(dag_bag):
    assert dag_bag.import_errors == {}
    assert set(dag_bag.dags) == IDS


@pytest.mark.parametrize("dag_id", sorted(IDS))
def test_every_dag_has_the_shape(dag_bag, dag_id):
    from _shape import RetryWhatTimeCures, tell_failure, tell_run_failure

    dag = dag_bag.dags[dag_id]

    assert dag.catchup is False
    assert dag.max_active_runs == 1
    assert dag.dagrun_timeout > timedelta(0)
    assert tell_run_failure in (
        dag.on_failure_callback if isinstance(dag.on_failure_callback, list) else [dag.on_failure_callback]
    )
    assert "lantai" in dag.tags
    for task in dag.tasks:
        arguments = {**dag.default_args, **getattr(task, "partial_kwargs", {})}
        assert arguments["owner"] == "lantai", task.task_id
        assert arguments["retries"] == 3, task.task_id
        assert arguments["execution_timeout"] > timedelta(0), task.task_id
        assert isinstance(arguments["retry_policy"], RetryWhatTimeCures), task.task_id
        told = arguments["on_failure_callback"]
        assert tell_failure in (told if isinstance(told, list) else [told]), task.task_id


@pytest.mark.parametrize("dag_id", sorted(IDS))
def test_the_operators_page_answers_seven_questions_in_both_languages(dag_bag, dag_id):
    text = dag_bag.dags[dag_id].doc_md

    missing = [word for word in (*PAGE, *PAGE_EN) if f"- **{word}**" not in text]
    assert missing == []


@pytest.mark.parametrize("dag_id", sorted(IDS))
def test_the_pages_call_a_dag_by_a_chinese_name_and_its_id_and_keep_the_languages_apart(dag_bag, dag_id):
    dag = dag_bag.dags[dag_id]

    name, _, shown_id = dag.dag_display_name.partition(" ")
    chinese, _, english = dag.doc_md.partition("\n---\n")
    assert re.fullmatch("[\u4e00-\u9fff]+", name)
    assert shown_id == dag_id
    assert all(f"- **{word}**" in chinese for word in PAGE)
    assert all(f"- **{word}**" in english for word in PAGE_EN)


def test_every_choice_of_a_form_is_shown_in_words(dag_bag):
    """What a person chooses from never reads `null`."""
    choices = [
        (dag_id, name, param.schema["enum"], param.schema.get("values_display", {}))
        for dag_id, dag in dag_bag.dags.items()
        for name, param in dag.params.items()
        if hasattr(param, "schema") and "enum" in param.schema
    ]

    assert ("appraise_records", "kind") in [choice[:2] for choice in choices]
    for _, _, values, shown in choices:
        assert {str(value) for value in values} == set(shown)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_dag_file_is_thin_and_imports_nothing_heavy(path: Path):
    source = path.read_text(encoding="utf-8")
    at_top = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {node.module for node in at_top if isinstance(node, ast.ImportFrom)}
    modules |= {name.name for node in at_top if isinstance(node, ast.Import) for name in node.names}

    assert len(source.splitlines()) <= 80
    assert modules <= LIGHT


def test_the_page_in_docs_is_what_the_docstrings_say():
    committed = (checkout() / "docs" / "dags.md").read_text(encoding="utf-8")

    assert committed == page(FILES), "run `make docs`"


@pytest.mark.parametrize("dag_id", sorted(IDS))
def test_a_dag_survives_being_written_down_for_the_scheduler(dag_bag, dag_id):
    from airflow.serialization.serialized_objects import DagSerialization

    written = DagSerialization.serialize_dag(dag_bag.dags[dag_id])
    read = DagSerialization.deserialize_dag(written)

    assert read.dag_id == dag_id
    assert type(read.timetable).__name__ in {"EveryYear", "FilingWindow", "AssetOrTimeSchedule"}


@pytest.mark.parametrize(
    ("dag_id", "field", "value"),
    [
        ("open_filing_year", "year", "last year"),
        ("open_filing_year", "year", "25"),
        ("take_in_filings", "year", "2025; DROP"),
        ("take_in_filings", "units", "JY' --"),
        ("take_in_filings", "units", ["JY"]),
        ("appraise_records", "kind", "burn"),
        ("appraise_records", "on", "1 September"),
    ],
)
def test_a_form_refuses_what_does_not_fit(dag_bag, dag_id, field, value):
    from airflow.sdk.exceptions import ParamValidationError

    param = copy(dag_bag.dags[dag_id].params.get_param(field))

    with pytest.raises(ParamValidationError):
        param.resolve(value)


@pytest.mark.parametrize(
    ("dag_id", "field", "value"),
    [
        ("open_filing_year", "year", "2025"),
        ("take_in_filings", "year", "2024, 2025"),
        ("take_in_filings", "units", "JY，SW"),
        ("take_in_filings", "units", None),
        ("appraise_records", "kind", "transfer"),
        ("appraise_records", "on", "2026-09-01"),
    ],
)
def test_a_form_takes_what_fits(dag_bag, dag_id, field, value):
    param = copy(dag_bag.dags[dag_id].params.get_param(field))

    assert param.resolve(value) == value


@pytest.mark.parametrize("dag_id", sorted(IDS))
def test_every_dag_begins_by_reading_its_form_and_its_task_knows_the_fields_that_are_shown(dag_bag, dag_id):
    """A field that is shown and never read would be a false promise; one that is read and not shown, a secret."""
    steps = importlib.import_module(f"lantai.tasks.{dag_id}")
    dag = dag_bag.dags[dag_id]

    assert [task.task_id for task in dag.tasks if not task.upstream_task_ids] == ["check_form"]
    assert set(dag.params) == set(getattr(steps, "FIELDS", ()))


@pytest.mark.parametrize(
    ("dag_id", "field", "known"),
    [
        ("open_filing_year", "years", "year"),
        ("take_in_filings", "unit", "carrier, units, year"),
        ("appraise_records", "year", "kind, on, units"),
        ("transfer_records", "list", "none"),
        ("destroy_records", "list", "none"),
    ],
)
def test_a_field_that_no_form_has_is_refused_before_anything_is_done(
    dag_bag, centre_of_tasks, caplog, dag_id, field, known
):
    """Airflow takes any key of a run's configuration; who writes `unit` for `units` does not mean all units."""
    with caplog.at_level(logging.ERROR):
        done = run(dag_bag, dag_id, **{field: "JY"})

    assert (done.state, done.tasks["check_form"], done.tries["check_form"]) == ("failed", "failed", 1)
    # A second look runs whatever came before it; without a form it looks at nobody, as the tables below show.
    assert {task for task, state in done.tasks.items() if state == "success"} <= {"look_again"}
    assert known in caplog.text
    with centre_of_tasks.database.read() as connection:
        for table in (tables.filing_year, tables.outbox_look, tables.checkpoint, tables.event):
            assert connection.execute(select(table)).first() is None


def test_what_time_cannot_cure_is_not_tried_again():
    from _shape import RetryWhatTimeCures
    from airflow.sdk.definitions.retry_policy import RetryAction

    policy = RetryWhatTimeCures()
    actions = [
        policy.evaluate(error, 1, 3).action
        for error in (HeldError("held"), ServerUnreachableError("gone"), OSError("odd"))
    ]

    assert actions == [RetryAction.FAIL, RetryAction.DEFAULT, RetryAction.DEFAULT]


def test_both_disposal_dags_wake_when_a_list_is_approved_and_on_working_days(dag_bag):
    from _shape import APPROVED_LISTS

    for dag_id in ("transfer_records", "destroy_records"):
        schedule = dag_bag.dags[dag_id].timetable
        uris = {asset.uri for asset in schedule.asset_condition.objects}
        assert uris == {APPROVED_LISTS}
        assert type(schedule.timetable).__name__ == "WorkingDays"
