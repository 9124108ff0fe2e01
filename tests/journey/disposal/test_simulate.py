"""Trying a retention schedule out on what is kept.

Covers: edges.registry.disposal.schedules.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from factories_disposal import lay_down_carrier, make_unit, record
from lantai.edges.centre import Centre
from lantai.edges.registry.disposal.schedules import add_schedule
from lantai.errors import NotFoundError
from lantai.journey.disposal.simulate import simulate
from lantai.records.custody.record import Retention
from lantai.records.disposal.schedule import Schedule, ScheduleRule
from lantai.rules.disposal.scheduling import Verdict

RULES = (
    ScheduleRule("1", "通知", Retention.D10, ("通知",)),
    ScheduleRule("2", "总结", Retention.Y, ("总结",)),
    ScheduleRule("3", "年度", Retention.D30, ("年度",)),
)


def schedule(version: str = "2024", effective_from: date = date(2024, 1, 1)) -> Schedule:
    return Schedule("市局", version, "市档审〔2024〕1号", effective_from, effective_from, RULES)


@pytest.fixture
def kept(centre: Centre) -> Centre:
    make_unit(centre)
    titles = ["关于放假的通知", "工作总结", "年度总结", "关于任免的决定"]
    records = [replace(record(number), title=title, doc_type="") for number, title in enumerate(titles, start=1)]
    lay_down_carrier(centre, records)
    with centre.database.begin() as connection:
        add_schedule(connection, schedule())
        add_schedule(connection, schedule("2030", date(2030, 1, 1)))
    return centre


def test_every_kept_record_is_counted_and_what_is_not_confirmed_is_shown(kept: Centre) -> None:
    """N4."""
    told: list[tuple[str, int, int]] = []

    found = simulate(kept, "市局", progress=lambda *words: told.append(words))

    assert found.version == "2024"
    assert dict(found.counts) == {
        Verdict.AGREES: 1,
        Verdict.DIFFERS: 1,
        Verdict.UNCLEAR: 1,
        Verdict.UNMATCHED: 1,
    }
    assert dict(found.by_clause) == {"1": 1, "2": 1}
    assert [(each.title, each.verdict, each.periods) for each in found.shown] == [
        ("工作总结", Verdict.DIFFERS, ("Y",)),
        ("年度总结", Verdict.UNCLEAR, ("Y", "D30")),
        ("关于任免的决定", Verdict.UNMATCHED, ()),
    ]
    assert told == [("市局", 4, 4)]


def test_progress_is_told_now_and_then_and_at_the_end(kept: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """N4."""
    monkeypatch.setattr("lantai.journey.disposal.simulate.TOLD_EVERY", 3)
    told: list[tuple[str, int, int]] = []

    simulate(kept, "市局", progress=lambda *words: told.append(words))
    simulate(kept, "市局")

    assert told == [("市局", 3, 4), ("市局", 4, 4)]


def test_only_so_many_are_shown_as_were_asked_for(kept: Centre) -> None:
    """N4."""
    found = simulate(kept, "市局", most=1)

    assert len(found.shown) == 1
    assert sum(found.counts.values()) == 4


def test_unit_that_keeps_nothing_and_version_that_is_not_in_force_yet(kept: Centre) -> None:
    """N4."""
    make_unit(kept, "GA", "公安局", "Z110")

    found = simulate(kept, "市局", "2030", ["GA"])

    assert (found.version, sum(found.counts.values())) == ("2030", 0)


@pytest.mark.parametrize(("name", "version", "expected"), [("县局", None, "市局"), ("市局", "1999", "2024, 2030")])
def test_unknown_schedule_is_refused_and_the_known_ones_are_named(
    kept: Centre, name: str, version: str | None, expected: str
) -> None:
    """N4."""
    with pytest.raises(NotFoundError, match=expected):
        simulate(kept, name, version)


def test_unknown_unit_is_refused(kept: Centre) -> None:
    """N4."""
    with pytest.raises(NotFoundError, match="XX"):
        simulate(kept, "市局", units=["XX"])
