"""The words of the command: each is there in both languages, is used, and is put in by nobody but the files of locales."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer import Context
from typer.main import get_command

import lantai
from lantai.cli.commands import app
from lantai.cli.terminal.exit import ARGUMENTS, COMMANDS, OPTIONS, PANELS
from lantai.locales import LOCALES

WORDS = Path(lantai.__file__).parent / "locales"
PAIRED = sorted(path.name.removesuffix(".zh.toml") for path in WORDS.glob("*.zh.toml") if path.name != "errors.zh.toml")
"""Files in both languages; what an error says in English is its docstring."""

COUNTED_OTHERWISE = {"year.reasons"}
"""Chinese counts all of them, English those that are not named."""


def flat(table: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """Return the words of a table under their dotted keys."""
    found: dict[str, str] = {}
    for key, value in table.items():
        text = "\n".join(value) if isinstance(value, list) else value
        found |= flat(value, f"{above}{key}.") if isinstance(value, Mapping) else {f"{above}{key}": text}
    return found


def words_in(name: str, locale: str) -> dict[str, str]:
    """Return the words of one file."""
    return flat(tomllib.loads((WORDS / f"{name}.{locale}.toml").read_text("utf-8")))


def values_in(text: str) -> set[str]:
    """Return the names of the values that a text takes; a code may be put in as it is or in words."""
    names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    return {name.removesuffix("_word") for name in names}


def keys_of_help(command: Any, key: str = "help") -> Iterator[str]:
    """Yield the keys that the help of a command, and of all below it, is worded under."""
    yield f"{key}.about"
    yield from [command.epilog] if command.epilog else []
    assert command.get_help_option(Context(command)) is not None
    for param in command.params:
        yield param.help or f"{key}.{param.name}"
    for name, below in getattr(command, "commands", {}).items():
        yield from keys_of_help(below, f"{key}.{name}")


@pytest.mark.parametrize("name", PAIRED)
def test_both_languages_have_the_same_words_with_the_same_values(name):
    zh, en = (words_in(name, locale) for locale in LOCALES)

    assert zh.keys() == en.keys()
    assert {key for key, text in zh.items() if values_in(text) != values_in(en[key])} - COUNTED_OTHERWISE == set()
    assert {key for key in zh if bool(zh[key]) != bool(en[key])} == set()


def test_no_word_of_the_help_is_lacking_or_left_over():
    used = {*keys_of_help(get_command(app)), "given.help", *PANELS, ARGUMENTS, OPTIONS, COMMANDS}

    assert len(used) > 150
    assert used == words_in("commands", "zh").keys()


def test_help_that_several_share_is_worded_once():
    """A word that two commands have under `given` is used by both; one of a single command stands with it."""
    keys = [key for key in keys_of_help(get_command(app)) if key.startswith("given.")]

    assert {key for key in keys if keys.count(key) == 1} == set()


def test_english_has_no_chinese():
    chinese = re.compile("[\u4e00-\u9fff]")
    found = {
        key for name in ("answers", "commands") for key, text in words_in(name, "en").items() if chinese.search(text)
    }

    assert found == set()


CODE = sorted((Path(lantai.__file__).parent / "cli").rglob("*.py"))
DOTTED = re.compile(r"[a-z_]+(\.[a-z0-9_-]+)+")
FILES = {"catalogue.csv", "catalogue.xlsx", "identity.txt", "intake.pem", "log.pem"}
"""Dotted words of the code that are names of files."""


def dotted_words() -> set[str]:
    """Return the strings of the command's code that read like a key."""
    strings = (
        node.value
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return {text for text in strings if DOTTED.fullmatch(text)} - FILES


def sentences() -> Iterator[tuple[str, set[str], str]]:
    """Yield the keys of the sentences that the code asks for, with the names of the values it puts in, and where."""
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("word", "say"):
                first = node.args[0]
                options = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                given = {str(keyword.arg) for keyword in node.keywords}
                yield from ((o.value, given, f"{path}:{node.lineno}") for o in options if isinstance(o, ast.Constant))


def test_every_word_that_the_code_names_is_there():
    known = {key for name in PAIRED for key in words_in(name, "zh")}

    assert dotted_words() - known == set()


def test_no_word_of_an_answer_is_left_over():
    assert words_in("answers", "zh").keys() - dotted_words() == set()


def test_every_sentence_gets_the_values_that_it_tells():
    """A value that is not given would be a blank in the middle of a sentence."""
    known = [{key: text for name in PAIRED for key, text in words_in(name, locale).items()} for locale in LOCALES]

    wrong = [
        (where, key)
        for key, given, where in sentences()
        if given != set().union(*(values_in(language[key]) for language in known))
    ]

    assert wrong == []
