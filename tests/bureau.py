"""A bureau that runs docker-compose.yml: its machine, what its operator asks, and a department that comes in by the gateway."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import compose_file
from operations_page import Operator, docker_played
from servers.services import System, until

BELL = """
import json, sys
from lantai.edges.airflow.bell import bell_of
from lantai.edges.airflow.client import AirflowClient, read_login
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

    operator: Operator
    system: System
    _token: str = ""

    @property
    def folder(self) -> Path:
        return self.operator.folder

    @property
    def dotenv(self) -> Path:
        return self.operator.checkout / ".env"

    @property
    def variables(self) -> dict[str, str]:
        return compose_file.environment_of(self.dotenv.read_text())

    def follow(self, block: str) -> str:
        return self.operator.follow(block)

    def lantai(self, *words: str) -> Any:
        """Run the command as an operator does, and return its answer."""
        done = self.system.run("lantai", *words, "--json", LANTAI_LOCALE="en")
        assert done.returncode == 0, (done.stdout + done.stderr).decode()
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
        assert done.returncode == 0, done.stderr.decode()
        answers: dict[str, str] = json.loads(done.stdout)
        return answers


@contextmanager
def machine(folder: Path) -> Iterator[Bureau]:
    """A machine with a checkout and nothing else; at the end everything is stopped."""
    # The containers' users look through the folders above what is mounted.
    for above in (folder, *folder.parents[:-1]):
        above.chmod(above.stat().st_mode | 0o055)
    os.umask(0o022)
    operator = Operator(folder)
    with System(folder, operator.checkout / ".env") as system, docker_played(operator, system):
        yield Bureau(operator, system)


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
