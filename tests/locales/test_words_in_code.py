"""Words of the verbs are in locales: which modules still have Chinese of their own is said here, and may only become less."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import lantai

JOURNEY = Path(lantai.__file__).parent / "journey"
CHINESE = re.compile("[\u4e00-\u9fff]")
STILL = {
    *("department/pack.py", "disposal/acts/certify.py", "disposal/acts/transfer.py"),
    *("disposal/approval/export_sheet.py", "disposal/lay_out.py", "intake/answers/inspection.py"),
    *("intake/checks/find_papers.py", "intake/list_records.py"),
}
"""Names of papers as files, words that packages are read by, and clauses that an English sentence cites."""


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
