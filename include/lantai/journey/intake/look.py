"""Look at the outboxes of all units and say whose hold something to take in.

One call for all units: a night in which nothing came costs one task. What may be
taken in is decided in `select_ready`; half an upload is left alone until it has
stalled. A look that failed says "unknown", never "nothing there"; it gives way to the others, and
`look_again` comes back to its unit within the same run.

Source: interfaces.md, "A department's folder".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from lantai.edges.bulkhead.looks import OutboxLook, look_all
from lantai.edges.bulkhead.patience import Pace
from lantai.edges.centre import Centre
from lantai.edges.connections import PREFIX, Connection, connections_of
from lantai.edges.registry.centre.units import units as registered_units
from lantai.edges.registry.intake.packages import forget_packages, known_states, note_look
from lantai.edges.registry.intake.rounds import unfinished_rounds
from lantai.edges.registry.year.duties import known_years, open_years
from lantai.errors import ConnectionConfigError, LantaiError, UsageError
from lantai.journey.intake.choose_packages import ChosenPackages, choose_packages
from lantai.journey.intake.select_ready import is_settled, is_stalled, select_ready
from lantai.locales import refusal, say
from lantai.records.intake.carrier import shown_name
from lantai.records.intake.look import Looked
from lantai.records.intake.package import Package, Sighting
from lantai.records.intake.reason import Reason
from lantai.records.text.progress import Progress
from lantai.records.text.words import Words

MOST_NAMES = 40
"""So many packages are named to who asked for one that is not there, and so many strays and unfinished uploads of a unit."""

FIRST_SHARE_SECONDS = 60.0
"""So long one unit's look may take while all others wait for theirs."""

AGAIN_SHARE_SECONDS = 600.0
"""So long it may take when the others are done."""


