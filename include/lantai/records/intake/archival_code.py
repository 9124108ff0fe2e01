"""The archival code (档号) in parts. How one is read and what is wrong with it is in `rules.intake.archival_code`.

Source: DA/T 22-2015; DA/T 13-2022.
"""

from __future__ import annotations

from dataclasses import dataclass

from lantai.records.custody.record import Retention


@dataclass(frozen=True, slots=True)
class ArchivalCode:
    """One archival code in parts; `item_no` keeps its leading zeros, `retention` is the code's own letter."""

    fonds_no: str
    category: str
    year: int
    retention: Retention
    dept_or_subject: str
    item_no: str

    def __str__(self) -> str:
        """Return the code as it is written."""
        period, number = self.written_retention, self.item_no
        return f"{self.fonds_no}-{self.category}\u00b7{self.year}-{period}-{self.dept_or_subject}-{number}"

    @property
    def written_retention(self) -> str:
        """The period as it stands in the code: Y, D30, D10, and of old codes C and D."""
        return {Retention.LONG: "C", Retention.SHORT: "D"}.get(self.retention, self.retention.value)
