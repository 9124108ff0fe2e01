"""docker-compose.yml says what it must, before anything is started: nothing open, no default password, each service what it uses.

That it starts is seen in `stories/test_compose_natively`.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

import compose_file
from compose_file import VARIABLE, MissingVariableError
from lantai.journey.centre.equip import DESK, GATEWAY_KEYS, KEYS, SECRETS, completed
from lantai.settings import Settings, from_env

ROOT = Path(__file__).resolve().parents[1]
TEXT = compose_file.FILE.read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)
RAW = COMPOSE["services"]
FOLDERS = {name: Path(f"/srv/{name.lower()}") for name in (KEYS, GATEWAY_KEYS, DESK)}
WRITTEN = compose_file.environment_of(completed([], FOLDERS)[0])
SERVICES = compose_file.read(WRITTEN)
AIRFLOW = {name for name in SERVICES if name.startswith("airflow-")}
SECRET_WORDS = ("PASSWORD", "SECRET", "FERNET")

WITH_METADATA = {"airflow-init", "airflow-apiserver", "airflow-scheduler", "airflow-dag-processor", "airflow-triggerer"}
HOLDERS = {
    "POSTGRES_PASSWORD": {"postgres", "databases"},
    "AIRFLOW_DB_PASSWORD": {"databases", *WITH_METADATA},
    "LANTAI_DB_PASSWORD": {"databases", "airflow-init", "airflow-dag-processor", "airflow-worker", "lantai"},
    "REDIS_PASSWORD": {"redis", "airflow-scheduler", "airflow-worker", "flower"},
    "AIRFLOW_FERNET_KEY": WITH_METADATA,
    "AIRFLOW_JWT_SECRET": {"airflow-apiserver", "airflow-scheduler"},
    "AIRFLOW_API_SECRET_KEY": {"airflow-apiserver", "airflow-worker", "airflow-triggerer"},
    "LANTAI_ADMIN_PASSWORD": {"airflow-init"},
    "LANTAI_BELL_PASSWORD": {"airflow-init"},
    "LANTAI_FLOWER_PASSWORD": {"flower"},
}
"""Who is given which secret: docs/adr/0015-each-service-holds-its-own-secrets.md."""

TAKE_IN = {"airflow-worker", "lantai"}
MOUNTED = {
    "/run/lantai/signing": TAKE_IN,
    "/run/lantai/connections": TAKE_IN,
    "/var/lib/lantai-bell": {"airflow-init", "lantai"},
    "/var/lib/lantai/keys": {"airflow-init", *TAKE_IN},
    "/var/lib/lantai-vault": {"airflow-init", *TAKE_IN},
    "/var/lib/lantai-copy": {"airflow-init", *TAKE_IN},
    "/desk": {"lantai"},
}
"""Who sees which folder: the same."""

PARSE = """
import json, sys
from airflow.cli import cli_parser
from airflow.configuration import conf
from airflow.providers_manager import ProvidersManager

given = json.load(sys.stdin)
parser = cli_parser.get_parser()
for words in given["commands"]:
    parser.parse_args(words)
