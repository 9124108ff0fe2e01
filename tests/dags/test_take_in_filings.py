"""Runs of take_in_filings against real OpenSSH, folders and registry."""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import replace
from datetime import date
from urllib.parse import quote

import pytest
from airflow.models.xcom import XComModel
from airflow.utils.session import create_session
from sqlalchemy import func, select

import factories_bag
from airflow_runs import run
from factories_disposal import make_unit
from lantai.edges import tables
from lantai.edges.airflow.home import prepare
from lantai.edges.airflow.process import started
from lantai.edges.airflow.sessions import session_members
from lantai.errors import OrchestratorError, UnitsInterruptedError, UnitsUnfinishedError, UsageError
from lantai.journey.centre.agree import agree
from lantai.journey.department.pack import pack
from lantai.journey.intake.attend import attend
from lantai.journey.year.open_year import open_year
from lantai.records.centre.agreement import Agreement
from lantai.records.centre.unit import DataForm
from lantai.tasks import take_in_filings as steps
from lantai.tasks.handover import Group, Pass, Wanted

UNITS = {"JY": ("示例市教育局", "Z109"), "SW": ("示例市水务局", "Z110"), "TJ": ("示例市统计局", "Z111")}

pytestmark = pytest.mark.server("sshd")


def agreement(unit_code: str) -> Agreement:
    """The unit sends in the clear over SSH; both have signed."""
    return Agreement(
        agreement_id="",
        unit_code=unit_code,
        data_form=DataForm.E_DOCUMENT,
        encrypts_before_sending=False,
        algorithm="",
        unit_key_custodian="",
        centre_key_custodian="",
        destruction_clause="按清册销毁",
        from_on=date(2020, 1, 1),
        to_on=None,
        signed_by_unit="王强",
        signed_by_centre="赵敏",
    )


class District:
    """Three units on one sshd, each with a folder of its own, and the year 2025 open."""

    def __init__(self, centre, sshd, tmp_path) -> None:
        self.centre, self.sshd, self.tmp_path = centre, sshd, tmp_path
        self.entries = {}
        for code, (name, fonds_no) in UNITS.items():
            make_unit(centre, code, name, fonds_no)
            agree(centre, agreement(code))
            (sshd.files / code / "outbox" / "2025").mkdir(parents=True)
            (sshd.files / code / "inbox").mkdir()
            connection = sshd.connection(code)
            self.entries[f"sftp_{code}"] = {
                "conn_type": "sftp",
                "host": connection.host,
                "port": connection.port,
                "login": connection.login,
                "extra": {
                    "host_key": " ".join((sshd.folder / "host_key.pub").read_text().split()[:2]),
                    "key_file": str(connection.key_file),
                    "remote_root": str(sshd.files / code),
                },
            }
        self.write_connections()
        open_year(centre, 2025, "system")

    def write_connections(self) -> None:
        self.centre.settings.connections_file.write_text(json.dumps(self.entries), encoding="utf-8")

    def file(self, code: str) -> None:
        """The unit puts a perfect carrier into its outbox."""
        made = factories_bag.filing(self.tmp_path / code)
        name, fonds_no = UNITS[code]
        rows = [replace(row, archival_code=row.archival_code.replace("Z109", fonds_no)) for row in made.rows]
        made.catalogue.write_bytes(factories_bag.csv_of(rows))
        sender = replace(factories_bag.SENDER, unit_code=code, name=name, fonds_no=fonds_no)
        packed = pack(made.folder, sender, factories_bag.order(), made.catalogue, self.tmp_path / f"{code}.packed")
        shutil.copytree(packed, self.sshd.files / code / "outbox" / "2025" / packed.name)

    def spoil_answer(self, code: str) -> None:
        """A file stands where the unit's inbox should be, so the answer cannot be delivered."""
        inbox = self.sshd.files / code / "inbox"
        inbox.rmdir()
        inbox.write_text("no folder")

    def cure_answer(self, code: str) -> None:
        inbox = self.sshd.files / code / "inbox"
        inbox.unlink()
        inbox.mkdir()

    def receipts(self, code: str) -> list[str]:
        return sorted(path.name for path in (self.sshd.files / code / "inbox").rglob("*.receipt.json"))

    def counts(self) -> dict[str, int]:
        names = ("carrier", "record", "answer", "copy", "event")
        with self.centre.database.read() as connection:
            return {
                name: connection.execute(select(func.count()).select_from(getattr(tables, name))).scalar_one()
                for name in names
            }


