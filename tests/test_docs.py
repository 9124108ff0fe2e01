"""The documents say what is so: generated pages are fresh, links lead somewhere, every setting is in .env.example."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from lantai import errors
from lantai.cli.commands import app
from lantai.locales import advice, words
from lantai.manual import findings, runbook
from lantai.manual.pages import pages

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [
    *sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("*.md")),
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")),
]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)


def anchors_of(text):
    """Return the anchors of a page: headings in lower case, spaces as hyphens, marks left out."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in HEADING.findall(text)}


def dead_links(path, text):
    dead = []
    for link in LINK.findall(text):
        name, _, anchor = unquote(link).partition("#")
        if name.startswith(("http://", "https://", "mailto:")):
            continue
        target = (ROOT / path).parent / name if name else ROOT / path
        is_page = target.suffix == ".md" and target.is_file()
        if not target.exists() or (anchor and is_page and anchor not in anchors_of(target.read_text(encoding="utf-8"))):
            dead.append(link)
    return dead


@pytest.mark.parametrize("path", ["docs/dags.md", "docs/runbook.md", "docs/standards.md", "docs/package-format.md"])
def test_generated_page_is_what_the_code_says_today(path):
    committed = (ROOT / path).read_text(encoding="utf-8")

    fresh = pages(ROOT)[path]

    assert committed == fresh, "run `make docs`"


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_link_of_a_document_leads_somewhere(path):
    text = (ROOT / path).read_text(encoding="utf-8")

    assert dead_links(path, text) == []


def test_dead_link_and_dead_anchor_are_found():
    text = "# One\n[a](docs/nowhere.md) [b](#two) [c](#one) [d](CONTRIBUTING.md#nothing-of-this-name)"

    found = dead_links("README.md", text)

    assert "docs/nowhere.md" in found
    assert "CONTRIBUTING.md#nothing-of-this-name" in found
    assert "#one" not in dead_links("README.md", f"[c](#{next(iter(anchors_of((ROOT / 'README.md').read_text())))})")


def code_words(text):
    return {word for cell in re.findall(r"`([A-Za-z_.]+)`", text) for word in cell.split(".")}


def test_every_identifier_of_the_glossary_is_in_the_code():
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "include").rglob("*.py"))
    used = set(re.findall(r"\w+", code)) | {path.stem for path in (ROOT / "include").rglob("*")}
    rows = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines()

    words_in_code = {word for row in rows if row.startswith("| ") for word in code_words(row.split("|")[4])}

    assert len(words_in_code) > 50
    assert sorted(words_in_code - used) == []


def test_every_module_and_test_that_the_threat_model_names_is_there():
    rows = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8").splitlines()
    cells = [row.split("|")[4:6] for row in rows if row.startswith("| ") and row.count("|") == 6]
    named = {name for pair in cells for cell in pair for name in re.findall(r"`([a-z][\w./-]+)`", cell)}

    missing = [
        name
        for name in named
        if not any(
            (ROOT / top / f"{name}{end}").exists() for top in ("", "include/lantai", "tests") for end in ("", ".py")
        )
    ]

    assert len(named) > 25
    assert missing == []


def commands_in(text):
    """Return the uses of `lantai` in a page: those in backticks, and indented lines with what follows a backslash."""
    joined = re.sub(r"\\\n\s+", " ", text)
    lines = [line.split("  ")[0] for line in re.findall(r"^    (lantai .*)$", joined, re.MULTILINE)]
    return lines + re.findall(r"`(lantai [^`]+)`", text)


def unknown_in(line):
    """Return the first word of a use that the command does not know, or nothing."""
    at = get_command(app)
    for word in line.split()[1:]:
        options = {option for param in at.params for option in (*param.opts, *param.secondary_opts)}
        if isinstance(at, TyperGroup) and not word.startswith("-"):
            at = at.commands.get(word)
            if at is None:
                return word
        elif word.startswith("-") and word not in {*options, "--help"}:
            return word
    return ""


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_command_that_a_document_shows_is_one(path):
    shown = commands_in((ROOT / path).read_text(encoding="utf-8"))

    assert {line: word for line in shown if (word := unknown_in(line))} == {}


def test_command_that_does_not_exist_is_found():
    text = "    lantai year open 2025     opens it\n    lantai year shut 2025\nand `lantai check X --quickly`"

    assert [unknown_in(line) for line in commands_in(text)] == ["", "shut", "--quickly"]


def test_every_setting_that_is_read_stands_in_the_example():
    parsed = ast.parse((ROOT / "include/lantai/settings.py").read_text(encoding="utf-8"))
    readers = {"_text", "_place", "_choice", "_count", "_path", "_day", "_zone"}
    names = {
        node.args[1].value
        for node in ast.walk(parsed)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in readers
        and len(node.args) > 1
        and isinstance(node.args[1], ast.Constant)
    }
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    shown = {line.partition("=")[0].lstrip("# ") for line in lines if "=" in line}

    missing = sorted(f"LANTAI_{name}" for name in names if f"LANTAI_{name}" not in shown)

    assert len(names) > 20
    assert missing == []


def test_every_setting_of_the_example_has_a_comment_above_it():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()

    bare = [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if line.startswith("LANTAI_") and not before.startswith(("#", "LANTAI_", "AIRFLOW_", "REDIS_"))
    ]

    assert bare == []


def test_runbook_has_a_row_for_every_error_with_advice_in_both_languages():
    shown = runbook.page()
    kinds = list(runbook.classes())

    assert len(kinds) > 30
    for kind in kinds:
        assert f"| `{kind.__name__}` |" in shown
        assert re.search(r"[\u4e00-\u9fff]", advice(kind, "zh")), kind
        assert kind.hint.isascii(), kind
    assert errors.LantaiError in kinds


def test_every_finding_that_code_can_make_has_words_and_a_row():
    """R1-50."""
    made = findings.severities(ROOT / "include" / "lantai")
    worded = {
        rule
        for rule, text in words("zh").items()
        if isinstance(text, dict) and {"title", "message", "fix"} <= text.keys()
    }

    shown = findings.table(ROOT / "include" / "lantai")

    assert len(made) > 60
    assert sorted(set(made) - worded) == []
    assert all(f"`{rule}`" in shown for rule in worded)


NAMED = re.compile(r"`(?:lantai\.)?((?:records|rules|formats|edges|journey|views|tasks|cli|locales)(?:\.\w+)+)`")


def leads_somewhere(name: str) -> bool:
    """Return whether a dotted name is a module of the program, or something in one."""
    at = ROOT / "include" / "lantai"
    for part in name.split("."):
        if (at / part).is_dir():
            at /= part
        else:
            module = at / f"{part}.py"
            return module.is_file() or part in (at / "__init__.py").read_text("utf-8")
    return True


def test_every_module_that_a_text_names_is_there():
    """Whoever follows a name to a room that was moved finds nothing."""
    texts = [
        *(ROOT / "include").rglob("*.py"),
        *(ROOT / "tests").rglob("*.py"),
        ROOT / "docs/glossary.md",
        ROOT / "CONTRIBUTING.md",
    ]
    named = {(path.name, name) for path in texts for name in NAMED.findall(path.read_text("utf-8"))}

    assert len(named) > 40
    assert sorted(each for each in named if not leads_somewhere(each[1])) == []