ProvidersManager().initialize_providers_configuration()
known = {(section, name) for section, about in conf.configuration_description.items() for name in about["options"]}
print(json.dumps([pair for pair in given["options"] if tuple(pair) not in known]))
"""


def asked_by_airflow(given: dict[str, list[list[str]]], home: Path) -> subprocess.CompletedProcess[str]:
    """Have the locked Airflow parse commands and look options up, with the executor and auth manager of the file."""
    names = ("AIRFLOW__CORE__AUTH_MANAGER", "AIRFLOW__CORE__EXECUTOR")
    chosen = {name: SERVICES["airflow-worker"].environment[name] for name in names}
    environment = {**os.environ, "AIRFLOW_HOME": str(home), **chosen}
    return subprocess.run(
        [sys.executable, "-c", PARSE],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


def asked_for() -> dict[str, set[str]]:
    """Variables of the file, each with what stands behind its name: `-` for a default, `?` where it is required."""
    found: dict[str, set[str]] = {}
    for name, kind, _ in VARIABLE.findall(TEXT):
        found.setdefault(name, set()).add(kind)
    return found


def example() -> dict[str, str]:
    return dict(
        line.split("=", 1)
        for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )


def settings_variables() -> set[str]:
    return {f"LANTAI_{field.name.upper()}" for field in fields(Settings)}


def scripts() -> list[Path]:
    return [path for path in sorted((ROOT / "compose").rglob("*")) if path.is_file() and path.read_bytes()[:2] == b"#!"]


def readers_of_settings() -> set[str]:
    """Services in which code of ours runs that reads the settings."""
    readers = {"airflow-worker", "airflow-dag-processor", "lantai"}
    # Tasks run in the worker; the note of a task that was killed is written by the dag-processor.
    assert "open_centre()" in (ROOT / "include/lantai/tasks/failure.py").read_text(encoding="utf-8")
    assert SERVICES["lantai"].entrypoint == ["lantai"]
    if "lantai init" in (ROOT / "compose/airflow/init").read_text(encoding="utf-8"):
        readers.add("airflow-init")
    plugins = [path.stem for path in (ROOT / "plugins").glob("*.py")]
    look = f"import sys, {', '.join(plugins)}; print('lantai.settings' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT / "plugins", check=True, capture_output=True, text=True
    )
    if told.stdout.split()[-1] == "True":
        readers |= {"airflow-apiserver", "airflow-scheduler", "airflow-triggerer"}
    return readers


def test_every_part_of_the_system_is_a_service():
    expected = {"apiserver", "scheduler", "dag-processor", "worker", "triggerer", "init"}

    assert {name.removeprefix("airflow-") for name in AIRFLOW} == expected
    assert set(SERVICES) - AIRFLOW == {"postgres", "databases", "redis", "gateway", "flower", "lantai"}
    assert {name: service.profiles for name, service in SERVICES.items() if service.profiles} == {
        "flower": ("flower",),
        "lantai": ("command",),
    }


def test_no_secret_has_a_default_and_every_one_is_made_by_the_command():
    secret = {name for name in asked_for() if any(word in name for word in SECRET_WORDS)}

    assert secret == set(SECRETS) == set(HOLDERS)
    assert all(asked_for()[name] == {"?"} for name in secret)


def test_a_start_without_the_command_is_refused_with_what_to_run():
    for name in [*SECRETS, *FOLDERS]:
        with pytest.raises(MissingVariableError, match=f"{name}: run make up"):
            compose_file.read({one: value for one, value in WRITTEN.items() if one != name})


def test_no_password_stands_in_the_file():
    """P5."""
    values = [value for service in RAW.values() for value in (service.get("environment") or {}).items()]
    literal = [
        name
        for name, value in values
        if name.endswith(("PASSWORD", "SECRET", "SECRET_KEY", "FERNET_KEY", "AUTH")) and "${" not in str(value)
    ]
    addresses = re.findall(r"://[^\s/@]*:([^\s/@]*)@", re.sub(VARIABLE, "<variable>", TEXT))

    assert literal == []
    assert set(addresses) == {"<variable>"}


@pytest.mark.parametrize("name", sorted(HOLDERS))
def test_secret_reaches_those_who_use_it_and_nobody_else(name):
    """P5: flower saw both databases' passwords, and every container the keys that sign."""
    holders = {service for service, given in SERVICES.items() if WRITTEN[name] in json.dumps(given.environment)}

    assert holders == HOLDERS[name]


def test_folders_are_seen_by_those_who_use_them_only():
    seen = {
        target: {name for name, one in SERVICES.items() if target in {mount.target for mount in one.mounts}}
        for target in MOUNTED
    }
    from_the_host = [
        mount for one in SERVICES.values() for mount in one.mounts if not mount.is_named and mount.target != "/desk"
    ]

    assert seen == MOUNTED
    assert from_the_host
    assert all(mount.is_read_only for mount in from_the_host)
    assert "identity" not in TEXT


def test_each_setting_is_read_by_what_does_the_work():
    """A setting that only the settings, the doctor, the demo or a benchmark knows is a false promise."""
    idle = ("settings.py", "journey/centre/diagnose.py", "cli/centre/doctor.py", "demo/", "bench/", "manual/")
    package = ROOT / "include/lantai"
    sources = [path for path in package.rglob("*.py") if not path.relative_to(package).as_posix().startswith(idle)]
    read = {
        node.attr
        for path in sources
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith(("settings", "from_env()"))
    }
    # The zone is the time zone's name as an object.
    read |= {"timezone"} if "zone" in read else set()

    assert {field.name for field in fields(Settings)} - read == set()


