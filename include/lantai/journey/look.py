"""Look at the outboxes of all units and say whose hold something to take in.

One call for all units: a night in which nothing came costs one task. What may be
taken in is settled in `settle`; half an upload is left alone until it has
stalled. A look that failed says "unknown", never "nothing there".

Source: interfaces.md, "A department's folder"; R1-42; reliability.md, I8, S1, S4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from lantai.edges import outbox
from lantai.edges.centre import Centre
from lantai.edges.connections import PREFIX, Connection, read_connections
from lantai.edges.database import query
from lantai.edges.outbox import LookState, OutboxLook, PackageSeen
from lantai.edges.outbox_whole import still_missing
from lantai.edges.registry.duties import known_years, open_years
from lantai.edges.registry.packages import forget_packages, known_states, note_look
from lantai.edges.registry.units import units as registered_units
from lantai.edges.sftp import connect
from lantai.errors import ConnectionConfigError, LantaiError, UsageError
from lantai.journey.choose import Choice, choose
from lantai.journey.settle import is_settled, is_stalled, settle
from lantai.records.carrier import decode_name

Progress = Callable[[str, int, int], None]

MOST_NAMES = 40
"""So many packages are named to who asked for one that is not there."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the look found.

    Attributes:
        ready: By unit code, how many packages there are to take in or rounds to go on with.
        unknown: By unit code, the class of the error that kept us from looking.
        messages: By unit code, what that error said.
        unsettled: Packages that are still being uploaded, or have not been the same in two looks.
        waiting: By unit code, what such packages still lack, and when they are taken in as they are.
        strays: By unit code, what lies in the outbox where nobody would take it: beside the packages, or under a year that
            was never opened.
        looked_count: Units looked at.
    """

    ready: Mapping[str, int]
    unknown: Mapping[str, str]
    messages: Mapping[str, str]
    unsettled: int
    waiting: Mapping[str, list[str]]
    strays: Mapping[str, list[str]]
    looked_count: int


@dataclass
class _Round:
    """One pass over outboxes: which units have what."""

    ready: dict[str, int] = field(default_factory=dict)
    unsettled: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, LantaiError] = field(default_factory=dict)
    waiting: dict[str, list[str]] = field(default_factory=dict)
    strays: dict[str, list[str]] = field(default_factory=dict)
    seen: list[PackageSeen] = field(default_factory=list)


def look(
    centre: Centre,
    years: Sequence[int] | None = None,
    units: Sequence[str] | None = None,
    progress: Progress | None = None,
    carriers: Sequence[str] | None = None,
) -> Looked:
    """Look at outboxes and remember what was seen.

    When something new is seen, the units that have it are looked at a second time after the settling time, so that
    one night is enough for a package to be taken in.

    Args:
        centre: The centre.
        years: Filing years; None is every open one.
        units: Unit codes; None is every unit. Units named by hand have their held rounds tried again.
        progress: Told of each unit as its look ends.
        carriers: Names of packages, see `choose`; None is every package. What is named by hand counts as a unit named by hand.

    Raises:
        UsageError: One of the years is not open, or nothing bears one of the names; the message says what is there.
        NotFoundError: One of the units is not registered.
        ConnectionConfigError: The file of connections cannot be read at all.
    """
    codes, wanted_years = _wanted(centre, years, units)
    with centre.database.read() as connection:
        choice = choose(connection, carriers, codes, wanted_years)
    connections = connections_of(centre, codes)
    first = _pass(centre, connections, wanted_years, choice, progress)
    _refuse_unknown(choice, first)
    rest = centre.settings.settle_seconds
    if first.unsettled and rest:
        centre.clock.wait(rest)
    if first.unsettled:
        again = {PREFIX + code: connections[PREFIX + code] for code in first.unsettled}
        second = _pass(centre, again, wanted_years, choice, None)
        first.ready.update(second.ready)
        first.unknown.update(second.unknown)
        first.waiting.update(second.waiting)
        first.unsettled = second.unsettled
    if carriers is not None:
        codes = sorted({this.unit_code for this in choice.received})
    for row in _unfinished(centre, codes, by_hand=units is not None or carriers is not None):
        first.ready.setdefault(row.unit_code, row.round_count)
    return Looked(
        ready=dict(sorted(first.ready.items())),
        unknown={code: type(error).__name__ for code, error in sorted(first.unknown.items())},
        messages={code: str(error) for code, error in sorted(first.unknown.items())},
        unsettled=sum(first.unsettled.values()),
        waiting={code: texts for code, texts in sorted(first.waiting.items()) if texts and code in first.unsettled},
        strays={code: names for code, names in sorted(first.strays.items()) if names},
        looked_count=len(connections),
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


def _wanted(centre: Centre, years: Sequence[int] | None, units: Sequence[str] | None) -> tuple[list[str], list[int]]:
    with centre.database.read() as connection:
        codes = [unit.unit_code for unit in registered_units(connection, units)]
        opened = open_years(connection)
    missing = sorted(set(years or ()) - set(opened))
    if missing:
        raise UsageError(
            f"filing year {', '.join(map(str, missing))}: not open, expected one of: {', '.join(map(str, opened)) or 'none yet'}"
        )
    return codes, list(years) if years is not None else opened


def _pass(
    centre: Centre,
    connections: Mapping[str, Connection | ConnectionConfigError],
    years: Sequence[int],
    choice: Choice,
    progress: Progress | None,
) -> _Round:
    found, done = _Round(), 0

    def tell(one: OutboxLook) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(one.unit_code, done, len(connections))

    parallel = centre.settings.look_parallel
    with centre.database.read() as connection:
        known = known_years(connection)
    for one in outbox.look_all(connections, years, known_years=known, parallel=parallel, on_look=tell):
        if one.state is LookState.UNKNOWN:
            error = one.error or LantaiError("the outbox could not be listed")
            found.unknown[one.unit_code] = error
            with centre.database.begin() as connection:
                note_look(connection, one.unit_code, centre.clock.now_at(), f"{type(error).__name__}: {error}")
        else:
            _note(centre, one, connections[PREFIX + one.unit_code], years, choice, found)
    return found


def _note(
    centre: Centre,
    one: OutboxLook,
    server: Connection | ConnectionConfigError,
    years: Sequence[int],
    choice: Choice,
    found: _Round,
) -> None:
    """Remember what one look saw. The registry is not held open while the server is asked."""
    code = one.unit_code
    try:
        lacks = _lacks(centre, one, server)
    except LantaiError as error:
        found.unknown[code] = error
        with centre.database.begin() as connection:
            note_look(connection, code, centre.clock.now_at(), f"{type(error).__name__}: {error}")
        return
    ready = unsettled = 0
    waiting = []
    with centre.database.begin() as connection:
        note_look(connection, code, centre.clock.now_at(), None)
        there = {(package.filing_year, package.raw_name) for package in one.packages}
        forget_packages(connection, code, years, there)
        for package in one.packages:
            lack = lacks[package.raw_name, package.fingerprint]
            row = settle(connection, centre, code, package, is_whole=lack is None)
            if row.carrier_id is not None or not choice.has(code, package):
                continue
            if is_settled(centre, package, row) or is_stalled(centre, package, row):
                ready += 1
                continue
            unsettled += 1
            if lack is not None:
                waiting.append(f"{package.shown_name}: {lack}{_until(centre, row)}")
    found.seen += one.packages
    found.strays[code] = [decode_name(name) or name.hex(" ") for name in one.strays]
    found.waiting[code] = waiting
    if ready:
        found.ready[code] = ready
    if unsettled:
        found.unsettled[code] = unsettled


def _lacks(
    centre: Centre, one: OutboxLook, server: Connection | ConnectionConfigError
) -> dict[tuple[bytes, str], str | None]:
    """Return what packages still lack, by name and state: None for a whole one, nothing for one that is with us already.

    The server is asked only of states that are news.
    """
    with centre.database.read() as connection:
        known = known_states(connection, one.unit_code)
    lacks = {key: None if is_whole else "" for key, is_whole in known.items()}
    news = [package for package in one.packages if (package.raw_name, package.fingerprint) not in known]
    if news and isinstance(server, Connection):
        with connect(server) as session:
            lacks |= {(each.raw_name, each.fingerprint): still_missing(each, session.read_small) for each in news}
    return lacks


def _until(centre: Centre, row: Row[Any]) -> str:
    if row.waits_until_at is None:
        return ""
    until = row.waits_until_at.astimezone(centre.settings.zone)
    return f"；至 {until:%Y-%m-%d %H:%M} 仍无变化即按现状退回 · returned as it is if nothing changes by then"


def _refuse_unknown(choice: Choice, found: _Round) -> None:
    """Refuse names that nothing bears; one that may lie in an outbox that could not be looked at is not refused (I8)."""
    unknown = choice.unknown(found.seen)
    if unknown and not found.unknown:
        names = sorted({package.shown_name for package in found.seen})
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        there = ", ".join(names[:MOST_NAMES]) or "nothing"
        raise UsageError(f"carrier {', '.join(unknown)}: not there, found {there}{more}")


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
