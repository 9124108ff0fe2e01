"""docs/standards.md says what is so: each line has the state that its tests and modules give it, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from lantai.manual import claims, standards
from lantai.manual.standards import State

ROOT = Path(__file__).resolve().parents[2]


def project(folder: Path, files: Mapping[str, str]) -> Path:
    """Lay out a project of these files, by path below its folder."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def states(root: Path) -> dict[str, str]:
    """Return the state of each line that is not simply not built, as the page words it."""
    rows = [line.strip("| ").split(" | ") for line in standards.page(root).splitlines() if line.startswith("| ")]
    return {row[0]: row[2] for row in rows if row[2] not in {"state", State.NOT_BUILT.value, "---"}}


def test_line_is_met_in_part_untested_or_not_built_as_its_claims_are(tmp_path: Path) -> None:
    root = project(
        tmp_path,
        {
            "include/lantai/x.py": 'class A:\n    """Does R1-42, R1-03 and R2-05."""\ndef f():\n    """R1-50."""\n',
            "tests/test_x.py": (
                'def test_a():\n    """R1-42; R1-45 (digest only), R2-05 (the day)."""\n'
                'def test_b():\n    """R2-05 (the reason). R1."""\n'
                'def test_c():\n    """R1-46."""\n'
            ),
        },
    )

    found = states(root)

    assert found == {
        "R1-03": "尚无测试 · no test",
        "R1-42": "已做到 · met",
        "R1-45": f"部分 · in part: {standards.notes()['R1-45']}",
        "R1-46": f"部分 · in part: {standards.notes()['R1-46']}",
        "R1-50": "尚无测试 · no test",
        "R2-05": "部分 · in part: the day only; the reason only",
        "R1": "已做到 · met",
    }


def test_heads_count_every_state(tmp_path: Path) -> None:
    root = project(
        tmp_path,
        {
            "include/lantai/x.py": 'def f():\n    """R2-01."""\n',
            "tests/test_x.py": 'def test_a():\n    """R2-02; R2-03 (half)."""\n',
        },
    )

    text = standards.page(root)

    head = "已做到 · met 1, 部分 · in part 1, 尚无测试 · no test 1, 尚未实现 · not built"
    assert f"## 现行文件 · Current documents\n\n{head} 6; 9 in all.\n" in text
    assert f"All lines: {head} {len(standards.lines(root)) - 3}; {len(standards.lines(root))} in all.\n" in text


@pytest.mark.parametrize(
    "test",
    [
        '"""R2-05 in the head of the file."""\n',
        'def helper():\n    """R2-05."""\n',
        'def test_a():\n    say("R2-05")\n',
        'def test_a():\n    """R2-04 to R2-06."""\n',
        'class Story:\n    """R2-05."""\n',
    ],
)
def test_only_the_docstring_of_a_test_function_claims(tmp_path: Path, test: str) -> None:
    root = project(tmp_path, {"tests/test_x.py": test})

    assert standards.lines(root)["R2-05"].state is State.NOT_BUILT


def test_helper_of_tests_claims_nothing(tmp_path: Path) -> None:
    root = project(tmp_path, {"tests/papers.py": 'def test_a():\n    """R2-05."""\n'})

    assert standards.lines(root)["R2-05"].tests == ()


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        ("R1-25, R1-27; K1.", {"R1-25": "", "R1-27": "", "K1": ""}),
        ("R1-25 to R1-27, K1", {"K1": ""}),
        ("R1-25–27, I1 to I7, GD-1-1-GD-1-3; P5.", {"P5": ""}),
        ("R9-19: silence is refusal.", {"R9-19": ""}),
        ("faults R1 and R2", {"F-R1": "", "F-R2": ""}),
        ("R1.f: mapped tasks; kopia/kopia#1087, R10", {"R10": ""}),
        ("cell of JY-2025-E-001-R1-00001", {}),
        ("R1-45 (digest only) and GD-2-6", {"R1-45": "digest only", "GD-2-6": ""}),
    ],
)
def test_ids_are_read_one_by_one_and_not_mistaken(docstring: str, expected: dict[str, str]) -> None:
    assert claims.ids_in(docstring) == expected