def test_each_setting_reaches_every_service_that_reads_it():
    """Ten of them stood in .env.example and in no container."""
    readers = readers_of_settings()
    everywhere = settings_variables() - {"LANTAI_AIRFLOW_URL"}
    set_by_the_file = {name for name in everywhere if name not in asked_for()}

    assert {name for name in readers if everywhere - set(SERVICES[name].environment)} == set()
    assert {name for name, one in SERVICES.items() if "LANTAI_HOME" in one.environment} == readers
    # Where things are is the file's to say; all else is the operator's, and passed on under its own name.
    assert set_by_the_file == {f"LANTAI_{name}" for name in (
        "HOME", "REGISTRY_URL", "VAULT_URL", "COPY_URLS", "CONNECTIONS_FILE", "RECIPIENTS_FILE", "INTAKE_KEY_FILE",
        "LOG_KEY_FILE", "AIRFLOW_LOGIN_FILE",
    )}  # fmt: skip
    passed = compose_file.read(WRITTEN | {name: f"value of {name}" for name in everywhere})
    for name in everywhere - set_by_the_file:
        assert {passed[reader].environment[name] for reader in readers} == {f"value of {name}"}


def test_airflow_is_named_to_those_who_sign_lists():
    """And its login is there: one without the other is refused."""
    named = {name for name, one in SERVICES.items() if "LANTAI_AIRFLOW_URL" in one.environment}

    assert named == MOUNTED["/var/lib/lantai-bell"] - {"airflow-init"}


def test_nothing_is_given_that_nobody_reads(tmp_path):
    """Of Airflow's options the locked Airflow knows every one; of ours the settings or a script of the service do."""
    ours = {name for one in SERVICES.values() for name in one.environment if name.startswith("LANTAI_")}
    in_scripts = set(
        re.findall(
            r"\b[A-Z]+_[A-Z_]+\b",
            "".join(path.read_text("utf-8") for path in (ROOT / "compose").rglob("*") if path.is_file()),
        )
    )
    options = {
        (section.lower(), name.lower())
        for one in SERVICES.values()
        for variable in one.environment
        if variable.startswith("AIRFLOW__")
        for section, name in [variable.removeprefix("AIRFLOW__").split("__")]
    }

    done = asked_by_airflow(
        {"commands": [], "options": [list(pair) for pair in sorted(options)] + [["core", "no_such"]]}, tmp_path
    )

    assert ours - settings_variables() - in_scripts == set()
    assert json.loads(done.stdout.splitlines()[-1]) == [["core", "no_such"]], done.stderr


def test_the_example_names_every_variable_and_holds_no_value():
    assert settings_variables() | set(asked_for()) == set(example())
    assert set(example().values()) == {""}


def test_what_the_command_writes_is_all_that_is_required():
    assert {name for name, kinds in asked_for().items() if "?" in kinds} == set(WRITTEN)


def test_the_tasks_see_settings_that_can_be_meant():
    settings = from_env(SERVICES["airflow-worker"].environment)

    assert settings == from_env(
        {name: value for name, value in SERVICES["lantai"].environment.items() if name != "LANTAI_AIRFLOW_URL"}
    )
    assert len({settings.vault_url, *settings.copy_urls}) == 2


def test_places_may_lie_on_disks_of_their_own():
    given = compose_file.read(WRITTEN | {"LANTAI_VAULT_DIR": "/disk1/vault", "LANTAI_COPY_DIR": "/disk2/copy"})
    sources = {mount.target: mount.source for mount in given["airflow-worker"].mounts}
    default = {mount.target: mount.source for mount in SERVICES["airflow-worker"].mounts}

    assert (sources["/var/lib/lantai-vault"], sources["/var/lib/lantai-copy"]) == ("/disk1/vault", "/disk2/copy")
    assert (default["/var/lib/lantai-vault"], default["/var/lib/lantai-copy"]) == ("vault", "copy")


def test_databases_are_reached_from_inside_only():
    for name in ("postgres", "databases", "redis"):
        assert "ports" not in RAW[name]
        assert RAW[name]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert {name for name, one in RAW.items() if "ports" in one} == {"airflow-apiserver", "gateway", "flower"}
    assert RAW["airflow-apiserver"]["ports"] == ["${LANTAI_WEB_ADDRESS:-127.0.0.1:8080}:8080"]


def test_service_shares_a_network_with_whomever_it_speaks_to():
    for name, one in SERVICES.items():
        text = json.dumps([one.environment, one.check])
        for other in {found for found in SERVICES if re.search(rf"(@|//){found}[:/]", text)}:
            assert set(one.networks) & set(SERVICES[other].networks), f"{name} cannot reach {other}"
    # Units that file through the gateway are named in connections.json.
    assert all(set(SERVICES[name].networks) & set(SERVICES["gateway"].networks) for name in TAKE_IN)


