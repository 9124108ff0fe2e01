"""Airflow's home for one machine: its configuration, secrets and login, written once below LANTAI_HOME/airflow.

SQLite, LocalExecutor, a password of its own, loopback only. The connections
of the units are read from the same file as the command reads. For many
machines see docker-compose.yml; nothing here is meant for them.
"""

from __future__ import annotations

import base64
import configparser
import json
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from lantai.edges.airflow.client import AirflowLogin, login_text
from lantai.edges.airflow.limits import ANSWER_SECONDS, LIMITS
from lantai.edges.files.private_file import read_if_there, replace_private
from lantai.errors import MissingProgramError
from lantai.settings import Settings

PARALLELISM = 4
"""Tasks at a time: at 32, the default, the workers alone take 1.3 GB."""

READ_AGAIN_SECONDS = 300
"""How often the DAG files are read anew: they change when Lantai is upgraded, which is a new start, and a slow machine has other
things to do than to read them every 30 s."""

FOLDER = "airflow"
"""AIRFLOW_HOME below LANTAI_HOME."""

DATABASE = "airflow.db"
PASSWORDS = "passwords.json"
USER = "lantai"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class AirflowHome:
    """Where this Airflow lives and how to log in.

    Attributes:
        folder: AIRFLOW_HOME.
        port: Port of the web pages and the API, on loopback.
        password: Of the user `lantai`.
    """

    folder: Path
    port: int
    password: str

    @property
    def address(self) -> str:
        """Where the web pages are."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def login(self) -> AirflowLogin:
        """How to log in there."""
        return AirflowLogin(self.address, USER, self.password)


def checkout() -> Path:
    """Return the folder that holds dags/ and plugins/.

    Raises:
        MissingProgramError: The package is installed without them.
    """
    root = Path(__file__).resolve().parents[4]
    if not (root / "dags" / "_shape.py").is_file():
        raise MissingProgramError(f"found no dags/ in {root}, expected a checkout of Lantai: Airflow runs from there")
    return root


def dag_ids() -> list[str]:
    """Return the ids of our DAGs: each is in a file of its name."""
    return sorted(path.stem for path in (checkout() / "dags").glob("[a-z]*.py"))


def prepare(settings: Settings, port: int | None = None) -> AirflowHome:
    """Write Airflow's configuration, and the login with which an approved list wakes it; secrets of an earlier time are kept.

    Args:
        settings: Names the home and the file of connections.
        port: Where to listen on loopback; None takes a free one.
    """
    folder = settings.home / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    port = port or free_port()
    kept = _kept_secrets(folder / "airflow.cfg")
    passwords = folder / PASSWORDS
    password = _kept_password(passwords) or secrets.token_urlsafe(12)
    replace_private(passwords, json.dumps({USER: password}) + "\n")
    replace_private(folder / "airflow.cfg", _configuration(settings, folder, port, kept))
    home = AirflowHome(folder, port, password)
    replace_private(folder / "login.json", login_text(home.login))
    return home


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Return whether nobody listens on a port of loopback now."""
    try:
        with socket.create_server((LOOPBACK, port)):
            return True
    except OSError:
        return False


def new_fernet_key() -> str:
    """Return a random key in the form that Fernet takes."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _configuration(settings: Settings, folder: Path, port: int, kept: dict[str, str]) -> str:
    root = checkout()
    sections: dict[str, dict[str, object]] = {
        "core": {
            "dags_folder": root / "dags",
            "plugins_folder": root / "plugins",
            "load_examples": False,
            "executor": "LocalExecutor",
            "parallelism": PARALLELISM,
            "max_active_tasks_per_dag": PARALLELISM,
            "dags_are_paused_at_creation": False,
            "default_timezone": settings.timezone,
            "fernet_key": kept.get("fernet_key") or new_fernet_key(),
            "execution_api_server_url": f"http://{LOOPBACK}:{port}/execution/",
            "auth_manager": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
            "simple_auth_manager_users": f"{USER}:admin",
            "simple_auth_manager_passwords_file": folder / PASSWORDS,
        },
        "database": {
            # After SQLite's own 5 s of waiting for another writer a busy machine answers requests with 500.
            "sql_alchemy_conn": f"sqlite:///{folder / DATABASE}?timeout={ANSWER_SECONDS}",
            "load_default_connections": False,
        },
        "api": {
            "host": LOOPBACK,
            "port": port,
            "base_url": f"http://{LOOPBACK}:{port}",
            "workers": 1,
            "secret_key": kept.get("secret_key") or secrets.token_urlsafe(32),
            "instance_name": f"兰台 · {settings.centre_name}",
        },
        "api_auth": {"jwt_secret": kept.get("jwt_secret") or secrets.token_urlsafe(48)},
        "secrets": {
            "backend": "airflow.secrets.local_filesystem.LocalFilesystemBackend",
            "backend_kwargs": json.dumps({"connections_file_path": str(settings.connections_file)}),
        },
        "logging": {
            "base_log_folder": folder / "logs",
            # Nobody listens there; under the usual ports another Airflow of this machine would be asked for our logs.
            "worker_log_server_port": free_port(),
            "trigger_log_server_port": free_port(),
        },
        "dag_processor": {
            "refresh_interval": READ_AGAIN_SECONDS,
            "min_file_process_interval": READ_AGAIN_SECONDS,
            "parsing_processes": 1,
        },
        "usage_data_collection": {"enabled": False},
    }
    for section, limits in LIMITS.items():
        sections[section] = {**sections.get(section, {}), **limits}
    lines = []
    for section, options in sections.items():
        # Airflow interpolates its configuration, so a percent sign is written twice.
        lines += [f"[{section}]", *(f"{name} = {str(value).replace('%', '%%')}" for name, value in options.items()), ""]
    return "\n".join(lines)


def _kept_secrets(path: Path) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(read_if_there(path))
    names = (("core", "fernet_key"), ("api", "secret_key"), ("api_auth", "jwt_secret"))
    found = {name: parser.get(section, name, fallback="").replace("%%", "%") for section, name in names}
    return {name: value for name, value in found.items() if value}


def _kept_password(path: Path) -> str | None:
    text = read_if_there(path)
    try:
        password = json.loads(text).get(USER) if text else None
    except ValueError:
        return None
    return str(password) if password else None