@dataclass
class _Round:
    """Passes over outboxes: which units have what."""

    ready: dict[str, int] = field(default_factory=dict)
    unsettled: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, LantaiError] = field(default_factory=dict)
    unfinished: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, list[str]] = field(default_factory=dict)
    strays: dict[str, list[str]] = field(default_factory=dict)
    seen: list[Package] = field(default_factory=list)

    def forget(self, code: str) -> None:
        """Forget what an earlier pass found of a unit."""
        for found in (self.ready, self.unsettled, self.unfinished, self.unknown, self.waiting, self.strays):
            found.pop(code, None)

    def worth_another(self) -> list[str]:
        """Return the units that could not be looked at for a reason that may pass."""
        return sorted(code for code, error in self.unknown.items() if error.retryable)

    def resting(self) -> set[str]:
        """Return the units with whole packages that only have to be found the same once more."""
        return {code for code, count in self.unsettled.items() if count > self.unfinished.get(code, 0)}

    def reasons(self) -> dict[str, Reason]:
        """Return by unit code what kept us from looking."""
        return {code: Reason.of(error) for code, error in sorted(self.unknown.items())}

    def told(self, looked_count: int) -> Looked:
        """Return the result."""
        return Looked(
            ready=dict(sorted(self.ready.items())),
            unknown={code: type(error).__name__ for code, error in sorted(self.unknown.items())},
            messages={code: str(error) for code, error in sorted(self.unknown.items())},
            unsettled=sum(self.unsettled.values()),
            waiting={code: texts for code, texts in sorted(self.waiting.items()) if texts and code in self.unsettled},
            strays={code: names for code, names in sorted(self.strays.items()) if names},
            looked_count=looked_count,
            again={**dict.fromkeys(sorted(self.unsettled)), **self.reasons()},
        )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is looked at: which years, and which packages by name."""

    years: Sequence[int]
    choice: ChosenPackages
    pace: Pace


def look(
    centre: Centre,
    years: Sequence[int] | None = None,
    units: Sequence[str] | None = None,
    progress: Progress | None = None,
    carriers: Sequence[str] | None = None,
    on_ready: Callable[[str], None] | None = None,
) -> Looked:
    """Look at each outbox once and remember what was seen.

    Args:
        centre: The centre.
        years: Filing years; None is every open one.
        units: Unit codes; None is every unit. Units named by hand have their held rounds tried again.
        progress: Told of each unit as its look ends.
        carriers: Names of packages, see `choose`; None is every package. What is named by hand counts as a unit named by hand.
        on_ready: Told of a unit with something to take in as soon as that is known, while others are still looked at.

    Raises:
        UsageError: One of the years is not open, or nothing bears one of the names; the message says what is there.
        NotFoundError: One of the units is not registered.
        ConnectionConfigError: The file of connections cannot be read at all.
    """
    codes, wanted_years = _named(centre, years, units)
    with centre.database.read() as connection:
        choice = choose_packages(connection, carriers, codes, wanted_years)
    found = _Round()
    wanted = _Wanted(wanted_years, choice, _pace(centre, FIRST_SHARE_SECONDS))
    servers = connections_of(centre.settings.connections_file, codes)
    looked_count = _pass(centre, servers, wanted, found, progress, on_ready)
    _refuse_unknown(choice, found)
    if carriers is not None:
        codes = sorted({this.unit_code for this in choice.received})
    _add_unfinished(centre, found, codes, by_hand=units is not None or carriers is not None)
    return found.told(looked_count)


def look_again(
    centre: Centre,
    earlier: Mapping[str, Reason | None],
    years: Sequence[int] | None = None,
    carriers: Sequence[str] | None = None,
    on_wait: Callable[[int, Mapping[str, Reason]], None] | None = None,
) -> Looked:
    """Come back to units of an earlier look, with growing pauses, until each is known or the pauses are used up.

    What time cannot cure is looked at once more and not waited for: somebody may have cured it. A whole package that had
    not settled is looked at once more, after the settling time, so that one night is enough for it, also where its unit
    could not be looked at first.

    Args:
        centre: The centre.
        earlier: Units, as `Looked.again` names them, or with what kept them from being taken in.
        years: Filing years; None is every open one.
        carriers: Names of packages; None is every package.
        on_wait: Told before each pause how many seconds it takes, and by unit code what kept us from looking so far.

    Raises:
        NotFoundError: One of the units is not registered.
    """
    found = _Round()
    if not earlier:
        return found.told(0)
    left, wanted_years = _named(centre, years, list(earlier))
    with centre.database.read() as connection:
        wanted = _Wanted(
            wanted_years, choose_packages(connection, carriers, left, wanted_years), _pace(centre, AGAIN_SHARE_SECONDS)
        )
    seen: set[str] = set()
    unknown = {code: reason for code, reason in earlier.items() if reason is not None}
    for pause in _pauses(centre, earlier):
        if on_wait is not None and pause:
            on_wait(pause, unknown)
        centre.clock.wait(pause)
        for code in left:
            found.forget(code)
        _pass(centre, _servers(centre, left), wanted, found, None, None)
        unknown = found.reasons()
        resting = found.resting() - seen
        seen |= resting
        left = sorted({*found.worth_another(), *resting})
        if not left:
            break
    _add_unfinished(centre, found, list(earlier), by_hand=False)
    return found.told(len(earlier))


def _pauses(centre: Centre, earlier: Mapping[str, Reason | None]) -> list[int]:
    """Return the pauses before each further look; there is none where there is nothing that time could cure."""
    select_ready = centre.settings.settle_seconds if None in earlier.values() else 0
    first, *rest = centre.settings.look_again_seconds or (0,)
    if not any(reason is None or reason.may_pass for reason in earlier.values()):
        return [0]
    return [max(first, select_ready), *rest]


def _servers(centre: Centre, codes: Sequence[str]) -> Mapping[str, Connection | ConnectionConfigError]:
    """Return connections in the middle of a run: a file that is just being written makes its units unknown and ends nothing."""
    try:
        return connections_of(centre.settings.connections_file, codes)
    except ConnectionConfigError as error:
        return {PREFIX + code: error for code in codes}


def _pace(centre: Centre, share_seconds: float) -> Pace:
    return Pace(centre.settings.slowest_kib_per_second * 1024, share_seconds)


def _named(centre: Centre, years: Sequence[int] | None, units: Sequence[str] | None) -> tuple[list[str], list[int]]:
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
    wanted: _Wanted,
    found: _Round,
    progress: Progress | None,
    on_ready: Callable[[str], None] | None,
) -> int:
    """Look at units once; return how many these were. The registry is not held open while a server is asked.

    A look that failed costs its unit alone (S5) and is noted as unknown (S4).
    """
    codes = [name.removeprefix(PREFIX) for name in connections]
    with centre.database.read() as connection:
        known, states = known_years(connection), known_states(connection, codes)
    looks = look_all(
        centre.lines,
        connections,
        wanted.years,
        known_years=known,
        known_states=states,
        pace=wanted.pace,
        parallel=centre.settings.look_parallel,
    )
    for done, one in enumerate(looks, start=1):
        if one.error is not None:
            found.unknown[one.unit_code] = one.error
            with centre.database.begin() as connection:
                note_look(connection, one.unit_code, centre.clock.now_at(), f"{type(one.error).__name__}: {one.error}")
        else:
            _note(centre, one, states[one.unit_code], wanted, found)
        if progress is not None:
            progress(one.unit_code, done, len(connections))
        if on_ready is not None and one.unit_code in found.ready:
            on_ready(one.unit_code)
    return len(connections)


def _note(centre: Centre, one: OutboxLook, states: Mapping[Package, bool], wanted: _Wanted, found: _Round) -> None:
    """Remember what one look saw: which packages are ready, and what those lack that still arrive."""
    code = one.unit_code
    # What is with us already lacks nothing that anybody has to be told.
    lacks = {package: None if is_whole else "" for package, is_whole in states.items()} | dict(one.lacks)
    ready = unsettled = unfinished = 0
    waiting: list[str] = []
    with centre.database.begin() as connection:
        note_look(connection, code, centre.clock.now_at(), None)
        forget_packages(connection, code, wanted.years, [seen.package for seen in one.packages])
        for seen in one.packages:
            lack = lacks[seen.package]
            known = select_ready(connection, centre, code, seen, is_whole=lack is None)
            if known.carrier_id is not None or not wanted.choice.has(code, seen.package):
                continue
            if is_settled(centre, seen, known) or is_stalled(centre, seen, known):
                ready += 1
                continue
            unsettled += 1
            if lack is None:
                continue
            unfinished += 1
            if len(waiting) < MOST_NAMES:
                waiting.append(f"{seen.package.shown_name}: {lack}{_until(centre, known)}")
    found.seen += [seen.package for seen in one.packages]
    found.strays[code] = _shown(one.strays)
    found.waiting[code], found.unfinished[code] = waiting, unfinished
    if ready:
        found.ready[code] = ready
    if unsettled:
        found.unsettled[code] = unsettled


def _shown(strays: Sequence[bytes]) -> list[str]:
    names = [shown_name(name) for name in strays[:MOST_NAMES]]
    return names if len(strays) <= MOST_NAMES else [*names, f"… (+{len(strays) - MOST_NAMES})"]


def _until(centre: Centre, known: Sighting) -> str:
    if known.waits_until_at is None:
        return ""
    until = known.waits_until_at.astimezone(centre.settings.zone)
    return say("visit.until", centre.settings.locale, until=f"{until:%Y-%m-%d %H:%M}")


def _refuse_unknown(choice: ChosenPackages, found: _Round) -> None:
    """Refuse names that nothing bears; one that may lie in an outbox that could not be looked at is not refused (I8)."""
    unknown = choice.unknown(found.seen)
    if unknown and not found.unknown:
        names = sorted({package.shown_name for package in found.seen})
        raise refusal(UsageError, _not_there(unknown, names))


def _not_there(unknown: Sequence[tuple[str, bool]], names: Sequence[str]) -> Words:
    wanted = tuple(Words.of("refused.given_elsewhere", name=name) if is_given else name for name, is_given in unknown)
    there = tuple(names[:MOST_NAMES]) or (Words.of("refused.nothing"),)
    more = Words.of("refused.more_packages", count=len(names) - MOST_NAMES) if len(names) > MOST_NAMES else ""
    return Words.of("refused.not_there", wanted=wanted, there=there, more=more)


def _add_unfinished(centre: Centre, found: _Round, codes: Collection[str], *, by_hand: bool) -> None:
    """Count a unit with rounds to go on with as ready, also where nothing new lies in its outbox."""
    with centre.database.read() as connection:
        counts = unfinished_rounds(connection, centre.clock.today_on(), by_hand=by_hand)
    for code, count in counts.items():
        if code in codes:
            found.ready.setdefault(code, count)
