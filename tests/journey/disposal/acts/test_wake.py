"""Waking Airflow: the leader's signature rings, and a bell that nobody hears changes nothing about it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from factories_disposal import (
    PANEL,
    approve,
    decide_all,
    draft,
    lay_down_carrier,
    make_people,
    make_unit,
    record,
    state_of,
    witness,
)
from lantai.cli.disposal.list_act import app
from lantai.edges.centre import Centre
from lantai.edges.database.database import Database
from lantai.errors import NotPermittedError
from lantai.journey.centre.diagnose import diagnose
from lantai.journey.disposal.approval.sign import sign
from lantai.records.disposal.lists import ListDuty
from servers.odd_airflow import PASSWORD, USER, Asked, OddAirflow, said


@pytest.fixture
def office(centre: Centre, odd_airflow: OddAirflow, tmp_path: Path) -> Centre:
    """A centre whose settings name an Airflow, with a list that panel and leader are to sign."""
    path = tmp_path / "login.json"
    path.write_text(json.dumps({"username": USER, "password": PASSWORD}))
    settings = replace(centre.settings, airflow_url=odd_airflow.address, airflow_login_file=path)
    make_people(centre)
    make_unit(centre)
    lay_down_carrier(centre, [record(number) for number in (1, 2, 3)])
    return replace(centre, settings=settings)


@pytest.fixture
def decided(office: Centre) -> str:
    list_id = draft(office)
    decide_all(office, list_id, (1, 2, 3))
    return list_id


def test_leaders_signature_wakes_airflow_once(office: Centre, decided: str, odd_airflow: OddAirflow) -> None:
    """R9-19; airflow.md, "Approvals": the list's id and nothing else goes with the event."""
    signed = approve(office, decided)
    witness(office, decided)

    assert signed.unheard is None
    assert odd_airflow.events == [decided]
    assert odd_airflow.asked[-1].body["extra"] == {"list_id": decided}


def test_nobody_elses_signature_wakes_anybody(office: Centre, decided: str, odd_airflow: OddAirflow) -> None:
    """R9-19: the panel alone approves nothing."""
    for person_id in PANEL:
        sign(office, decided, ListDuty.PANEL_MEMBER, person_id)

    assert odd_airflow.asked == []


def test_bell_rings_when_the_approval_is_there_to_be_found(
    office: Centre, decided: str, odd_airflow: OddAirflow
) -> None:
    """Rung inside the transaction, the DAG could look at the rows too early and find nothing."""
    found = []

    def look(_: Asked) -> tuple[int, bytes, dict[str, str]]:
        other = Database(office.settings.registry_url)
        found.append(state_of(replace(office, database=other), decided))
        other.close()
        return said({"id": 1})

    odd_airflow.instead["/api/v2/assets/events"] = look

    approve(office, decided)

    assert found == ["approved"]


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_refused_bell_leaves_the_approval_as_it_is(
    office: Centre, decided: str, odd_airflow: OddAirflow, status: int
) -> None:
    """I3: a signature stands or falls by the registry alone."""
    odd_airflow.instead["/api/v2/assets/events"] = lambda _: said({"detail": "no"}, status)

    signed = approve(office, decided)

    assert (signed.is_new, signed.state.value, state_of(office, decided)) == (True, "approved", "approved")
    assert str(status) in str(signed.unheard)


def test_login_file_that_is_gone_leaves_the_approval_as_it_is(office: Centre, decided: str) -> None:
    office.settings.airflow_login_file.unlink()

    signed = approve(office, decided)

    assert state_of(office, decided) == "approved"
    assert "LANTAI_AIRFLOW_LOGIN_FILE" in str(signed.unheard)


def test_refused_signature_wakes_nobody(office: Centre, decided: str, odd_airflow: OddAirflow) -> None:
    with pytest.raises(NotPermittedError, match="L01"):
        sign(office, decided, ListDuty.PANEL_MEMBER, "L01")

    assert odd_airflow.asked == []


@pytest.fixture
def desk(office: Centre, decided: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The leader at the command, after the panel; what is left to type."""
    monkeypatch.setenv("LANTAI_HOME", str(office.settings.home))
    monkeypatch.setenv("LANTAI_TODAY", "2026-03-02")
    monkeypatch.setenv("LANTAI_AIRFLOW_URL", str(office.settings.airflow_url))
    monkeypatch.setenv("LANTAI_AIRFLOW_LOGIN_FILE", str(office.settings.airflow_login_file))
    for person_id in PANEL:
        sign(office, decided, ListDuty.PANEL_MEMBER, person_id)
    return ["sign", decided, "--role", "leader", "--as", "L01"]


def test_signer_is_told_in_one_line_that_the_next_working_day_goes_on(desk: list[str], odd_airflow: OddAirflow) -> None:
    odd_airflow.instead["/api/v2/assets"] = lambda _: said({"detail": "down"}, 503)

    done = CliRunner().invoke(app, [*desk, "--json"])

    assert (done.exit_code, json.loads(done.stdout)["state"]) == (0, "approved")
    assert "503" in json.loads(done.stdout)["unheard"]
    assert len(done.stderr.splitlines()) == 1
    assert "下一个工作日的运行会接手" in done.stderr


def test_signer_who_was_heard_is_told_nothing_more(desk: list[str], odd_airflow: OddAirflow) -> None:
    done = CliRunner().invoke(app, desk)

    assert (done.exit_code, done.stderr, len(odd_airflow.events)) == (0, "", 1)


def test_doctor_says_whether_an_approval_would_be_heard(office: Centre, odd_airflow: OddAirflow) -> None:
    def told(centre: Centre) -> str:
        return next(item.state for item in diagnose(centre, "en") if item.name == "airflow")

    heard = told(office)
    odd_airflow.instead["/auth/token"] = lambda _: said({"detail": "no"}, 401)

    assert (heard, told(replace(office)), odd_airflow.events) == ("ok", "warning", [])
