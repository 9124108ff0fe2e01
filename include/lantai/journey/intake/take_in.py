"""Take in what a unit has filed: collect, verify, validate, seal, store, register, answer.

One unit at a time under one lease; every step finds what an earlier run has
done and goes on from there, so that a rerun after a kill ends as an undisturbed
run does. What goes wrong with one package stops no other.

Source: reliability.md, "Invariants".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

from lantai.edges.bulkhead.line import UnitLine
from lantai.edges.bulkhead.patience import Pace
from lantai.edges.centre import Centre
from lantai.edges.connections import PREFIX, connections_of
from lantai.edges.database.fence import Fence
from lantai.edges.database.lease import Lease, leased, require
from lantai.edges.intake.outbox import PackageSeen
from lantai.edges.registry.centre.units import units
from lantai.edges.registry.intake.packages import known_states, note_look
from lantai.edges.registry.intake.rounds import round_of, rounds
from lantai.edges.registry.year.duties import open_years
from lantai.errors import ConnectionConfigError, LantaiError, LeaseLostError, UnexpectedError
from lantai.journey.intake.accept_or_return import accept_or_return
from lantai.journey.intake.answers.answer import answer
from lantai.journey.intake.assess import Assessed, assess
from lantai.journey.intake.choose_packages import ChosenPackages, choose_packages
from lantai.journey.intake.collect import Budget, Collected, collect, collected_before, purge
from lantai.journey.intake.select_ready import is_settled, is_stalled, select_ready
from lantai.journey.ledger.checkpoint import make_checkpoint
from lantai.records.centre.unit import Unit
from lantai.records.intake.package import quarantine_id_of
from lantai.records.intake.round import Round
from lantai.records.intake.submission import RoundState
from lantai.records.text.progress import Progress

FIRST_SHARE_SECONDS = 600.0
"""So long a unit's server may keep a run waiting while other units wait for their turn."""

LAST_SHARE_SECONDS = 7200.0
"""So long it may when all others are done; what has not come by then comes with the next run."""

_GOES_ON = (RoundState.COLLECTED, RoundState.HELD, RoundState.SEALED)
"""A round in one of these states is not ended."""

_COUNTED = MappingProxyType({RoundState.ACCEPTED: "accepted", RoundState.RETURNED: "returned", RoundState.HELD: "held"})
"""By state, as what a round that ended is counted."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of a unit's packages in one run.

    Attributes:
        accepted: Rounds accepted, zero reports among them.
        returned: Rounds returned with opinions.
        held: Rounds that wait for somebody at the centre.
        zero_reports: Of the accepted, those that state that there is nothing.
        records: Records registered.
        answered: Answers delivered.
        unsettled: Packages left alone because they were still arriving.
    """

    unit_code: str
    accepted: int = 0
    returned: int = 0
    held: int = 0
    zero_reports: int = 0
    records: int = 0
    answered: int = 0
    unsettled: int = 0


@dataclass
class _Work:
    """What one run over one unit carries along."""

    centre: Centre
    line: UnitLine
    unit: Unit
    lease: Lease
    budget: Budget
    progress: Progress | None
    done: TakenIn
    problems: list[LantaiError] = field(default_factory=list)
    unmade: set[str] = field(default_factory=set)
    is_inbox_open: bool = True

    def count(self, **added: int) -> None:
        """Add to the counts."""
        self.done = replace(self.done, **{name: getattr(self.done, name) + more for name, more in added.items()})

    def conclude(self, assessed: Assessed, collected: Collected) -> None:
        """Accept, return or hold a round, and count it where that is news."""
        ended = accept_or_return(self.centre, assessed, collected, self.lease, self.progress)
        if ended.is_new:
            self.count(**{_COUNTED[ended.state]: 1}, zero_reports=int(ended.is_zero_report), records=ended.record_count)


