"""The system of docker-compose.yml without an engine: its own commands and variables, as processes on loopback.

What is put in place of a container's world: host names and ports, and folders below one temporary folder. All
else, down to the script that makes the databases, is taken from the file as it stands.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine, text

from conftest import find_program
from filing_house import FilingHouse
from lantai.cli.environment import completed
from lantai.demo.sessions import session_members
from lantai.edges.airflow_bell import bell_of
from lantai.edges.airflow_client import AirflowClient, AirflowLogin, read_login
from lantai.edges.centre import open_centre
from lantai.errors import OrchestratorError
from lantai.settings import from_env
from servers.openssh import OpenSsh

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}")
SECONDS = 300
"""A busy machine of two cores takes its time over five Airflow processes."""

pytestmark = [pytest.mark.slow, pytest.mark.server("sshd", "initdb", "postgres", "psql", "redis-server")]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def until(is_done: Callable[[], bool], what: str, seconds: int = SECONDS) -> None:
    end = time.monotonic() + seconds
    while not is_done():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.5)


class NativeCompose:
    """Starts services of the file as processes; what they print lies in `<folder>/<service>.log`."""

    def __init__(self, folder: Path, given: dict[str, str]) -> None:
        self.folder = folder
        self._given = given
        self.ports = {name: free_port() for name in ("postgres", "redis", "web", "scheduler", "logs", "triggers")}
        self._running: list[subprocess.Popen[bytes]] = []
        self._token = ""

    def filled(self, value: str) -> str:
        """Return a value of the file with its variables, and with this machine in place of the containers."""

        def variable(found: re.Match[str]) -> str:
            name, kind, rest = found.groups()
            known = self._given.get(name, "")
            assert known or kind == "-", f"{name}: {rest}"
            return known or rest

        ports = self.ports
        value = VARIABLE.sub(variable, value).replace("$$", "$")
        for container, here in (
            ("@postgres/", f"@127.0.0.1:{ports['postgres']}/"),
            ("@redis:6379", f"@127.0.0.1:{ports['redis']}"),
            ("airflow-apiserver:8080", f"127.0.0.1:{ports['web']}"),
            ("127.0.0.1:8080", f"127.0.0.1:{ports['web']}"),
            ("/opt/lantai", str(ROOT)),
            ("/run/lantai", str(self.folder)),
            ("/opt/airflow", str(self.folder / "airflow")),
            ("/var/lib/lantai", str(self.folder / "lantai")),
        ):
            value = value.replace(container, here)
        return value

    def environment(self, service: str) -> dict[str, str]:
        """Return what the service sees, on top of a path on which our programs come first."""
        values = {name: self.filled(str(value)) for name, value in COMPOSE["services"][service]["environment"].items()}
        elsewhere = {
            "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(self.ports["scheduler"]),
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(self.ports["logs"]),
            "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(self.ports["triggers"]),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "HOSTNAME": socket.gethostname(),
        }
        # Some processors need a library told which of its kernels is sound; no service of ours sets that.
        machine = {name: value for name, value in os.environ.items() if name.startswith(("OPENBLAS_", "LANG", "LC_"))}
        return machine | values | elsewhere

    def run(self, service: str) -> None:
        """Run a service that ends, and see that it ended well."""
        with (self.folder / f"{service}.log").open("wb") as log:
            done = subprocess.run(
                self.command(service),
                env=self.environment(service),
                stdout=log,
                stderr=log,
                check=False,
                timeout=SECONDS,
            )
        assert done.returncode == 0, self.log(service)

    def start(self, service: str) -> None:
        """Start a service that goes on."""
        with (self.folder / f"{service}.log").open("wb") as log:
            self._running.append(
                subprocess.Popen(
                    self.command(service), env=self.environment(service), stdout=log, stderr=log, start_new_session=True
                )
            )

    def keep(self, process: subprocess.Popen[bytes]) -> None:
        """Stop a process with the others, as the last."""
        self._running.insert(0, process)

    def command(self, service: str) -> list[str]:
        words = [self.filled(word) for word in COMPOSE["services"][service]["command"]]
        return [{"0.0.0.0": "127.0.0.1", "8080": str(self.ports["web"])}.get(word, word) for word in words]  # noqa: S104 - taken away

    def healthcheck(self, service: str) -> bool:
        """Ask as the file has an engine ask."""
        kind, *words = [self.filled(word) for word in COMPOSE["services"][service]["healthcheck"]["test"]]
        words = [word.replace("127.0.0.1:8974", f"127.0.0.1:{self.ports['scheduler']}") for word in words]
        command = words if kind == "CMD" else ["/bin/sh", "-c", *words]
        done = subprocess.run(command, env=self.environment(service), capture_output=True, check=False, timeout=120)
        return done.returncode == 0

    def log(self, service: str) -> str:
        return (self.folder / f"{service}.log").read_text("utf-8", "replace")[-3000:]

    def require_alive(self) -> None:
        ended = [process.args for process in self._running if process.poll() is not None]
        assert not ended, ended

    def stop(self) -> None:
        for process in reversed(self._running):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in reversed(self._running):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            for pid in session_members(process.pid):
                os.kill(pid, signal.SIGKILL)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Ask Airflow's API as the administrator that `airflow-init` made."""
        if not self._token and path != "/auth/token":
            login = {"username": "admin", "password": self._given["LANTAI_ADMIN_PASSWORD"]}
            self._token = self.ask("POST", "/auth/token", login)["access_token"]
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports['web']}{path}",
            json.dumps(body).encode() if body is not None else None,
            {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own http address
            return json.loads(answer.read() or b"null")

    def woken_runs(self, dag_id: str) -> list[str]:
        """Return the states of the runs that an asset started."""
        self.require_alive()
        runs = self.ask("GET", f"/api/v2/dags/{dag_id}/dagRuns?run_type=asset_triggered")["dag_runs"]
        return [run["state"] for run in runs]

    def run_dag(self, dag_id: str, **form: str) -> str:
        """Switch a DAG on, start it by its form, and return how it ended."""

        def is_known() -> bool:
            try:
                return bool(self.ask("GET", f"/api/v2/dags/{dag_id}"))
            except urllib.error.HTTPError:
                return False

        def ended() -> bool:
            self.require_alive()
            return self.ask("GET", run_path)["state"] in ("success", "failed")

        until(is_known, f"{dag_id} is read")
        self.ask("PATCH", f"/api/v2/dags/{dag_id}", {"is_paused": False})
        made = self.ask("POST", f"/api/v2/dags/{dag_id}/dagRuns", {"logical_date": None, "conf": form})
        run_path = f"/api/v2/dags/{dag_id}/dagRuns/{made['dag_run_id']}"
        until(ended, f"{dag_id} ends")
        return str(self.ask("GET", run_path)["state"])


@pytest.fixture
def system(tmp_path: Path) -> Iterator[NativeCompose]:
    """PostgreSQL with both databases, and Redis, as the file sets them up; nothing of Airflow runs yet."""
    for name in ("keys", "airflow/logs", "airflow/run", "lantai", "lantai-copy"):
        (tmp_path / name).mkdir(parents=True)
    written, _ = completed("", {"LANTAI_KEYS_DIR": tmp_path / "keys", "LANTAI_GATEWAY_KEYS_DIR": tmp_path / "keys"})
    native = NativeCompose(tmp_path, dict(line.split("=", 1) for line in written.splitlines()))
    (tmp_path / "airflow-login.json").write_text(native.filled(COMPOSE["configs"]["airflow-login"]["content"]))
    # The server's own user cannot enter the folder of a test that runs as root.
    with tempfile.TemporaryDirectory(prefix="lantai-pg-") as data:
        try:
            start_postgres(native, Path(data))
            start_redis(native, tmp_path / "redis")
            yield native
        finally:
            native.stop()


def start_postgres(native: NativeCompose, folder: Path) -> None:
    environment = native.environment("postgres")
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        os.chown(folder, user.pw_uid, user.pw_gid)
    password = folder / "password"
    password.write_text(environment["POSTGRES_PASSWORD"])
    password.chmod(0o644)
    data, port = folder / "data", str(native.ports["postgres"])
    words = ["-D", str(data), "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8", "-N"]
    subprocess.run(
        [require("initdb"), *words, "--locale=C.UTF-8"], check=True, capture_output=True, cwd=folder, **as_user
    )
    log = (native.folder / "postgres.log").open("wb")
    native.keep(
        subprocess.Popen(
            [require("postgres"), "-D", str(data), "-p", port, "-h", "127.0.0.1", "-k", str(folder), "-F"],
            stdout=log, stderr=log, cwd=folder, start_new_session=True, **as_user,
        )
    )  # fmt: skip
    log.close()
    client = {"PGHOST": "127.0.0.1", "PGPORT": port, "PGPASSWORD": environment["POSTGRES_PASSWORD"]}
    script = native.filled(COMPOSE["configs"]["databases"]["content"])

    def is_made() -> bool:
        done = subprocess.run(["/bin/sh", "-ec", script], env=environment | client, capture_output=True, check=False)
        return done.returncode == 0

    until(is_made, "the databases are made", 60)


def start_redis(native: NativeCompose, folder: Path) -> None:
    folder.mkdir()
    config = native.filled(COMPOSE["configs"]["redis"]["content"]).replace("dir /data", f"dir {folder}")
    (folder / "redis.conf").write_text(config)
    port = native.ports["redis"]
    with (native.folder / "redis.log").open("wb") as log:
        native.keep(
            subprocess.Popen(
                [require("redis-server"), str(folder / "redis.conf"), "--port", str(port), "--bind", "127.0.0.1"],
                stdout=log, stderr=log, start_new_session=True,
            )
        )  # fmt: skip


def require(name: str) -> str:
    path = find_program(name)
    assert path is not None
    return path


def test_filing_is_taken_in_by_celery_workers_over_postgresql_and_redis(system: NativeCompose, sshd: OpenSsh) -> None:
    """From the first start to a receipt in the department's inbox, on the system that a bureau runs, and an approval's bell."""
    keys = system.folder / "keys"
    lantai = Path(sys.executable).with_name("lantai")
    for words in (
        ["keys", "new", str(keys / "intake.pem"), "--signer"],
        ["keys", "new", str(keys / "log.pem"), "--signer"],
    ):
        subprocess.run([lantai, *words], check=True, capture_output=True, env=system.environment("airflow-init"))
    made = subprocess.run(
        [lantai, "keys", "new", str(system.folder / "custodian.txt"), "--json"],
        check=True, capture_output=True, env=system.environment("airflow-init"),
    )  # fmt: skip
    (keys / "recipients.txt").write_text(json.loads(made.stdout)["public"] + "\n")
    (keys / "connections.json").write_text("{}")
    system.run("airflow-init")
    settings = from_env(system.environment("airflow-worker"))
    with open_centre(settings) as centre:
        house = FilingHouse(centre, sshd, system.folder / "work")
        house.add_unit("JY")

    system.start("airflow-apiserver")
    until(lambda: system.healthcheck("airflow-apiserver"), "the api-server is healthy")
    for service in ("airflow-scheduler", "airflow-dag-processor", "airflow-worker", "airflow-triggerer"):
        system.start(service)
    opened = system.run_dag("open_filing_year", year="2025")
    with open_centre(settings) as centre:
        FilingHouse(centre, sshd, system.folder / "work").file("JY", packed_on=centre.clock.today_on())
    taken = system.run_dag("take_in_filings", year="2025", units="JY")

    assert (opened, taken) == ("success", "success"), system.log("airflow-worker")
    with create_engine(system.environment("airflow-worker")["LANTAI_REGISTRY_URL"]).connect() as connection:
        rows = connection.execute(text("SELECT carrier_id, state FROM carrier")).all()
    assert rows == [("JY-2025-E-001-R1", "accepted")]
    inbox = sorted(path.name for path in (sshd.files / "JY/inbox/2025").iterdir())
    assert inbox == ["001.r1.receipt.json", "001.r1.receipt.pdf", "001.r1.receipt.sig"]
    assert not [path for path in (system.folder / "lantai").rglob("*") if path.name in ("identity.txt", "disposal.pem")]
    for service in ("airflow-scheduler", "airflow-dag-processor", "airflow-worker", "airflow-triggerer"):
        assert system.healthcheck(service), system.log(service)
    assert system.run_dag("destroy_records") == "success"
    bell_of(settings).ring("D-2026-JY-001")
    until(lambda: system.woken_runs("destroy_records") == ["success"], "the bell starts a run")
    client = AirflowClient(replace(read_login(settings.airflow_login_file), address=settings.airflow_url))
    assert [refused(client, "GET", name) for name in ("dags", "connections", "variables", "pools")] == [403] * 4
    assert refused(client, "POST", "dags/destroy_records/dagRuns", {"logical_date": None}) == 403
    assert refused(AirflowClient(AirflowLogin(str(settings.airflow_url), "bell", "another")), "GET", "assets") == 401


def refused(client: AirflowClient, method: str, path: str, body: object = None) -> int:
    """Return the status with which Airflow refuses."""
    with pytest.raises(OrchestratorError) as caught:
        client.ask(method, f"/api/v2/{path}", body)
    found = re.search(r"answered (\d+)", str(caught.value))
    assert found, caught.value
    return int(found[1])
