"""docs/standards.md: requirement, module, test; a line that no test covers shows a dash.

`python -m lantai.manual.standards > docs/standards.md` writes it. Ids are
looked for in docstrings; those that cannot be mistaken for anything else
(`R1-42`, `GD-2-6`) in every string. Files are parsed, never run. That a test
names an id is its author's word, not proof that all of the line is done.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lantai import profiles

INTRODUCTION = """# Requirements, modules, tests · 要求、模块、测试

Made by `make docs` from the ids in docstrings and from `include/lantai/manual/requirements.toml`.
A dash in the last column means: no test names this line. 末列为“—”的，尚无测试覆盖。
"""

_MOST_NAMED = 4
"""So many names stand in a cell; the rest is a number, or the page would be unreadable."""

_WORD = re.compile(r"\b(?:GD-[1-4]-\d{1,2}|R\d{1,2}-\d{2}(?![\d-])|[A-Z]\d{1,2}(?![\w-]))")
_RANGE = re.compile(r"\b((?:R\d{1,2}-|GD-[1-4]-|[A-Z]))(\d{1,2}) to \1(\d{1,2})\b")
_PROPERTY = re.compile(r"\bpropert(?:y|ies) (\d{1,2})\b")
_UNMISTAKABLE = re.compile(r"(?:GD|R\d)\S*-")


def page(root: Path) -> str:
    """Return the whole page.

    Args:
        root: Folder of the project.
    """
    modules, tests = _places(root, "include"), _places(root, "tests")
    shown = [INTRODUCTION]
    for title, lines in groups():
        covered = sum(1 for key in lines if key in tests)
        shown.append(f"## {title}\n\n{covered} of {len(lines)} lines have a test.\n")
        shown.append("| id | what | modules | tests |\n|---|---|---|---|")
        shown += [
            f"| {key.removeprefix('F-')} | {words} | {_cell(modules.get(key, ()))} | {_cell(tests.get(key, ()))} |"
            for key, words in lines.items()
        ]
        shown.append("")
    return "\n".join(shown)


def groups() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the title of each group and its lines by id."""
    text = Path(__file__).with_name("requirements.toml").read_text(encoding="utf-8")
    for group in tomllib.loads(text).values():
        yield group.pop("title"), group
    yield (
        "四性检测项目 · Items of DA/T 70-2018 at filing",
        {item["code"]: f"{item['name_zh']} · {item['name_en']}" for item in profiles.four_property_items()},
    )


def ids_in(text: str, *, is_docstring: bool) -> set[str]:
    """Return the ids that a text names, ranges such as `R1-25 to R1-30` taken apart.

    Args:
        text: A string of a module.
        is_docstring: Whether short ids such as `K1` count; elsewhere they could be the cell of a sheet.
    """
    found = set(_WORD.findall(text))
    for prefix, first, last in _RANGE.findall(text):
        found |= {f"{prefix}{number:0{len(first)}d}" for number in range(int(first), int(last) + 1)}
    if not is_docstring:
        return {key for key in found if _UNMISTAKABLE.match(key)}
    found |= {f"P{number}" for number in _PROPERTY.findall(text)}
    # The faults R1 and R2 have the names of groups of requirements.
    return {f"F-{key}" if key in {"R1", "R2"} else key for key in found}


def _places(root: Path, folder: str) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((root / folder).rglob("*.py")):
        name = path.relative_to(root).as_posix().removeprefix("include/lantai/").removeprefix("tests/")
        if name.startswith("manual/") or name == "test_docs.py":
            continue
        for text, is_docstring in _strings(ast.parse(path.read_text(encoding="utf-8"))):
            for key in ids_in(text, is_docstring=is_docstring):
                found[key].add(name.removesuffix(".py"))
    return found


def _strings(parsed: ast.Module) -> Iterator[tuple[str, bool]]:
    for node in ast.walk(parsed):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or "", True
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, False


def _cell(names: Iterable[str]) -> str:
    listed = sorted(names)
    more = f" +{len(listed) - _MOST_NAMED}" if len(listed) > _MOST_NAMED else ""
    return ", ".join(f"`{name}`" for name in listed[:_MOST_NAMED]) + more or "—"


if __name__ == "__main__":
    sys.stdout.write(page(Path(__file__).resolve().parents[3]))
