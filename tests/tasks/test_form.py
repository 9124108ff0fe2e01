"""What a trigger form says is read once, and nonsense is refused by name."""

from __future__ import annotations

from datetime import date

import pytest

from factories_disposal import make_unit
from lantai.errors import NotFoundError, UsageError
from lantai.journey.year.open_year import open_year
from lantai.tasks.form import (
    MOST_NAMES,
    carriers_of,
    day_of,
    refuse_other_fields,
    require_units,
    require_years,
    text_of,
    units_of,
    years_of,
)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2025", [2025]),
        ("2025, 2024", [2024, 2025]),
        ("２０２５、2024", [2024, 2025]),
        ("", None),
        (None, None),
        (["2025", "2024"], [2024, 2025]),
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


@pytest.mark.parametrize("value", [0, 1, 2025, 1.5, False, True, {}, {"a": 1}, [None], ["JY", 1], [["JY"]], [{}]])
@pytest.mark.parametrize(
    ("field", "read"),
    [
        ("year", years_of),
        ("units", units_of),
        ("carrier", carriers_of),
        ("on", day_of),
        ("kind", lambda form: text_of(form, "kind")),
    ],
)
def test_what_is_no_text_is_refused_by_the_name_of_its_field_and_never_means_everything(field, read, value):
    with pytest.raises(UsageError, match=f"{field}: found .*expected text, or a list of text"):
        read({field: value})


def test_a_day_is_a_date_or_nothing():
    assert day_of({"on": "2026-09-01"}) == date(2026, 9, 1)
    assert day_of({"on": None}) is None
    with pytest.raises(UsageError, match="2026-02-30"):
        day_of({"on": "2026-02-30"})


@pytest.mark.parametrize(
    ("field", "near"), [("unit", "units"), ("years", "year"), ("Year", "year"), ("carriers", "carrier")]
)
def test_a_field_that_is_not_there_is_refused_with_the_one_that_was_meant(field, near):
    with pytest.raises(UsageError) as refused:
        refuse_other_fields({"units": "JY", field: "2025"}, ("carrier", "units", "year"))

    assert f"found the field {field}, expected: carrier, units, year; is {near} meant?" in str(refused.value)
    assert f"表单没有“{field}”这一项；可填：carrier, units, year。是否应为 {near}？" in str(refused.value)


def test_a_form_with_its_own_fields_is_taken_and_a_dag_without_a_form_takes_nothing():
    refuse_other_fields({"units": None, "year": "2025"}, ("units", "year"))
    refuse_other_fields({}, ())

    with pytest.raises(UsageError, match="expected none"):
        refuse_other_fields({"units": "JY"}, ())


def test_a_unit_that_is_not_registered_is_refused_with_the_nearest(centre):
    for code in ("JY", "SW", "TJ"):
        make_unit(centre, code, code, f"Z{code}")
    require_units(centre, ["JY", "TJ"])
    require_units(centre, None)

    with pytest.raises(NotFoundError, match=r"found JYJ, not in the register.*expected: JY, SW, TJ; is JY.* meant\?"):
        require_units(centre, ["SW", "JYJ"])


def test_of_a_whole_province_only_some_units_are_named(centre):
    for number in range(MOST_NAMES + 5):
        make_unit(centre, f"A{number:02}", str(number), f"Z{number}")

    with pytest.raises(NotFoundError, match=r"A19 … \(25\)"):
        require_units(centre, ["QQ"])


def test_a_year_that_is_not_open_is_refused_with_those_that_are(centre):
    with pytest.raises(UsageError, match=r"found 2024, not open, expected: 无 none"):
        require_years(centre, [2024])
    open_year(centre, 2025, "system")
    require_years(centre, [2025])

    with pytest.raises(UsageError, match=r"found 2019, 2024, not open, expected: 2025; .*open_filing_year"):
        require_years(centre, [2024, 2025, 2019])
