"""The doors between the rooms, as functions over source text: nothing is imported, nothing is run.

`breaches` takes a tree as a mapping from path to text, so that a test can hand
it a made-up one. A tree's paths begin with `include/lantai/`, `dags/` or
`plugins/`. Source: CONTRIBUTING.md, "Rooms and doors".
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

PACKAGE = "include/lantai/"
DATA = frozenset({"locales", "templates", "profiles", "schedules", "workdays"})
"""Packages of data: their own __init__ reads what lies beside it, and nothing writes."""
STAGES = frozenset({"demo", "bench", "manual"})
"""Rooms above all others: they play the world around a centre, or write docs/, and may touch all of it."""

_INNER = {"records", "errors", *DATA}
ROOMS: Mapping[str, frozenset[str]] = {
    "": frozenset(),
    "errors": frozenset(),
    "settings": frozenset({"errors"}),
    "records": frozenset({"records", "errors"}),
    "rules": frozenset({"rules", "records", "errors"}),
    "formats": frozenset({"formats", *_INNER}),
    "edges": frozenset({"edges", "formats", "settings", *_INNER}),
    "views": frozenset({"views", "rules", "formats", "edges", "settings", *_INNER}),
    "journey": frozenset({"journey", "views", "rules", "formats", "edges", "settings", *_INNER}),
    "tasks": frozenset({"tasks", "journey", "views", "rules", "formats", "edges", "settings", *_INNER}),
    "dags": frozenset({"tasks"}),
    "plugins": frozenset({"tasks", "errors"}),
    **{name: frozenset({name, "records", "errors"}) for name in DATA},
}
"""What each room may import of ours. `cli` and the stages, above all, are not in it: they may import every room."""

LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "airflow": ("dags/*", "plugins/*", "edges/airflow/*"),
    "pendulum": ("dags/*", "plugins/*"),
    "alembic": ("edges/database/migrations.py",),
    "sqlalchemy": ("edges/*", "demo/*", "bench/*"),
    "psycopg": ("edges/database/database.py", "bench/*"),
    "paramiko": ("edges/sftp/connect.py", "demo/*", "bench/*"),
    "great_expectations": ("edges/sheets/expectations.py", "bench/*"),
    "pandas": ("edges/sheets/expectations.py", "bench/*"),
    "python_calamine": ("edges/sheets/sheet_child.py", "bench/*"),
    "yaml": ("edges/connections.py",),
    "cryptography": (
        "formats/age/header.py",
        "formats/age/keys.py",
        "formats/age/payload.py",
        "formats/ledger/ed25519_key.py",
        "formats/ledger/signed_note.py",
        "formats/ledger/ssh_signature.py",
        "edges/keys/files.py",
        "edges/keys/ssh_key.py",
        "demo/*",
        "bench/*",
    ),
    "xlsxwriter": (
        "formats/workbooks/workbook.py",
        "formats/workbooks/form_style.py",
        "formats/workbooks/sheet_style.py",
        "demo/*",
        "bench/*",
    ),
    "dotenv": ("formats/environment_file.py",),
    "typst": ("formats/papers/form.py", "demo/*"),
    "docx": ("demo/*",),
    "PIL": ("demo/*",),
    "typer": ("cli/*",),
    "rich": ("cli/*", "demo/*"),
}
"""For each outside library the modules that may import it, below include/lantai/ unless they begin with dags/ or plugins/."""

HANDED_THROUGH: Mapping[str, frozenset[str]] = {"sqlalchemy": frozenset({"Connection"})}
"""Names that a verb of the journey, or a view, may import to say what the edges hand it; it makes none of them itself."""

HEAVY = frozenset({"great_expectations", "pandas", "typst", "docx"})
"""Imported inside the function that uses them: each takes between a tenth of a second and eight."""

WORLD = frozenset(
    [
        "os",
        "shutil",
        "tempfile",
        "subprocess",
        "socket",
        "ssl",
        "sqlite3",
        "fcntl",
        "mmap",
        "multiprocessing",
        "select",
        "selectors",
        "socketserver",
        "asyncio",
        "glob",
        "ftplib",
        "smtplib",
        "http",
        "http.client",
        "http.server",
        "urllib.request",
        "ctypes",
    ]
)
"""Modules of the standard library that reach files, sockets or other processes; to catch a signal is none of these."""
OPENERS = frozenset(
    [
        "mkdir",
        "rmdir",
        "iterdir",
        "rglob",
        "unlink",
        "touch",
        "read_text",
        "read_bytes",
        "write_text",
        "write_bytes",
        "exists",
        "is_file",
        "is_dir",
        "lstat",
        "symlink_to",
        "hardlink_to",
    ]
)
"""Methods of a Path that look at a disk or change it; `stat` and `open` are judged by how they are called."""
WRITERS = frozenset(["mkdir", "rmdir", "unlink", "touch", "write_text", "write_bytes", "symlink_to", "hardlink_to"])

CLOCKS = frozenset(
    {
        *((name, "now") for name in ("datetime", "pendulum")),
        *((name, "today") for name in ("datetime", "date", "pendulum")),
        *((name, "utcnow") for name in ("datetime", "timezone")),
        *(("time", name) for name in ("time", "time_ns", "localtime", "gmtime", "ctime", "strftime", "clock_gettime")),
    }
)
"""Readings of the date or the hour. `time.monotonic` and `perf_counter` measure how long something took and can tell
no date; `time.sleep` reads nothing: neither can put a wrong day on a paper, so they are free."""

ENVIRONMENT = frozenset(("os", name) for name in ("environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"))

CLOCK_MODULES = frozenset({"include/lantai/edges/clock.py", "plugins/filing_calendar.py"})
"""The timetable asks Airflow's clock when a run is due; which day the work is about is asked of ours, in the task."""
MOST_DAG_LINES = 80
_MODE = re.compile(r"[rwxa][bt+]{0,2}")


