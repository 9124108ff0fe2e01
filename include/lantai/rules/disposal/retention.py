"""When a record falls due, for transfer to the archive and for destruction.

Date arithmetic over dated rules, nothing else: no clock, no database. The
rules about transfer are rows that the caller passes (`lantai.profiles`), never
constants here; where two rows clash, the earlier date is shown and the clash
reported, until an administrator has decided.

Source: 档案法实施条例 (2024) art. 20 and 24; Order No. 8 (2006) art. 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date
from types import MappingProxyType
from typing import Any

from lantai.records.custody.record import DueDates, Retention
from lantai.records.text import spelling

_WRITTEN = {
    "Y": Retention.Y,
    "永久": Retention.Y,
    "PERMANENT": Retention.Y,
    "D30": Retention.D30,
    "30年": Retention.D30,
    "30": Retention.D30,
    "定期30年": Retention.D30,
    "三十年": Retention.D30,
    "D10": Retention.D10,
    "10年": Retention.D10,
    "10": Retention.D10,
    "定期10年": Retention.D10,
    "十年": Retention.D10,
    "长期": Retention.LONG,
    "LONG": Retention.LONG,
    "C": Retention.LONG,
    "短期": Retention.SHORT,
    "SHORT": Retention.SHORT,
    "D": Retention.SHORT,
}

IN_FORCE = frozenset({Retention.Y, Retention.D30, Retention.D10})
"""The periods that a record may have. Source: Order No. 8 (2006) art. 4."""

MEANS_TODAY = MappingProxyType({Retention.LONG: Retention.D30, Retention.SHORT: Retention.D10})
"""What an old period is read as once a person has decided so; never by itself."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One dated rule about transfer to an archive.

    Attributes:
        source: Name of the law or measure, as it is printed.
        article: Its clause.
        effective_from: First day in force.
        effective_to: Last day in force, None while it is.
        level: Level of the archive: county, city, province or central.
        region: Name of the region it holds in, empty for the whole country.
        years: Full years from the day the record was formed.
        retentions: Periods whose records the archive of this level takes over.
        verified: Whether the text of the rule was read; an unread one is printed as "not verified".
    """

    source: str
    article: str
    effective_from: date
    effective_to: date | None
    level: str
    region: str
    years: int
    retentions: frozenset[Retention]
    verified: bool

    def is_in_force(self, day: date) -> bool:
        """Return whether the rule holds on `day`."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """By what the periods of one filing are read and its due dates counted; the same for every record of it.

    Attributes:
        transfer_rules: All rows about transfer that are known.
        archive_level: county, city, province or central.
        region: Name of the region, empty when none is configured.
        on: The day whose rules hold, normally the day of registration.
        old_periods: What a person has decided that periods of old mean; nothing by itself, see `MEANS_TODAY`.
    """

    transfer_rules: tuple[RuleRow, ...]
    archive_level: str
    region: str
    on: date
    old_periods: Mapping[Retention, Retention]


def rule_rows(written: Iterable[Mapping[str, Any]]) -> tuple[RuleRow, ...]:
    """Build rules from the package's table, whose dates are dates already.

    Raises:
        KeyError: A row lacks a column.
        ValueError: A row names a retention period that is not one.
    """
    return tuple(
        RuleRow(
            source=row["source"],
            article=row["article"],
            effective_from=row["effective_from"],
            effective_to=row.get("effective_to"),
            level=row["level"],
            region=row.get("region", ""),
            years=row["years"],
            retentions=frozenset(Retention(code) for code in row["retentions"]),
            verified=row["verified"],
        )
        for row in written
    )


def due_on(closed_on: date, keep_years: int | None) -> date | None:
    """Return the first day on which a record may be disposed of.

    The period starts on 1 January after closure: closed 2020-05-31 and kept
    10 years falls due on 2031-01-01.

    Args:
        closed_on: Last day the file was active (local calendar date).
        keep_years: Whole years to keep, 0 or more; None is permanent.

    Returns:
        A 1 January, or None when the record is permanent, or kept beyond the calendar: a day that never comes.

    Raises:
        ValueError: `keep_years` is negative.

    Source: rules N2 (art. 24).
    """
    if keep_years is None:
        return None
    if keep_years < 0:
        raise ValueError(f"{keep_years} years: expected 0 or more, or None for permanent")
    year = closed_on.year + 1 + keep_years
    return date(year, 1, 1) if year <= MAXYEAR else None


def transfer_rules_for(rules: Sequence[RuleRow], archive_level: str, region: str, on: date) -> tuple[RuleRow, ...]:
    """Return the rules in force on a day for an archive, shortest period first: the first one decides.

    More than one number of years among them is a clash of rules (法规不一致) that an administrator has to decide.

    Args:
        rules: All rows known.
        archive_level: county, city, province or central.
        region: Name of the region, empty when none is configured; rules of the whole country always hold.
        on: The day asked about.
    """
    held = [r for r in rules if r.level == archive_level and r.region in ("", region) and r.is_in_force(on)]
    return tuple(sorted(held, key=lambda r: (r.years, r.effective_from)))


def transfer_due_on(
    formed_on: date, retention: Retention, rules: Sequence[RuleRow], archive_level: str, region: str, on: date
) -> date | None:
    """Return the first day on which the archive may receive a record.

    "满二十年" ends with the same calendar day twenty years on (29 February: 1 March). A record whose period the archive
    does not take over has no such day: permanent ones are taken everywhere, 30-year ones where the level's rule says so,
    10-year ones nowhere; they stay until they are appraised for destruction. Nor has one whose day lies beyond the calendar.

    Args:
        formed_on: Date of the document.
        retention: Its period; 长期 and 短期 have no date until a person has decided what they mean.
        rules: All rows known.
        archive_level: county, city, province or central.
        region: Name of the region, empty when none is configured.
        on: The day whose rules hold, normally the day of registration.

    Source: rules N2 (art. 20); R3-07; R1-05.
    """
    held = transfer_rules_for(rules, archive_level, region, on)
    if not held or retention not in held[0].retentions:
        return None
    year = formed_on.year + held[0].years
    if year > MAXYEAR:
        return None
    try:
        return formed_on.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def in_force(written: Retention | None, by: RetentionRules) -> Retention | None:
    """Return the period in force that a written one stands for, by its code; None while nobody has decided what one of old means.

    Args:
        written: The period as a cell names it, None when it names none.
        by: What has been decided.

    Source: R9-10.
    """
    if written is None or written in IN_FORCE:
        return written
    return by.old_periods.get(written)


def due_dates(formed_on: date, retention: Retention, by: RetentionRules) -> DueDates:
    """Return the days on which a record falls due, for the archive and for destruction.

    Args:
        formed_on: Date of the document.
        retention: Its period, one in force.
        by: The rules about transfer, and the archive that is asked about.

    Raises:
        ValueError: The period is one of old.

    Source: rules N2.
    """
    return DueDates(
        transfer_due_on=transfer_due_on(formed_on, retention, by.transfer_rules, by.archive_level, by.region, by.on),
        destroy_due_on=due_on(formed_on, retention.keep_years),
    )


def read_retention(text: str) -> Retention | None:
    """Return the period that a cell names (永久, 30年, D10, 长期 ...), or None when it names none."""
    return _WRITTEN.get(spelling.plain(text).strip().upper().replace(" ", ""))
