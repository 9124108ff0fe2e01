"""The bell against a real web server: rung, refused, silent, odd. What the real Airflow does is in tests/dags and test_compose.

Covers: edges.airflow.client.
"""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path

import pytest

from lantai.edges.airflow.bell import APPROVED_LISTS, DAG_TAG, AirflowBell, bell_of
from lantai.edges.airflow.client import AirflowClient, AirflowLogin, login_text, read_login
from lantai.errors import OrchestratorError, SettingsError
from lantai.settings import from_env
from servers.odd_airflow import PASSWORD, TOKEN, USER, OddAirflow, said

EVENTS = "/api/v2/assets/events"


def bell(server: OddAirflow, **changed: str) -> AirflowBell:
    login = {"address": server.address, "user": USER, "password": PASSWORD} | changed
    return AirflowBell(AirflowClient(AirflowLogin(**login), answer_seconds=0.5))


def test_airflow_is_told_which_list_was_approved(odd_airflow: OddAirflow) -> None:
    bell(odd_airflow).ring("D-2026-JY-01")

    assert [one.path.partition("?")[0] for one in odd_airflow.asked] == ["/auth/token", "/api/v2/assets", EVENTS]
    assert odd_airflow.asked[-1].body == {"asset_id": 7, "extra": {"list_id": "D-2026-JY-01"}}


def test_ringing_twice_logs_in_once(odd_airflow: OddAirflow) -> None:
    one = bell(odd_airflow)

    one.ring("D-2026-JY-01")
    one.ring("D-2026-JY-01")

    assert odd_airflow.events == ["D-2026-JY-01"] * 2
    assert [asked.path for asked in odd_airflow.asked].count("/auth/token") == 1


def test_token_from_elsewhere_needs_no_password(odd_airflow: OddAirflow) -> None:
    bell(odd_airflow, user="", password="", token=TOKEN).ring("T-2026-JY-01")

    assert odd_airflow.events == ["T-2026-JY-01"]
    assert "/auth/token" not in {asked.path for asked in odd_airflow.asked}


def test_wrong_password_is_told_without_repeating_it(odd_airflow: OddAirflow) -> None:
    """P5: what Airflow says of a refused login may hold the login."""
    typed = {"password": "canary-typed"}

    with pytest.raises(OrchestratorError, match="/auth/token: Airflow answered 401") as refused:
        bell(odd_airflow, **typed).ring("D-2026-JY-01")

    assert "canary" not in str(refused.value)
    assert odd_airflow.events == []


def test_account_that_may_not_ring_is_told_with_the_reason(odd_airflow: OddAirflow) -> None:
    odd_airflow.instead[EVENTS] = lambda _: said({"detail": "Forbidden"}, 403)

    with pytest.raises(OrchestratorError, match=r"403.*Forbidden"):
        bell(odd_airflow).ring("D-2026-JY-01")


def test_airflow_without_our_dags_is_told(odd_airflow: OddAirflow) -> None:
    odd_airflow.instead["/api/v2/assets"] = lambda _: said({"assets": [{"id": 6, "uri": APPROVED_LISTS + "/not"}]})

    with pytest.raises(OrchestratorError, match=f"{APPROVED_LISTS}: no DAG"):
        bell(odd_airflow).ring("D-2026-JY-01")


def test_dags_that_are_paused_are_named(odd_airflow: OddAirflow) -> None:
    odd_airflow.paused = ["destroy_records", "take_in_filings"]

    found = bell(odd_airflow).paused_dags()

    assert found == ["destroy_records", "take_in_filings"]
    assert "paused=true" in odd_airflow.asked[-1].path
    assert "tags=lantai" in odd_airflow.asked[-1].path


@pytest.mark.parametrize("answer", [None, [], {"dags": "none"}, {"detail": "no"}])
def test_answer_without_a_list_of_dags_is_never_taken_for_none_paused(odd_airflow: OddAirflow, answer: object) -> None:
    odd_airflow.instead["/api/v2/dags"] = lambda _: said(answer)

    with pytest.raises(OrchestratorError, match="without a list of DAGs"):
        bell(odd_airflow).paused_dags()


def test_tag_that_is_asked_for_is_the_one_that_our_dags_have() -> None:
    shape = (Path(__file__).resolve().parents[3] / "dags" / "_shape.py").read_text(encoding="utf-8")

    assert f'"tags": ["{DAG_TAG}"' in shape


def test_silent_server_is_left_after_its_time(odd_airflow: OddAirflow) -> None:
    """A server that takes the request and says nothing holds nobody up."""
    speaks = threading.Event()
    odd_airflow.instead[EVENTS] = lambda _: said(speaks.wait(30))

    with pytest.raises(OrchestratorError, match=r"no answer from Airflow: .*timed out"):
        bell(odd_airflow).ring("D-2026-JY-01")
    speaks.set()