@pytest.fixture
def district(centre_of_tasks, sshd, tmp_path):
    return District(centre_of_tasks, sshd, tmp_path)


def test_a_night_with_nothing_new_maps_over_nobody(dag_bag, district):
    done = run(dag_bag, "take_in_filings")

    assert done.state == "success"
    assert [name for name in done.tasks if name.startswith("take_in[")] == []
    assert done.tasks["conclude"] == "success"


def test_two_units_file_and_a_rerun_of_one_changes_nothing(dag_bag, district):
    """Rerun by form and by command end alike. Covers I4, R1."""
    district.file("JY")
    district.file("SW")

    first = run(dag_bag, "take_in_filings", year="2025")
    after = district.counts()
    again = run(dag_bag, "take_in_filings", units="JY")
    by_command = steps.take_in(Group(["JY"], [2025]))

    assert first.state == again.state == "success"
    assert {name for name in first.tasks if name.startswith("take_in[")} == {"take_in[JY 2025]", "take_in[SW 2025]"}
    assert district.receipts("JY")
    assert district.receipts("SW")
    assert by_command.failed == {}
    assert district.counts() == after
    assert (after["carrier"], after["record"]) == (2, 6)


def test_only_the_packages_that_the_form_names_are_taken_in(dag_bag, district):
    """Interfaces: by hand with year, units, carrier. A name that nothing bears is refused at once, with nothing done."""
    district.file("JY")
    district.file("SW")

    refused = run(dag_bag, "take_in_filings", carrier="SL2025-JY-E001\nJY-2025-E-009")
    untouched = district.counts()["carrier"]
    done = run(dag_bag, "take_in_filings", carrier="JY-2025-E-001\n")
    again = run(dag_bag, "take_in_filings", carrier="SL2025-JY-E001-R1")

    assert (refused.state, refused.tries["look"], untouched) == ("failed", 1, 0)
    assert (done.state, again.state) == ("success", "success")
    assert "take_in[JY all years]" in done.tasks
    assert (district.receipts("JY") != [], district.receipts("SW"), district.counts()["carrier"]) == (True, [], 1)


def test_one_units_failure_is_named_and_the_others_are_taken_in(dag_bag, district):
    """Covers I8: an outbox that could not be looked at is unknown, never empty."""
    district.file("JY")
    district.file("SW")
    district.spoil_answer("SW")
    district.entries["sftp_TJ"]["port"] = 1
    district.write_connections()
    looked = steps.look(Wanted())

    done = run(dag_bag, "take_in_filings")

    assert looked.unknown == {"TJ": "ServerUnreachableError"}
    assert done.state == "failed"
    assert done.tasks["take_in[JY all years]"] == "success"
    assert done.tasks["take_in[SW all years]"] == "failed"
    assert done.tasks["conclude"] == "failed"
    assert district.receipts("JY")
    with district.centre.database.read() as connection:
        assert connection.execute(select(tables.checkpoint)).first() is not None
        notices = connection.execute(select(tables.notice.c.notice_key)).scalars().all()
    assert any("take_in[SW all years]" in key for key in notices)


def test_the_failed_unit_alone_is_taken_in_once_its_cause_is_cured(dag_bag, district):
    district.file("JY")
    district.file("SW")
    district.spoil_answer("SW")
    run(dag_bag, "take_in_filings")

    district.cure_answer("SW")
    done = run(dag_bag, "take_in_filings", units="SW")

    assert done.state == "success"
    assert district.receipts("SW")
    assert district.counts()["record"] == 6


