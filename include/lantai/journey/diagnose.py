"""Diagnose a centre: every part in turn, what was found, and what to do. One part's trouble hides no other.

Source: interfaces.md, "The command" (doctor); reliability.md, "Facts" (SQLite, host keys); vault.md, "Copies".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lantai.edges.centre import Centre
from lantai.edges.connections import PREFIX, read_connections
from lantai.edges.database import run_checks, server_version
from lantai.edges.keys import DISPOSAL, key_files, load_verifier, public_path
from lantai.edges.machine import free_bytes, has_program, is_there, sqlite_version
from lantai.edges.migrations import newest, require_current
from lantai.edges.registry.units import units
from lantai.errors import ConnectionConfigError, KeyMissingError, LantaiError, OrchestratorError

SAFE_SQLITE = (3, 51, 3)
"""Older ones can corrupt a database in WAL mode with several writers; the registry does not use WAL."""

LEAST_FREE_BYTES = 5 * 1024**3
"""Under so much free space a night of filings may not fit."""

PROGRAMS = (
    ("age", "opens vault files without Lantai, for drills"),
    ("clamdscan", "scans what departments send"),
    ("soffice", "renders worksheets for a look; nothing else needs it"),
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One part of the centre: `state` is ok, warning or fault; `advice` is empty when there is nothing to do."""

    name: str
    state: str
    found: str
    advice: str = ""


def diagnose(centre: Centre) -> list[Diagnosis]:
    """Return what every part of the centre looks like."""
    found: list[Diagnosis] = []
    parts: tuple[tuple[str, Callable[[Centre], Iterator[Diagnosis]]], ...] = (
        ("home", _home),
        ("registry", _registry),
        ("keys", _keys),
        ("places", _places),
        ("connections", _connections),
        ("airflow", _airflow),
        ("checks", _checks),
        ("programs", _programs),
    )
    for name, look in parts:
        try:
            found += look(centre)
        except LantaiError as error:
            found.append(Diagnosis(name, "fault", f"{type(error).__name__}: {error}", error.hint))
    return found


def _home(centre: Centre) -> Iterator[Diagnosis]:
    home = centre.settings.home
    if not is_there(home):
        yield Diagnosis("home", "fault", f"{home} is not there", "Run `lantai init`, or set LANTAI_HOME.")
        return
    free = free_bytes(home)
    state = "ok" if free >= LEAST_FREE_BYTES else "warning"
    advice = "" if state == "ok" else "Make space before the next night of filings."
    yield Diagnosis("home", state, f"{home}, {free / 1024**3:.1f} GiB free", advice)
    if centre.clock.is_set_by_hand:
        yield Diagnosis("date", "warning", f"set to {centre.clock.today_on()}", "LANTAI_TODAY is for demo homes only.")


def _registry(centre: Centre) -> Iterator[Diagnosis]:
    database = centre.database
    require_current(database)
    yield Diagnosis("registry", "ok", f"{database.url.render_as_string(hide_password=True)}, schema {newest()}")
    if database.is_sqlite:
        version = sqlite_version()
        note = "journal_mode=DELETE is used, so this version is safe here; never copy the file while a task runs."
        yield Diagnosis("sqlite", "ok", ".".join(map(str, version)), note if version < SAFE_SQLITE else "")
    else:
        with database.read() as connection:
            yield Diagnosis("postgresql", "ok", server_version(connection))


def _keys(centre: Centre) -> Iterator[Diagnosis]:
    yield Diagnosis("intake key", "ok", centre.intake_signer.name)
    yield Diagnosis("log key", "ok", centre.log_signer.name)
    yield Diagnosis("recipients", "ok", f"{len(centre.recipients)} in {centre.settings.recipients_file.name}")
    disposal_key = key_files(centre.settings)[DISPOSAL]
    try:
        yield Diagnosis("disposal key", "ok", load_verifier(DISPOSAL, disposal_key).name)
    except KeyMissingError as error:
        advice = f"Ask the custodians for its public half, {public_path(disposal_key).name}; without it no certificate verifies."
        yield Diagnosis("disposal key", "warning", str(error), advice)
    if centre.clock.is_set_by_hand:
        return
    for name, path, harm in (
        ("identity", centre.settings.keys / "identity.txt", "open every record"),
        ("disposal key", disposal_key, "sign certificates of destruction"),
    ):
        if is_there(path):
            advice = f"Hand it to the custodians and remove it from here: whoever has this machine can {harm}."
            yield Diagnosis(name, "warning", f"{path} lies on this machine", advice)


def _places(centre: Centre) -> Iterator[Diagnosis]:
    for place in centre.vault.places:
        try:
            place.list("")
        except LantaiError as error:
            yield Diagnosis(f"place {place.name}", "fault", str(error), error.hint)
        else:
            yield Diagnosis(f"place {place.name}", "ok", place.erasure_class)
    if len(centre.vault.places) < centre.settings.min_copies:
        advice = "Add a place to LANTAI_COPY_URLS: no receipt is given before so many copies are read back."
        yield Diagnosis(
            "copies", "fault", f"{len(centre.vault.places)} places, expected {centre.settings.min_copies}", advice
        )


def _connections(centre: Centre) -> Iterator[Diagnosis]:
    known = read_connections(centre.settings.connections_file)
    with centre.database.read() as connection:
        codes = [unit.unit_code for unit in units(connection)]
    bad = {name: error for name, error in known.items() if isinstance(error, ConnectionConfigError)}
    for name, error in bad.items():
        yield Diagnosis(f"connection {name}", "fault", str(error), error.hint)
    missing = [code for code in codes if PREFIX + code not in known]
    if missing:
        yield Diagnosis("connections", "fault", f"none for {', '.join(missing[:20])}", ConnectionConfigError.hint)
    elif not bad:
        yield Diagnosis("connections", "ok", f"{len(known)} for {len(codes)} units")


def _airflow(centre: Centre) -> Iterator[Diagnosis]:
    if centre.bell is None:
        yield Diagnosis("airflow", "ok", "none named: an approved list waits for the next working-day run")
        return
    try:
        centre.bell.asset_id()
    except OrchestratorError as error:
        advice = "Start it, or correct LANTAI_AIRFLOW_URL and LANTAI_AIRFLOW_LOGIN_FILE; lists wait for the next working-day run."
        yield Diagnosis("airflow", "warning", str(error), advice)
    else:
        yield Diagnosis("airflow", "ok", "an approved list wakes its DAG")


def _checks(centre: Centre) -> Iterator[Diagnosis]:
    with centre.database.read() as connection:
        for name, rows in run_checks(connection).items():
            if rows:
                advice = f"See sql/checks/{name}.sql for what the rows mean."
                yield Diagnosis(
                    f"check {name}", "fault", f"{len(rows)} rows that must not exist, first {rows[0]}", advice
                )
    yield Diagnosis("checks", "ok", "sql/checks were run")


def _programs(_centre: Centre) -> Iterator[Diagnosis]:
    for name, use in PROGRAMS:
        if not has_program(name):
            yield Diagnosis(name, "warning", "not installed", f"Optional: {use}.")
        else:
            yield Diagnosis(name, "ok", "installed")