def test_item_of_the_four_properties_is_claimed_by_the_code_that_gives_a_finding_its_code(tmp_path: Path) -> None:
    source = 'OF_A_TABLE = ("GD-1-1",)\ndef tell():\n    f("GD-2-6")\n    print("as GD-2-5 says")\n'
    root = project(tmp_path, {"include/lantai/rules/x.py": source})

    found = {(claim.requirement, claim.name) for claim in claims.of_code(root)}

    assert found == {("GD-1-1", ""), ("GD-2-6", "tell")}


def test_head_of_a_module_claims_nothing_and_is_told(tmp_path: Path) -> None:
    root = project(tmp_path, {"include/lantai/x.py": '"""N4."""\ndef f():\n    """N5."""\n'})

    assert [(claim.requirement, claim.name) for claim in claims.of_code(root)] == [("N5", "f")]
    assert [claim.requirement for claim in claims.heads_of_code(root)] == ["N4"]


def test_demo_and_bench_claim_nothing(tmp_path: Path) -> None:
    source = 'def f():\n    """N4."""\n'
    root = project(tmp_path, {"include/lantai/demo/x.py": source, "include/lantai/bench/x.py": source})

    assert claims.of_code(root) == []


def test_range_is_found_wherever_it_stands(tmp_path: Path) -> None:
    root = project(
        tmp_path,
        {
            "tests/test_x.py": '"""Covers R1-01 to R1-12."""\n',
            "include/lantai/x.py": 'class A:\n    def f(self):\n        """I1 to I7."""\n',
        },
    )

    assert claims.ranges(root) == ["include/lantai/x.py: A.f: I1 to I7", "tests/test_x.py: module: R1-01 to R1-12"]


def test_no_docstring_of_the_project_holds_a_range() -> None:
    assert claims.ranges(ROOT) == []


def test_no_test_names_a_requirement_that_is_not_written_down() -> None:
    known = standards.lines(ROOT)

    assert [(claim.node, claim.requirement) for claim in claims.of_tests(ROOT) if claim.requirement not in known] == []


def test_no_head_of_a_test_file_claims_for_its_tests() -> None:
    known = standards.lines(ROOT)

    assert [each for each in claims.heads_of_tests(ROOT) if each.requirement in known] == []


def test_no_head_of_a_module_claims_for_its_functions() -> None:
    known = standards.lines(ROOT)

    assert [each for each in claims.heads_of_code(ROOT) if each.requirement in known] == []


def said_in(folder: str, pattern: str) -> str:
    """Return all docstrings of functions and, outside tests, of classes: read without the generator."""
    kinds = ast.FunctionDef if folder == "tests" else ast.FunctionDef | ast.ClassDef
    nodes = (
        node
        for path in (ROOT / folder).rglob(pattern)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, kinds) and (folder != "tests" or node.name.startswith("test_"))
    )
    return "\n".join(ast.get_docstring(node) or "" for node in nodes)


def test_page_says_of_every_line_what_docstrings_say_of_it() -> None:
    by_tests, by_code = said_in("tests", "test_*.py"), said_in("include/lantai", "*.py")
    text = (ROOT / "docs/standards.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in text.splitlines() if row.startswith("| ")]
    states = {row[0]: row[2] for row in rows if row[0] not in {"id", "R1", "R2"}}

    wrong = {
        key: state
        for key, state in states.items()
        if bool(re.search(rf"(?<![\w-]){key}(?![\w-])", by_tests)) != state.startswith((State.MET, State.IN_PART))
        or (state == State.NOT_BUILT and re.search(rf"(?<![\w-]){key}(?![\w-])", by_code))
        or state == f"{State.IN_PART}: "
    }

    assert len(states) == len(standards.lines(ROOT)) - 2
    assert wrong == {}


def test_what_is_said_to_be_missing_is_missing_of_a_line_that_a_test_names() -> None:
    found = standards.lines(ROOT)

    assert [key for key in standards.notes() if key not in found or found[key].state is not State.IN_PART] == []


def test_every_claimed_test_is_one_that_pytest_would_run() -> None:
    for claim in claims.of_tests(ROOT):
        path, _, name = claim.node.partition("::")
        assert f"def {name.rpartition('::')[2]}(" in (ROOT / path).read_text(encoding="utf-8")