def test_over_a_number_of_units_they_go_in_batches(district, monkeypatch):
    monkeypatch.setenv("LANTAI_BATCH_UNITS", "1")
    monkeypatch.setenv("LANTAI_BATCH_SIZE", "2")
    for code in UNITS:
        district.file(code)

    looked = steps.look(steps.check_form({"year": "2025", "units": None}))

    assert [group.label for group in looked.groups] == ["JY..SW (2) 2025", "TJ 2025"]
    assert [group.units for group in looked.groups] == [["JY", "SW"], ["TJ"]]


def test_a_failure_in_a_batch_stops_no_unit_after_it(district):
    district.file("JY")
    district.file("SW")
    district.spoil_answer("JY")

    outcome = steps.take_in(Group(["JY", "SW"], [2025]))

    assert set(outcome.failed) == {"JY"}
    assert outcome.taken["SW"]["accepted"] == 1
    with pytest.raises(UnitsUnfinishedError, match="JY"):
        steps.tell_outcome(outcome, left_behind({}))


def test_what_may_pass_by_itself_is_tried_again_by_airflow(district):
    district.entries["sftp_JY"]["port"] = 1
    district.write_connections()

    outcome = steps.take_in(Group(["JY"], [2025]))

    assert outcome.is_retryable
    with pytest.raises(UnitsInterruptedError, match=r"JY +示例市教育局"):
        steps.tell_outcome(outcome, left_behind({}))


def left_behind(kept: dict[str, object]):
    """Return what stands for Airflow's push: it keeps what it is given."""
    return kept.__setitem__


def test_each_unit_has_a_line_in_the_log_of_what_was_seen_and_taken_in_or_why_not(dag_bag, district, caplog):
    """Chinese first, English beside, with what to do: nobody has to look an error up."""
    district.file("JY")
    district.file("SW")
    district.spoil_answer("SW")
    district.entries["sftp_TJ"]["port"] = 1
    district.write_connections()
    (district.sshd.files / "JY" / "outbox" / "说明.txt").write_text("x")

    with caplog.at_level(logging.INFO):
        run(dag_bag, "take_in_filings")

    lines = [message for message in caplog.messages if message[:3] in {"JY ", "SW ", "TJ "} and "\n" not in message]
    assert lines[:3] == [
        "JY 示例市教育局：可收取 / to take in: 1；不在受理之列 / no package, or of a year that was never opened: outbox/说明.txt",
        "SW 示例市水务局：可收取 / to take in: 1",
        next(line for line in lines if line.startswith("TJ ")),
    ]
    for words in ("未能查看：无法连接", "127.0.0.1:1", "→ 请检查网络", "/ could not look: ", "→ See the line"):
        assert words in lines[2]
    assert any(
        "JY 示例市教育局：接收 / accepted 1；登记件数 / records 3；已送答复 / answers delivered 1" in one
        for one in lines
    )
    assert any(line.startswith("SW 示例市水务局：未能收取：") and "inbox" in line for line in lines)


def test_the_run_ends_with_a_table_of_one_row_for_each_unit_that_is_not_seen_to(dag_bag, district):
    """What a person opens first: the log of the red task. R1-42, I8."""
    district.file("JY")
    district.file("SW")
    district.spoil_answer("SW")
    district.entries["sftp_TJ"]["port"] = 1
    district.write_connections()

    failed = run(dag_bag, "take_in_filings")
    table = str(failed.errors["conclude"])

    assert (failed.state, failed.tasks["conclude"]) == ("failed", "failed")
    assert table.startswith("2 个单位未办完，1 个单位已收取 / 2 units are not done, 1 were taken in\n\n")
    # Airflow opens a log at its end: the Chinese stands behind the English.
    assert table.index("\n代码") > table.index("\nSW ")
    rows = [line.split()[:2] for line in table.splitlines() if line[:2] in UNITS]
    assert rows == [["SW", "示例市水务局"], ["TJ", "示例市统计局"]] * 2
    flat = "".join(table.split())
    for words in ("未能收取：", "未能查看：无法连接", "couldnotlook:", "127.0.0.1:1", "inbox", "发生了什么"):
        assert words in flat
    assert "lantai collect --unit SW --unit TJ" in table


