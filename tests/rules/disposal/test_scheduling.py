"""Which clause a record falls under, and what changes between versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lantai.records.custody.record import Retention
from lantai.records.disposal.schedule import Schedule, ScheduleRule
from lantai.rules.disposal.scheduling import Change, Verdict, clauses_of, compare, verdict_of

MEETINGS = ScheduleRule("1.1", "会议材料", Retention.D10, ("会议", "通知"))
MINUTES = ScheduleRule("1.2", "会议纪要", Retention.Y, ("会议纪要",))
PLANS = ScheduleRule("2.1", "计划", Retention.D30, ("计划", "总结"))
LETTERS = ScheduleRule("2.2", "函件", Retention.D10, ("函",))
RULES = (MEETINGS, MINUTES, PLANS, LETTERS)
SCHEDULE = Schedule("市局", "2024", "市档审〔2024〕1号", date(2024, 1, 1), date(2024, 2, 1), RULES)


@pytest.mark.parametrize(
    ("title", "doc_type", "expected"),
    [
        ("关于召开年度会议的通知", "", [MEETINGS]),
        ("第三次会议纪要", "", [MINUTES]),
        ("二〇二四年工作要点", "计划", [PLANS]),
        ("关于商请派员的复函", "", [LETTERS]),
        ("关于任免的决定", "决定", []),
        ("会议与计划", "", [MEETINGS, PLANS]),
    ],
)
def test_record_falls_under_the_clause_whose_longest_word_fits(title, doc_type, expected):
    """N4."""
    assert clauses_of(title, doc_type, RULES) == expected


def test_clause_without_words_covers_nothing():
    """N4."""
    assert clauses_of("会议", "", (replace(MEETINGS, keywords=("",)),)) == []


@pytest.mark.parametrize(
    ("retention", "clauses", "expected"),
    [
        (Retention.D10, [MEETINGS], Verdict.AGREES),
        (Retention.Y, [MEETINGS], Verdict.DIFFERS),
        (Retention.D10, [MEETINGS, PLANS], Verdict.UNCLEAR),
        (Retention.D10, [MEETINGS, replace(PLANS, retention=Retention.D10)], Verdict.AGREES),
        (Retention.LONG, [MEETINGS], Verdict.DIFFERS),
        (Retention.D10, [], Verdict.UNMATCHED),
    ],
)
def test_period_is_judged_and_never_given(retention, clauses, expected):
    """N4."""
    assert verdict_of(retention, clauses) is expected


def test_versions_differ_in_what_was_added_removed_and_changed():
    """N4."""
    longer = replace(MEETINGS, retention=Retention.D30)
    added = ScheduleRule("3.1", "人事", Retention.Y, ("任免",))
    newer = replace(SCHEDULE, version="2026", rules=(longer, PLANS, LETTERS, added))

    changes = compare(SCHEDULE, newer)

    assert [(each.clause, each.change) for each in changes] == [
        ("1.1", Change.CHANGED),
        ("1.2", Change.REMOVED),
        ("3.1", Change.ADDED),
    ]
    assert (changes[0].before, changes[0].after) == (MEETINGS, longer)
    assert (changes[1].after, changes[2].before) == (None, None)
    assert compare(SCHEDULE, replace(SCHEDULE, version="2025")) == []
