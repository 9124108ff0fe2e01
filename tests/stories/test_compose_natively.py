"""The system of docker-compose.yml, started as an engine starts it, from nothing but what `lantai environment` made.

First start, a filing from a unit's upload to its receipt, what each service is given, a second start with changed passwords. The
tests share one system and go on from each other, in the order in which they stand.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

import compose_file
import factories_bag
from lantai.journey.pack import pack
from servers.services import System, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.namespaces,
    pytest.mark.server("initdb", "postgres", "psql", "redis-server", "sshd", "sftp", "setpriv", "pdftotext"),
]

COMPONENTS = ("airflow-apiserver", "airflow-scheduler", "airflow-dag-processor", "airflow-triggerer", "airflow-worker")
LANTAI = Path(sys.executable).with_name("lantai")
CHANGED = (
    "LANTAI_BELL_PASSWORD",
    "LANTAI_ADMIN_PASSWORD",
    "AIRFLOW_DB_PASSWORD",
    "LANTAI_DB_PASSWORD",
    "REDIS_PASSWORD",
)

BELL = """
import json, sys
from lantai.edges.airflow_bell import bell_of
from lantai.edges.airflow_client import AirflowClient, read_login
from lantai.errors import OrchestratorError
from lantai.settings import from_env
from dataclasses import replace

settings = from_env()
client = AirflowClient(replace(read_login(settings.airflow_login_file), address=settings.airflow_url))
answers = {}
for method, path, body in json.load(sys.stdin):
    try:
        client.ask(method, "/api/v2/" + path, body)
        answers[path] = "allowed"
    except OrchestratorError as error:
        answers[path] = str(error)
if "ring" in sys.argv:
    bell_of(settings).ring("D-2026-JY-001")