def test_a_task_that_was_killed_left_nothing_and_its_unit_is_named_all_the_same(district):
    """K3. What a later take-in by command has seen to is named no more."""
    killed = Pass([Group(["SW"], [2025])], [None])
    steps.look(Wanted())

    with pytest.raises(UnitsUnfinishedError) as ended:
        steps.conclude(True, killed, Pass([]))
    attend(district.centre, "SW")

    flat = "".join(str(ended.value).split())
    assert "SW示例市水务局未能收取：任务没有留下结果就结束了" in flat
    assert "nottakenin:Ataskendedwithoutaword" in flat
    assert steps.conclude(True, killed, Pass([])) == {}


@pytest.mark.parametrize(
    ("left", "kind", "task"),
    [
        ((False, None, None), UsageError, "check_form"),
        ((True, None, None), UnitsUnfinishedError, "look"),
        ((True, Pass([]), None), UnitsUnfinishedError, "look_again"),
    ],
)
def test_a_night_that_did_not_come_to_its_end_says_which_log_tells_why(district, left, kind, task):
    """A task that runs after all others must not make a failed one look like success."""
    with pytest.raises(kind, match=f"原因见任务 {task} 的日志 / .*the log of the task {task} says why"):
        steps.conclude(*left)


def test_xcom_carries_ids_and_counts_and_never_what_a_server_said(dag_bag, district):
    district.file("SW")
    district.spoil_answer("SW")
    district.entries["sftp_TJ"]["port"] = 1
    district.write_connections()

    run(dag_bag, "take_in_filings")

    with create_session() as session:
        kept = " ".join(str(value) for value in session.execute(select(XComModel.value)).scalars())
    assert "ServerUnreachableError" in kept
    assert "127.0.0.1" not in kept
    assert str(district.sshd.files) not in kept


def test_a_unit_that_was_unknown_at_first_is_taken_in_by_the_same_run(dag_bag, district):
    """The first look fails, and the server is there again before the second: nobody has to do anything."""
    district.file("JY")
    district.file("TJ")
    district.entries["sftp_TJ"]["port"] = 1
    district.write_connections()

    def cure() -> None:
        district.entries["sftp_TJ"]["port"] = district.entries["sftp_JY"]["port"]
        district.write_connections()

    done = run(dag_bag, "take_in_filings", before={"look_again": cure})

    assert done.state == "success"
    assert done.tasks["take_in_again[TJ all years]"] == "success"
    assert done.tasks["conclude"] == "success"
    assert district.receipts("TJ")


def test_when_all_are_unknown_at_first_nothing_is_mapped_and_they_are_looked_at_again_all_the_same(dag_bag, district):
    """A mapped task over nothing is skipped; the second look runs in spite of it."""
    for code in UNITS:
        district.entries[f"sftp_{code}"]["port"] = 1
    district.write_connections()

    failed = run(dag_bag, "take_in_filings")

    assert failed.tasks["take_in"] == failed.tasks["take_in_again"] == "skipped"
    assert failed.tasks["look_again"] == "success"
    assert failed.tasks["conclude"] == "failed"
    assert str(failed.errors["conclude"]).startswith("3 个单位未办完，0 个单位已收取")


