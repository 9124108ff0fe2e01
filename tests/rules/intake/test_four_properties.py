"""The four-property test."""

from __future__ import annotations

import pytest

from lantai import profiles
from lantai.records.intake.finding import Finding, Severity
from lantai.rules.intake.four_properties import Result, evaluate

ITEMS = profiles.four_property_items()
EVERY_CHECK = {item["needs"] for item in ITEMS if item["needs"]}


def results(findings=(), done=EVERY_CHECK, not_applicable=()):
    return {r.code: r.result for r in evaluate(ITEMS, findings, done, not_applicable)}


def test_every_item_is_listed_in_order_even_those_that_do_not_apply():
    """R1-46, N8."""
    found = evaluate(ITEMS, [], EVERY_CHECK, ["catalogue"])

    assert [r.code for r in found] == [item["code"] for item in ITEMS]
    assert len(found) == 14 + 11 + 8 + 7
    assert {r.aspect for r in found} == {"authenticity", "integrity", "usability", "security"}


def test_check_for_eyes_and_hands_is_never_passed_by_itself():
    """R1-46, N8: only their being open is held, and what a person enters is not taken in yet.

    GD-3-5 (left open), GD-3-6 (left open), GD-3-7 (left open), GD-4-4 (left open), GD-4-5 (left open), GD-4-6 (left open).
    """
    assert {code for code, result in results().items() if result is Result.PENDING_MANUAL} == {
        "GD-3-5",
        "GD-3-6",
        "GD-3-7",
        "GD-4-4",
        "GD-4-5",
        "GD-4-6",
    }


def test_check_that_was_not_done_is_pending():
    """R1-46, N8, GD-4-2 (left open)."""
    assert results(done={"manifest"})["GD-4-2"] is Result.PENDING_MANUAL


def test_fault_fails_its_item_and_a_remark_does_not():
    """R1-46, N8."""
    fault = Finding("x", Severity.FAULT, check_code="GD-2-4")
    remark = Finding("y", Severity.WARNING, check_code="GD-2-6")

    found = results([fault, remark])

    assert (found["GD-2-4"], found["GD-2-6"]) == (Result.FAIL, Result.PASS)


def test_item_whose_name_was_not_read_says_so():
    """N8, GD-1-9 (told as unverified)."""
    (item,) = [r for r in evaluate(ITEMS, [], EVERY_CHECK) if r.code == "GD-1-9"]
    others = {r.remark for r in evaluate(ITEMS, [], EVERY_CHECK) if r.code != "GD-1-9"}

    assert (item.result, item.remark) == (Result.NOT_APPLICABLE, "not_verified")
    assert others == {""}


@pytest.mark.parametrize(
    ("decided", "result"),
    [
        ("yes", Result.PASS),
        ("manual", Result.PENDING_MANUAL),
        ("not_checked", Result.NOT_CHECKED),
        ("unverified", Result.NOT_APPLICABLE),
    ],
)
def test_item_is_passed_only_where_a_program_decides_it_and_has_looked(decided, result):
    """R1-46, N8."""
    item = {"code": "GD-9-9", "property": "security", "name_zh": "x", "name_en": "x", "decided": decided, "needs": "a"}

    def found(**known):
        (told,) = evaluate([item], [], **({"done": ["a"]} | known))
        return told.result

    assert found() is result
    assert found(not_applicable=["a"]) is Result.NOT_APPLICABLE
    if decided in {"yes", "manual"}:
        assert found(not_checked=["GD-9-9"]) is Result.NOT_CHECKED
        assert found(done=["b"]) is Result.PENDING_MANUAL
