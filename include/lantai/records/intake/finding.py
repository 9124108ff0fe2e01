"""A fault or remark about a package, with where it is, which rule it breaks and how to mend it.

The wording in Chinese and English stands in `lantai.locales`, under the rule's
name; a finding carries only the values that go into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Said = str | tuple[str, ...]
"""A value of a finding: one text, or several that are put behind one another in the language of whoever reads."""

MORE = "…"
"""Last of several texts: there are more of them, which are not named."""


class Severity(StrEnum):
    """What a finding does to a package."""

    FAULT = "fault"
    """The package is returned."""
    HOLD = "hold"
    """The package waits for somebody at the centre; nothing is sent to the unit."""
    WARNING = "warning"
    """The package is accepted; the unit reads the remark on its form."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or remark. Source: R1-50.

    Attributes:
        rule: Name of the rule, lower case with underscores, e.g. `file_missing`.
        severity: What follows from it.
        subject: What it is about, for people: a path in the package, a row of the catalogue, an archival code. Empty for the whole package.
        values: What goes into the wording: `found`, `expected` and the like; short strings, or several of them. What a
            form lacks is named by the keys of its words.
        check_code: Item of DA/T 70-2018, e.g. `GD-2-6`, or empty.
        record_no: Row of the catalogue as a spreadsheet program numbers it, or None.
        sheet: Sheet of the workbook that it is about, empty where there is none.
    """

    rule: str
    severity: Severity
    subject: str = ""
    values: Mapping[str, Said] = field(default_factory=dict)
    check_code: str = ""
    record_no: int | None = None
    sheet: str = ""


def at_most(texts: Sequence[str], most: int) -> tuple[str, ...]:
    """Return the first `most` of texts; `MORE` stands for the rest where there is one."""
    return (*texts[:most], *((MORE,) if len(texts) > most else ()))


def in_ranges(rows: Iterable[int], most: int = 100) -> tuple[str, ...]:
    """Return row numbers as people list them, e.g. `1–3` and `7`; after the `most`-th range `MORE` stands for the rest."""
    ranges: list[list[int]] = []
    for row in sorted(set(rows)):
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    return at_most([str(first) if first == last else f"{first}–{last}" for first, last in ranges], most)


def may_be_sent(findings: Sequence[Finding]) -> bool:
    """Return whether a package with these findings may be sent: nothing to mend, though the centre may have to decide something."""
    return all(f.severity is not Severity.FAULT for f in findings)


def is_acceptable(findings: Sequence[Finding]) -> bool:
    """Return whether a package with these findings may be accepted: warnings only."""
    return all(f.severity is Severity.WARNING for f in findings)
