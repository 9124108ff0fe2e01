"""docs/standards.md: requirement, how far it is met, module, test.

`python -m lantai.manual.standards > docs/standards.md` writes it. Who claims
what is read by `claims`; which requirements there are, and what of one is
missing, stands in requirements.toml. Nothing is run here: that a named test
falls when the code is broken is tried by `tests/mutate.py`.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lantai import profiles
from lantai.manual import claims

INTRODUCTION = """# Requirements, modules, tests · 要求、模块、测试

Made by `make docs` from the ids in docstrings of functions and classes and of test functions, one by one, and from
`include/lantai/manual/requirements.toml`. `make mutate SEED=1` breaks the named code and sees whether a named test falls.

- **已做到 · met**: a test names the line. **部分 · in part**: and something of it is missing, which is said.
- **尚无测试 · no test**: a module does it, no test would notice if it did not. **尚未实现 · not built**: nothing does it.
"""

_MOST_NAMED = 4
"""So many names stand in a cell; the rest is a number, or the page would be unreadable."""
_NOTES = "in_part"


class State(StrEnum):
    """How far a requirement is met, in the words of the page."""

    MET = "已做到 · met"
    IN_PART = "部分 · in part"
    UNTESTED = "尚无测试 · no test"
    NOT_BUILT = "尚未实现 · not built"


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement with everything that claims it.

    Attributes:
        requirement: Its id.
        words: What it asks for.
        missing: What of it is missing, or which part alone is held; empty when nothing is.
        code: Claims of modules.
        tests: Claims of test functions.
    """

    requirement: str
    words: str
    missing: str
    code: tuple[claims.Claim, ...]
    tests: tuple[claims.Claim, ...]

    @property
    def state(self) -> State:
        """How far it is met."""
        if self.tests:
            return State.IN_PART if self.missing else State.MET
        return State.UNTESTED if self.code else State.NOT_BUILT


def page(root: Path) -> str:
    """Return the whole page.

    Args:
        root: Folder of the project.
    """
    shown = []
    every = lines(root)
    for title, members in groups():
        group = [every[key] for key in members]
        shown.append(f"## {title}\n\n{_counted(group)}\n")
        shown.append("| id | what | state | modules | tests |\n|---|---|---|---|---|")
        shown += [_row(line) for line in group]
        shown.append("")
    return "\n".join([INTRODUCTION, f"All lines: {_counted(every.values())}\n", *shown])


def lines(root: Path) -> dict[str, Line]:
    """Return every requirement by its id, in order of the page.

    Args:
        root: Folder of the project.
    """
    code, tests, missing = _by_id(claims.of_code(root)), _by_id(claims.of_tests(root)), notes()
    return {
        key: Line(key, words, missing.get(key) or _only(tests.get(key, ())), code.get(key, ()), tests.get(key, ()))
        for _, members in groups()
        for key, words in members.items()
    }


def groups() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the title of each group and its lines by id."""
    for name, group in _written().items():
        if name != _NOTES:
            yield group["title"], {key: words for key, words in group.items() if key != "title"}
    yield (
        "四性检测项目 · Items of DA/T 70-2018 at filing",
        {item["code"]: f"{item['name_zh']} · {item['name_en']}" for item in profiles.four_property_items()},
    )


def notes() -> Mapping[str, str]:
    """Return what is missing of requirements that are met in part, by id."""
    return _written()[_NOTES]


def _written() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("requirements.toml").read_text(encoding="utf-8"))


def _by_id(found: Iterable[claims.Claim]) -> dict[str, tuple[claims.Claim, ...]]:
    sorted_out: dict[str, tuple[claims.Claim, ...]] = {}
    for claim in found:
        sorted_out[claim.requirement] = (*sorted_out.get(claim.requirement, ()), claim)
    return sorted_out


def _only(tests: Iterable[claims.Claim]) -> str:
    """Return the parts that tests hold, empty as soon as one of them holds all."""
    parts = sorted({claim.part for claim in tests})
    return "" if "" in parts else "; ".join(f"{part} only" if not part.endswith("only") else part for part in parts)


def _counted(group: Iterable[Line]) -> str:
    counts = Counter(line.state for line in group)
    return ", ".join(f"{state} {counts[state]}" for state in State) + f"; {counts.total()} in all."


def _row(line: Line) -> str:
    state = f"{line.state}: {line.missing}" if line.state is State.IN_PART else line.state
    key = line.requirement.removeprefix("F-")
    return f"| {key} | {line.words} | {state} | {_cell(line.code)} | {_cell(line.tests)} |"


def _cell(claimed: Iterable[claims.Claim]) -> str:
    listed = sorted({claim.module for claim in claimed})
    more = f" +{len(listed) - _MOST_NAMED}" if len(listed) > _MOST_NAMED else ""
    return ", ".join(f"`{name}`" for name in listed[:_MOST_NAMED]) + more


if __name__ == "__main__":
    sys.stdout.write(page(Path(__file__).resolve().parents[3]))
