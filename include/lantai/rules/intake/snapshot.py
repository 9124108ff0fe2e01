"""A snapshot of business data: what its bag says of it is read here and nowhere else, and judged.

Source: interfaces.md, "A carrier" (one snapshot of business data is one record).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lantai.records.intake.carrier import BackupStrategy
from lantai.records.intake.finding import Finding, Said, Severity
from lantai.records.intake.snapshot import Snapshot
from lantai.rules.disposal.retention import IN_FORCE, read_retention
from lantai.rules.year.calendar import read_date


@dataclass(frozen=True, slots=True)
class EarlierBackups:
    """What is known of the snapshots that a unit filed before.

    Attributes:
        full: Carrier-Number of each accepted full backup that is still there; None where no registry was asked.
        last_bytes: Payload of the last of them, None when there is none.
        drop_ratio: Share of it below which the size of another full one is remarked upon.
    """

    full: Collection[str] | None
    last_bytes: int | None
    drop_ratio: float


def read_snapshot(bag_info: Mapping[str, str]) -> Snapshot:
    """Return what a bag says of the snapshot in it.

    Args:
        bag_info: The first value of each label of bag-info.txt.
    """
    retention = read_retention(bag_info.get("Retention-Period", ""))
    return Snapshot(
        retention=retention if retention in IN_FORCE else None,
        bagged_on=read_date(bag_info.get("Bagging-Date", "")),
        description=bag_info.get("External-Description", ""),
    )


def formed_on(snapshot: Snapshot, filing_year: int) -> date:
    """Return the day that a snapshot's periods are counted from: that of its packing, the end of the year it shows at the latest."""
    year_end = date(filing_year, 12, 31)
    return min(snapshot.bagged_on or year_end, year_end)


def check_snapshot(
    snapshot: Snapshot, strategy: BackupStrategy | None, base_carrier: str, size_bytes: int, earlier: EarlierBackups
) -> Iterator[Finding]:
    """Yield what is wrong or odd about a snapshot, by itself and against those before it.

    Args:
        snapshot: What its bag says.
        strategy: None where the bag names none.
        base_carrier: Carrier-Number of the full backup that it says it builds on, empty for none.
        size_bytes: Size of its payload.
        earlier: What the unit filed before.

    Source: R1-12, R1-15, R1-16.
    """
    if strategy is None:
        yield Finding("strategy_missing", Severity.FAULT, "Backup-Strategy", {}, "GD-2-10")
    elif strategy is not BackupStrategy.FULL:
        yield from _check_base(base_carrier, earlier)
    if snapshot.retention is None:
        yield Finding("snapshot_retention_missing", Severity.FAULT, "Retention-Period", {}, "GD-2-4")
    before = earlier.last_bytes
    if before and strategy is BackupStrategy.FULL and size_bytes < before * earlier.drop_ratio:
        values = {"found": str(size_bytes), "expected": str(before)}
        yield Finding("snapshot_shrunk", Severity.WARNING, "", values, "GD-2-2")


def _check_base(base_carrier: str, earlier: EarlierBackups) -> Iterator[Finding]:
    if base_carrier and earlier.full is None:
        found = {"found": base_carrier}
        yield Finding("base_carrier_at_centre", Severity.WARNING, "Base-Carrier", found, "GD-2-6")
    elif base_carrier not in (earlier.full or ()):
        values: dict[str, Said] = {"found": base_carrier or "-", "expected": tuple(sorted(earlier.full or ())) or "-"}
        yield Finding("base_carrier_missing", Severity.FAULT, "Base-Carrier", values, "GD-2-6")
