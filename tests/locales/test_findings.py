"""Every finding has its words in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import lantai
from lantai.edges.intake import opened_archive
from lantai.edges.sheets import sheet
from lantai.locales import LOCALES, describe, say, told_values, words
from lantai.records.intake.finding import MORE, Finding, Severity

PACKAGE = Path(lantai.__file__).parent
SOURCES = sorted(p for p in PACKAGE.rglob("*.py") if p.relative_to(PACKAGE).parts[0] != "bench")
"""Modules whose findings people read; a benchmark's own checks are not among them."""

MAKERS = re.compile(r"(Finding|ColumnCheck|_\w*(finding|fault|hold|warning))$")
NAME = re.compile(r"[a-z]+(_[a-z0-9]+)*")


def rules_in(path: Path) -> set[str]:
    """Return the names of rules in a module: first arguments of what makes findings, and pairs of rule and severity."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        first: list[ast.expr] = []
        if isinstance(node, ast.Call) and node.args:
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            first = [node.args[0]] if MAKERS.search(name) else []
        elif isinstance(node, ast.Tuple) and len(node.elts) > 1 and ast.unparse(node.elts[1]).startswith("Severity."):
            first = [node.elts[0]]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "rule":
            first = [node.value]
        for expression in first:
            options = [expression.body, expression.orelse] if isinstance(expression, ast.IfExp) else [expression]
            found |= {o.value for o in options if isinstance(o, ast.Constant) and NAME.fullmatch(str(o.value))}
    return found


@pytest.mark.parametrize("locale", LOCALES)
def test_every_rule_in_the_code_has_title_message_and_fix(locale):
    """R1-50."""
    rules = {rule for path in SOURCES for rule in rules_in(path)}

    lacking = [r for r in sorted(rules) if not {"title", "message", "fix"} <= set(words(locale).get(r, {}))]

    assert len(rules) > 90
    assert lacking == []


def test_both_languages_put_in_the_same_values():
    """R1-50."""
    for rule, entry in words("zh").items():
        if {"title", "message", "fix"} <= set(entry):
            for key in ("message", "fix"):
                names = [set(re.findall(r"\{(\w+)\}", words(locale)[rule][key])) for locale in LOCALES]
                assert names[0] == names[1], (rule, key)


REFUSALS = {"PackageError", "ArchiveLimitError", "UnsafeNameError", "CatalogueError"}


def refusals_in(*paths: str) -> tuple[set[str], set[str]]:
    """Return the reasons for which modules refuse a package, and the refusals that give none."""
    reasons, without = set(), set()
    for path in paths:
        for node in ast.walk(ast.parse((PACKAGE / path).read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in REFUSALS:
                named = [a.value for a in node.args[1:] if isinstance(a, ast.Constant)]
                (reasons.update if named else without.update)(named or [ast.unparse(node)])
    return reasons, without


IN_ARCHIVES = ("edges/intake/archive.py",)
IN_TABLES = ("edges/sheets/sheet_child.py", "edges/sheets/workbook_container.py", "formats/intake/csv_table.py")


def test_every_reason_for_a_refusal_has_its_words_in_both_languages():
    """R1-50: a department reads no English of ours in the middle of a Chinese sentence."""
    others = ("edges/children/confined.py", "edges/sheets/sheet.py", "journey/intake/checks/read_catalogue.py")
    (in_archives, _), (in_tables, _) = refusals_in(*IN_ARCHIVES), refusals_in(*IN_TABLES)

    reasons, without = refusals_in(*IN_ARCHIVES, *IN_TABLES, *others)

    assert not without
    assert len(reasons) > 15
    assert all(reasons <= words(locale)["reasons"].keys() for locale in LOCALES)
    assert words("zh")["reasons"].keys() == words("en")["reasons"].keys()
    # What a confined script may say is what it can say: another reason would be taken for a lie.
    assert (in_archives, in_tables) == (opened_archive.REASONS, sheet.REASONS)


def test_refusal_is_told_in_the_language_of_the_paper():
    """R1-50."""
    values = {"found": "archive: 'x' asks for a password", "reason": "archive_password", "name": "目录.xlsx"}

    finding = Finding("archive_refused", Severity.FAULT, "", values)

    assert describe(finding, "zh").message == "目录.xlsx 设有密码。"
    assert describe(finding, "en").message == "The archive was not taken apart: 目录.xlsx asks for a password."


def test_finding_is_told_in_words_of_the_field():
    """R1-50."""
    finding = Finding("field_missing", Severity.FAULT, "x", {"column": "title"}, "GD-2-4", 3)

    assert describe(finding, "zh") == ("必填项空白", "第 3 行缺少题名。", "请补填题名；合并的单元格只算第一行。")
    assert describe(finding, "en").message == "Row 3 lacks: title."


def test_finding_says_which_rows_of_which_sheet_and_which_field_of_which_form():
    """R1-50."""
    of_rows = Finding("field_missing", Severity.FAULT, "x", {"column": "title"}, "GD-2-4", 3, sheet="永久")
    of_form = Finding(
        "form_contradicts",
        Severity.FAULT,
        "登记表",
        {"form": "backup_statement", "field": "unit", "found": "甲", "expected": "乙"},
    )
    of_code = Finding(
        "archival_code_mismatch",
        Severity.FAULT,
        "码",
        {"part": "retention", "found": "D10", "expected": "D30"},
        record_no=7,
    )

    told = [
        describe(each, "zh", rows).message
        for each, rows in ((of_rows, ""), (of_rows, "3–5"), (of_form, ""), (of_code, ""))
    ]

    assert told[:3] == [
        "工作表“永久”：第 3 行缺少题名。",
        "工作表“永久”：第 3–5 行缺少题名。",
        "登记表 的 单位名称 为 甲，应为 乙。",
    ]
    assert "保管期限" in told[3]
    assert "7" in told[3]


def test_several_things_found_stand_behind_one_another_as_the_language_puts_them():
    """R1-50."""
    gap = Finding("item_no_gap", Severity.FAULT, "x", {"found": ("0002", "0005", MORE), "count": "25"})

    messages = [describe(gap, locale).message for locale in LOCALES]

    assert "0002、0005、…" in messages[0]
    assert "0002, 0005, and more" in messages[1]
    assert not re.search("[\u3000-\u303f\uff00-\uffef]", messages[1])
    assert told_values(gap, "zh") == {"found": "0002、0005、…", "count": "25"}


def test_fields_that_a_form_lacks_are_named_in_the_language():
    """R1-30, R1-50: of the form and of its continuation sheet."""
    keys = ("form.backup_statement.unit", "rows.backup_statement.digest")
    values = {"form": "backup_statement", "expected": keys}

    zh, en = (describe(Finding("form_incomplete", Severity.FAULT, "x", values), locale).message for locale in LOCALES)

    assert zh == f"x 未填：{say(keys[0], 'zh')}、{say(keys[1], 'zh')}。"
    assert en == f"x lacks: {say(keys[0], 'en')}, {say(keys[1], 'en')}."
    assert not re.search("[\u4e00-\u9fff]", en)


def test_finding_of_no_row_names_none():
    """R1-50."""
    finding = Finding("field_missing", Severity.FAULT, "x", {"column": "title"})

    assert "None" not in describe(finding, "zh").message


def test_braces_of_a_department_are_printed_as_they_are():
    """R1-50."""
    finding = Finding("name_unsafe", Severity.FAULT, "{x}", {"found": "{subject} {0.__class__}"})

    assert "{subject} {0.__class__}" in describe(finding, "zh").message


def test_missing_word_is_an_error_and_not_a_key_on_a_paper():
    """R1-50."""
    with pytest.raises(KeyError):
        say("no_such_word", "zh")
    with pytest.raises(ValueError, match="expected one of"):
        say("file_missing", "fr")
