"""What a list lacks is a name and values in the code, and has words in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import lantai
from lantai.locales import LOCALES, lacking, words
from lantai.records.disposal.shortfall import Shortfall

ROOT = Path(lantai.__file__).parent


def named_in_code() -> dict[str, set[str]]:
    """Return the names of shortfalls that the program gives, each with the values it gives along."""
    found: dict[str, set[str]] = {}
    for path in (*(ROOT / "rules").rglob("*.py"), *(ROOT / "journey").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func) == "Shortfall.of"
                and isinstance(node.args[0], ast.Constant)
            ):
                because = {"because"} if len(node.args) > 1 else set()
                found.setdefault(node.args[0].value, set()).update({each.arg or "" for each in node.keywords} | because)
    return found


@pytest.mark.parametrize("locale", LOCALES)
def test_every_shortfall_has_words_and_no_words_are_left_over(locale: str) -> None:
    """R1-50."""
    assert set(words(locale)["shortfalls"]) == set(named_in_code())


@pytest.mark.parametrize("locale", LOCALES)
def test_words_ask_for_no_value_that_is_not_given(locale: str) -> None:
    for name, sentence in words(locale)["shortfalls"].items():
        asked = {each.removesuffix("_word") for each in re.findall(r"{(\w+)}", sentence)}
        assert asked <= named_in_code()[name], name


def test_reasons_stand_behind_what_they_are_reasons_of_in_the_words_of_papers() -> None:
    reasons = (Shortfall.of("role_not_held", role="leader"), Shortfall.of("signature_invalid"))

    told = Shortfall.of("signature", reasons, duty="leader", person_id="L01", stage="approve")

    assert lacking(told, "zh") == "主管领导 L01（审批）：签署当日未担任主管领导；签名验证不通过"
    assert (
        lacking(told, "en")
        == "leader L01, approve: role leader not held on the day of signing; signature does not verify"
    )


def test_several_duties_are_joined_as_the_language_joins() -> None:
    told = Shortfall.of("two_duties", person_id="L01", duties=("leader", "witness"))

    assert lacking(told, "zh") == "L01 同时担任主管领导、监销人，每人只能担任一项"
    assert lacking(told, "en") == "L01: stands behind leader and witness, expected one duty per person"
