"""What an operator reads of a night in Airflow: a line for each unit in the log of a task, and a table at the end.

Chinese first, English beside it; what a server said stands once. XCom carries
none of this: what kept a unit from being seen to is in the registry.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence

from lantai.edges.centre import Centre
from lantai.edges.registry.intake.visits import last_visits
from lantai.formats.papers.troubles import trouble_cells, trouble_table
from lantai.journey.intake.take_in import TakenIn
from lantai.locales import LOCALES, explain, put, say
from lantai.records.intake.look import Looked
from lantai.records.intake.reason import Reason
from lantai.records.intake.visit import Trouble, Visit, VisitStage
from lantai.records.text.shown import on_one_line
from lantai.records.text.words import Words
from lantai.tasks.handover import Left

MOST_NAMED = 10
"""Units named in the command that is offered; a whole county may have been out of reach."""

COUNTS = ("accepted", "zero_reports", "returned", "held", "records", "answered", "unsettled")


def both(key: str, **values: object) -> str:
    """Return a sentence of the locales in Chinese and in English."""
    return " / ".join(say(key, locale, **values) for locale in LOCALES)


def visits_of(centre: Centre) -> dict[str, Visit]:
    """Return the last visit to every unit, by its code."""
    with centre.database.read() as connection:
        return last_visits(connection)


def lines_of_look(looked: Looked, visits: Mapping[str, Visit]) -> Iterator[tuple[int, str]]:
    """Yield a line for each unit of which there is something to say, and one for all others, each with its level of a log.

    Args:
        looked: What the look found.
        visits: Names the units.
    """
    told = sorted({*looked.ready, *looked.unknown, *looked.waiting, *looked.strays})
    for code in told:
        visit = visits[code]
        if code in looked.unknown:
            reason = Reason(looked.unknown[code], looked.messages.get(code, ""))
            yield logging.WARNING, line_of_trouble(Trouble(code, visit.unit_name, VisitStage.LOOK, reason))
            continue
        said = [f"{both('visit.to_take_in')}: {looked.ready[code]}"] if code in looked.ready else []
        said += [_lacking(looked.waiting[code])] if code in looked.waiting else []
        said += [f"{both('visit.strays')}: {', '.join(looked.strays[code])}"] if code in looked.strays else []
        level = logging.INFO if len(said) == 1 and code in looked.ready else logging.WARNING
        yield level, on_one_line(f"{code} {visit.unit_name}：{'；'.join(said)}")
    if looked.looked_count > len(told):
        yield logging.INFO, both("visit.others", count=looked.looked_count - len(told))


def _lacking(waiting: Sequence[Words]) -> str:
    """Return what packages still lack, in Chinese and in English."""
    told = (
        (say("visit.waiting", locale), say("separators.of_reasons", locale).join(put(each, locale) for each in waiting))
        for locale in LOCALES
    )
    return " / ".join(f"{word}: {text}" for word, text in told)


def line_of_take_in(taken: TakenIn, unit_name: str) -> str:
    """Return what became of a unit's packages, on one line."""
    counts = [(name, getattr(taken, name)) for name in COUNTS]
    said = [f"{both(f'visit.{name}')} {count}" for name, count in counts if count] or [both("visit.nothing")]
    return on_one_line(f"{taken.unit_code} {unit_name}：{'；'.join(said)}")


def line_of_trouble(trouble: Trouble) -> str:
    """Return why a unit was not seen to and what to do, on one line."""
    zh, en = (trouble_cells(trouble, locale) for locale in LOCALES)
    # What the server said is the same in both; on one line it stands once.
    what = en[2].removesuffix(explain(trouble.reason, "en").message).rstrip()
    return on_one_line(f"{zh[0]} {zh[1]}：{zh[2]} → {zh[3]} / {what} → {en[3]}")


def troubles_of(left: Left, visits: Mapping[str, Visit]) -> list[Trouble]:
    """Return what units are left with, each with the reason that the registry keeps; the class alone where it keeps none.

    A unit that somebody has seen to since, by `lantai collect` or another run,
    is left with nothing: the row says so, and a task's state is no evidence.

    Args:
        left: Units that this run has not seen to.
        visits: What is known of every unit now.
    """
    found = []
    for code, (stage, error_class) in sorted(left.items()):
        visit = visits[code]
        if visit.unknown_for is None if stage is VisitStage.LOOK else visit.is_taken_in:
            continue
        kept = visit.unknown_for if stage is VisitStage.LOOK else visit.failed_for
        reason = kept if kept is not None and kept.error_class == error_class else Reason(error_class)
        found.append(Trouble(code, visit.unit_name, stage, reason))
    return found


def report(troubles: Sequence[Trouble], taken_count: int) -> str:
    """Return what a run that ended badly says: how many units, a table of one row for each in both languages, what to do next.

    Args:
        troubles: The units that are not seen to.
        taken_count: Units that were taken in.
    """
    units = " ".join(f"--unit {trouble.unit_code}" for trouble in troubles[:MOST_NAMED])
    units += " …" if len(troubles) > MOST_NAMED else ""
    return "\n\n".join(
        [
            both("run.unfinished", count=len(troubles), taken=taken_count),
            # A log is opened at its end: the Chinese stands there.
            *(trouble_table(troubles, locale) for locale in reversed(LOCALES)),
            "\n".join(say("run.again", locale, units=units) for locale in reversed(LOCALES)),
        ]
    )
