"""Column types and names of constraints that all tables share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, LargeBinary, MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from lantai.errors import LedgerError

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s__%(column_0_N_name)s",
        "uq": "uq_%(table_name)s__%(column_0_N_name)s",
        "ck": "ck_%(table_name)s__%(constraint_name)s",
        "fk": "fk_%(table_name)s__%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    },
)


class StoredBytes(LargeBinary):
    """Bytes, as strict in type as in content: SQLite keeps text in a column of bytes when somebody writes it there."""

    __visit_name__ = "large_binary"

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], bytes | None]:
        """Return what reads a value; it refuses one that is stored as something else."""
        del dialect, coltype

        def read(value: Any) -> bytes | None:  # noqa: ANN401 - SQLite gives whatever is stored
            if value is None or isinstance(value, bytes):
                return value
            if isinstance(value, memoryview):
                return bytes(value)
            raise LedgerError(
                f"found a {type(value).__name__} where bytes were written; `lantai ledger verify` names it"
            )

        return read


class Moment(TypeDecorator[datetime]):
    """A moment: aware, in UTC. PostgreSQL keeps the zone; SQLite keeps the UTC time as text."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment, which would be read in another zone later."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"moment {value!r}: expected one with a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - SQLAlchemy's signature
        """Return an aware moment in UTC."""
        del dialect
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def one_of(column: str, values: type[StrEnum] | Iterable[str], name: str) -> CheckConstraint:
    """Return the constraint that a column holds one of these words."""
    words = ", ".join(f"'{word}'" for word in values)
    return CheckConstraint(f"{column} IN ({words})", name=name)
