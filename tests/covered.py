"""Which modules have a test, as functions over paths and source text: nothing is imported, nothing is run.

A module of `journey` or `edges` has a test of its name at its address, or a test of several modules names it in the head of its
file, in a paragraph `Covers: journey.intake.collect, journey.intake.take_in.` Whoever writes a name there has broken the module
once and seen the test fall; that the test can get to it at all is held here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath

from doors import PACKAGE

ROOMS = ("journey", "edges")
_COVERS = re.compile(r"^Covers: (.+?)(?:\n\s*\n|\Z)", re.MULTILINE | re.DOTALL)
_DOTTED = re.compile(r"\blantai(?:\.\w+)+")


def untested(tree: Mapping[str, str]) -> list[str]:
    """Return the modules of the rooms that have no test, by address and name or by a `Covers`.

    Args:
        tree: Source text by path: of the modules, beginning with `include/lantai/`, and of the tests, with `tests/`.
    """
    named = {name for _, name in _claims(tree)}
    return [name for name in _modules(tree) if name not in named and not _holds_a_test(tree.get(_test_of(name), ""))]


def _holds_a_test(source: str) -> bool:
    return bool(source) and any(
        isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in ast.walk(ast.parse(source))
    )


def empty_claims(tree: Mapping[str, str]) -> list[str]:
    """Return what a `Covers` names in vain, as `path: what`: no such module, one that has a test of its name, or one out of reach.

    Args:
        tree: As for `untested`.
    """
    modules, claims = set(_modules(tree)), list(_claims(tree))
    reached = {path: _reached(path, tree) for path, _ in claims}
    found = []
    for path, name in claims:
        if name not in modules:
            found.append(f"{path}: {name} is no module of {' or '.join(ROOMS)}")
        elif _test_of(name) in tree:
            found.append(f"{path}: {name} has a test of its name, {_test_of(name)}")
        elif _path_of(name) not in reached[path]:
            found.append(f"{path}: {name} is not reached by what this test imports or starts")
    return found


def _modules(tree: Mapping[str, str]) -> Iterator[str]:
    for path in sorted(tree):
        inside = path.removeprefix(PACKAGE)
        if inside != path and inside.split("/")[0] in ROOMS and not inside.endswith("__init__.py"):
            yield inside.removesuffix(".py").replace("/", ".")


def _claims(tree: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield path of a test and name of a module, for each name behind a `Covers`."""
    for path, source in sorted(tree.items()):
        if path.startswith("tests/") and "/test_" in path and "Covers: " in source:
            for names in _COVERS.findall(ast.get_docstring(ast.parse(source)) or ""):
                for name in names.rstrip().removesuffix(".").split(","):
                    yield path, name.strip()


def _path_of(name: str) -> str:
    return f"{PACKAGE}{name.replace('.', '/')}.py"


def _test_of(name: str) -> str:
    folder, _, stem = name.replace(".", "/").rpartition("/")
    return f"tests/{folder}/test_{stem}.py"


def _reached(start: str, tree: Mapping[str, str]) -> set[str]:
    """Return the paths that a test imports, and what those import or start as a script, and so on."""
    seen, waiting = set(), [start]
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += [other for other in _named_in(path, tree[path]) if other in tree]
    return seen


@cache
def _named_in(path: str, source: str) -> frozenset[str]:
    """Return the paths that a file may mean by its imports, and by what it starts in a process of its own."""
    beside, parsed = PurePosixPath(path).parent, ast.parse(source)
    # Docstrings speak of modules without going there.
    said = {node.value for node in ast.walk(parsed) if isinstance(node, ast.Expr)}
    found: set[str] = set()
    for node in ast.walk(parsed):
        if isinstance(node, ast.Import):
            found |= set(_files_of(alias.name for alias in node.names))
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= set(_files_of([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in said:
            # A script beside it, and what is imported or run by the text of a script.
            found |= {str(beside / node.value), *_files_of(_DOTTED.findall(node.value))}
    return frozenset(found)


def _files_of(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        inside = name.replace(".", "/")
        for folder in ("include", "tests", "plugins"):
            yield f"{folder}/{inside}.py"
            yield f"{folder}/{inside}/__init__.py"