def test_all_parts_of_airflow_speak_of_one_execution_api():
    shared = {SERVICES[name].environment["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] for name in AIRFLOW}

    assert shared == {"http://airflow-apiserver:8080/execution/"}


def test_real_use_has_a_real_auth_manager_and_celery():
    environment = SERVICES["airflow-worker"].environment

    assert environment["AIRFLOW__CORE__AUTH_MANAGER"].endswith("FabAuthManager")
    assert environment["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    assert environment["AIRFLOW__SECRETS__BACKEND"].endswith("LocalFilesystemBackend")
    assert environment["LANTAI_CONNECTIONS_FILE"] in environment["AIRFLOW__SECRETS__BACKEND_KWARGS"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_is_hardened_and_watched(name):
    """P11."""
    service = RAW[name]
    once = {"airflow-init", "databases", "lantai"}

    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert "privileged" not in service
    assert service["healthcheck"] == {"disable": True} if name in once else service["healthcheck"]["test"]
    assert (SERVICES[name].user.split(":")[0] in {"root", "0"}) == (name == "gateway")


def test_health_checks_start_no_interpreter():
    """`airflow jobs check` and `celery inspect ping` take seven seconds of CPU each time, twice a minute, for every component."""
    checks = {name: " ".join(one.check) for name, one in SERVICES.items() if one.check}
    healthy = (ROOT / "compose/airflow/healthy").read_text(encoding="utf-8")
    asked = {check.rpartition(" ")[2] for check in checks.values() if "/healthy" in check}
    answered = {
        word for found in re.findall(r"^    ([a-z_ |]+)\) ", healthy, re.MULTILINE) for word in found.split(" | ")
    }

    assert not [check for check in checks.values() if re.search(r"\b(python|celery|airflow)\b", check)]
    assert not re.search(r"^\s*(python|airflow|celery)", healthy, re.MULTILINE)
    assert asked == answered


def test_shell_lies_in_files_that_can_be_run_and_read():
    """Inline files are refused for read-only services (docker/compose#12031), and nothing ever runs what stands in a string."""
    told = [
        subprocess.run(
            [path.read_text("utf-8").split("\n")[0][2:], "-n", path], capture_output=True, text=True, check=False
        )
        for path in scripts()
    ]

    assert len(scripts()) == 6
    assert [done.stderr for done in told if done.returncode] == []
    assert all(os.access(path, os.X_OK) for path in scripts())
    assert "configs" not in COMPOSE
    assert not [
        name
        for name, one in SERVICES.items()
        if any("\n" in word for word in [*(one.command or []), *(one.check or [])])
    ]
    assert "<<" not in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_every_named_volume_and_network_is_declared():
    for service in SERVICES.values():
        assert {mount.source for mount in service.mounts if mount.is_named} <= set(COMPOSE["volumes"])
        assert set(service.networks) <= set(COMPOSE["networks"])
        assert set(service.waits_for) <= set(SERVICES)
    used = {mount.source for service in SERVICES.values() for mount in service.mounts if mount.is_named}
    assert set(COMPOSE["volumes"]) == used


def test_every_command_of_the_file_is_known_to_the_airflow_that_is_locked(tmp_path):
    commands = [one.command[1:] for one in SERVICES.values() if (one.command or [""])[0] == "airflow"]
    script = (ROOT / "compose/airflow/init").read_text(encoding="utf-8").splitlines()
    commands += [line.split()[1:] for line in script if line.startswith("airflow ")]

    done = asked_by_airflow({"commands": commands, "options": []}, tmp_path)
    refused = asked_by_airflow({"commands": [["no-such-command"]], "options": []}, tmp_path)

    assert len(commands) == 6 + 1
    assert done.returncode == 0, done.stderr
    assert refused.returncode == 2


def test_the_image_is_made_of_locked_packages_and_runs_as_a_user():
    """P9, P11."""
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    stages = re.findall(r"^FROM (\S+) AS (\S+)$", dockerfile, re.MULTILINE)

    assert "--require-hashes -r requirements.lock" in dockerfile
    assert {"build", "lantai", "gateway"} == {name for _, name in stages}
    assert "USER 50000:50000" in dockerfile
    assert (
        {one.stage for one in SERVICES.values() if one.stage} == {"lantai", "gateway"} <= {name for _, name in stages}
    )


def test_no_secret_goes_into_the_image():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()

    assert "*" in ignored
    assert not [line for line in ignored if line.startswith("!") and ("env" in line or "keys" in line)]
