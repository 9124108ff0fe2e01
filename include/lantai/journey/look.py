"""Look at the outboxes of all units and say whose hold something to take in.

One call for all units: a night in which nothing came costs one task. A package
is taken in when it is whole and the same in two looks, or when the unit says
that it is ready; half an upload is left alone. A look that failed says
"unknown", never "nothing there".

Source: interfaces.md, "A department's folder"; R1-42; reliability.md, I8, S1, S4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from lantai.edges import outbox
from lantai.edges.centre import Centre
from lantai.edges.connections import PREFIX, Connection, read_connections
from lantai.edges.database import query
from lantai.edges.outbox import LookState, OutboxLook, PackageSeen
from lantai.edges.outbox_whole import still_missing
from lantai.edges.registry.duties import open_years
from lantai.edges.registry.packages import forget_packages, known_whole, note_look, note_package
from lantai.edges.registry.units import units as registered_units
from lantai.edges.sftp import connect
from lantai.errors import ConnectionConfigError, LantaiError, UsageError
from lantai.records.carrier import decode_name

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Looked:
    """What the look found.

    Attributes:
        ready: By unit code, how many packages there are to take in or rounds to go on with.
        unknown: By unit code, the class of the error that kept us from looking.
        messages: By unit code, what that error said.
        unsettled: Packages that are still being uploaded, or have not been the same in two looks.
        waiting: By unit code, what such packages still lack.
        looked_count: Units looked at.
    """

    ready: Mapping[str, int]
    unknown: Mapping[str, str]
    messages: Mapping[str, str]
    unsettled: int
    waiting: Mapping[str, list[str]]
    looked_count: int


@dataclass
class _Round:
    """One pass over outboxes: which units have what."""

    ready: dict[str, int] = field(default_factory=dict)
    unsettled: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, LantaiError] = field(default_factory=dict)
    waiting: dict[str, list[str]] = field(default_factory=dict)


def look(
    centre: Centre,
    years: Sequence[int] | None = None,
    units: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Looked:
    """Look at outboxes and remember what was seen.

    When something new is seen, the units that have it are looked at a second time after the settling time, so that
    one night is enough for a package to be taken in.

    Args:
        centre: The centre.
        years: Filing years; None is every open one.
        units: Unit codes; None is every unit. Units named by hand have their held rounds tried again.
        progress: Told of each unit as its look ends.

    Raises:
        UsageError: One of the years is not open.
        NotFoundError: One of the units is not registered.
        ConnectionConfigError: The file of connections cannot be read at all.
    """
    codes, wanted_years = _wanted(centre, years, units)
    connections = connections_of(centre, codes)
    first = _pass(centre, connections, wanted_years, progress)
    settle = centre.settings.settle_seconds
    if first.unsettled and settle:
        centre.clock.wait(settle)
    if first.unsettled:
        again = {PREFIX + code: connections[PREFIX + code] for code in first.unsettled}
        second = _pass(centre, again, wanted_years, None)
        first.ready.update(second.ready)
        first.unknown.update(second.unknown)
        first.waiting.update(second.waiting)
        first.unsettled = second.unsettled
    for row in _unfinished(centre, codes, by_hand=units is not None):
        first.ready.setdefault(row.unit_code, row.round_count)
    return Looked(
        ready=dict(sorted(first.ready.items())),
        unknown={code: type(error).__name__ for code, error in sorted(first.unknown.items())},
        messages={code: str(error) for code, error in sorted(first.unknown.items())},
        unsettled=sum(first.unsettled.values()),
        waiting={code: texts for code, texts in sorted(first.waiting.items()) if code in first.unsettled},
        looked_count=len(codes),
    )


def connections_of(centre: Centre, codes: Iterable[str]) -> dict[str, Connection | ConnectionConfigError]:
    """Return the connection of each unit by its id; a unit without one has the error in its place."""
    known = read_connections(centre.settings.connections_file)
    return {
        PREFIX + code: known.get(
            PREFIX + code,
            ConnectionConfigError(f"{PREFIX}{code}: not in {centre.settings.connections_file.name}"),
        )
        for code in codes
    }


def is_settled(centre: Centre, package: PackageSeen, row: Row[Any]) -> bool:
    """Return whether a package may be taken in: ready by the unit's word, or whole and unchanged for the settling time."""
    if package.has_ready:
        return True
    settle = timedelta(seconds=centre.settings.settle_seconds)
    return bool(row.is_whole) and centre.clock.now_at() - row.seen_at >= settle


