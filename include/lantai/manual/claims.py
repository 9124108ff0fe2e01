"""What code and tests say they hold: ids of requirements in docstrings, one by one.

A claim stands in the docstring of the function or class that holds it, in the
program as in the tests; what a module's head says about the whole file would
credit every function in it. A range such as `A to F` credits what nobody looked at, so it is not taken
apart. Files are parsed, never run. That a test can fail is tried by
`tests/mutate.py`; which requirements there are is in `standards`.

Source: CONTRIBUTING.md, "Tests".
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

CODE = ("include/lantai", "dags", "plugins", "sql/migrations")
"""Folders whose code may claim; what is in them by hand of the demo or the bench plays the world and claims nothing."""
PLAYS_THE_WORLD = ("include/lantai/demo/", "include/lantai/bench/", "include/lantai/manual/")

_PART = r"(?: \((?P<part>[^()]*)\))?"
_WORD = re.compile(
    r"(?<![\w./-])(?P<id>GD-[1-4]-\d{1,2}|R\d{1,2}-\d{2}|[A-Z]\d{1,2})(?![\w-]|\.\w|/)" + _PART,
)
_TO = r" ?(?:to|until|through|–|—|\.{2,3}|…|至|～|~) ?"
_QUOTED = re.compile(r"`[^`]*`")
_RANGE = re.compile(
    rf"\b(?P<long>R\d{{1,2}}-|GD-[1-4]-)\d{{1,2}}(?:{_TO}|-)(?:(?P=long))?\d{{1,2}}\b"
    rf"|\b(?P<short>[A-Z])\d{{1,2}}(?:{_TO}(?:(?P=short))?|-(?P=short))\d{{1,2}}\b"
)
_GD = re.compile(r"GD-[1-4]-\d{1,2}")


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """One id in one docstring.

    Attributes:
        requirement: The id as `requirements.toml` has it; the faults R1 and R2, which have the names of groups, are
            `F-R1` and `F-R2`.
        path: The file, from the project's folder on.
        name: The function or class, e.g. `MarkFinder.look`; empty for a table of the module.
        part: What of the requirement is held, empty for all of it: `R1-45 (digest only)`.
    """

    requirement: str
    path: str
    name: str
    part: str = ""

    @property
    def module(self) -> str:
        """The file as tables name it, without the folder that all have in common and without `.py`."""
        return self.path.removeprefix("include/lantai/").removeprefix("tests/").removesuffix(".py")

    @property
    def node(self) -> str:
        """The test as pytest names it."""
        return f"{self.path}::{self.name.replace('.', '::')}"


def of_tests(root: Path) -> list[Claim]:
    """Return what the test functions below tests/ claim.

    Args:
        root: Folder of the project.
    """
    return sorted(
        Claim(key, path, name, part)
        for path, parsed in _parsed(root, "tests")
        for name, node in _documented(parsed)
        if _is_test(path, name, node)
        for key, part in ids_in(ast.get_docstring(node) or "").items()
    )


def heads_of_tests(root: Path) -> list[Claim]:
    """Return the ids that heads of test files and docstrings of their helpers name, which claim nothing.

    Args:
        root: Folder of the project.
    """
    return sorted(
        Claim(key, path, name, part)
        for path, parsed in _parsed(root, "tests")
        for name, node in _documented(parsed)
        if not _is_test(path, name, node)
        for key, part in ids_in(ast.get_docstring(node) or "").items()
    )


def of_code(root: Path) -> list[Claim]:
    """Return what classes and functions of the program claim.

    An item of the four-property test is also claimed by the code that gives a finding its code.

    Args:
        root: Folder of the project.
    """
    found = set()
    for path, parsed in _of_program(root):
        for name, node in _documented(parsed):
            if name:
                # What stands in parentheses behind an id of the program says why it is named; what is held in part, tests say.
                found |= {Claim(key, path, name) for key in ids_in(ast.get_docstring(node) or "")}
        found |= {Claim(code, path, name) for name, code in _items(parsed)}
    return sorted(found)


def heads_of_code(root: Path) -> list[Claim]:
    """Return the ids that heads of the program's modules name, which claim nothing.

    Args:
        root: Folder of the project.
    """
    return sorted(
        Claim(key, path, "", part)
        for path, parsed in _of_program(root)
        for key, part in ids_in(ast.get_docstring(parsed) or "").items()
    )


def ids_in(docstring: str) -> Mapping[str, str]:
    """Return the ids that a docstring names one by one, each with the part that is held, empty for all.

    Args:
        docstring: Ids at the ends of a range are not among them, nor is what stands between backticks: `C7` is a cell there.
    """
    found: dict[str, str] = {}
    for match in _WORD.finditer(_RANGE.sub("", _QUOTED.sub("", " ".join(docstring.split())))):
        key = match["id"]
        found.setdefault(f"F-{key}" if key in {"R1", "R2"} else key, match["part"] or "")
    return found


def ranges(root: Path) -> list[str]:
    """Return every range of ids in a docstring, as `path: name: range`.

    Args:
        root: Folder of the project.
    """
    return [
        f"{path}: {name or 'module'}: {match.group()}"
        for folder in (*CODE, "tests")
        for path, parsed in _parsed(root, folder)
        for name, node in _documented(parsed)
        for match in _RANGE.finditer(ast.get_docstring(node) or "")
    ]


def _of_program(root: Path) -> Iterator[tuple[str, ast.Module]]:
    for path, parsed in (pair for folder in CODE for pair in _parsed(root, folder)):
        if not path.startswith(PLAYS_THE_WORLD):
            yield path, parsed


def _items(parsed: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the items of the four-property test that stand in code, each with the function or class around it."""
    for node in parsed.body:
        name = node.name if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) else ""
        for each in ast.walk(node):
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and _GD.fullmatch(each.value):
                yield name, each.value


def _parsed(root: Path, folder: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((root / folder).rglob("*.py")):
        yield path.relative_to(root).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _documented(parsed: ast.Module) -> Iterator[tuple[str, Documented]]:
    yield "", parsed
    for node in ast.iter_child_nodes(parsed):
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        yield node.name, node
        if isinstance(node, ast.ClassDef):
            inner = (child for child in node.body if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))
            yield from ((f"{node.name}.{child.name}", child) for child in inner)


def _is_test(path: str, name: str, node: Documented) -> bool:
    is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    *classes, last = name.split(".")
    is_collected = last.startswith("test_") and all(each.startswith("Test") for each in classes)
    return is_function and path.rpartition("/")[2].startswith("test_") and is_collected
