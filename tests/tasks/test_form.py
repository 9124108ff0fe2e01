"""What a trigger form says is read once, and nonsense is refused by name."""

from __future__ import annotations

from datetime import date

import pytest

from lantai.errors import UsageError
from lantai.tasks.form import carriers_of, day_of, units_of, years_of


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2025", [2025]),
        ("2025, 2024", [2024, 2025]),
        ("２０２５、2024", [2024, 2025]),
        ("", None),
        (None, None),
        (2025, [2025]),
    ],
)
def test_years_are_read_as_an_operator_writes_them(text, years):
    assert years_of({"year": text}) == years


@pytest.mark.parametrize(
    ("text", "codes"),
    [("JY", ["JY"]), ("sw，jy", ["JY", "SW"]), (["JY", "JY"], ["JY"]), ("  ", None), (None, None)],
)
def test_unit_codes_are_read_as_an_operator_writes_them(text, codes):
    assert units_of({"units": text}) == codes


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (["移交 2025，一", " 001 ", ""], ["001", "移交 2025，一"]),
        ("001\n002\n", ["001", "002"]),
        ("a, b; c", ["a, b; c"]),
        ([], None),
        (" ", None),
        (None, None),
    ],
)
def test_names_of_packages_are_one_a_line_whatever_is_in_them(given, names):
    assert carriers_of({"carrier": given}) == names


@pytest.mark.parametrize(
    ("field", "text"), [("year", "last"), ("year", "20251"), ("units", "../JY"), ("units", "教育局")]
)
def test_a_word_that_is_neither_year_nor_unit_is_named(field, text):
    read = years_of if field == "year" else units_of

    with pytest.raises(UsageError, match=f"{field}: found"):
        read({field: text})


def test_a_day_is_a_date_or_nothing():
    assert day_of({"on": "2026-09-01"}) == date(2026, 9, 1)
    assert day_of({"on": None}) is None
    with pytest.raises(UsageError, match="2026-02-30"):
        day_of({"on": "2026-02-30"})
