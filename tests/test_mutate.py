"""Breaking code on purpose: each change is one change, what only is said is left alone, and the tree is never touched."""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from pathlib import Path
from textwrap import dedent

import pytest

import mutate
from mutants import mutants

ROOT = Path(__file__).resolve().parents[1]


def changes(body: str) -> list[tuple[str, str]]:
    """Return what becomes of a function, as the changed line and its kind."""
    source = f"def f(a, b):\n    {body}\n"
    return [(each.what, each.source.splitlines()[1].strip()) for each in mutants(source)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return a < b", ["return (a <= b)", "return not (a < b)"]),
        ("return a >= 1", ["return (a > 1)", "return (a >= 2)", "return not (a >= 1)"]),
        ("return a == 'x'", ["return (a != 'x')", "return (a == 'x?')", "return not (a == 'x')"]),
        ("return a in b", ["return (a not in b)", "return not (a in b)"]),
        ("x = a and b", ["x = (a or b)", "x = (b)", "x = (a)"]),
        ("x = not a", ["x = (a)"]),
        ("x = a - 1", ["x = (a + 1)"]),
        ("x = any(a)", ["x = (all(a))"]),
        ("x = [c for c in a if c]", ["x = ([c for c in a])"]),
        ("return [a]", ["return []"]),
        ("return f(a)", ["return None"]),
        ("return True", ["return False"]),
        ("return 7", ["return 8"]),
        ("a.append(b)", ["pass"]),
        ("a += b", ["pass"]),
        ("raise ValueError(f'found {a}')", ["pass"]),
    ],
)
def test_each_kind_of_line_is_broken_in_its_ways(body: str, expected: list[str]) -> None:
    assert sorted(line for _, line in changes(body)) == sorted(expected)


def test_condition_is_turned_round_and_what_stands_below_it_stays() -> None:
    source = "def f(a):\n    if a:  # why\n        return g(a)\n    return h()\n"

    turned = [each.source for each in mutants(source) if each.what == "condition"]

    assert turned == ["def f(a):\n    if (not (a)):  # why\n        return g(a)\n    return h()\n"]


@pytest.mark.parametrize(
    "source",
    [
        '"""Words."""\nX = 1 < 2\n',
        'def f():\n    """Return a < b."""\n',
        "def f(a: int = 1 + 1) -> list[int]:\n    ...\n",
        "def f(a):\n    _log.info(a)\n    typer.echo(a)\n",
        "def f(a):\n    return None\n",
        "class A:\n    def __repr__(self):\n        return 'A'\n",
        "class A(Protocol):\n    def f(self):\n        return 1\n",
        "def f():\n    if TYPE_CHECKING:\n        a()\n",
        "def f(a):\n    assert a > 0\n",
        "def f(a):\n    x = f'{a > 0}'\n",
    ],
)
def test_what_decides_nothing_is_left_alone(source: str) -> None:
    assert mutants(source) == []


@pytest.mark.parametrize(
    "path",
    ["rules/intake/scope.py", "rules/disposal/approval.py", "formats/bag/manifests.py", "edges/database/lease.py"],
)
def test_every_change_compiles_and_is_in_one_place_only(path: str) -> None:
    source = (ROOT / "include/lantai" / path).read_text(encoding="utf-8")

    found = mutants(source)

    assert len(found) > 20
    for each in found:
        compile(each.source, path, "exec")
        before, after = source.splitlines(), each.source.splitlines()
        same_head = next(at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1])
        same_tail = next(
            at for at, pair in enumerate(zip(before[::-1], after[::-1], strict=False)) if pair[0] != pair[1]
        )
        (statement,) = {
            (node.lineno, node.end_lineno)
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.stmt)
            and node.lineno <= each.line <= (node.end_lineno or 0)
            and not hasattr(node, "body")
        } or {(each.line, each.line + 40)}
        assert statement[0] <= same_head + 1
        assert len(before) - same_tail <= max(statement[1], each.line + 40)


def test_text_of_other_scripts_before_a_change_moves_nothing() -> None:
    (changed,) = mutants("def f(a):\n    x = '档号', a - 1\n")

    assert changed.source == "def f(a):\n    x = '档号', (a + 1)\n"


def small_project(folder: Path) -> Path:
    """Lay out a project with one function that a test holds, and one that its test only runs."""
    files = {
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["include"]\naddopts = "--import-mode=importlib"\n',
        "include/lantai/__init__.py": "",
        "include/lantai/kept.py": 'def is_late(days):\n    """R1-42."""\n    return days > 0\n',
        "include/lantai/weak.py": 'def is_whole(size):\n    """R1-45."""\n    return size == 7\n',
        "tests/test_kept.py": '''
            from lantai.kept import is_late

            def test_day_after_is_late():
                """R1-42."""
                assert [is_late(n) for n in (0, 1, 2)] == [False, True, True]

            def test_of_nothing_claimed():
                assert False
        ''',
        "tests/test_weak.py": '''
            from lantai.weak import is_whole

            def test_size_is_looked_at():
                """R1-45."""
                is_whole(7)

            def test_that_always_falls():
                """R1-45."""
                assert False
        ''',
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(dedent(text), encoding="utf-8")
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_held_claim_is_caught_weak_one_survives_and_the_tree_stays_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = small_project(tmp_path)
    before = digests(project)

    code = mutate.main(["--seed", "3", "--count", "4", "--processes", "2"], project)

    told = capsys.readouterr().out
    assert code == 1
    assert told.count("caught by tests/test_kept.py::test_day_after_is_late") == 2
    assert told.count("SURVIVED: 1 cases of 2 named tests passed") == 2
    assert "seed 3: 2 of 4 caught (50 %), survived:" in told
    assert "include/lantai/weak.py:3 is_whole" in told
    assert digests(project) == before


def test_test_that_waits_for_ever_has_caught_the_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = small_project(tmp_path)
    (project / "tests/test_kept.py").write_text(
        "import time\nfrom lantai.kept import is_late\ndef test_a():\n"
        '    """R1-42."""\n    while not is_late(1):\n        time.sleep(0.1)\n    assert not is_late(0)\n    assert is_late(2)\n',
        encoding="utf-8",
    )

    code = mutate.main(["--only", "kept.py", "--count", "9", "--test-seconds", "3"], project)

    told = capsys.readouterr().out
    assert code == 0
    assert "caught by tests/test_kept.py::test_a (it took too long)" in told


def test_same_seed_breaks_the_same_places_and_another_seed_others() -> None:
    one, again, other = (mutate.pick(ROOT, seed, 20) for seed in (5, 5, 6))

    assert one == again
    assert Counter(each.path for each in one) != Counter(each.path for each in other)
    assert len({(each.path, each.mutant.function) for each in one}) == 20
    assert all(each.tests for each in one)


def test_nothing_to_break_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = mutate.main(["--only", "no/such/module"], small_project(tmp_path))

    assert code == 2
    assert "no claimed function has 'no/such/module'" in capsys.readouterr().out


def test_named_test_that_pytest_does_not_find_ends_the_run_and_notices_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A claim in a class that pytest passes over was "caught" every time, for want of anything to run."""
    project = small_project(tmp_path)
    (project / "tests/test_weak.py").write_text(
        'class Weak:\n    def test_all(self):\n        """R1-45."""\n', encoding="utf-8"
    )
    named = mutate.pick(project, 3, 9, "weak.py")
    monkeypatch.setattr("lantai.manual.claims._is_test", lambda _path, name, _node: "test_all" in name)
    lost = mutate.main(["--only", "weak.py"], project)

    assert named == []
    assert lost == 2
    assert "named tests that pytest does not find" in capsys.readouterr().out
