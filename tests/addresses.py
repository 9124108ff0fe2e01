"""Where modules lie, as functions over paths: the same few words name the same ideas in every room.

Source: CONTRIBUTING.md, "Addresses".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from doors import PACKAGE

ADDRESSES: Mapping[str, frozenset[str]] = {
    "records": frozenset({"centre", "custody", "department", "disposal", "intake", "ledger", "text", "year"}),
    "rules": frozenset({"disposal", "intake", "year"}),
    "formats": frozenset(
        {"age", "bag", "disposal", "intake", "ledger", "papers", "sftp", "vault", "workbooks", "environment_file.py"}
    ),
    "edges": frozenset(
        {
            *(
                "airflow",
                "bulkhead",
                "children",
                "custody",
                "database",
                "disposal",
                "files",
                "intake",
                "keys",
                "ledger",
            ),
            *("registry", "sftp", "sheets", "tables", "centre.py", "clock.py", "connections.py", "workdays.py"),
        }
    ),
    "views": frozenset({"centre", "disposal", "intake", "year"}),
    "journey": frozenset({"centre", "custody", "department", "disposal", "intake", "ledger", "year"}),
    "cli": frozenset(
        {
            *("centre", "custody", "department", "disposal", "intake", "terminal", "year"),
            *("bench.py", "commands.py", "demo.py", "serve.py"),
        }
    ),
    "demo": frozenset({"county", "documents", "sftp", "telling"}),
}
"""What lies directly in a room: sub-rooms, and the few modules that are the room's own. Rooms of a dozen modules are not in it."""

MOST_IN_A_FOLDER = 15
"""Modules beside each other; with more, nobody finds one in ten seconds."""


def misplaced(paths: Iterable[str]) -> list[str]:
    """Return what has no address, and what is crowded, as `path: what`, in order.

    Args:
        paths: Of modules, each beginning with `include/lantai/`; others are not looked at.
    """
    ours = sorted(path for path in paths if path.startswith(PACKAGE) and not path.endswith("/__init__.py"))
    found = []
    for path in ours:
        room, *below = path.removeprefix(PACKAGE).split("/")
        if below and room in ADDRESSES and below[0] not in ADDRESSES[room]:
            found.append(f"{path}: {below[0]} is no address in {room}")
    for folder, count in sorted(Counter(path.rpartition("/")[0] for path in ours).items()):
        if count > MOST_IN_A_FOLDER:
            found.append(f"{folder}: {count} modules, expected {MOST_IN_A_FOLDER} at most")
    return found