def test_nobody_listening_is_told() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"

    with pytest.raises(OrchestratorError, match="no answer from Airflow"):
        AirflowBell(AirflowClient(AirflowLogin(address, USER, PASSWORD))).ring("D-2026-JY-01")


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"<html>a proxy's page</html>", {}),
        (200, b"", {}),
        said([1, 2]),
        said({"access_token": {"a": 1}}),
        said({"access_token": "two words"}),
        said({"access_token": "new\r\nline"}),
    ],
)
def test_answer_that_is_no_token_is_told(odd_airflow: OddAirflow, answer) -> None:
    odd_airflow.instead["/auth/token"] = lambda _: answer

    with pytest.raises(OrchestratorError):
        bell(odd_airflow).ring("D-2026-JY-01")


@pytest.mark.parametrize("answer", [None, [], {"assets": {}}, {"assets": [1, {"uri": APPROVED_LISTS, "id": "7"}]}])
def test_answer_that_names_no_asset_is_told(odd_airflow: OddAirflow, answer) -> None:
    odd_airflow.instead["/api/v2/assets"] = lambda _: said(answer)

    with pytest.raises(OrchestratorError, match="no DAG"):
        bell(odd_airflow).ring("D-2026-JY-01")


def test_redirect_is_not_followed_with_the_login(odd_airflow: OddAirflow) -> None:
    """P5: whoever can answer for Airflow cannot have the token carried elsewhere."""
    with OddAirflow() as elsewhere:
        odd_airflow.instead["/api/v2/assets"] = lambda _: (302, b"", {"Location": elsewhere.address + "/api/v2/assets"})

        with pytest.raises(OrchestratorError, match="302"):
            bell(odd_airflow).ring("D-2026-JY-01")

    assert elsewhere.asked == []


def test_proxy_of_the_environment_is_not_asked(odd_airflow: OddAirflow, monkeypatch: pytest.MonkeyPatch) -> None:
    with OddAirflow() as proxy:
        monkeypatch.setenv("http_proxy", proxy.address)
        monkeypatch.setenv("no_proxy", "")

        bell(odd_airflow).ring("D-2026-JY-01")

    assert (odd_airflow.events, proxy.asked) == (["D-2026-JY-01"], [])


def test_login_is_shown_by_nothing() -> None:
    login = AirflowLogin("http://127.0.0.1:1", USER, PASSWORD, "")

    assert PASSWORD not in repr(login) + str(login)
    assert TOKEN not in repr(AirflowLogin(token=TOKEN))


@pytest.mark.parametrize(
    "login",
    [AirflowLogin("http://127.0.0.1:8080", USER, PASSWORD), AirflowLogin(token=TOKEN)],
)
def test_login_file_comes_back_as_it_was_written(tmp_path: Path, login: AirflowLogin) -> None:
    path = tmp_path / "login.json"
    path.write_text(login_text(login))

    assert read_login(path) == login


@pytest.mark.parametrize(
    "text",
    [
        "canary",
        "[]",
        "{}",
        '{"username": "bell"}',
        '{"username": "bell", "password": ""}',
        '{"username": "bell", "password": 12}',
        '{"token": "canary with blanks"}',
        '{"token": "canary", "address": "ftp://airflow"}',
        '{"token": "canary", "address": "http://bell:canary@airflow"}',
    ],
)
def test_file_that_holds_no_login_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    path = tmp_path / "login.json"
    path.write_text(text)

    with pytest.raises(SettingsError, match=r"login\.json") as refused:
        read_login(path)

    assert "canary" not in str(refused.value)


def test_home_without_airflow_has_no_bell(tmp_path: Path) -> None:
    assert bell_of(from_env({"LANTAI_HOME": str(tmp_path)})) is None


def test_address_and_login_are_named_together(tmp_path: Path) -> None:
    home = {"LANTAI_HOME": str(tmp_path)}
    login = tmp_path / "airflow" / "login.json"

    with pytest.raises(SettingsError, match="LANTAI_AIRFLOW_LOGIN_FILE"):
        bell_of(from_env(home | {"LANTAI_AIRFLOW_URL": "https://airflow.example"}))
    login.parent.mkdir()
    login.write_text(json.dumps({"token": TOKEN}))
    with pytest.raises(SettingsError, match="LANTAI_AIRFLOW_URL"):
        bell_of(from_env(home))


def test_address_of_the_settings_wins_over_the_file(tmp_path: Path, odd_airflow: OddAirflow) -> None:
    path = tmp_path / "login.json"
    path.write_text(login_text(AirflowLogin("http://127.0.0.1:1", USER, PASSWORD)))
    named = {"LANTAI_AIRFLOW_LOGIN_FILE": str(path), "LANTAI_AIRFLOW_URL": odd_airflow.address + "/"}

    found = bell_of(from_env({"LANTAI_HOME": str(tmp_path)} | named))
    found.ring("D-2026-JY-01")

    assert odd_airflow.events == ["D-2026-JY-01"]


@pytest.mark.parametrize(
    "address", ["airflow:8080", "ftp://airflow", "http://", "http://u:canary@airflow", "http://a:99999"]
)
def test_address_that_cannot_be_meant_is_refused_by_name(address: str) -> None:
    with pytest.raises(SettingsError, match="LANTAI_AIRFLOW_URL") as refused:
        from_env({"LANTAI_AIRFLOW_URL": address})

    assert "canary" not in str(refused.value)
