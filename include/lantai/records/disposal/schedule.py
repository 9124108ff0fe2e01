"""A retention schedule: which kinds of record are kept how long. Source: 8号令 (2006) art. 3, 12."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lantai.records.custody.record import Retention


@dataclass(frozen=True, slots=True)
class ScheduleRule:
    """One clause (条款) of a schedule; `keywords` are words of title or document type that it covers."""

    clause: str
    description: str
    retention: Retention
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as approved: by whom, when, and from which day it is in force."""

    name: str
    version: str
    approved_by: str
    approved_on: date
    effective_from: date
    rules: tuple[ScheduleRule, ...]
