"""docker-compose.yml as an engine reads it: variables filled in from a .env, every service with what it is started with.

Only what this project's file uses is read; a key that is not known here is refused, so that nothing of a service is passed over.
"""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}")
KNOWN = frozenset(
    [
        "build",
        "cap_add",
        "cap_drop",
        "command",
        "depends_on",
        "entrypoint",
        "environment",
        "healthcheck",
        "image",
        "init",
        "logging",
        "networks",
        "ports",
        "profiles",
        "read_only",
        "restart",
        "security_opt",
        "stop_grace_period",
        "tmpfs",
        "user",
        "volumes",
        "working_dir",
    ]
)


class MissingVariableError(Exception):
    """A variable that the file requires is not set; the message is the one of the file."""


@dataclass(frozen=True)
class Mount:
    """A volume or a folder of the host, and where a container sees it."""

    source: str
    target: str
    is_read_only: bool
    is_named: bool


@dataclass(frozen=True)
class Service:
    """What one service is started with."""

    name: str
    image: str
    stage: str | None
    entrypoint: list[str] | None
    command: list[str] | None
    environment: dict[str, str]
    user: str
    is_read_only: bool
    has_init: bool
    capabilities: tuple[str, ...]
    mounts: tuple[Mount, ...]
    tmpfs: dict[str, str]
    working_dir: str | None
    networks: tuple[str, ...]
    waits_for: dict[str, str]
    check: list[str] | None
    profiles: tuple[str, ...]


def environment_of(text: str) -> dict[str, str]:
    """Return the variables of a .env."""
    return {name: value or "" for name, value in dotenv_values(stream=io.StringIO(text), interpolate=False).items()}


def filled(value: Any, given: Mapping[str, str]) -> Any:
    """Return a value of the file with its variables filled in, however deep they stand."""
    if isinstance(value, dict):
        return {name: filled(one, given) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, given) for one in value]
    return _text(value, given) if isinstance(value, str) else value


def names() -> list[str]:
    """Return the names of all services."""
    return list(yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"])


def read(given: Mapping[str, str]) -> dict[str, Service]:
    """Return the services by name.

    Raises:
        MissingVariableError: One that is required is not given.
    """
    services = filled(yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"], given)
    return {name: _service(name, service) for name, service in services.items()}


def _text(value: str, given: Mapping[str, str]) -> str:
    def variable(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        if not given.get(name) and kind == "?":
            raise MissingVariableError(f"{name}: {rest}")
        return given.get(name) or rest or ""

    return VARIABLE.sub(variable, value).replace("$$", "$")


def _service(name: str, given: dict[str, Any]) -> Service:
    assert not set(given) - KNOWN, f"{name}: {set(given) - KNOWN}"
    tmpfs = [one.partition(":") for one in given.get("tmpfs", [])]
    test = given["healthcheck"].get("test")
    return Service(
        name=name,
        image=given["image"].partition("@")[0],
        stage=given["build"]["target"] if "build" in given else None,
        entrypoint=_words(given.get("entrypoint")),
        command=_words(given.get("command")),
        environment={name: str(value) for name, value in given.get("environment", {}).items()},
        user=given.get("user", "0:0"),
        is_read_only=given.get("read_only", False),
        has_init=given.get("init", False),
        capabilities=tuple(given.get("cap_add", ())),
        mounts=tuple(map(_mount, given.get("volumes", ()))),
        tmpfs={target: options for target, _, options in tmpfs},
        working_dir=given.get("working_dir"),
        networks=tuple(given["networks"]),
        waits_for={other: how["condition"] for other, how in given.get("depends_on", {}).items()},
        check=None if test is None else test[1:] if test[0] == "CMD" else ["/bin/sh", "-c", test[1]],
        profiles=tuple(given.get("profiles", ())),
    )


def _words(value: str | list[str] | None) -> list[str] | None:
    return shlex.split(value) if isinstance(value, str) else value


def _mount(given: str | dict[str, Any]) -> Mount:
    if isinstance(given, dict):
        assert (given["type"], given["bind"]) == ("bind", {"create_host_path": False})
        return Mount(given["source"], given["target"], given.get("read_only", False), is_named=False)
    source, target, *options = given.split(":")
    return Mount(source, target, options == ["ro"], is_named=not source.startswith(("/", ".")))