print(json.dumps(answers))
"""


@dataclass
class Bureau:
    """A bureau's machine: the system, its .env, and what an operator and a department do."""

    folder: Path
    system: System
    told: list[str] = field(default_factory=list)
    _token: str = ""

    @property
    def dotenv(self) -> Path:
        return self.folder / ".env"

    @property
    def variables(self) -> dict[str, str]:
        return compose_file.environment_of(self.dotenv.read_text())

    def environment(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What `make up` runs first."""
        given = {name: value for name, value in os.environ.items() if not name.startswith("LANTAI_")}
        return subprocess.run(
            [LANTAI, "environment", self.dotenv, *words], env=given | {"LANTAI_LOCALE": "en"}, capture_output=True,
            text=True, check=False, timeout=60,
        )  # fmt: skip

    def lantai(self, *words: str) -> Any:
        """Run the command as an operator does, and return its answer."""
        done = self.system.run("lantai", *words, "--json", LANTAI_LOCALE="en")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def ask(self, method: str, path: str, body: object = None, *, password: str = "") -> Any:
        """Ask Airflow's API as its administrator."""
        if not self._token and path != "/auth/token":
            login = {"username": "admin", "password": password or self.variables["LANTAI_ADMIN_PASSWORD"]}
            self._token = self.ask("POST", "/auth/token", login)["access_token"]
        request = urllib.request.Request(
            f"http://{self.system.address('airflow-apiserver')}:8080{path}",
            json.dumps(body).encode() if body is not None else None,
            {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"},
            method=method,
        )
        with self.system.network(), urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own address
            return json.loads(answer.read() or b"null")

    def forget_login(self) -> None:
        self._token = ""

    def run_dag(self, dag_id: str, **form: str) -> str:
        """Start a DAG by its form, and return how it ended; nobody switches it on."""

        def is_known() -> bool:
            try:
                return bool(self.ask("GET", f"/api/v2/dags/{dag_id}"))
            except urllib.error.HTTPError:
                return False

        until(is_known, f"{dag_id} is read")
        made = self.ask("POST", f"/api/v2/dags/{dag_id}/dagRuns", {"logical_date": None, "conf": form})
        run = f"/api/v2/dags/{dag_id}/dagRuns/{made['dag_run_id']}"
        until(lambda: self.ask("GET", run)["state"] in ("success", "failed"), f"{dag_id} ends")
        return str(self.ask("GET", run)["state"])

    def bell(self, *requests: tuple[str, str, object], rings: bool = False) -> dict[str, str]:
        """Ask as the account `bell`, where lists are signed."""
        done = self.system.run(
            "lantai", "-c", BELL, *(["ring"] if rings else []), stdin=json.dumps(requests).encode(), entrypoint="python"
        )
        assert done.returncode == 0, done.stderr
        answers: dict[str, str] = json.loads(done.stdout)
        return answers


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """A machine on which nothing has been made; at the end everything is stopped."""
    folder = tmp_path_factory.mktemp("bureau")
    # The containers' users look through the folders above what is mounted.
    for above in (folder, *folder.parents[:-1]):
        above.chmod(above.stat().st_mode | 0o055)
    os.umask(0o022)
    with System(folder, folder / ".env") as system:
        yield Bureau(folder, system)


def test_machine_asks_in_words_for_the_key_that_only_a_custodian_has(bureau: Bureau) -> None:
    without = bureau.environment()
    custodian = bureau.folder / "custodian"
    subprocess.run([LANTAI, "keys", "new", custodian / "identity.txt", "--json"], check=True, capture_output=True)
    public = subprocess.run(
        ["grep", "-o", "age1.*", custodian / "identity.txt"], check=True, capture_output=True, text=True
    )

    with_it = bureau.environment("--recipient", public.stdout.strip())

    assert (without.returncode, with_it.returncode) == (1, 0)
    assert "lantai keys new identity.txt" in without.stdout
    assert "lantai environment --recipient age1..." in without.stdout
    # Zero seconds between two looks: a setting that has to reach the workers for this to end in time.
    with bureau.dotenv.open("a") as text:
        text.write("LANTAI_SETTLE_SECONDS=0\nLANTAI_CENTRE_NAME=云县档案登记备份中心\n")


def test_first_start_is_healthy_and_the_doctor_finds_no_fault(bureau: Bureau) -> None:
    bureau.system.up()

    found = bureau.lantai("doctor")

    assert set(bureau.system.running) >= {*COMPONENTS, "postgres", "redis", "gateway", "databases", "airflow-init"}
    assert [item for item in found if item["state"] == "fault"] == []
    assert {"dags": "ok", "airflow": "ok", "recipients": "ok", "intake_key": "ok"}.items() <= {
        item["name"]: item["state"] for item in found
    }.items()


def test_unit_uploads_and_finds_its_receipt(bureau: Bureau) -> None:
    """From a key in a folder to a receipt in the department's inbox, with DAGs that nobody switched on."""
    system, values = bureau.system, bureau.variables
    key = bureau.folder / "JY"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    (Path(values["LANTAI_GATEWAY_KEYS_DIR"]) / "JY.pub").write_text(key.with_suffix(".pub").read_text())
    (Path(values["LANTAI_DESK_DIR"]) / "units.csv").write_text(
        "unit_code,name,fonds_no,data_forms\nJY,示例市教育局,Z109,e_document\n", encoding="utf-8"
    )
    host_key = (system.volume("gateway") / "ssh_host_ed25519_key.pub").read_text()
    extra = {"key_file": "/run/lantai/connections/centre_ed25519", "host_key": " ".join(host_key.split()[:2])}
    (Path(values["LANTAI_KEYS_DIR"]) / "connections/connections.json").write_text(
        json.dumps({"sftp_JY": {"conn_type": "sftp", "host": "gateway", "port": 2222, "login": "JY", "extra": extra}})
    )
    bureau.lantai("units", "import", "units.csv")
    signed = ["--signed-by-unit", "李强", "--signed-by-centre", "王芳", "--from-on", "2020-01-01"]
    bureau.lantai("agreement", "add", "JY", "e_document", *signed)
    filing = factories_bag.filing(
        bureau.folder / "filing",
        [factories_bag.row(1, archival_code="Z109-WS·2025-D30-BGS-0001", formed_on="2025-03-01")],
    )
    sender = replace(factories_bag.SENDER, unit_code="JY", name="示例市教育局", fonds_no="Z109")
    made = pack(filing.folder, sender, factories_bag.order(filing_year=2025), filing.catalogue, bureau.folder / "out")
    made.rename(bureau.folder / "001")

    opened = bureau.run_dag("open_filing_year", year="2025")
    sent = sftp(bureau, "JY", "mkdir outbox/2025", f"put -r {bureau.folder}/001 outbox/2025/")
    taken = bureau.run_dag("take_in_filings", year="2025", units="JY")
    fetched = sftp(bureau, "JY", f"get -r inbox/2025 {bureau.folder}/inbox")

    assert (sent.returncode, fetched.returncode) == (0, 0), sent.stderr + fetched.stderr
    assert (opened, taken) == ("success", "success"), system.running["airflow-worker"].said()
    receipt = ["001.r1.receipt.json", "001.r1.receipt.pdf", "001.r1.receipt.sig"]
    assert sorted(path.name for path in (bureau.folder / "inbox").iterdir()) == receipt
    printed = subprocess.run(
        ["pdftotext", bureau.folder / "inbox/001.r1.receipt.pdf", "-"], check=True, capture_output=True
    )
    assert "云县档案登记备份中心" in printed.stdout.decode()
    assert bureau.lantai("ledger", "verify")["is_sound"] is True
    private = ("identity.txt", "disposal.pem", "intake.pem", "log.pem")
    assert not [path for path in (bureau.folder / "volumes").rglob("*") if path.name in private]


def sftp(bureau: Bureau, unit: str, *commands: str) -> subprocess.CompletedProcess[str]:
    """Enter the gateway as a unit, which it lets in within seconds of having its key."""
    system = bureau.system
    host_key = (system.volume("gateway") / "ssh_host_ed25519_key.pub").read_text()
    known = bureau.folder / "known_hosts"
    known.write_text(f"[{system.address('gateway')}]:2222 {host_key}")
    words = [
        "sftp",
        "-q",
        "-b",
        "-",
        "-o",
        f"UserKnownHostsFile={known}",
        "-P",
        "2222",
        "-i",
        str(bureau.folder / unit),
    ]
    command = system.inside_network(*words, f"{unit}@{system.address('gateway')}")

    def enter(*lines: str) -> subprocess.CompletedProcess[str]:
        text = "\n".join(lines) + "\n"
        return subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=60)

    until(lambda: enter("ls").returncode == 0, f"{unit} may enter", 20)
    return enter(*commands)


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
    status = bureau.system.exec(name, "grep", "-E", "^(Uid|CapEff|CapBnd|NoNewPrivs):", "/proc/self/status").stdout

    assert "Read-only file system" in written.stderr
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
    before = bureau.variables
    made = {path: path.read_bytes() for path in Path(before["LANTAI_KEYS_DIR"]).rglob("*") if path.is_file()}
    bureau.system.down()
    for name in CHANGED:
        bureau.dotenv.write_text(bureau.dotenv.read_text().replace(before[name], f"changed-{name.lower()}"))
    again = bureau.environment()

    bureau.system.up()
    bureau.forget_login()

    assert (again.returncode, "nothing was missing" in again.stdout) == (0, True)
    assert {path: path.read_bytes() for path in Path(before["LANTAI_KEYS_DIR"]).rglob("*") if path.is_file()} == made
    assert [item for item in bureau.lantai("doctor") if item["state"] == "fault"] == []
    assert [found["state"] for found in bureau.lantai("submissions", "--unit", "JY")] == ["accepted"]
    assert bureau.bell(("GET", "assets", None), rings=True) == {"assets": "allowed"}
    assert bureau.run_dag("take_in_filings", year="2025") == "success"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        Bureau(bureau.folder, bureau.system).ask("GET", "/api/v2/dags", password=before["LANTAI_ADMIN_PASSWORD"])
