"""What an error of a database driver means in our words.

psycopg tells by SQLSTATE, and by the class alone where no server answered;
sqlite3 tells by the name of its code. What is none of these is a mistake in our
own statement: it stays as it is, and somebody has to look.

Source: PostgreSQL manual, appendix A; sqlite.org/rescode.html.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError

from lantai.errors import (
    DiskFullError,
    LantaiError,
    RegistryBusyError,
    RegistryConflictError,
    RegistryDamagedError,
    RegistryUnavailableError,
    SchemaOutdatedError,
)

_STATES: Mapping[str, type[LantaiError]] = {
    "25006": RegistryUnavailableError,  # the server only reads: a standby, or about to be one
    "25P03": RegistryBusyError,  # idle in a transaction for too long
    "42501": RegistryConflictError,  # the account may not do that
    "42703": SchemaOutdatedError,  # no such column
    "42P01": SchemaOutdatedError,  # no such table
    "53100": DiskFullError,
    "55P03": RegistryBusyError,  # waited too long for a lock
    "57014": RegistryBusyError,  # ran too long, or was cancelled
}
_CLASSES: Mapping[str, type[LantaiError]] = {
    "08": RegistryUnavailableError,  # connection
    "22": RegistryConflictError,  # value too long, or none that the column can hold
    "23": RegistryConflictError,  # constraint, and the triggers of ours
    "28": RegistryUnavailableError,  # password
    "3D": RegistryUnavailableError,  # no such database
    "40": RegistryBusyError,  # deadlock, serialisation
    "53": RegistryUnavailableError,  # disk, memory, connections used up
    "57": RegistryUnavailableError,  # shut down, starting
    "58": RegistryUnavailableError,  # the server's own system
    "XX": RegistryUnavailableError,  # the server's own fault
}
_SQLITE: Mapping[str, type[LantaiError]] = {
    "BUSY": RegistryBusyError,
    "LOCKED": RegistryBusyError,
    "CONSTRAINT": RegistryConflictError,
    "CANTOPEN": RegistryUnavailableError,
    "CORRUPT": RegistryDamagedError,
    "FULL": DiskFullError,
    "IOERR": RegistryUnavailableError,
    "NOTADB": RegistryDamagedError,
    "READONLY": RegistryUnavailableError,
}
_BY_CLASS_NAME: Mapping[str, type[LantaiError]] = {
    "DataError": RegistryConflictError,
    "IntegrityError": RegistryConflictError,
    "InterfaceError": RegistryUnavailableError,
    "OperationalError": RegistryUnavailableError,
}
"""Names that every Python driver gives its classes (PEP 249)."""


_BEFORE: Mapping[type[LantaiError], str] = {
    SchemaOutdatedError: "the registry lacks a table or column: ",
    DiskFullError: "the registry: ",
    RegistryDamagedError: "the registry: ",
}
"""What stands before the driver's own words."""


def meaning_of(error: Exception) -> LantaiError | None:
    """Return the error of ours that a driver's error is, wrapped by SQLAlchemy or not; None for a mistake in our statement."""
    found = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    kind = _kind(found)
    if kind is None:
        return None
    told = str(found).strip().splitlines() or [type(found).__name__]
    return kind(_BEFORE.get(kind, "") + told[0])


def _kind(found: BaseException) -> type[LantaiError] | None:
    """Return what a driver's error is by its state, its code, or its class alone where no server answered (B1)."""
    if state := getattr(found, "sqlstate", None):
        return _STATES.get(state, _CLASSES.get(state[:2]))
    if code := getattr(found, "sqlite_errorname", None):
        is_missing = str(found).startswith(("no such table", "no such column"))
        return SchemaOutdatedError if is_missing else _SQLITE.get(code.split("_")[1])
    names = (each.__name__ for each in type(found).__mro__)
    return next((_BY_CLASS_NAME[name] for name in names if name in _BY_CLASS_NAME), None)
