"""The system of docker-compose.yml, started as an engine starts it, by an operator who follows docs/operations.md.

First start, a filing from a unit's upload to its receipt, what each service is given, a second start with changed passwords, and a
restore on another machine. The tests share one system and go on from each other, in the order in which they stand.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import urllib.error
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import factories_bag
from bureau import Bureau, machine, sftp
from lantai.journey.department.pack import pack
from operations_page import readable_by_others
from servers.services import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.namespaces,
    pytest.mark.server("initdb", "postgres", "psql", "redis-server", "sshd", "sftp", "setpriv", "pdftotext"),
]

COMPONENTS = ("airflow-apiserver", "airflow-scheduler", "airflow-dag-processor", "airflow-triggerer", "airflow-worker")
CHANGED = (
    "LANTAI_BELL_PASSWORD",
    "LANTAI_ADMIN_PASSWORD",
    "AIRFLOW_DB_PASSWORD",
    "LANTAI_DB_PASSWORD",
    "REDIS_PASSWORD",
)


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """The machine of a bureau that begins."""
    with machine(tmp_path_factory.mktemp("bureau")) as made:
        yield made


def test_first_start_is_healthy_and_the_doctor_finds_no_fault(bureau: Bureau) -> None:
    bureau.follow("custodian")
    text = (bureau.folder / "custodian/identity.txt").read_text()
    bureau.operator.values["age1PUBLIC"] = next(line.split()[-1] for line in text.splitlines() if "age1" in line)
    # Zero seconds between two looks: settings that have to reach the workers.
    bureau.dotenv.write_text("LANTAI_SETTLE_SECONDS=0\nLANTAI_CENTRE_NAME=云县档案登记备份中心\n", encoding="utf-8")

    told = bureau.follow("compose-install")
    found = bureau.lantai("doctor")

    assert "Ready: docker compose up" in told
    assert set(bureau.system.running) == {*COMPONENTS, "postgres", "redis", "gateway", "databases", "airflow-init"}
    assert [item for item in found if item["state"] == "fault"] == []
    parts = ("dags", "airflow", "recipients", "intake_key", "disposal_key")
    assert {item["name"]: item["state"] for item in found if item["name"] in parts} == dict.fromkeys(parts, "ok")


def test_unit_uploads_and_finds_its_receipt(bureau: Bureau) -> None:
    """From a key in a folder to a receipt in the department's inbox, with DAGs that nobody switched on.

    P2: no private key of the vault lies where a worker looks.
    """
    system = bureau.system
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", bureau.folder / "JY"], check=True)
    shutil.copy(bureau.folder / "JY.pub", bureau.operator.checkout)
    host_key = (system.volume("gateway") / "ssh_host_ed25519_key.pub").read_text()
    bureau.operator.values["ssh-ed25519 HOSTKEY"] = " ".join(host_key.split()[:2])
    shown = bureau.follow("compose-units")
    filing = factories_bag.filing(
        bureau.folder / "filing",
        [factories_bag.row(1, archival_code="Z109-WS·2025-D30-BGS-0001", formed_on="2025-03-01")],
    )
    sender = replace(factories_bag.SENDER, unit_code="JY", name="示例市教育局", fonds_no="Z109")
    made = pack(filing.folder, sender, factories_bag.order(filing_year=2025), filing.catalogue, bureau.folder / "out")
    made.rename(bureau.folder / "001")

    opened = bureau.run_dag("open_filing_year", year="2024")
    sent = sftp(bureau, "JY", "mkdir outbox/2025", f"put -r {bureau.folder}/001 outbox/2025/")
    taken = bureau.run_dag("take_in_filings", year="2025", units="JY")
    fetched = sftp(bureau, "JY", f"get -r inbox/2025 {bureau.folder}/inbox")

    assert host_key in shown
    assert (sent.returncode, fetched.returncode) == (0, 0), sent.stderr + fetched.stderr
    assert (opened, taken) == ("success", "success"), system.running["airflow-worker"].said()
    receipt = [
        "001.SL2025-JY-E001-R1.receipt.json",
        "001.SL2025-JY-E001-R1.receipt.pdf",
        "001.SL2025-JY-E001-R1.receipt.sig",
    ]
    assert sorted(path.name for path in (bureau.folder / "inbox").iterdir()) == receipt
    printed = subprocess.run(
        ["pdftotext", bureau.folder / "inbox/001.SL2025-JY-E001-R1.receipt.pdf", "-"], check=True, capture_output=True
    )
    assert "云县档案登记备份中心" in printed.stdout.decode()
    assert bureau.lantai("ledger", "verify")["is_sound"] is True
    private = ("identity.txt", "disposal.pem", "intake.pem", "log.pem")
    assert not [path for path in (bureau.folder / "volumes").rglob("*") if path.name in private]


def test_signing_keys_and_logins_are_seen_by_those_who_use_them_only(bureau: Bureau) -> None:
    """What a service cannot see, nobody who broke into it can take."""
    seen = {
        name: {
            path for path in ("/run/lantai/signing/intake.pem", "/run/lantai/connections/connections.json", "/var/lib/lantai-bell/login.json")
            if bureau.system.exec(name, "test", "-r", path).returncode == 0
        }
        for name in COMPONENTS
    }  # fmt: skip

    assert seen.pop("airflow-worker") == {"/run/lantai/signing/intake.pem", "/run/lantai/connections/connections.json"}
    assert set(map(frozenset, seen.values())) == {frozenset()}


@pytest.mark.parametrize("name", [*COMPONENTS, "redis", "postgres"])
def test_service_can_neither_write_its_programs_nor_become_root(bureau: Bureau, name: str) -> None:
    """P11, but for the gateway, which becomes the department that logs in: root, with eight capabilities."""
    written = bureau.system.exec(name, "/bin/sh", "-c", "echo >/etc/new || echo >/opt/new || echo >/usr/new")
    status = bureau.system.exec(name, "cat", "/proc/self/status").stdout.decode()

    assert b"Read-only file system" in written.stderr
    assert "Uid:\t0" not in status
    assert "CapBnd:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status


def test_worker_that_stands_still_is_not_healthy(bureau: Bureau) -> None:
    """The heartbeat is of the loop that fetches tasks: stopped, it grows old; going on, it is young again."""
    first = bureau.system.running["airflow-worker"].first
    (worker,) = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    healthy = bureau.system.is_healthy("airflow-worker")
    os.kill(int(worker), signal.SIGSTOP)
    bureau.system.exec("airflow-worker", "touch", "-d", "2 minutes ago", "/opt/airflow/run/heartbeat")

    stopped = bureau.system.is_healthy("airflow-worker")
    os.kill(int(worker), signal.SIGCONT)

    assert (healthy, stopped) == (True, False)
    until(lambda: bureau.system.is_healthy("airflow-worker"), "the worker is healthy again", 60)


def test_bell_wakes_a_dag_and_may_do_nothing_else(bureau: Bureau) -> None:
    answers = bureau.bell(
        *(("GET", name, None) for name in ("connections", "variables", "pools", "dags/destroy_records/dagRuns", "dagSources/destroy_records")),
        ("POST", "dags/destroy_records/dagRuns", {"logical_date": None}),
        ("PATCH", "dags/destroy_records", {"is_paused": True}),
        rings=True,
    )  # fmt: skip

    def woken() -> list[str]:
        runs = bureau.ask("GET", "/api/v2/dags/destroy_records/dagRuns?run_type=asset_triggered")["dag_runs"]
        return [run["state"] for run in runs]

    assert [path for path, answer in answers.items() if "answered 403" not in answer] == []
    until(lambda: woken() == ["success"], "the bell starts a run")


def test_doctor_names_a_dag_that_is_paused(bureau: Bureau) -> None:
    bureau.ask("PATCH", "/api/v2/dags/open_filing_year", {"is_paused": True})

    (found,) = [item for item in bureau.lantai("doctor") if item["name"] == "dags"]
    bureau.ask("PATCH", "/api/v2/dags/open_filing_year", {"is_paused": False})

    assert (found["state"], found["found"]) == ("warning", "switched off: open_filing_year")


def test_second_start_takes_the_passwords_that_were_changed_and_loses_nothing(bureau: Bureau) -> None:
    """A changed password of the bell was "already exists" and then 401, one of a database no start at all."""
    before, keys = bureau.variables, bureau.operator.checkout / "lantai-keys"
    made = {path: path.read_bytes() for path in keys.rglob("*") if path.is_file()}
    for name in CHANGED:
        bureau.dotenv.write_text(bureau.dotenv.read_text().replace(before[name], f"changed-{name.lower()}"))

    told = bureau.follow("compose-upgrade")
    bureau.forget_login()

    assert "nothing was missing" in told
    assert {path: path.read_bytes() for path in keys.rglob("*") if path.is_file()} == made
    assert [found["state"] for found in bureau.lantai("submissions", "--unit", "JY")] == ["accepted"]
    assert bureau.bell(("GET", "assets", None), rings=True) == {"assets": "allowed"}
    assert bureau.run_dag("take_in_filings", year="2025") == "success"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        Bureau(bureau.operator, bureau.system).ask("GET", "/api/v2/dags", password=before["LANTAI_ADMIN_PASSWORD"])


def test_password_that_is_changed_while_all_runs_is_the_one_that_counts(bureau: Bureau) -> None:
    running = {name: bureau.system.running[name].process.pid for name in COMPONENTS}

    bureau.follow("compose-passwords")
    bureau.forget_login()

    assert "another-long-one" in bureau.variables.values()
    assert bureau.ask("GET", "/api/v2/dags?limit=1")["total_entries"] == 5
    assert {name: bureau.system.running[name].process.pid for name in COMPONENTS} == running


def test_logs_are_cleaned_and_the_registry_is_not(bureau: Bureau) -> None:
    old = bureau.system.volume("logs") / "old.log"
    old.write_text("old")
    os.chown(old, 50000, 50000)
    os.utime(old, (0, 0))

    bureau.follow("compose-logs")

    assert not old.exists()
    assert [found["state"] for found in bureau.lantai("submissions", "--unit", "JY")] == ["accepted"]


def test_other_machine_takes_over_from_the_backup(bureau: Bureau) -> None:
    """The old one is gone, with all its volumes; units enter as before, and what was received is there."""
    bureau.follow("compose-backup")
    assert readable_by_others(bureau.folder / "backup") == []
    bureau.system.down()
    old = bureau.folder.rename(bureau.folder.with_name("old-machine"))
    bureau.folder.mkdir()
    with machine(bureau.folder) as other:
        shutil.copytree(old / "backup", other.folder / "backup", dirs_exist_ok=True)
        (other.folder / "state").write_text(f"cd {other.operator.checkout}\n")

        told = other.follow("compose-restore")

        shutil.copy(old / "JY", other.folder / "JY")
        assert "台账完好" in told, told
        assert [found["state"] for found in other.lantai("submissions", "--unit", "JY")] == ["accepted"]
        assert sftp(other, "JY", "ls inbox/2025").stdout.count("001.SL2025-JY-E001-R1.receipt") == 3
        assert other.run_dag("take_in_filings", year="2025") == "success"
