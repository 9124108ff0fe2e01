"""Retention schedules: loaded as approved, compared, and tried out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desks import Desk
from factories_disposal import lay_down_carrier, record
from lantai.records.custody.record import Retention

HEADING = "clause,description,retention,keywords\n"
OLD = HEADING + "1.1,一般通知,D10,通知\n1.2,会议纪要,Y,会议纪要；纪要\n"
NEW = HEADING + "1.1,一般通知,D30,通知\n2.1,年度总结,Y,总结\n"


def load(desk: Desk, tmp_path: Path, text: str, version: str, effective_from: str = "2024-02-01") -> list[object]:
    path = tmp_path / f"{version}.csv"
    path.write_bytes(text.encode("gbk"))
    by = (
        "--approved-by",
        "市档案局 市档审〔2024〕1号",
        "--approved-on",
        "2024-01-01",
        "--effective-from",
        effective_from,
    )
    return ["schedule", "load", path, "--name", "市局", "--version", version, *by]


@pytest.fixture
def scheduled(desk: Desk, tmp_path: Path) -> Desk:
    desk.ok(*load(desk, tmp_path, OLD, "2024"))
    desk.ok(*load(desk, tmp_path, NEW, "2026", "2027-01-01"))
    return desk


def test_loaded_schedule_is_shown_with_its_clauses(scheduled: Desk) -> None:
    """N4."""
    shown = scheduled.ok("schedule", "show", "--name", "市局").out
    first, second = scheduled.ok("schedule", "show", "--json").json

    assert "会议纪要; 纪要" in shown
    assert (first["version"], second["version"]) == ("2024", "2026")
    assert first["rules"][1]["keywords"] == ["会议纪要", "纪要"]


def test_version_that_is_there_is_never_changed(scheduled: Desk, tmp_path: Path) -> None:
    """N4."""
    told = scheduled.run(*load(scheduled, tmp_path, NEW, "2024"))

    assert told.code == 2
    assert "version 2024 is loaded already" in told.err
    assert scheduled.ok("schedule", "show", "--json").json[0]["rules"][0]["retention"] == "D10"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADING + "1.1,通知,五年,通知\n", "line 2: found retention '五年', expected a clause with Y, D30, D10"),
        (HEADING + ",通知,D10,通知\n", "line 2: found no clause"),
        (HEADING + "1.1,a,D10,a\n1.1,b,D10,b\n", "line 3: found 1.1 again, it stands on line 2"),
        (HEADING, "found no clause below the heading"),
        ("条款,内容\n1,x\n", "without clause, description, retention, keywords"),
    ],
)
def test_faulty_schedule_is_refused_with_its_line(desk: Desk, tmp_path: Path, text: str, said: str) -> None:
    """N4."""
    told = desk.run(*load(desk, tmp_path, text, "2024"))

    assert told.code == 2
    assert said in told.err
    assert desk.ok("schedule", "show", "--json").json == []


def test_two_versions_are_compared_clause_by_clause(scheduled: Desk) -> None:
    """N4."""
    shown = scheduled.ok("schedule", "diff", "市局", "2024", "2026", LANTAI_LOCALE="zh").out
    changes = scheduled.ok("schedule", "diff", "市局", "2024", "2026", "--json").json

    assert "市局：2024 与 2026 的差异" in shown
    assert [(each["clause"], each["change"]) for each in changes] == [
        ("1.1", "changed"),
        ("1.2", "removed"),
        ("2.1", "added"),
    ]
    assert (changes[0]["before"]["retention"], changes[0]["after"]["retention"]) == ("D10", "D30")
    assert scheduled.ok("schedule", "diff", "市局", "2024", "2024").out.endswith(": none\n")


def test_schedule_is_tried_out_on_what_is_kept_and_changes_nothing(scheduled: Desk) -> None:
    """N4."""
    centre = scheduled.centre()
    titles = {1: "关于放假的通知", 2: "关于任免的决定", 3: "年度总结"}
    lay_down_carrier(centre, [replace(record(number), title=title, doc_type="") for number, title in titles.items()])

    now = scheduled.ok("schedule", "simulate", "市局", "--json").json
    then = scheduled.ok("schedule", "simulate", "市局", "--version", "2026", "--unit", "JY").out

    assert now["version"] == "2024"
    assert now["counts"] == {"agrees": 1, "differs": 0, "unclear": 0, "unmatched": 2}
    assert [each["title"] for each in now["records"]] == ["关于任免的决定", "年度总结"]
    assert "period differs        2" in then
    assert "no clause covers it   1" in then
    with centre.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT DISTINCT retention FROM record").scalars().all()
    assert kept == [Retention.D10.value]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("schedule simulate 县局", "expected one of: 市局"),
        ("schedule simulate 市局 --version 1999", "expected one of: 2024, 2026"),
        ("schedule simulate 市局 --unit XX", "unit XX"),
        ("schedule diff 市局 2024 1999", "expected one of: 2024, 2026"),
        ("schedule show --name 县局", "expected one of: 市局"),
    ],
)
def test_unknown_schedule_or_version_is_refused_and_the_known_are_named(scheduled: Desk, line: str, said: str) -> None:
    """N4."""
    told = scheduled.run(*line.split())

    assert told.code == 2
    assert said in told.err