def breaches(tree: Mapping[str, str]) -> list[str]:
    """Return every breach as `path:line: what`, in order of paths."""
    neighbours = frozenset(path.rpartition("/")[2].removesuffix(".py") for path in tree if not path.startswith(PACKAGE))
    found = []
    for path in sorted(tree):
        module = _Module(path, ast.parse(tree[path], path), neighbours)
        found += [f"{path}:{line}: {what}" for line, what in sorted(module.breaches(tree[path]))]
    return found


def room_of(path: str) -> str:
    """Return the room of a module: `rules`, `dags`, or `` for the package's own __init__."""
    if not path.startswith(PACKAGE):
        return path.split("/", 1)[0]
    first = path.removeprefix(PACKAGE).split("/", 1)[0].removesuffix(".py")
    return "" if first == "__init__" else first


class _Module:
    """One module under the eyes of all rules.

    Args:
        path: Where it stands in the tree.
        parsed: Its syntax.
        neighbours: Names by which the files of dags/ and plugins/ import each other.
    """

    def __init__(self, path: str, parsed: ast.Module, neighbours: frozenset[str]) -> None:
        self._path, self._parsed, self._neighbours = path, parsed, neighbours
        self._room = room_of(path)
        self._ours = _ours(parsed)

    def breaches(self, source: str) -> Iterator[tuple[int, str]]:
        """Yield each breach with its line."""
        for node, is_inside in _walk(self._parsed, is_inside=False):
            whats = [what for module, names in _imported(node) for what in self._of_import(module, names, is_inside)]
            yield from ((node.lineno, what) for what in (*whats, *self._of_world(node)))
        if self._room == "dags" and not self._path.rpartition("/")[2].startswith("_"):
            yield from ((1, what) for what in _dag_breaches(self._parsed, source))

    def _of_import(self, module: str, names: frozenset[str], is_inside: bool) -> Iterator[str]:
        top = module.split(".", 1)[0]
        if module.startswith("."):
            yield f"relative import {module}: name it from lantai on"
        elif top == "lantai":
            yield from self._of_ours(module, is_inside)
        elif top in sys.stdlib_module_names:
            if module in WORLD and not self._may_touch and not self._is_settings:
                yield f"{module} is imported outside edges"
        elif not (self._room in {"dags", "plugins"} and top in self._neighbours):
            yield from self._of_library(top, names, is_inside)

    def _of_ours(self, module: str, is_inside: bool) -> Iterator[str]:
        to = module.split(".")[1] if "." in module else ""
        if self._room not in ROOMS and self._room not in STAGES and self._room != "cli":
            yield f"{self._room} is a room that no door is known of"
        elif self._room in ROOMS and to not in ROOMS[self._room]:
            yield f"{self._room or 'lantai/__init__'} imports {module}: that door is shut"
        if self._room in {"dags", "plugins"} and not is_inside:
            yield f"{module} is imported when the file is parsed: import it inside the task"

    def _of_library(self, top: str, names: frozenset[str], is_inside: bool) -> Iterator[str]:
        short = self._path.removeprefix(PACKAGE)
        is_listed = any(fnmatchcase(short, pattern) for pattern in LIBRARIES.get(top, ()))
        is_handed = self._room in {"journey", "views"} and bool(names) and names <= HANDED_THROUGH.get(top, frozenset())
        if not is_listed and not is_handed:
            yield f"{top}: {'not allowed here' if top in LIBRARIES else 'a library that no list knows'}"
        if top in HEAVY and not is_inside:
            yield f"{top} is heavy: import it inside the function that uses it"

    def _of_world(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.ImportFrom):
            named = {(node.module or "", alias.name) for alias in node.names}
        elif isinstance(node, ast.Attribute):
            named = {(ast.unparse(node.value).rpartition(".")[2], node.attr)}
        else:
            named = set()
        if named & CLOCKS and self._path not in CLOCK_MODULES:
            yield "the clock is read outside edges/clock.py"
        if named & ENVIRONMENT and not self._is_settings and self._room not in STAGES:
            yield "the environment is read outside settings.py"
        if isinstance(node, ast.Call) and not self._may_touch:
            call = _opening_call(node, self._ours)
            if call and (self._room not in DATA or call in WRITERS):
                yield f"{call}() touches the disk outside edges"

    @property
    def _may_touch(self) -> bool:
        return self._room == "edges" or self._room in STAGES

    @property
    def _is_settings(self) -> bool:
        return self._path == f"{PACKAGE}settings.py"


