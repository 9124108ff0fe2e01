"""A night with nothing new: one look at the outboxes of all units, on one OpenSSH on loopback.

Every outbox holds the package of the year, which was taken in long ago and
which a department never has to take away. There is no peer: the figure is a
bound of its own (60 s for 1,000 units).

Source: R1-42; airflow.md; performance.md, "The benchmark".
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lantai.bench.measure import Comparison, Contender, Result, compare, find_program, without
from lantai.bench.samples import Bench
from lantai.bench.servers import LOOPBACK, SshServer, ssh_server
from lantai.bench.stopwatch import Stopwatch
from lantai.records.text.progress import Progress

NAME = "look"
UNIT_COUNT, FILES_PER_PACKAGE = 1_000, 20
_YEAR = 2025


def results(bench: Bench, progress: Progress | None) -> Iterator[Result]:
    """Measure one night's look."""
    count = bench.count(UNIT_COUNT)
    size = f"{count:,} units, nothing new"
    lacking = [program for program in ("sshd", "ssh-keygen") if find_program(program) is None]
    if lacking:
        yield without(NAME, size, lacking)
        return
    home = bench.folder / "home"
    with ssh_server(bench.folder / "sshd") as server:
        _prepare(home, bench.folder / "departments", count, server)
        ours = Contender("ours", f"{__name__}:ours", {"home": str(home)})
        yield compare(Comparison(NAME, size, ours), bench.folder, bench.runs, progress)


def ours(watch: Stopwatch, folder: Path, home: str) -> Any:  # noqa: ANN401, ARG001 - JSON; a folder goes to every contender
    """Look as the DAG's task does."""
    from lantai.edges.centre import open_centre
    from lantai.journey.intake.look import look

    with open_centre(_settings(Path(home))) as centre:
        with watch:
            looked = look(centre)
        return {"units": looked.looked_count, "new": len(looked.ready), "unknown": len(looked.unknown)}


def _prepare(home: Path, departments: Path, count: int, server: SshServer) -> None:
    """Lay a home with its units and one package each, which has been taken in."""
    from sqlalchemy import update

    from lantai.edges import tables
    from lantai.edges.centre import open_centre
    from lantai.edges.registry.centre.units import put_unit
    from lantai.journey.centre.set_up import set_up
    from lantai.journey.intake.look import look
    from lantai.journey.year.open_year import open_year
    from lantai.records.centre.unit import DataForm, Unit

    codes = [f"B{number:04d}" for number in range(1, count + 1)]
    for code in codes:
        _package(departments / code / "outbox" / str(_YEAR) / f"{code}-{_YEAR}-E-001")
    settings = _settings(home)
    with open_centre(settings, checks_schema=False) as centre:
        set_up(centre, has_custody=False)
        settings.connections_file.write_text(json.dumps({f"sftp_{c}": _entry(departments / c, server) for c in codes}))
        with centre.database.begin() as connection:
            for number, code in enumerate(codes, start=1):
                put_unit(connection, Unit(code, f"示例局{number}", f"Z{number:04d}", (DataForm.E_DOCUMENT,)))
        open_year(centre, _YEAR, "system")
        look(centre)
        with centre.database.begin() as connection:
            connection.execute(update(tables.package_seen).values(carrier_id="B-taken-in"))


def _settings(home: Path) -> Any:  # noqa: ANN401 - settings are read only where they are used
    from lantai.settings import from_env

    return from_env({"LANTAI_HOME": str(home), "LANTAI_SETTLE_SECONDS": "0"})


def _package(folder: Path) -> None:
    (folder / "data").mkdir(parents=True)
    lines = []
    for number in range(FILES_PER_PACKAGE):
        (folder / "data" / f"{number:03d}.txt").write_bytes(b"")
        lines.append(f"{'0' * 64}  data/{number:03d}.txt\n")
    (folder / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "utf-8")
    (folder / "bag-info.txt").write_text(f"Payload-Oxum: 0.{FILES_PER_PACKAGE}\n", "utf-8")
    (folder / "manifest-sha256.txt").write_text("".join(lines), "utf-8")


def _entry(root: Path, server: SshServer) -> dict[str, Any]:
    return {
        "conn_type": "sftp",
        "host": LOOPBACK,
        "port": server.port,
        "login": server.login,
        "extra": {"host_key": server.host_key, "key_file": os.fspath(server.key_file), "remote_root": os.fspath(root)},
    }
