"""Diagnose a centre: every part in turn, what was found, and what to do. One part's trouble hides no other.

Source: interfaces.md, "The command" (doctor); reliability.md, "Facts" (SQLite, host keys); vault.md, "Copies".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lantai.edges.centre import Centre
from lantai.edges.connections import PREFIX, read_connections
from lantai.edges.custody.apart import on_one_disk, overlapping
from lantai.edges.database.database import careless_settings, run_checks, server_version
from lantai.edges.database.migrations import newest, require_current
from lantai.edges.files.machine import free_bytes, has_program, is_folder, is_there, sqlite_version
from lantai.edges.keys.files import DISPOSAL, Signer, key_files, load_verifier, public_path
from lantai.edges.registry.centre.units import units
from lantai.edges.registry.custody.holdings import count_begun, count_copies
from lantai.errors import ConnectionConfigError, KeyMissingError, LantaiError, OrchestratorError, RegistryMissingError
from lantai.journey.centre.find_exposed import find_exposed
from lantai.journey.year.find_unlisted_years import find_unlisted_years
from lantai.locales import advice, say
from lantai.settings import shown_address

SAFE_SQLITE = (3, 51, 3)
"""Older ones can corrupt a database in WAL mode with several writers; the registry does not use WAL."""

LEAST_FREE_BYTES = 5 * 1024**3
"""Under so much free space a night of filings may not fit."""

PROGRAMS = ("age", "soffice")
"""Programs that are of use and not needed."""

MOST_NAMES = 20
"""Units without a connection that are named; a new centre may have a thousand."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One part of the centre.

    Attributes:
        name: Which part; one word, the same in every language.
        state: ok, warning or fault.
        title: The part in words.
        found: What was found.
        advice: What to do; empty when there is nothing.
    """

    name: str
    state: str
    title: str
    found: str
    advice: str = ""


def diagnose(centre: Centre, locale: str) -> list[Diagnosis]:
    """Return what every part of the centre looks like, in words of a language."""
    return _Looking(centre, locale).all()


class _Looking:
    def __init__(self, centre: Centre, locale: str) -> None:
        self._centre = centre
        self._locale = locale

    def all(self) -> list[Diagnosis]:
        found: list[Diagnosis] = []
        parts: tuple[tuple[str, Callable[[], Iterator[Diagnosis]]], ...] = (
            ("home", self._home),
            ("registry", self._registry),
            ("keys", self._keys),
            ("permissions", self._permissions),
            ("places", self._places),
            ("connections", self._connections),
            ("airflow", self._airflow),
            ("checks", self._checks),
            ("workdays", self._workdays),
            ("programs", self._programs),
        )
        for name, look in parts:
            try:
                found += look()
            except RegistryMissingError:
                # Said once, by the part that looks at the registry.
                continue
            except LantaiError as error:
                found.append(self._failed(name, error))
        return found

    def _home(self) -> Iterator[Diagnosis]:
        home = self._centre.settings.home
        if not is_folder(home):
            found = self._found("no_folder" if is_there(home) else "nothing_there", path=home)
            yield self._said("home", "fault", found, "init")
            return
        free = free_bytes(home)
        has_space = free >= LEAST_FREE_BYTES
        found = self._found("home", path=home, free=f"{free / 1024**3:.1f}")
        yield self._said("home", "ok" if has_space else "warning", found, "" if has_space else "space")
        if self._centre.clock.is_set_by_hand:
            yield self._said("date", "warning", self._found("date", date=self._centre.clock.today_on()), "date")

    def _registry(self) -> Iterator[Diagnosis]:
        database = self._centre.database
        url = shown_address(database.url.render_as_string(hide_password=True))
        try:
            require_current(database)
        except RegistryMissingError:
            yield self._said("registry", "fault", self._found("no_registry", url=url), "init")
            return
        yield self._said("registry", "ok", self._found("schema", url=url, found=newest()))
        if database.is_sqlite:
            version = sqlite_version()
            advice = "sqlite" if version < SAFE_SQLITE else ""
            yield self._said("engine", "ok", f"SQLite {'.'.join(map(str, version))}", advice)
        else:
            with database.read() as connection:
                server, careless = server_version(connection), careless_settings(connection)
            yield self._said("engine", "ok", f"PostgreSQL {server}")
            if careless:
                yield self._said("durability", "fault", self._found("off", names=", ".join(careless)), "durability")

    def _keys(self) -> Iterator[Diagnosis]:
        signers: tuple[tuple[str, Callable[[], Signer]], ...] = (
            ("intake_key", lambda: self._centre.intake_signer),
            ("log_key", lambda: self._centre.log_signer),
        )
        for name, load in signers:
            try:
                yield self._said(name, "ok", load().name)
            except LantaiError as error:
                yield self._failed(name, error)
        try:
            count, path = len(self._centre.recipients), self._centre.settings.recipients_file
            yield self._said("recipients", "ok", self._found("recipients", count=count, path=path))
        except LantaiError as error:
            yield self._failed("recipients", error)
        yield from self._custody()

    def _custody(self) -> Iterator[Diagnosis]:
        """Look at what is the custodians': the public half of their disposal key is wanted here, no private key is."""
        disposal_key = key_files(self._centre.settings)[DISPOSAL]
        try:
            yield self._said("disposal_key", "ok", load_verifier(DISPOSAL, disposal_key).name)
        except KeyMissingError as error:
            public = public_path(disposal_key).name
            yield self._said("disposal_key", "warning", str(error), "disposal_public", public=public)
        if self._centre.clock.is_set_by_hand:
            return
        for name, path in (("identity", self._centre.settings.keys / "identity.txt"), ("disposal_key", disposal_key)):
            if is_there(path):
                yield self._said(name, "warning", self._found("lies_here", path=path), name)

    def _permissions(self) -> Iterator[Diagnosis]:
        count, exposed = find_exposed(self._centre)
        for each in exposed:
            what = each.danger.value
            yield self._said("permissions", "fault", self._found(what, path=each.path), what, path=each.path)
        if not exposed:
            yield self._said("permissions", "ok", self._found("own_only", count=count))

    def _places(self) -> Iterator[Diagnosis]:
        places, expected = self._centre.vault.places, self._centre.settings.min_copies
        for place in places:
            try:
                place.list("")
            except LantaiError as error:
                yield self._failed("place", error)
            else:
                erasure = say(f"values.erasure_class.{place.erasure_class}", self._locale)
                yield self._said("place", "ok", self._found("place", place=place.name, erasure=erasure))
        yield from self._places_in_one()
        yield from self._former_places()
        if len(places) < expected:
            yield self._said("copies", "fault", self._found("copies", found=len(places), expected=expected), "copies")

    def _places_in_one(self) -> Iterator[Diagnosis]:
        """Look at whether the places are apart, and on disks of their own."""
        places = self._centre.vault.places
        for state, said, pairs in (
            ("fault", "one_place", overlapping(places)),
            ("warning", "one_disk", on_one_disk(places)),
        ):
            for first, second in pairs:
                found = self._found(said, first=shown_address(first.name), second=shown_address(second.name))
                yield self._said("place", state, found, said)

    def _former_places(self) -> Iterator[Diagnosis]:
        """Look at the places that no setting names any more and at which copies are registered, or were begun."""
        with self._centre.database.read() as connection:
            registered, begun = count_copies(connection), count_begun(connection)
        for place in self._centre.vault.places_with({*registered, *begun})[len(self._centre.vault.places) :]:
            counts = {"count": registered.get(place.name, 0), "begun": begun.get(place.name, 0)}
            said = "former_place_begun" if counts["begun"] else "former_place"
            found = self._found(said, place=shown_address(place.name), **counts)
            try:
                place.list("")
            except LantaiError as error:
                yield self._said("place", "fault", f"{found}: {error}", "former_place")
            else:
                yield self._said("place", "warning", found, "former_place")

    def _connections(self) -> Iterator[Diagnosis]:
        path = self._centre.settings.connections_file
        with self._centre.database.read() as connection:
            codes = [unit.unit_code for unit in units(connection)]
        if not is_there(path):
            # A new centre has none; whoever collects without one is told so.
            yield self._said(
                "connections", "warning", self._found("no_connections", path=path, count=len(codes)), "connections"
            )
            return
        known = read_connections(path)
        bad = [error for error in known.values() if isinstance(error, ConnectionConfigError)]
        for error in bad:
            yield self._failed("connection", error)
        missing = [code for code in codes if PREFIX + code not in known]
        if missing:
            names = ", ".join(missing[:MOST_NAMES]) + (" ..." if len(missing) > MOST_NAMES else "")
            yield self._said("connections", "fault", self._found("without_connection", names=names), "connections")
        elif not bad:
            yield self._said("connections", "ok", self._found("connections", count=len(known), units=len(codes)))

    def _airflow(self) -> Iterator[Diagnosis]:
        bell = self._centre.bell
        if bell is None:
            yield self._said("airflow", "ok", self._found("no_airflow"))
            return
        try:
            bell.asset_id()
            paused = bell.paused_dags()
        except OrchestratorError as error:
            yield self._said("airflow", "warning", str(error), "airflow")
            return
        yield self._said("airflow", "ok", self._found("airflow"))
        if paused:
            yield self._said("dags", "warning", self._found("paused", names=", ".join(paused)), "paused")
        else:
            yield self._said("dags", "ok", self._found("dags"))

    def _checks(self) -> Iterator[Diagnosis]:
        with self._centre.database.read() as connection:
            looked = run_checks(connection)
        for name, rows in looked.items():
            if rows:
                found = self._found("check", count=len(rows), first=rows[0])
                yield self._said("check", "fault", f"{name}: {found}", "check", name=name)
        if not any(looked.values()):
            yield self._said("checks", "ok", self._found("checks", count=len(looked)))

    def _workdays(self) -> Iterator[Diagnosis]:
        unlisted = find_unlisted_years(self._centre)
        if unlisted:
            years = ", ".join(map(str, unlisted))
            yield self._said("workdays", "warning", self._found("unlisted_years", years=years), "workdays")
        else:
            yield self._said("workdays", "ok", self._found("workdays"))

    def _programs(self) -> Iterator[Diagnosis]:
        for name in PROGRAMS:
            if has_program(name):
                yield self._said("program", "ok", self._found("installed", name=name))
            else:
                yield self._said("program", "warning", self._found("not_installed", name=name), name)

    def _found(self, key: str, **values: object) -> str:
        return say(f"doctor.found.{key}", self._locale, **values)

    def _said(self, part: str, state: str, found: str, advice: str = "", **values: object) -> Diagnosis:
        told = say(f"doctor.advice.{advice}", self._locale, **values) if advice else ""
        return Diagnosis(part, state, say(f"doctor.name.{part}", self._locale), found, told)

    def _failed(self, name: str, error: LantaiError) -> Diagnosis:
        hint = advice(type(error), self._locale)
        return Diagnosis(
            name, "fault", say(f"doctor.name.{name}", self._locale), f"{type(error).__name__}: {error}", hint
        )