def _wanted(centre: Centre, years: Sequence[int] | None, units: Sequence[str] | None) -> tuple[list[str], list[int]]:
    with centre.database.read() as connection:
        codes = [unit.unit_code for unit in registered_units(connection, units)]
        opened = open_years(connection)
    missing = sorted(set(years or ()) - set(opened))
    if missing:
        raise UsageError(
            f"filing year {', '.join(map(str, missing))}: not open, expected one of {opened or 'none yet'}"
        )
    return codes, list(years) if years is not None else opened


def _pass(
    centre: Centre,
    connections: Mapping[str, Connection | ConnectionConfigError],
    years: Sequence[int],
    progress: Progress | None,
) -> _Round:
    found, done = _Round(), 0

    def tell(one: OutboxLook) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(one.unit_code, done, len(connections))

    for one in outbox.look_all(connections, years, parallel=centre.settings.look_parallel, on_look=tell):
        if one.state is LookState.UNKNOWN:
            error = one.error or LantaiError("the outbox could not be listed")
            found.unknown[one.unit_code] = error
            with centre.database.begin() as connection:
                note_look(connection, one.unit_code, centre.clock.now_at(), f"{type(error).__name__}: {error}")
        else:
            _note(centre, one, connections[PREFIX + one.unit_code], years, found)
    return found


def _note(
    centre: Centre,
    one: OutboxLook,
    server: Connection | ConnectionConfigError,
    years: Sequence[int],
    found: _Round,
) -> None:
    """Remember what one look saw. The registry is not held open while the server is asked."""
    now_at = centre.clock.now_at()
    with centre.database.read() as connection:
        known = known_whole(connection, one.unit_code)
    news = [package for package in one.packages if (package.raw_name, package.fingerprint) not in known]
    whole = {package.raw_name for package in one.packages} - {package.raw_name for package in news}
    if news and isinstance(server, Connection):
        try:
            with connect(server) as session:
                lacks = {package.raw_name: still_missing(package, session.read_small) for package in news}
        except LantaiError as error:
            found.unknown[one.unit_code] = error
            with centre.database.begin() as connection:
                note_look(connection, one.unit_code, now_at, f"{type(error).__name__}: {error}")
            return
        whole |= {name for name, lack in lacks.items() if lack is None}
        found.waiting[one.unit_code] = [f"{_shown(name)}: {lack}" for name, lack in lacks.items() if lack is not None]
    ready = unsettled = 0
    with centre.database.begin() as connection:
        note_look(connection, one.unit_code, now_at, None)
        there = {(package.filing_year, package.raw_name) for package in one.packages}
        forget_packages(connection, one.unit_code, years, there)
        for package in one.packages:
            row = note_package(
                connection,
                one.unit_code,
                package.filing_year,
                package.raw_name,
                package.kind.value,
                package.fingerprint,
                now_at,
                is_whole=package.raw_name in whole,
            )
            if row.carrier_id is not None:
                continue
            if is_settled(centre, package, row):
                ready += 1
            else:
                unsettled += 1
    if ready:
        found.ready[one.unit_code] = ready
    if unsettled:
        found.unsettled[one.unit_code] = unsettled


def _unfinished(centre: Centre, codes: Sequence[str], *, by_hand: bool) -> Sequence[Row[Any]]:
    with centre.database.read() as connection:
        rows = query(
            connection,
            "units_with_unfinished_rounds",
            today=centre.clock.today_on(),
            by_hand=by_hand,
        )
    wanted = set(codes)
    return [row for row in rows if row.unit_code in wanted]


def _shown(raw_name: bytes) -> str:
    return decode_name(raw_name) or raw_name.hex(" ")
