"""Words of the verbs are in locales: which modules still have Chinese of their own is said here, and may only become less."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import lantai

JOURNEY = Path(lantai.__file__).parent / "journey"
CHINESE = re.compile("[\u4e00-\u9fff]")
STILL = {"disposal/lay_out.py", "intake/checks/locate_documents.py"}
"""What people signed, whose digest may not change with a word, and the file names that packages are read by."""


def chinese_in(path: Path) -> list[str]:
    """Return the strings of a module with Chinese in them; what documents it is none."""
    tree = ast.parse(path.read_text("utf-8"))
    documents = {
        id(each.value)
        for node in ast.walk(tree)
        for each in (node.body if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) else [])
        if isinstance(each, ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documents
        and CHINESE.search(node.value)
    ]


def test_no_verb_has_chinese_of_its_own_but_those_that_are_named():
    """R1-50."""
    found = {path.relative_to(JOURNEY).as_posix() for path in JOURNEY.rglob("*.py") if chinese_in(path)}

    assert found == STILL


COMMAND = Path(lantai.__file__).parent / "cli"
FULL_WIDTH = re.compile("[\u3000-\u303f\uff00-\uffef]")
TYPED = {"centre/units.py", "disposal/list_act.py", "disposal/schedule.py"}
"""A list may be typed or filled in with a full-width comma or semicolon."""
BROKEN = {"terminal/exit.py"}
"""Where a line of Chinese may be broken."""


def test_command_has_no_chinese_of_its_own_in_strings_docstrings_or_comments():
    """R1-50."""
    texts = {path.relative_to(COMMAND).as_posix(): path.read_text("utf-8") for path in COMMAND.rglob("*.py")}

    assert len(texts) > 25
    assert [path for path, text in texts.items() if CHINESE.search(text)] == []
    assert {path for path, text in texts.items() if FULL_WIDTH.search(text)} == TYPED | BROKEN
