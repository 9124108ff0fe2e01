"""Numbers that we give: made in one place, read in one place, and nothing else looks like them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.records.centre.unit import UNIT_CODE, DataForm, Unit
from lantai.records.intake.submission import (
    Reference,
    bears_number,
    carrier_id,
    read_reference,
    record_id,
    submission_id,
)

CODES = st.from_regex(UNIT_CODE, fullmatch=True)
YEARS = st.integers(1000, 9999)
FORMS = st.sampled_from(DataForm)
BETWEEN = (
    " ",
    "   ",
    "\t",
    "\n",
    "\u00a0",
    "\u2003",
    "\u3000",
    "\u00ad",
    "\u200b",
    "\u2060",
    "\ufeff",
    "\x07",
    "\u034f",
    "\ufe0f",
    "\u3164",
)
"""Blanks, and marks that nobody sees."""


@given(CODES, YEARS, FORMS, st.integers(1, 99_999), st.integers(1, 99), st.integers(1, 999_999))
def test_number_that_was_made_is_read_as_what_it_names(code, year, form, number, round_no, record_no):
    """R1-43: submission, round and record."""
    submission = submission_id(code, year, form, number)
    carrier = carrier_id(submission, round_no)
    record = record_id(carrier, record_no)

    read = [read_reference(text) for text in (submission, carrier, record)]

    assert read == [Reference(submission), Reference(submission, carrier), Reference(submission, carrier, record)]
    assert [each.own_id for each in read if each] == [submission, carrier, record]
    assert all(map(bears_number, (submission, carrier, record, f"通知.{submission}", f"x{submission}y")))


@given(CODES, YEARS, FORMS, st.from_regex(r"[0-9]{3,4}|[EBD][0-9]{3}|[A-Z]{1,4}-?[0-9]{1,4}", fullmatch=True))
def test_name_that_pack_gives_is_never_a_number(code, year, form, carrier_number):
    """R1-43: also of a water bureau (水利局), whose code may well be SL."""
    name = f"{code}-{year}-{form.letter}-{carrier_number}"

    assert (read_reference(name), bears_number(name)) == (None, False)


def test_name_of_a_unit_called_sl_is_no_number():
    """R1-43: SL is 水利 as well as 受理."""
    assert not any(map(bears_number, ("SL-2025-E-001", "SL-2025-B-E001", "SL-2025-D-D003", "SL2025", "SL2025-001")))


@pytest.mark.parametrize(
    "typed",
    [
        "sl2025-jy-d002-r1",
        "  SL2025-JY-D002-R1\n",
        "\uff33\uff2c\uff12\uff10\uff12\uff15\uff0d\uff2a\uff39\uff0d\uff24\uff10\uff10\uff12\uff0d\uff32\uff11",
        "SL2025\u2014JY\u2013D002\u2010R1",
        "SL2025 - JY - D002 - R1",
        "\u200bSL2025-JY-D002-R1\ufeff",
        "S L20 25-J\u3000Y-D0 02-R1",
        "S\u034fL2025-J\ufe0fY-\x07D002-R1",
    ],
)
def test_number_is_read_as_people_type_it(typed):
    """R1-43: case, blanks, full-width letters, other dashes, marks that nobody sees."""
    assert read_reference(typed) == Reference("SL2025-JY-D002", "SL2025-JY-D002-R1")


@given(
    st.builds(submission_id, CODES, YEARS, FORMS, st.integers(1, 99_999)),
    st.sampled_from(["", "-R1", "-R12-00001"]),
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(BETWEEN)), max_size=12),
    st.sets(st.integers(0, 40)),
    st.sampled_from(["-", "\u2014", "\uff0d", "\u4e00", " - "]),
)
def test_whatever_is_read_as_a_number_is_no_name_of_a_package(submission, behind, between, wide, dash):
    """R1-43: with blanks and hidden marks anywhere, in full width, in small letters, with any dash."""
    letters = [chr(ord(x) + 0xFEE0) if n in wide else x for n, x in enumerate(submission + behind)]
    for at, mark in between:
        letters.insert(at, mark)
    name = "".join(letters).replace("-", dash)

    known = [(read_reference(each) is not None, bears_number(each)) for each in (name, name.lower())]

    assert known == [(True, True), (True, True)]


@pytest.mark.parametrize(
    "text",
    ["", "JY-2025-D-002", "SL2025-JY-D02", "SL2025-JY-X002", "SL25-JY-D002", "SL2025-JY-D002-R0", "SL2025-JY-D002.pdf"],
)
def test_what_is_not_wholly_a_number_is_none(text):
    """R1-43."""
    assert read_reference(text) is None


@pytest.mark.parametrize(
    "name",
    [
        "SL2025-OTHER-E001",
        "sl2025-other-e001.zip",
        "JY-2025-E-003.SL2025-JY-E001-R1",
        "受理号 SL2025_JY_E001",
        "SL 2025 JY E001",
        "S\u00adL2025-JY-E001",
        "SL20 25-MZ-E001",
        "S L2025-JY-E001",
        "SL2025-J Y-E001",
        "SL2025-JY-E0 01.zip",
        "SL2025-J\ufe0fY-E\u034f001",
        "\uff33\uff2c2025\u2014JY\u2014E001",
    ],
)
def test_name_that_a_person_would_take_for_a_number_is_known(name):
    """R1-43: also with other marks between, hidden ones within, or something around it."""
    assert bears_number(name)


def test_code_of_a_unit_never_begins_like_a_number():
    """R1-43: its packages would."""
    with pytest.raises(ValueError, match="not beginning like an acceptance number"):
        Unit("SL2025", "示例市水利局", "Z109", (DataForm.E_DOCUMENT,))

    assert Unit("SL", "示例市水利局", "Z109", (DataForm.E_DOCUMENT,)).unit_code == "SL"
