"""The desk of somebody who uses the command: the real app over a real home; whatever they do, they never see a trace."""

from __future__ import annotations

import base64
import copy
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from typer.testing import CliRunner

from lantai.cli.commands import app
from lantai.edges.centre import Centre
from lantai.edges.clock import DEMO_MARK, Clock
from lantai.edges.database.database import Database
from lantai.settings import from_env
from servers.openssh import OpenSsh

INCLUDE = Path(__file__).resolve().parents[1] / "include"
TODAY = "2026-03-02"

UNITS = """\
unit_code,name,fonds_no,data_forms,responsible_person
JY,示例市教育局,Z109,e_document,A01
GA,示例市公安局,Z110,e_document;business_data,
"""


@dataclass(frozen=True)
class Told:
    """What a user sees of a command: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output; standard error is empty."""
        assert self.err == ""
        assert len(self.out.splitlines()) == 1, self.out
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """The error that was told in JSON."""
        assert set(self.json) == {"error"}
        return self.json["error"]


@dataclass
class Desk:
    """Where somebody sits and types commands: a home, and what stands in the environment.

    Attributes:
        is_demo: Whether the home is marked as a demo's, whose date may be set.
    """

    home: Path
    variables: dict[str, str]
    is_demo: bool = True

    def run(self, *words: object, stdin: bytes | None = None, **variables: str) -> Told:
        """Run a command in this process, through the real app."""
        env: dict[str, str | None] = dict.fromkeys((name for name in os.environ if name.startswith("LANTAI_")), None)
        env |= self.variables | variables
        self._mark()
        told = CliRunner(env=env).invoke(app, [str(word) for word in words], input=stdin)
        if told.exception is not None and not isinstance(told.exception, SystemExit):
            raise told.exception
        assert "Traceback" not in told.output
        return Told(told.exit_code, told.stdout, told.stderr)

    def ok(self, *words: object, **variables: str) -> Told:
        """Run a command that is to end well."""
        told = self.run(*words, **variables)
        assert told.code == 0, (words, told)
        return told

    def spawn(self, *words: object, **how: Any) -> subprocess.Popen[bytes]:
        """Start a command as a process of its own, as a shell does."""
        return subprocess.Popen(
            [sys.executable, "-c", "from lantai.cli import main; main()", *map(str, words)],
            env=self.environment(how.pop("variables", {})),
            **({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL} | how),
        )

    def shell(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a line of shell in which `lantai` is the command."""
        command = f"lantai() {{ {sys.executable} -c 'from lantai.cli import main; main()' \"$@\"; }}; {script}"
        done = subprocess.run(
            ["bash", "-c", command], env=self.environment(variables), capture_output=True, text=True, check=False
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of a process."""
        self._mark()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LANTAI_")}
        return kept | {"PYTHONPATH": str(INCLUDE)} | self.variables | dict(more)

    def centre(self) -> Centre:
        """Return the centre in this home, to look at its rows."""
        self._mark()
        settings = from_env(self.variables)
        return Centre(settings, Clock.of(settings), Database(settings.registry_url), "test:1:bbbb")

    def _mark(self) -> None:
        """Mark a home that is there: its date is set, which a real one refuses."""
        if self.is_demo and self.home.is_dir():
            (self.home / DEMO_MARK).touch()


def desk_at(home: Path, locale: str = "en") -> Desk:
    """Return a desk over a home, on a fixed day as in a demo, without waiting times."""
    return Desk(
        home,
        {
            "LANTAI_HOME": str(home),
            "LANTAI_TODAY": TODAY,
            "LANTAI_SETTLE_SECONDS": "0",
            "LANTAI_LOOK_AGAIN_SECONDS": "0",
            "LANTAI_COOLING_OFF_DAYS": "0",
            "LANTAI_LOCALE": locale,
        },
    )


class Snapshot:
    """A home that tests change and get back as it was: at the same path, since the registry knows its places by it."""

    def __init__(self, folder: Path, begun_from: Path) -> None:
        self.desk = desk_at(folder / "home")
        self._folder = folder
        self._kept = folder / "kept-0"
        shutil.copytree(begun_from, self.desk.home)

    def taken(self) -> Self:
        """Keep the home as it is now."""
        shutil.copytree(self.desk.home, self._kept)
        return self

    def another(self) -> Snapshot:
        """Keep the home as it is now beside what was kept before."""
        later = copy.copy(self)
        later._kept = self._folder / f"kept-{len(list(self._folder.iterdir()))}"
        return later.taken()

    def copied_to(self, home: Path) -> Desk:
        """Return a desk over a copy elsewhere, for steps that ask no place."""
        shutil.copytree(self._kept, home)
        return desk_at(home)

    def restored(self) -> Desk:
        """Bring the home back as it was kept."""
        shutil.rmtree(self.desk.home)
        shutil.copytree(self._kept, self.desk.home)
        return self.desk


def connect(desk: Desk, server: OpenSsh, code: str, **changed: object) -> Path:
    """Give a unit, or the archive, a folder on a server and write its connection into the centre's file."""
    folder = server.files / code
    (folder / "outbox").mkdir(parents=True, exist_ok=True)
    there = server.connection(code, folder)
    path = desk.home / "connections.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    known[f"sftp_{code}"] = {
        "conn_type": "sftp",
        "host": there.host,
        "port": there.port,
        "login": there.login,
        "extra": {
            "key_file": str(there.key_file),
            "host_key": f"{there.host_key_type} {base64.b64encode(there.host_key).decode()}",
            "remote_root": str(folder),
        },
        **changed,
    }
    path.write_text(json.dumps(known))
    return folder
