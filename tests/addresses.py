"""Where modules lie, as functions over paths: the same few words name the same ideas in every room.

Source: CONTRIBUTING.md, "Addresses".
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

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
    "": frozenset(
        {
            *(
                "bench",
                "cli",
                "demo",
                "edges",
                "formats",
                "journey",
                "locales",
                "manual",
                "profiles",
                "records",
                "rules",
            ),
            *("tasks", "templates", "views", "workdays", "__init__.py", "errors.py", "settings.py"),
        }
    ),
    "edges/registry": frozenset({"centre", "custody", "disposal", "intake", "year"}),
    "journey/disposal": frozenset({"acts", "approval"}),
    "journey/intake": frozenset({"answers", "checks"}),
}
"""What lies directly in a folder: sub-rooms, and the few modules that are a room's own. A folder that is not in it has modules only."""


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
        parts = path.removeprefix(PACKAGE).split("/")
        found += [f"{path}: {what}" for what in _lost(parts)[:1]]
    for folder, count in sorted(Counter(path.rpartition("/")[0] for path in ours).items()):
        if count > MOST_IN_A_FOLDER:
            found.append(f"{folder}: {count} modules, expected {MOST_IN_A_FOLDER} at most")
    return found


def _lost(parts: Sequence[str]) -> list[str]:
    """Return where the way to a module leaves the house."""
    found = []
    for depth, name in enumerate(parts):
        folder, is_module = "/".join(parts[:depth]), depth == len(parts) - 1
        known = ADDRESSES.get(folder)
        is_free = is_module and (known is None or folder.startswith("journey/"))
        if not is_free and name not in (known or ()):
            found.append(f"{name} is no address in {folder or 'lantai'}")
    return found


def circles(tree: Mapping[str, str]) -> list[str]:
    """Return the circles among sub-rooms of one room, and between a room's own modules and its sub-rooms.

    Args:
        tree: Source by path, of the package's modules. What is imported inside a function counts too; what only types need does not.
    """
    arrows: dict[str, set[str]] = {}
    for path, source in tree.items():
        mine = _sub_room(path.removeprefix(PACKAGE).removesuffix(".py").split("/"))
        if mine is None:
            continue
        for module in _imported(source):
            other = _sub_room(module.split(".")[1:])
            if other is not None and other != mine and other.split("/")[0] == mine.split("/")[0]:
                arrows.setdefault(mine, set()).add(other)
    return sorted({" -> ".join(circle) for start in arrows for circle in _back_to(start, arrows)})


def _sub_room(parts: Sequence[str]) -> str | None:
    return "/".join(parts[:2]) if len(parts) > 2 else None


def _imported(source: str) -> Iterator[str]:
    pending: list[ast.AST] = [ast.parse(source)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("lantai."):
            yield from (f"{node.module}.{name.name}" for name in node.names)
        pending += ast.iter_child_nodes(node)


def _back_to(start: str, arrows: Mapping[str, set[str]]) -> Iterator[list[str]]:
    """Yield the shortest way from a sub-room back to itself, written from its first name in order."""
    ways = [[start, each] for each in sorted(arrows.get(start, ()))]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        if way[-1] == start:
            first = way.index(min(way))
            yield [*way[first:-1], *way[: first + 1]] if first else way
            return
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, each] for each in sorted(arrows.get(way[-1], ()))]
