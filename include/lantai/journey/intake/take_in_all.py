"""Take in what all units have filed, in one run: whoever is ready first, whoever is slow or unknown once more at the end.

The run of the command `lantai collect`. The DAG does the same with a task for
each part; what must be true tomorrow is in the rows that `look` and `take_in` leave.

Source: interfaces.md, "DAGs".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from lantai.edges.centre import Centre
from lantai.errors import LantaiError, UnexpectedError
from lantai.journey.intake.attend import attend
from lantai.journey.intake.look import look, look_again
from lantai.journey.intake.take_in import FIRST_SHARE_SECONDS, LAST_SHARE_SECONDS, TakenIn
from lantai.locales import put
from lantai.records.intake.look import Looked
from lantai.records.intake.reason import Reason
from lantai.records.text.progress import Progress


@dataclass(frozen=True, slots=True)
class Watchers:
    """Who is told how far the run is.

    Attributes:
        on_look: A unit's code, looks done, looks in all.
        on_bytes: What is collected, bytes done, bytes in all.
        on_wait: Seconds until the next look, and by unit code what kept us from looking or from taking in.
    """

    on_look: Progress | None = None
    on_bytes: Progress | None = None
    on_wait: Callable[[int, Mapping[str, Reason]], None] | None = None


@dataclass(slots=True)
class TakenInAll:
    """What became of a run.

    Attributes:
        looked: What the last look at each unit found.
        taken: What was taken in, unit by unit, in order.
        failed: By unit code, what kept a unit that could be looked at from being taken in whole.
        is_cut_short: Whether somebody ended the waiting; what is told is then what was known so far.
    """

    looked: Looked
    taken: list[TakenIn] = field(default_factory=list)
    failed: dict[str, LantaiError] = field(default_factory=dict)
    is_cut_short: bool = False

    @property
    def failed_classes(self) -> dict[str, str]:
        """By unit code, the class of the error of each that could be looked at and was not taken in whole."""
        return {code: type(error).__name__ for code, error in self.failed.items()}

    @property
    def messages(self) -> dict[str, str]:
        """By unit code, what the error said that kept a unit from being looked at, or from being taken in whole."""
        return {**self.looked.messages, **{code: str(error) for code, error in self.failed.items()}}

    @property
    def has_opinions(self) -> bool:
        """Whether something came back or is held."""
        return any(one.returned or one.held for one in self.taken)

    def as_mapping(self) -> dict[str, object]:
        """Return the run for JSON; what packages lack is told in English, whatever the language of the screen."""
        return {
            "looked": self.looked.looked_count,
            "unsettled": self.looked.unsettled,
            "waiting": {code: [put(each, "en") for each in told] for code, told in self.looked.waiting.items()},
            "strays": dict(self.looked.strays),
            "units": [asdict(one) for one in self.taken],
            "unknown": dict(self.looked.unknown),
            "failed": self.failed_classes,
            "messages": self.messages,
        }


def take_in_all(
    centre: Centre,
    years: Sequence[int] | None = None,
    units: Sequence[str] | None = None,
    carriers: Sequence[str] | None = None,
    watchers: Watchers = Watchers(),
    *,
    looks_again: bool = True,
) -> TakenInAll:
    """Look at units and take in what is ready, each as soon as its look ends; one unit's trouble stops no other (S5).

    Args:
        centre: The centre.
        years: Filing years; None is every open one.
        units: Unit codes; None is every unit.
        carriers: Names of packages, see `choose_packages`; None is every package.
        watchers: Who is told.
        looks_again: Whether units that could not be looked at, or have not settled, are come back to.

    Raises:
        UsageError: One of the years is not open, or nothing bears one of the names.
        NotFoundError: One of the units is not registered.
        ConnectionConfigError: The file of connections cannot be read at all.
    """
    done = TakenInAll(Looked({}, {}, {}, 0, {}, {}, 0))
    tried: set[str] = set()
    is_alone = units is not None and len(set(units)) == 1

    def take(code: str, share_seconds: float | None) -> None:
        tried.add(code)
        done.failed.pop(code, None)
        try:
            share = None if is_alone else share_seconds
            done.taken.append(attend(centre, code, years, watchers.on_bytes, carriers, share))
        except LantaiError as error:
            done.failed[code] = error
        except Exception as error:  # noqa: BLE001 - whatever it was, the next unit is taken in
            done.failed[code] = UnexpectedError(f"{code}: {type(error).__name__}: {error}")

    first = look(
        centre, years, units, watchers.on_look, carriers, on_ready=lambda code: take(code, FIRST_SHARE_SECONDS)
    )
    for code in first.ready:
        if code not in tried:
            take(code, FIRST_SHARE_SECONDS)
    done.looked = first
    if not looks_again:
        return done
    again = {**first.again, **{code: Reason.of(error) for code, error in done.failed.items()}}
    try:
        second = look_again(centre, again, years, carriers, watchers.on_wait)
    except KeyboardInterrupt:
        done.is_cut_short = True
        return done
    for code in second.ready:
        take(code, LAST_SHARE_SECONDS)
    done.looked = _joined(first, second, again)
    return done


def _joined(first: Looked, second: Looked, again: Collection[str]) -> Looked:
    """Return what is known after both looks: of a unit that was looked at again, what the second one found (I8)."""
    unknown = {code: name for code, name in first.unknown.items() if code not in again} | dict(second.unknown)
    messages = {code: text for code, text in first.messages.items() if code not in again} | dict(second.messages)
    strays = {code: names for code, names in first.strays.items() if code not in again} | dict(second.strays)
    return replace(
        first,
        ready=dict(first.ready) | dict(second.ready),
        unknown=dict(sorted(unknown.items())),
        messages=dict(sorted(messages.items())),
        unsettled=second.unsettled,
        waiting=second.waiting,
        strays=dict(sorted(strays.items())),
        again=second.again,
    )
