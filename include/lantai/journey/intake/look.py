"""Look at the outboxes of all units and say whose hold something to take in.

One call for all units: a night in which nothing came costs one task. What may be
taken in is decided in `select_ready`; half an upload is left alone until it has
stalled. A look that failed says "unknown", never "nothing there"; it gives way to the others, and
`look_again` comes back to its unit within the same run.

Source: interfaces.md, "A department's folder".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from lantai.edges.bulkhead.patience import Pace
from lantai.edges.centre import Centre
from lantai.edges.connections import PREFIX, Connection, connections_of
from lantai.edges.registry.centre.units import units as registered_units
from lantai.edges.registry.intake.rounds import unfinished_rounds
from lantai.edges.registry.year.duties import open_years
from lantai.errors import ConnectionConfigError, UsageError
from lantai.journey.intake.choose_packages import choose_packages, refuse_unknown
from lantai.journey.intake.visit_outboxes import OutboxesSeen, WantedPackages, visit_outboxes
from lantai.records.intake.look import Looked
from lantai.records.intake.reason import Reason
from lantai.records.text.progress import Progress

FIRST_SHARE_SECONDS = 60.0
"""So long one unit's look may take while all others wait for theirs."""

AGAIN_SHARE_SECONDS = 600.0
"""So long it may take when the others are done."""


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
        carriers: Names of packages, see `choose_packages`; None is every package. What is named by hand counts as a unit named by hand.
        on_ready: Told of a unit with something to take in as soon as that is known, while others are still looked at.

    Raises:
        UsageError: One of the years is not open, or nothing bears one of the names; the message says what is there.
        NotFoundError: One of the units is not registered.
        ConnectionConfigError: The file of connections cannot be read at all.
    """
    codes, wanted_years = _named(centre, years, units)
    with centre.database.read() as connection:
        choice = choose_packages(connection, carriers, codes, wanted_years)
    found = OutboxesSeen()
    wanted = WantedPackages(wanted_years, choice, _pace(centre, FIRST_SHARE_SECONDS))
    servers = connections_of(centre.settings.connections_file, codes)
    looked_count = visit_outboxes(centre, servers, wanted, found, progress, on_ready)
    # A name may lie in an outbox that could not be looked at.
    if not found.unknown:
        refuse_unknown(choice, found.seen)
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
    found = OutboxesSeen()
    if not earlier:
        return found.told(0)
    left, wanted_years = _named(centre, years, list(earlier))
    with centre.database.read() as connection:
        wanted = WantedPackages(
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
        visit_outboxes(centre, _servers(centre, left), wanted, found, None, None)
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


def _add_unfinished(centre: Centre, found: OutboxesSeen, codes: Collection[str], *, by_hand: bool) -> None:
    """Count a unit with rounds to go on with as ready, also where nothing new lies in its outbox."""
    with centre.database.read() as connection:
        counts = unfinished_rounds(connection, centre.clock.today_on(), by_hand=by_hand)
    for code, count in counts.items():
        if code in codes:
            found.ready.setdefault(code, count)