def _walk(node: ast.AST, *, is_inside: bool) -> Iterator[tuple[ast.expr | ast.stmt, bool]]:
    """Yield every node with whether it runs only when a function is called, or never runs at all (TYPE_CHECKING)."""
    for child in ast.iter_child_nodes(node):
        is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        is_for_types = isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING")
        if isinstance(child, ast.expr | ast.stmt):
            yield child, is_inside
        yield from _walk(child, is_inside=is_inside or is_function or is_for_types)


def _imported(node: ast.AST) -> Iterator[tuple[str, frozenset[str]]]:
    if isinstance(node, ast.Import):
        yield from ((alias.name, frozenset()) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and not node.level and node.module == "lantai":
        yield from ((f"lantai.{alias.name}", frozenset()) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield "." * node.level + (node.module or ""), frozenset(alias.name for alias in node.names)


def _opening_call(node: ast.Call, ours: frozenset[str]) -> str:
    """Return the name of a call that opens, looks at or changes something on a disk, else nothing."""
    func = node.func
    if isinstance(func, ast.Name):
        return func.id if func.id == "open" else ""
    if not isinstance(func, ast.Attribute) or ast.unparse(func).split(".", 1)[0].split("(", 1)[0] in ours:
        return ""
    if func.attr in OPENERS or (func.attr == "stat" and not node.args):
        return func.attr
    if func.attr == "open":
        base = ast.unparse(func.value)
        is_archive = base in {"tarfile", "zipfile", "gzip"} and not any(k.arg == "fileobj" for k in node.keywords)
        first = node.args[0] if node.args else None
        is_path = not node.args or (isinstance(first, ast.Constant) and _MODE.fullmatch(str(first.value)) is not None)
        return "open" if base == "io" or is_archive or (is_path and base != "tarfile") else ""
    return ""


def _ours(parsed: ast.Module) -> frozenset[str]:
    """Return the names under which a module knows other modules of ours: `folder.read_bytes` is an edge's function."""
    names = set()
    for node in ast.walk(parsed):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".", 1)[0] == "lantai":
            names |= {alias.asname or alias.name for alias in node.names}
    return frozenset(names)


def _dag_breaches(parsed: ast.Module, source: str) -> Iterator[str]:
    lines = len(source.splitlines())
    if lines > MOST_DAG_LINES:
        yield f"{lines} lines: a DAG has at most {MOST_DAG_LINES}"
    if not any(_is_shaped(node) for node in ast.walk(parsed)):
        yield "no @dag(**shape(...)): every DAG has the shape of _shape.py"


def _is_shaped(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or ast.unparse(node.func) not in {"dag", "DAG"}:
        return False
    spread = [keyword.value for keyword in node.keywords if keyword.arg is None]
    return any(isinstance(value, ast.Call) and ast.unparse(value.func).endswith("shape") for value in spread)