def take_in(
    centre: Centre,
    unit_code: str,
    years: Sequence[int] | None = None,
    progress: Progress | None = None,
    carriers: Sequence[str] | None = None,
    share_seconds: float | None = None,
    on_begin: Callable[[], None] | None = None,
) -> TakenIn:
    """Take in everything of a unit that is settled or has stalled, and answer what waits for an answer.

    Args:
        centre: The centre.
        unit_code: The unit.
        years: Filing years; None is every open one.
        progress: Told what is worked on, bytes done, bytes in all.
        carriers: Names of packages, see `choose_packages`; None is every package.
        share_seconds: So long the unit's server may take while other units wait; None is as long as it goes on.
        on_begin: Told when the work is ours, before the server is asked.

    Raises:
        ServerTooSlowError: It took longer, or brought too little; what came is kept for the next time.
        LeaseLostError: Another worker is at this unit.
        LantaiError: The first thing that went wrong, after all other packages were seen to.
    """
    with centre.database.read() as connection:
        unit = units(connection, [unit_code])[0]
        wanted = list(years) if years is not None else open_years(connection)
        choice = choose_packages(connection, carriers, [unit_code], wanted)
    server = connections_of(centre.settings.connections_file, [unit_code])[PREFIX + unit_code]
    if isinstance(server, ConnectionConfigError):
        raise server
    pace = Pace(centre.settings.slowest_kib_per_second * 1024, share_seconds)
    with (
        leased(centre.database, f"unit:{unit_code}", centre.holder, centre.clock.now_at) as lease,
        ExitStack() as stack,
    ):
        if on_begin is not None:
            on_begin()
        line = stack.enter_context(centre.lines.open(server, pace))
        work = _Work(centre, line, unit, lease, Budget.of(centre), progress, TakenIn(unit_code))
        packages, _, _ = line.look(wanted)
        with centre.database.begin() as connection:
            require(connection, lease)
            note_look(connection, unit_code, centre.clock.now_at(), None)
        _purge_orphans(work, packages, wanted)
        # What an earlier run brought in and did not decide is seen to before another package can take its place.
        for this in _left_behind(work, packages, choice, (RoundState.COLLECTED,)):
            _try(work, partial(_go_on, work, this))
        for seen in _begun_first(work, packages):
            if choice.has(unit_code, seen.package):
                _try(work, partial(_take_in_package, work, seen))
        for this in _left_behind(work, packages, choice):
            _try(work, partial(_go_on, work, this))
        _try(work, partial(_answer_all, work))
        _purge_answered(work)
    if work.problems:
        raise work.problems[0]
    return work.done


def _try(work: _Work, step: Callable[[], None]) -> None:
    try:
        step()
    except LeaseLostError:
        raise
    except LantaiError as error:
        work.problems.append(error)
    except Exception as error:  # noqa: BLE001 - whatever it was, the unit's other packages are seen to, and other units after it
        named = UnexpectedError(f"{work.unit.unit_code}: {type(error).__name__}: {error}")
        named.__cause__ = error
        work.problems.append(named)


def _take_in_package(work: _Work, seen: PackageSeen) -> None:
    """Take in one package when it is ready: one that is still arriving is left alone (R1-42), one that was decided is no work (I4)."""
    centre, code = work.centre, work.unit.unit_code
    with centre.database.read() as connection:
        whole = known_states(connection, [code])[code].get(seen.package)
    if whole is None:
        whole = work.line.still_missing(seen) is None
    with centre.database.begin() as connection:
        sighting = select_ready(connection, centre, code, seen, is_whole=whole)
        known = round_of(connection, sighting.carrier_id) if sighting.carrier_id else None
    if known is not None and known.state not in _GOES_ON:
        return
    stalled = is_stalled(centre, seen, sighting)
    if known is None and not stalled and not is_settled(centre, seen, sighting):
        work.count(unsettled=1)
        return
    if known is None:
        _answer_before(work)
    collected = collect(centre, work.line, code, seen, work.budget, _telling(work, seen))
    assessed = assess(centre, work.unit, seen.package, collected, known, is_stalled=stalled)
    if assessed.round.state not in _GOES_ON:
        # The same bytes under another name: what was decided of them is decided, and this copy is one too many.
        purge(centre, collected.quarantine_id)
        return
    work.conclude(assessed, collected)


