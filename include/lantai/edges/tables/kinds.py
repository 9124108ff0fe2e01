"""Reference tables: the words of enumerations that grow, a row each.

A column that holds one of them points at its table, so that a later version
adds a row to a small table and rebuilds no large one: SQLite cannot change a
CHECK in place. What has all its values by its nature (yes or no, the three
stages of a signature) keeps its list in a CHECK, see `columns.one_of`.

The rows are laid by the migrations; `WORDS` is what they have to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import Column, String, Table, UniqueConstraint

from lantai.edges.tables.columns import metadata
from lantai.records.centre.person import Role
from lantai.records.centre.unit import DataForm
from lantai.records.custody.copy import CopyState
from lantai.records.custody.record import RecordStatus
from lantai.records.disposal.lists import ListDuty, ListKind, ListState
from lantai.records.intake.carrier import Packaging
from lantai.records.intake.submission import AnswerKind, RoundState
from lantai.records.ledger.event import EventKind
from lantai.records.year.duty import DutyState

data_form = Table(
    "data_form",
    metadata,
    Column("data_form", String(20), primary_key=True),
    Column("letter", String(1), nullable=False),
    UniqueConstraint("letter"),
)
"""The forms that are filed, each with the letter that stands for it in acceptance numbers; no two may share one."""

answer_kind = Table("answer_kind", metadata, Column("kind", String(16), primary_key=True))
copy_state = Table("copy_state", metadata, Column("state", String(16), primary_key=True))
duty_state = Table("duty_state", metadata, Column("state", String(16), primary_key=True))
event_kind = Table("event_kind", metadata, Column("kind", String(32), primary_key=True))
list_duty_kind = Table("list_duty_kind", metadata, Column("duty", String(16), primary_key=True))
list_kind = Table("list_kind", metadata, Column("kind", String(16), primary_key=True))
list_state = Table("list_state", metadata, Column("state", String(24), primary_key=True))
packaging = Table("packaging", metadata, Column("packaging", String(8), primary_key=True))
record_status = Table("record_status", metadata, Column("status", String(16), primary_key=True))
role = Table("role", metadata, Column("role", String(24), primary_key=True))
round_state = Table("round_state", metadata, Column("state", String(16), primary_key=True))

WORDS: Mapping[Table, type[StrEnum]] = MappingProxyType(
    {
        answer_kind: AnswerKind,
        copy_state: CopyState,
        data_form: DataForm,
        duty_state: DutyState,
        event_kind: EventKind,
        list_duty_kind: ListDuty,
        list_kind: ListKind,
        list_state: ListState,
        packaging: Packaging,
        record_status: RecordStatus,
        role: Role,
        round_state: RoundState,
    }
)
"""By table, the words in it: the members of one enumeration of `records`."""
