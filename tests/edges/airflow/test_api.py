"""What Airflow answers, as ours; that the real one answers so is seen in tests/dags and tests/stories/test_serve."""

from __future__ import annotations

from pathlib import Path

import pytest

from lantai.edges.airflow.api import AirflowApi, Dag, DagRun, if_answered
from lantai.edges.airflow.home import USER, AirflowHome
from lantai.errors import OrchestratorError
from servers.odd_airflow import OddAirflow, said

RUN = "manual__2026-03-02T02:00:00+08:00"
ESCAPED = "manual__2026-03-02T02%3A00%3A00%2B08%3A00"


@pytest.fixture
def api(odd_airflow: OddAirflow, tmp_path: Path) -> AirflowApi:
    """A client of the server; its user is another than the bell's, so the server is told of the login."""
    odd_airflow.instead["/auth/token"] = lambda _: said({"access_token": "canary-token"}, 201)
    return AirflowApi(AirflowHome(tmp_path, int(odd_airflow.address.rpartition(":")[2]), "word"))


def asked(server: OddAirflow) -> list[tuple[str, str]]:
    return [(one.method, one.path) for one in server.asked if one.path != "/auth/token"]


def test_health_is_asked_without_a_login_and_a_component_that_never_ran_is_empty(
    odd_airflow: OddAirflow, api: AirflowApi
) -> None:
    health = {"metadatabase": {"status": "healthy"}, "triggerer": {"status": None}}
    odd_airflow.instead["/api/v2/monitor/health"] = lambda _: said(health)

    assert api.health() == {"metadatabase": "healthy", "triggerer": ""}
    assert [(one.path, one.token) for one in odd_airflow.asked] == [("/api/v2/monitor/health", None)]


def test_dags_and_what_could_not_be_read_are_told_by_their_names(odd_airflow: OddAirflow, api: AirflowApi) -> None:
    dag = {"dag_id": "take_in_filings", "is_paused": True, "last_parsed_time": "2026-03-02T02:00:00Z"}
    odd_airflow.instead["/api/v2/dags"] = lambda _: said({"dags": [dag]})
    odd_airflow.instead["/api/v2/importErrors"] = lambda _: said(
        {"import_errors": [{"filename": "dags/x.py", "stack_trace": "SyntaxError"}]}
    )

    assert api.dags() == [Dag("take_in_filings", is_paused=True, read_at="2026-03-02T02:00:00Z")]
    assert api.import_errors() == {"dags/x.py": "SyntaxError"}
    assert odd_airflow.asked[0].body == {"username": USER, "password": "word"}


def test_run_by_hand_carries_its_form_and_no_date(odd_airflow: OddAirflow, api: AirflowApi) -> None:
    odd_airflow.instead["/api/v2/dags/take_in_filings/dagRuns"] = lambda _: said({"dag_run_id": RUN})

    assert api.trigger("take_in_filings", {"units": "JY"}) == RUN
    assert odd_airflow.asked[-1].body == {"logical_date": None, "conf": {"units": "JY"}}


def test_cleared_task_is_one_map_index_and_what_comes_after_it(odd_airflow: OddAirflow, api: AirflowApi) -> None:
    odd_airflow.instead["/api/v2/dags/take_in_filings/clearTaskInstances"] = lambda _: said({})

    api.clear("take_in_filings", RUN, "take_in", 1)

    body = odd_airflow.asked[-1].body
    assert (body["dag_run_id"], body["task_ids"]) == (RUN, [["take_in", 1]])
    assert (body["dry_run"], body["only_failed"], body["include_downstream"]) == (False, False, True)


def test_mapped_tasks_of_a_run_are_named_by_what_they_worked_on(odd_airflow: OddAirflow, api: AirflowApi) -> None:
    place = f"/api/v2/dags/take_in_filings/dagRuns/{ESCAPED}"
    tasks = [
        {"task_id": "look", "map_index": -1, "state": "success"},
        {"task_id": "take_in", "map_index": 0, "rendered_map_index": "JY 2025", "state": "failed"},
        {"task_id": "take_in", "map_index": 1, "rendered_map_index": None, "state": None},
    ]
    odd_airflow.instead[place] = lambda _: said({"state": "running"})
    odd_airflow.instead[f"{place}/taskInstances"] = lambda _: said({"task_instances": tasks})

    told = api.run("take_in_filings", RUN)

    states = {"look": "success", "take_in[JY 2025]": "failed", "take_in[1]": ""}
    assert told == DagRun("take_in_filings", RUN, "running", states)


def test_runs_that_an_approved_list_has_woken_come_oldest_first(odd_airflow: OddAirflow, api: AirflowApi) -> None:
    runs = [{"dag_run_id": "asset__1"}, {"dag_run_id": "asset__2"}]
    odd_airflow.instead["/api/v2/dags/destroy_records/dagRuns"] = lambda _: said({"dag_runs": runs})

    assert api.woken_runs("destroy_records") == ["asset__1", "asset__2"]
    [(_, path)] = asked(odd_airflow)
    assert {"order_by=run_after", "run_type=asset_triggered"} <= set(path.partition("?")[2].split("&"))


@pytest.mark.parametrize("status", [500, 503])
def test_server_that_could_not_is_asked_again(odd_airflow: OddAirflow, api: AirflowApi, status: int) -> None:
    odd_airflow.instead["/api/v2/dags"] = lambda _: said({"detail": "database is locked"}, status)

    assert if_answered(api.dags) is None


def test_server_that_is_not_there_is_asked_again(tmp_path: Path) -> None:
    assert if_answered(AirflowApi(AirflowHome(tmp_path, 1, "word")).health) is None


@pytest.mark.parametrize("status", [400, 403, 404])
def test_server_that_will_not_is_not_asked_again(odd_airflow: OddAirflow, api: AirflowApi, status: int) -> None:
    odd_airflow.instead["/api/v2/dags"] = lambda _: said({"detail": "no"}, status)

    with pytest.raises(OrchestratorError, match=str(status)):
        if_answered(api.dags)