@pytest.mark.slow
def test_the_scheduler_runs_it_and_one_cleared_map_index_is_one_unit_again(district):
    """api-server, scheduler and dag-processor as in the demo; a form that does not fit is refused with 400."""
    settings = district.centre.settings
    district.file("JY")
    district.file("SW")
    district.spoil_answer("SW")
    variables = {
        "LANTAI_HOME": str(settings.home),
        "LANTAI_TODAY": "2026-03-02",
        "LANTAI_SETTLE_SECONDS": "0",
        "LANTAI_LOOK_AGAIN_SECONDS": "0",
    }

    with started(prepare(settings), variables) as airflow:
        api = airflow.api
        airflow.wait_for_dag("take_in_filings")
        with pytest.raises(OrchestratorError, match="400"):
            api.trigger("take_in_filings", {"year": "last year"})
        with pytest.raises(OrchestratorError, match="400"):
            api.trigger("take_in_filings", {"carrier": 1})
        run_id = api.trigger("take_in_filings", {"year": "2025"})
        first = airflow.wait("take_in_filings", run_id)
        district.cure_answer("SW")
        api.clear("take_in_filings", run_id, "take_in", 1)
        second = airflow.wait("take_in_filings", run_id)
        sessions = airflow.sessions
    left = [pid for session in sessions for pid in session_members(session)]

    assert first.state == "failed"
    assert (first.tasks["take_in[JY 2025]"], first.tasks["take_in[SW 2025]"]) == ("success", "failed")
    assert second.state == "success"
    assert district.receipts("JY")
    assert district.receipts("SW")
    assert district.counts()["record"] == 6
    assert left == []


@pytest.mark.slow
def test_a_night_is_mended_piece_by_piece_and_no_unit_that_is_done_is_done_again(district):
    """Three units, two broken in two ways: clear the second look, rerun one by command, and end green. Covers I4, I8."""
    settings = district.centre.settings
    for code in UNITS:
        district.file(code)
    district.spoil_answer("SW")
    district.entries["sftp_TJ"]["port"] = 1
    district.write_connections()
    variables = {"LANTAI_HOME": str(settings.home), "LANTAI_TODAY": "2026-03-02", "LANTAI_SETTLE_SECONDS": "0"}
    variables["LANTAI_LOOK_AGAIN_SECONDS"] = "1"

    with started(prepare(settings), variables) as airflow:
        api, runs = airflow.api, []
        airflow.wait_for_dag("take_in_filings")
        run_id = api.trigger("take_in_filings", {"year": "2025", "units": "JY, SW，TJ"})
        path = f"/api/v2/dags/take_in_filings/dagRuns/{quote(run_id, safe='')}"
        runs.append(airflow.wait("take_in_filings", run_id))
        log = json.dumps(api._ask("GET", f"{path}/taskInstances/conclude/logs/1"), ensure_ascii=False)
        notes = [api._ask("GET", path)["note"]]

        district.entries["sftp_TJ"]["port"] = district.entries["sftp_JY"]["port"]
        district.write_connections()
        api.clear("take_in_filings", run_id, "look_again", -1)
        runs.append(airflow.wait("take_in_filings", run_id))

        district.cure_answer("SW")
        attend(district.centre, "SW", [2025])
        api.clear("take_in_filings", run_id, "conclude", -1)
        runs.append(airflow.wait("take_in_filings", run_id))
        after = district.counts()
        notes.append(api._ask("GET", path)["note"])

        api.clear("take_in_filings", run_id, "look_again", -1)
        runs.append(airflow.wait("take_in_filings", run_id))

    assert [run.state for run in runs] == ["failed", "failed", "success", "success"]
    assert notes[0].split("\n\n")[0] == notes[1] == "JY, SW，TJ · 2025"
    assert notes[0].split("\n\n")[1].startswith("**未办完** 原因和办法见")
    for words in (
        "2 个单位未办完，1 个单位已收取",
        "未能查看：无法连接",
        "127.0.0.1:1",
        "未能收取：",
        "SW    示例市水务局",
    ):
        assert words in log
    again = [run.tasks.get("take_in_again[TJ 2025]") for run in runs]
    assert again[:3] == [None, "success", "success"], [run.tasks for run in runs]
    # What time cannot cure is tried once more in the same night, and not a third time.
    assert runs[0].tasks["take_in_again[SW 2025]"] == "failed"
    assert runs[3].tasks["take_in[SW 2025]"] == "failed"
    assert {code: len(district.receipts(code)) for code in UNITS} == dict.fromkeys(UNITS, 1)
    assert district.counts()["record"] == after["record"] == 9
