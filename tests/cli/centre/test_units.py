"""The register of units, imported from what an office has: a CSV from WPS or Excel.

Covers: journey.centre.register_units, edges.registry.centre.units.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from desks import UNITS, Desk

HEADING = "unit_code,name,fonds_no,data_forms,business_frequency,scope_class,responsible_person\n"


def codes(desk: Desk) -> list[str]:
    return [unit["unit_code"] for unit in desk.ok("units", "list", "--json").json]


def test_units_are_listed_in_words_and_in_json(onlooker: Desk) -> None:
    """R1-01, R1-02."""
    shown = onlooker.ok("units", "list", LANTAI_LOCALE="zh").out
    listed = onlooker.ok("units", "list", "--json").json

    assert "示例市教育局" in shown
    assert "电子公文" in shown
    assert listed[0] == {
        "unit_code": "GA",
        "name": "示例市公安局",
        "fonds_no": "Z110",
        "data_forms": ["business_data", "e_document"],
        "business_frequency": "year",
        "scope_class": "statutory",
        "responsible_person": None,
        "first_filing_year": None,
        "closed_on": None,
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_register_is_read_in_whatever_the_office_saved_it(bare: Desk, tmp_path: Path, encoding: str) -> None:
    """R1-01."""
    bare.ok("init")
    (tmp_path / "units.csv").write_bytes(UNITS.encode(encoding))

    told = bare.ok("units", "import", tmp_path / "units.csv")

    assert told.out == "2 units added, 0 updated\n"
    assert "示例市公安局" in bare.ok("units", "list").out


def test_years_between_which_a_unit_files_are_read(bare: Desk, tmp_path: Path) -> None:
    """R1-01."""
    bare.ok("init")
    heading = "unit_code,name,fonds_no,data_forms,first_filing_year,closed_on\n"
    (tmp_path / "units.csv").write_text(heading + "CS,城市管理局,Z120,e_document,2014,2026-03-31\n", encoding="utf-8")

    bare.ok("units", "import", tmp_path / "units.csv")

    (unit,) = bare.ok("units", "list", "--json").json
    assert (unit["first_filing_year"], unit["closed_on"]) == (2014, "2026-03-31")


@pytest.mark.parametrize(("cells", "said"), [("14,", "a year like 2025"), (",31.3.2026", "a date like 2026-03-31")])
def test_year_or_date_that_cannot_be_meant_is_named(bare: Desk, tmp_path: Path, cells: str, said: str) -> None:
    """R1-01."""
    bare.ok("init")
    heading = "unit_code,name,fonds_no,data_forms,first_filing_year,closed_on\n"
    (tmp_path / "units.csv").write_text(heading + f"CS,城市管理局,Z120,e_document,{cells}\n", encoding="utf-8")

    told = bare.run("units", "import", tmp_path / "units.csv")

    assert told.code == 2
    assert said in told.err


def test_second_import_brings_up_to_date_and_adds_nothing(desk: Desk, tmp_path: Path) -> None:
    """R1-01."""
    (tmp_path / "units.csv").write_text(
        HEADING + "JY,示例市教育和体育局,Z109,e_document；business_data,month,key_field,A01\n\n", encoding="utf-8"
    )

    counts = desk.ok("units", "import", tmp_path / "units.csv", "--json").json

    changed = desk.ok("units", "list", "--json").json[1]
    assert counts == {"new": 0, "updated": 1}
    assert (changed["name"], changed["business_frequency"]) == ("示例市教育和体育局", "month")
    assert changed["data_forms"] == ["business_data", "e_document"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "without unit_code, name, fonds_no, data_forms"),
        ("件号,题名\n1,x\n", "with '件号', '题名'"),
        (
            "unit_code,name,fonds_no,data_forms,responsable_person\nJY,a,Z1,e_document,A01\n",
            "with 'responsable_person'",
        ),
        (HEADING, "found no unit below the heading"),
        (HEADING + "jy,甲,Z111,e_document,,,\n", "line 2: unit code 'jy': expected capital letters"),
        (
            HEADING + "CS,甲,Z111,e_document,,,\nCS,甲,Z111,e_document,,,\n",
            "line 3: found CS again, it stands on line 2",
        ),
        (HEADING + "CS,甲,Z111,paper,,,\n", "line 2: data_forms: found 'paper', expected one of e_document"),
        (HEADING + "CS,甲,Z111,,,,\n", "line 2: unit CS: at least one data form"),
        (HEADING + "CS,甲,Z111,e_document,daily,,\n", "business_frequency: found 'daily', expected one of day, week"),
        (HEADING + "CS,,Z111,e_document,,,\n", "line 2: name: found nothing"),
        (HEADING + "CS\n", "line 2: name: found nothing"),
        (HEADING + 'CS,"甲,Z111,e_document,,,\n', "cannot be read as CSV"),
    ],
)
def test_faulty_register_is_refused_with_its_line_and_nothing_is_taken(
    desk: Desk, tmp_path: Path, content: str, said: str
) -> None:
    """R1-01."""
    (tmp_path / "units.csv").write_text(content, encoding="utf-8")

    told = desk.run("units", "import", tmp_path / "units.csv")

    assert told.code == 2
    assert said in told.err
    assert codes(desk) == ["GA", "JY"]


def test_what_is_no_table_is_named(desk: Desk, tmp_path: Path) -> None:
    """R1-01."""
    (tmp_path / "photo.csv").write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff\xc0\xff\xc0")

    for path, said in (
        (tmp_path / "absent.csv", "No such file"),
        (tmp_path, "Is a directory"),
        (tmp_path / "photo.csv", "neither UTF-8 nor GBK"),
    ):
        told = desk.run("units", "import", path)
        assert (told.code, said in told.err) == (2, True), path


def test_centre_without_units_says_so(bare: Desk) -> None:
    """R1-01."""
    bare.ok("init")

    assert bare.ok("units", "list").out == "Units: none\n"
    assert bare.ok("units", "list", "--json").json == []


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("JX,教体局,J001X,e_document,,,", "fonds number 'J001X', expected four capital letters or digits"),
        ("JX,教体局,z109,e_document,,,", "fonds number 'z109', expected four capital letters or digits"),
        ("JX,教\x1b[31m体局,Z119,e_document,,,", "name '教␛[31m体局': expected no control characters"),
        (f"JX,{'局' * 300},Z119,e_document,,,", "found 300 characters, expected 200 at most"),
        (f"JX,教体局,Z119,e_document,,,{'A' * 33}", "found 33 characters, expected 32 at most"),
        ("JX,教体局,Z110,e_document,,,", "found fonds_no Z110, which is that of unit GA"),
        ("JX,示例市公安局,Z119,e_document,,,", "found name 示例市公安局, which is that of unit GA"),
        ("JX,甲局,Z119,e_document,,,\nJZ,乙局,Z119,e_document,,,", "found fonds_no Z119, which is that of unit J"),
    ],
)
def test_unit_that_intake_or_the_register_would_refuse_is_refused_at_the_import(
    desk: Desk, tmp_path: Path, cells: str, said: str
) -> None:
    """R1-01: what every row of the unit's packages would be returned for is told before it files anything."""
    (tmp_path / "units.csv").write_text(HEADING + cells + "\n", encoding="utf-8")

    told = desk.run("units", "import", tmp_path / "units.csv")

    assert (told.code, codes(desk)) == (2, ["GA", "JY"])
    assert said in told.err
    assert "UNIQUE" not in told.err


def test_two_units_change_their_fonds_numbers_and_names_in_one_import(desk: Desk, tmp_path: Path) -> None:
    """R1-01: a reorganisation is one file."""
    rows = "JY,示例市公安局,Z110,e_document,,,\nGA,示例市教育局,Z109,e_document,,,\n"
    (tmp_path / "units.csv").write_text(HEADING + rows, encoding="utf-8")

    desk.ok("units", "import", tmp_path / "units.csv")

    listed = {unit["unit_code"]: (unit["name"], unit["fonds_no"]) for unit in desk.ok("units", "list", "--json").json}
    assert listed == {"JY": ("示例市公安局", "Z110"), "GA": ("示例市教育局", "Z109")}
