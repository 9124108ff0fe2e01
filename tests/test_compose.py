"""docker-compose.yml says what it must, without an engine to run it: no default passwords, nothing open, one secret for all."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from lantai.cli.environment import SECRETS, completed
from lantai.settings import Settings, from_env

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
AIRFLOW = {name for name in SERVICES if name.startswith("airflow-")}
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:[-?][^}]*)?\}")
SECRET_WORDS = ("PASSWORD", "SECRET", "FERNET", "KEY", "AUTH")


def asked_for() -> dict[str, set[str]]:
    """Variables of the file, each with what stands behind its name: a default, or that it is required."""
    found: dict[str, set[str]] = {}
    for name, rest in VARIABLE.findall(TEXT):
        found.setdefault(name, set()).add(rest)
    return found


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


PARSE = """
import json, sys
from airflow.cli import cli_parser

parser = cli_parser.get_parser()
for words in json.load(sys.stdin):
    parser.parse_args(words)
"""


def parsed_by_airflow(commands: list[list[str]], home: Path) -> subprocess.CompletedProcess[str]:
    """Have the locked Airflow parse commands, with the executor and auth manager of the file; nothing is run."""
    given = SERVICES["airflow-worker"]["environment"]
    names = ("AIRFLOW__CORE__AUTH_MANAGER", "AIRFLOW__CORE__EXECUTOR")
    environment = {**os.environ, "AIRFLOW_HOME": str(home), **{name: given[name] for name in names}}
    return subprocess.run(
        [sys.executable, "-c", PARSE],
        input=json.dumps(commands),
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


def test_every_part_of_the_system_is_a_service():
    expected = {"apiserver", "scheduler", "dag-processor", "worker", "triggerer", "init"}

    assert {name.removeprefix("airflow-") for name in AIRFLOW} == expected
    assert set(SERVICES) - AIRFLOW == {"postgres", "redis", "clamav", "gateway", "flower"}
    assert SERVICES["flower"]["profiles"] == ["flower"]


def test_no_secret_has_a_default_and_every_one_is_made_by_the_command():
    required = {name for name, rests in asked_for().items() if any(rest.startswith(":?") for rest in rests)}
    secret = {name for name in asked_for() if any(word in name for word in SECRET_WORDS) and not name.endswith("_DIR")}

    assert secret == set(SECRETS)
    assert secret <= required
    assert all(rest.startswith(":?") for name in secret for rest in asked_for()[name])


def test_no_password_stands_in_the_file():
    values = [value for service in SERVICES.values() for value in (service.get("environment") or {}).items()]
    literal = [
        name
        for name, value in values
        if name.endswith(("PASSWORD", "SECRET", "SECRET_KEY", "FERNET_KEY", "AUTH")) and "${" not in str(value)
    ]
    addresses = re.findall(r"://[^\s/@]*:([^\s/@]*)@", re.sub(VARIABLE, "<variable>", TEXT))

    assert literal == []
    assert set(addresses) == {"<variable>"}


def test_databases_are_reached_from_inside_only():
    for name in ("postgres", "redis"):
        assert "ports" not in SERVICES[name]
        assert SERVICES[name]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert {name for name, service in SERVICES.items() if "ports" in service} == {
        "airflow-apiserver",
        "gateway",
        "flower",
    }
    assert SERVICES["airflow-apiserver"]["ports"] == ["${LANTAI_WEB_ADDRESS:-127.0.0.1:8080}:8080"]


def test_all_parts_of_airflow_share_one_secret_and_one_execution_api():
    """The most reported failure of Airflow 3 is a JWT secret that is not shared."""
    names = ("AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__CORE__EXECUTION_API_SERVER_URL")
    shared = {tuple(SERVICES[name]["environment"][one] for one in names) for name in AIRFLOW}

    assert len(shared) == 1
    assert next(iter(shared))[2] == "http://airflow-apiserver:8080/execution/"


def test_real_use_has_a_real_auth_manager_and_celery():
    environment = SERVICES["airflow-worker"]["environment"]

    assert environment["AIRFLOW__CORE__AUTH_MANAGER"].endswith("FabAuthManager")
    assert environment["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    assert environment["AIRFLOW__SECRETS__BACKEND"].endswith("LocalFilesystemBackend")
    assert environment["LANTAI_CONNECTIONS_FILE"] in environment["AIRFLOW__SECRETS__BACKEND_KWARGS"]


def test_the_bell_is_told_where_airflow_is_and_its_password_is_no_variable_of_a_container():
    environment = SERVICES["airflow-worker"]["environment"]
    mounted = {config["source"]: config["target"] for config in SERVICES["airflow-worker"]["configs"]}

    assert environment["LANTAI_AIRFLOW_URL"] == "http://airflow-apiserver:8080"
    assert environment["LANTAI_AIRFLOW_LOGIN_FILE"] == mounted["airflow-login"]
    assert "BELL_PASSWORD" not in json.dumps(environment)


def test_the_registry_is_a_database_of_its_own():
    environment = SERVICES["airflow-worker"]["environment"]
    created = COMPOSE["configs"]["databases"]["content"]

    assert environment["LANTAI_REGISTRY_URL"].endswith("@postgres/lantai")
    assert environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].endswith("@postgres/airflow")
    assert "CREATE DATABASE lantai OWNER lantai" in created
    assert "REVOKE CONNECT ON DATABASE airflow, lantai FROM PUBLIC" in created


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_is_hardened_and_watched(name):
    service = SERVICES[name]

    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert service["healthcheck"] == {"disable": True} if name == "airflow-init" else service["healthcheck"]["test"]
    if name not in {"clamav", "gateway"}:
        assert service["read_only"] is True
        assert service["user"] not in {"root", "0", "0:0"}


def test_no_key_that_opens_the_vault_is_mounted_and_keys_are_read_only():
    """A worker holds no private key that opens the vault: security property 2."""
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", ()) if isinstance(mount, dict)]

    assert "identity" not in TEXT
    assert mounts
    assert all(mount["read_only"] is True for mount in mounts)


def test_every_named_volume_network_and_config_is_declared():
    for service in SERVICES.values():
        named = {mount.split(":")[0] for mount in service.get("volumes", ()) if isinstance(mount, str)}
        assert named <= set(COMPOSE["volumes"])
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert {config["source"] for config in service.get("configs", ())} <= set(COMPOSE["configs"])
        assert set(service.get("depends_on", ())) <= set(SERVICES)


def test_the_tasks_see_settings_that_can_be_meant():
    given = {
        name: re.sub(
            VARIABLE,
            lambda found: found[2].removeprefix(":-") if (found[2] or "").startswith(":-") else "x",
            str(value),
        )
        for name, value in SERVICES["airflow-worker"]["environment"].items()
        if name.startswith("LANTAI_")
    }

    settings = from_env(given)

    assert isinstance(settings, Settings)
    assert settings.clamd_address == "clamav:3310"
    assert len({settings.vault_url, *settings.copy_urls}) == 2


def test_the_example_names_every_variable_and_holds_no_value():
    source = (ROOT / "include" / "lantai" / "settings.py").read_text(encoding="utf-8")
    read = {f"LANTAI_{name}" for name in re.findall(r'\(env, "([A-Z_]+)"', source)} | {"LANTAI_TIMEZONE"}

    assert read | set(asked_for()) == set(example())
    assert set(example().values()) == {""}


def test_what_the_command_writes_and_the_two_folders_are_all_that_is_required():
    text, _ = completed("", {"LANTAI_KEYS_DIR": ROOT, "LANTAI_GATEWAY_KEYS_DIR": ROOT})
    written = {line.split("=", 1)[0] for line in text.splitlines()}
    required = {name for name, rests in asked_for().items() if any(rest.startswith(":?") for rest in rests)}

    assert required == written


def test_every_command_of_the_file_is_known_to_the_airflow_that_is_locked(tmp_path):
    services = [SERVICES[name]["command"] for name in sorted(AIRFLOW - {"airflow-init"} | {"flower"})]
    checks = [
        test[1:]
        for service in SERVICES.values()
        if (test := service["healthcheck"].get("test", [""]))[1:2] == ["airflow"]
    ]
    script = SERVICES["airflow-init"]["command"][-1].replace("\\\n", " ").replace("$$", "$")
    prepares = [shlex.split(part) for line in script.splitlines() for part in re.split(r"[|]+", line) if part.strip()]
    commands = [words[1:] for words in [*services, *checks, *prepares] if words[0] == "airflow"]

    done = parsed_by_airflow(commands, tmp_path)
    refused = parsed_by_airflow([["no-such-command"]], tmp_path)

    assert ["lantai", "init", "--without-custody"] in prepares
    assert len(commands) == 6 + 2 + 7
    assert done.returncode == 0, done.stderr
    assert refused.returncode == 2


def test_the_image_is_made_of_locked_packages_and_runs_as_a_user():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    stages = re.findall(r"^FROM (\S+) AS (\S+)$", dockerfile, re.MULTILINE)

    assert "--require-hashes -r requirements.lock" in dockerfile
    assert ("python:3.11-slim-bookworm", "lantai") in stages
    assert "USER 50000:50000" in dockerfile
    assert {service["build"]["target"] for service in SERVICES.values() if "build" in service} <= {
        name for _, name in stages
    }


def test_no_secret_goes_into_the_image():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()

    assert "*" in ignored
    assert not [line for line in ignored if line.startswith("!") and ("env" in line or "keys" in line)]
