"""Every reason has its words in both languages, whatever class it bears and whatever a server said."""

from __future__ import annotations

import re

import pytest

from lantai import errors
from lantai.errors import LantaiError
from lantai.locales import LOCALES, advice, explain, words
from lantai.manual.runbook import classes
from lantai.records.intake.reason import Reason


@pytest.mark.parametrize("locale", LOCALES)
def test_every_class_of_error_is_explained(locale):
    """R1-50."""
    texts = [explain(Reason(kind.__name__, "x"), locale) for kind in classes()]

    assert len(texts) > 40
    assert all(text.what and text.hint and text.message == "x" for text in texts)


def test_foreign_error_is_a_fault_of_the_program_and_named():
    text = explain(Reason("KeyError", "'JY'"), "zh")

    assert text.message == "KeyError: 'JY'"
    assert text.what == explain(Reason("UnexpectedError"), "zh").what


def test_what_a_server_said_breaks_neither_line_nor_screen():
    assert explain(Reason("RemoteProtocolError", "a\r\n\x1b[31mb\u2028c"), "en").message == "a ␛[31mb c"


def test_reason_that_was_written_down_is_read_again():
    reason = Reason("RemoteMissingError", "outbox: /srv: not there")

    assert Reason.read(reason.as_text()) == reason
    assert Reason.read("") is None


@pytest.mark.parametrize("section", ["stage", "trouble_column", "visit", "run"])
def test_both_languages_have_the_same_words_of_a_visit(section):
    """R1-50."""
    zh, en = (words(locale)[section] for locale in LOCALES)

    assert zh.keys() == en.keys()
    assert all(zh.values())
    assert all(en.values())


def test_every_class_of_error_has_advice_of_its_own_or_of_its_kind_and_no_advice_is_left_over() -> None:
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, LantaiError)}

    assert all(re.search("[\u4e00-\u9fff]", advice(getattr(errors, name), "zh")) for name in kinds)
    assert set(words("zh")["hints"]) <= kinds
    assert {name for name in kinds if "hint" in vars(getattr(errors, name))} == set(words("zh")["hints"])