def _answer_before(work: _Work) -> None:
    """Answer what a package may take the place of, also in this run: the answer is made, and where the inbox takes it delivered.

    What fails here is tried once more at the end of the run, not before every package: with a blocked inbox that came to the
    square of them. A delivery is told then; an answer that cannot be made at once, for a package may have to wait because of it.
    """
    line = work.line if work.is_inbox_open else None
    done = answer(work.centre, line, work.unit.unit_code, None, work.unmade)
    work.count(answered=done.delivered)
    work.unmade |= set(done.unmade)
    work.problems += done.unmade.values()
    work.is_inbox_open = work.is_inbox_open and not done.undelivered


def _answer_all(work: _Work) -> None:
    done = answer(work.centre, work.line, work.unit.unit_code, make_checkpoint(work.centre))
    work.count(answered=done.delivered)
    untold = [error for carrier_id, error in done.unmade.items() if carrier_id not in work.unmade]
    work.problems += [*untold, *done.undelivered.values()]


def _begun_first(work: _Work, packages: Sequence[PackageSeen]) -> list[PackageSeen]:
    """Return packages with those first that an earlier run has given a round and not decided."""
    with work.centre.database.read() as connection:
        begun = rounds(connection, unit_code=work.unit.unit_code, states=(RoundState.COLLECTED,))
    known = {this.package for this in begun}
    return sorted(packages, key=lambda seen: seen.package not in known)


def _left_behind(
    work: _Work, packages: Sequence[PackageSeen], choice: ChosenPackages, states: Sequence[RoundState] = _GOES_ON
) -> list[Round]:
    """Return rounds that are not ended and whose package the unit has taken away or replaced since: none is lost (I2)."""
    there = {seen.package for seen in packages}
    with work.centre.database.read() as connection:
        open_rounds = rounds(connection, unit_code=work.unit.unit_code, states=states)
    return [this for this in open_rounds if choice.has_round(this) and this.package not in there]


def _go_on(work: _Work, this: Round) -> None:
    """Go on with a round that an earlier run has begun, from what it left in the quarantine (K1)."""
    collected = collected_before(work.centre, this)
    if collected is not None:
        work.conclude(assess(work.centre, work.unit, this.package, collected, this), collected)


def _purge_orphans(work: _Work, packages: Sequence[PackageSeen], years: Sequence[int]) -> None:
    """Remove what came of states of packages that are no more and that no round is about: each would stay for ever."""
    centre, code = work.centre, work.unit.unit_code
    with centre.database.read() as connection:
        known = {this.quarantine_id for this in rounds(connection, unit_code=code)}
    known |= {quarantine_id_of(code, seen.package) for seen in packages}
    for arrival in {name.removesuffix("-inside") for name in centre.quarantine.ids()} - known:
        if any(arrival.startswith(f"{code}-{year}-") for year in years):
            purge(centre, arrival)


def _purge_answered(work: _Work) -> None:
    """Remove from the quarantine what is sealed and receipted, or was replaced by a later round: no plaintext stays (I6)."""
    centre = work.centre
    with centre.database.read() as connection:
        ended = rounds(connection, unit_code=work.unit.unit_code, states=(RoundState.ACCEPTED, RoundState.SUPERSEDED))
    here = set(centre.quarantine.ids())
    for this in ended:
        if this.quarantine_id in here:
            purge(centre, this.quarantine_id)


def _telling(work: _Work, seen: PackageSeen) -> Callable[[int], None]:
    """Return what tells of progress and keeps the lease while bytes arrive."""
    fence = Fence(work.centre.database, work.lease, work.centre.clock.now_at)
    done = 0

    def tell(more: int) -> None:
        nonlocal done
        done += more
        fence.keep_now_and_then()
        if work.progress is not None:
            work.progress(f"{work.unit.unit_code} {seen.package.shown_name}", done, seen.total_bytes)

    return tell
