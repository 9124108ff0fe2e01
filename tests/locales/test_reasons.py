"""Every reason has its words in both languages, whatever class it bears and whatever a server said."""

from __future__ import annotations

import re

import pytest

from lantai import errors
from lantai.errors import LantaiError, UsageError
from lantai.locales import LOCALES, advice, explain, message_of, put, refusal, words
from lantai.manual.runbook import classes
from lantai.records.intake.reason import Reason
from lantai.records.text.words import Words


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


def test_error_with_words_is_told_in_either_language_and_one_without_as_it_is() -> None:
    """R1-50."""
    error = refusal(
        UsageError,
        Words.of(
            "refused.not_held",
            carrier_id="SL2025-JY-E001-R1",
            package="001",
            state=Words.of("values.state.accepted"),
            code="accepted",
        ),
    )

    assert str(error) == message_of(error, "en") == "SL2025-JY-E001-R1 (001): found state accepted, expected held"
    assert message_of(error, "zh").startswith("SL2025-JY-E001-R1（001）：状态为“已接收”")
    assert message_of(UsageError("--port x: expected a number"), "zh") == "--port x: expected a number"


def test_things_that_hold_commas_are_set_apart_by_semicolons() -> None:
    with_commas = Words.of("refused.not_there", wanted=("004", "005"), there=("二〇二五，文书", "001"), more="")

    assert put(with_commas, "en") == "carrier 004, 005: not there, found 二〇二五，文书; 001"
    assert put(with_commas, "zh") == "004、005：不在发件箱中，现有：二〇二五，文书；001"
