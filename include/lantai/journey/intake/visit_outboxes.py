"""Visit the outboxes of units once: what lies there is remembered, and what waits, is ready or strays is told.

Whoever calls says when to come again; what may be taken in is decided in `select_ready`.

Source: interfaces.md, "A department's folder".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lantai.edges.bulkhead.looks import OutboxLook, look_all
from lantai.edges.bulkhead.patience import Pace
from lantai.edges.centre import Centre
from lantai.edges.connections import PREFIX, Connection
from lantai.edges.registry.intake.packages import forget_packages, known_states, note_look
from lantai.edges.registry.year.duties import known_years
from lantai.errors import ConnectionConfigError, LantaiError
from lantai.journey.intake.choose_packages import ChosenPackages
from lantai.journey.intake.select_ready import is_settled, is_stalled, select_ready
from lantai.records.intake.carrier import shown_name
from lantai.records.intake.look import Looked
from lantai.records.intake.package import Package, Sighting
from lantai.records.intake.reason import Reason
from lantai.records.text.progress import Progress
from lantai.records.text.words import Words

MOST_NAMES = 40
"""So many strays, and so many unfinished uploads, of a unit are named."""


@dataclass
class OutboxesSeen:
    """What one or several visits to outboxes have found so far; all but `seen` by unit code.

    Attributes:
        ready: How many packages may be taken in; a unit with none is not in it.
        unsettled: How many are still arriving or have not rested.
        unknown: What kept us from looking.
        unfinished: How many of the unsettled are not whole.
        waiting: What those lack, and until when they wait, in words.
        strays: Names of what lies where nobody takes it, as people read them.
        seen: Every package, of all units.
    """

    ready: dict[str, int] = field(default_factory=dict)
    unsettled: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, LantaiError] = field(default_factory=dict)
    unfinished: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, list[Words]] = field(default_factory=dict)
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
class WantedPackages:
    """What is looked at.

    Attributes:
        years: The filing years.
        choice: Which packages, by name.
        pace: How slow a server may be.
    """

    years: Sequence[int]
    choice: ChosenPackages
    pace: Pace


def visit_outboxes(
    centre: Centre,
    connections: Mapping[str, Connection | ConnectionConfigError],
    wanted: WantedPackages,
    found: OutboxesSeen,
    progress: Progress | None,
    on_ready: Callable[[str], None] | None,
) -> int:
    """Visit units once and return how many these were. The registry is not held open while a server is asked.

    A look that failed costs its unit alone (S5) and is noted as unknown (S4).

    Args:
        centre: The centre.
        connections: By connection id; a unit whose connection cannot be read is unknown.
        wanted: What is looked at.
        found: What earlier visits found; what this one finds is added.
        progress: Told of each unit as its look ends.
        on_ready: Told of a unit with something to take in as soon as that is known.
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
                note_look(connection, one.unit_code, centre.clock.now_at(), Reason.of(one.error))
        else:
            _note(centre, one, states[one.unit_code], wanted, found)
        if progress is not None:
            progress(one.unit_code, done, len(connections))
        if on_ready is not None and one.unit_code in found.ready:
            on_ready(one.unit_code)
    return len(connections)


def _note(
    centre: Centre, one: OutboxLook, states: Mapping[Package, bool], wanted: WantedPackages, found: OutboxesSeen
) -> None:
    """Remember what one look saw: which packages are ready, and what those lack that still arrive."""
    code = one.unit_code
    # What is with us already lacks nothing that anybody has to be told.
    lacks: dict[Package, Words | str | None] = {
        package: None if is_whole else "" for package, is_whole in states.items()
    }
    lacks.update(one.lacks)
    ready = unsettled = unfinished = 0
    waiting: list[Words] = []
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
                name, until = seen.package.shown_name, _until(centre, known)
                waiting.append(Words.of("visit.lacking", package=name, lack=lack, until=until))
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


def _until(centre: Centre, known: Sighting) -> Words | str:
    if known.waits_until_at is None:
        return ""
    until = known.waits_until_at.astimezone(centre.settings.zone)
    return Words.of("visit.until", until=f"{until:%Y-%m-%d %H:%M}")
