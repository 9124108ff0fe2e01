"""Snapshots of business data: what their bags say, and how they are judged."""

from __future__ import annotations

from datetime import date

import pytest

from lantai.records.custody.record import Retention
from lantai.records.intake.carrier import BackupStrategy
from lantai.records.intake.finding import Severity
from lantai.records.intake.snapshot import Snapshot
from lantai.rules.intake.snapshot import EarlierBackups, check_snapshot, formed_on, read_snapshot

WHOLE = Snapshot(Retention.D30, date(2026, 3, 2), "户籍库快照")
NONE_YET = EarlierBackups(frozenset(), None, 0.5)


def checked(snapshot=WHOLE, strategy=BackupStrategy.FULL, base="", size_bytes=100, earlier=NONE_YET):
    return [(f.rule, f.severity, f.values) for f in check_snapshot(snapshot, strategy, base, size_bytes, earlier)]


def test_bag_is_read_into_period_day_and_description():
    """R1-12."""
    said = {"Retention-Period": "三十年", "Bagging-Date": "2026年3月2日", "External-Description": "户籍库快照"}

    assert read_snapshot(said) == WHOLE


@pytest.mark.parametrize("written", [None, "", "5年", "长期", "短期"])
def test_period_that_is_not_in_force_is_none_and_asked_for(written):
    """R1-12: nobody decides what a period of old means of a snapshot."""
    read = read_snapshot({} if written is None else {"Retention-Period": written})

    assert read == Snapshot(None, None, "")
    assert checked(read) == [("snapshot_retention_missing", Severity.FAULT, {})]


@pytest.mark.parametrize(
    ("bagged_on", "expected"),
    [
        (date(2025, 5, 6), date(2025, 5, 6)),
        (date(2025, 12, 31), date(2025, 12, 31)),
        (date(2026, 3, 2), date(2025, 12, 31)),
        (None, date(2025, 12, 31)),
    ],
)
def test_period_runs_from_the_day_of_packing_and_from_the_end_of_the_year_at_the_latest(bagged_on, expected):
    """N2."""
    assert formed_on(Snapshot(Retention.Y, bagged_on, ""), 2025) == expected


def test_full_backup_of_any_size_passes_where_there_is_none_before():
    """R1-12, R1-16."""
    assert checked() == []


def test_snapshot_without_a_strategy_is_a_fault_of_its_own():
    """R1-12."""
    assert checked(strategy=None, base="000") == [("strategy_missing", Severity.FAULT, {})]


@pytest.mark.parametrize("strategy", [BackupStrategy.INCREMENTAL, BackupStrategy.DIFFERENTIAL])
def test_backup_that_builds_on_another_names_one_that_is_there(strategy):
    """R1-12, R1-15."""
    known = EarlierBackups(frozenset({"001", "000"}), None, 0.5)

    assert checked(strategy=strategy, base="000", earlier=known) == []
    assert checked(strategy=strategy, base="009", earlier=known) == [
        ("base_carrier_missing", Severity.FAULT, {"found": "009", "expected": ("000", "001")})
    ]
    assert checked(strategy=strategy) == [("base_carrier_missing", Severity.FAULT, {"found": "-", "expected": "-"})]


def test_base_is_left_to_the_centre_where_no_registry_was_asked():
    """R1-15: a department's machine cannot know what was accepted, but it can see that no base is named."""
    unknown = EarlierBackups(None, None, 0.5)

    assert checked(strategy=BackupStrategy.INCREMENTAL, base="000", earlier=unknown) == [
        ("base_carrier_at_centre", Severity.WARNING, {"found": "000"})
    ]
    assert [rule for rule, *_ in checked(strategy=BackupStrategy.INCREMENTAL, earlier=unknown)] == [
        "base_carrier_missing"
    ]


def test_full_backup_below_the_given_share_of_the_last_is_remarked_upon():
    """R1-16."""
    before = EarlierBackups(frozenset({"000"}), 1000, 0.5)

    assert checked(size_bytes=500, earlier=before) == []
    assert checked(size_bytes=499, earlier=before) == [
        ("snapshot_shrunk", Severity.WARNING, {"found": "499", "expected": "1000"})
    ]
    assert checked(strategy=BackupStrategy.INCREMENTAL, base="000", size_bytes=1, earlier=before) == []
