"""Opening a filing year, and its board.

Covers: journey.year.find_unlisted_years.
"""

from __future__ import annotations

import json
import shutil

import pytest

from desks import TODAY, Desk, connect
from servers.openssh import OpenSsh


def test_opening_makes_a_duty_per_unit_and_form_once(desk: Desk) -> None:
    """R1-20, R1-21, R1-24."""
    first = desk.ok("year", "open", 2024, "--as", "A01", "--json").json
    second = desk.ok("year", "open", 2024, "--as", "A01", "--json").json

    assert first == {
        "filing_year": 2024,
        "is_new": True,
        "new_duties": 3,
        "units": 2,
        "units_without_person": ["GA"],
        "years_without_workdays": [],
    }
    assert (second["is_new"], second["new_duties"]) == (False, 0)


def test_unit_without_a_named_person_is_pointed_out(desk: Desk) -> None:
    """R1-11."""
    told = desk.ok("year", "open", 2024, LANTAI_LOCALE="zh")

    assert told.out == "2024 年度：2 个单位，新增 3 项任务\n未指定负责人的单位：GA\n"


def test_board_shows_every_duty_with_its_deadline(onlooker: Desk) -> None:
    """R1-20, R1-21, R1-23, R2-05."""
    shown = onlooker.ok("year", "status", 2025).out
    rows = onlooker.ok("year", "status", 2025, "--json").json

    assert shown.count("2026-06-30") == 3
    assert "GA 示例市公安局" in shown
    assert {(row["unit_code"], row["data_form"], row["state"], row["deadline_on"]) for row in rows} == {
        ("GA", "business_data", "open", "2026-06-30"),
        ("GA", "e_document", "open", "2026-06-30"),
        ("JY", "e_document", "open", "2026-06-30"),
    }


def test_column_in_which_nobody_has_anything_is_not_shown(onlooker: Desk) -> None:
    """R2-05."""
    shown = onlooker.ok("year", "status", 2025).out
    none = onlooker.ok("year", "status", 2025, "--late").out

    assert "Whose turn" in shown
    assert not [
        each for each in ("Days over", "Round", "Records", "Faults", "Acceptance no.", "Package") if each in shown
    ]
    assert "None" not in shown
    assert none == "Filing year 2025: no such duty\n"


def test_deadline_that_has_passed_is_overdue(onlooker: Desk) -> None:
    """R2-05: the day itself is not over."""
    on_it, after = (
        onlooker.ok("year", "status", 2025, LANTAI_TODAY=today, LANTAI_LOCALE="zh").out.count("逾期未报")
        for today in ("2026-06-30", "2026-07-01")
    )

    assert (on_it, after) == (0, 3)


@pytest.mark.parametrize("year", ["2026", "1948", "99999", "abc", "2025.5"])
def test_year_that_is_not_over_or_is_none_is_refused(desk: Desk, year: str) -> None:
    """R1-24."""
    told = desk.run("year", "open", year)

    assert told.code == 2
    assert "year" in told.err
    assert desk.run("year", "status", 2026).code == 2


def test_board_of_a_year_that_is_not_open_says_which_are(onlooker: Desk) -> None:
    """R2-05."""
    told = onlooker.run("year", "status", 2031)

    assert told.code == 2
    assert "filing year 2031: not open, expected one of: 2025; `lantai year open 2031` opens it" in told.err


def test_whoever_opens_is_known(desk: Desk) -> None:
    """R1-24."""
    told = desk.run("year", "open", 2024, "--as", "nobody")

    assert told.code == 2
    assert "person or account nobody: not in the registry" in told.err
    assert desk.run("year", "status", 2024).code == 2


@pytest.mark.server("sshd")
def test_board_says_in_words_why_a_unit_could_not_be_looked_at(desk: Desk, sshd: OpenSsh) -> None:
    """I8: whoever opens the board in the morning reads the reason there, and since when nothing was seen."""
    connect(desk, sshd, "JY")
    connect(desk, sshd, "GA", port=1)
    desk.run("collect")

    shown = desk.ok("year", "status", 2025, LANTAI_LOCALE="zh").out
    rows = desk.ok("year", "status", 2025, "--json").json
    known = json.loads((desk.home / "connections.json").read_text())
    known["sftp_GA"]["port"] = known["sftp_JY"]["port"]
    (desk.home / "connections.json").write_text(json.dumps(known))
    desk.ok("collect")

    flat = "".join(shown.split())
    for words in ("未能办理的单位", "未能查看：无法连接", "127.0.0.1:1", "请检查网络与服务器", TODAY, "从未"):
        assert words in flat
    assert {row["unit_code"] for row in rows if row["look_error"].startswith("ServerUnreachableError")} == {"GA"}
    assert {(row["unit_code"], row["listed_at"] is None) for row in rows} == {("GA", True), ("JY", False)}
    assert "未能" not in desk.ok("year", "status", 2025, LANTAI_LOCALE="zh").out


@pytest.mark.server("sshd")
def test_board_says_why_what_was_filed_could_not_be_answered_until_it_is(desk: Desk, sshd: OpenSsh) -> None:
    """I8."""
    folder = connect(desk, sshd, "JY")
    (folder / "outbox" / "2025" / "无目录").mkdir(parents=True, exist_ok=True)
    (folder / "outbox" / "2025" / "无目录" / "bagit.txt").write_text("BagIt-Version: 1.0\n")
    (folder / "outbox" / "2025" / "无目录.ready").write_text("")
    shutil.rmtree(folder / "inbox", ignore_errors=True)
    (folder / "inbox").write_text("no folder")
    desk.run("collect", "--unit", "JY")

    shown = desk.ok("year", "status", 2025, LANTAI_LOCALE="zh").out
    rows = desk.ok("year", "status", 2025, "--json").json
    (folder / "inbox").unlink()
    desk.run("collect", "--unit", "JY")

    assert "未能收取：" in "".join(shown.split())
    assert {row["take_in_state"] for row in rows if row["unit_code"] == "JY"} == {"failed"}
    assert all("inbox" in row["take_in_error"] for row in rows if row["unit_code"] == "JY")
    assert "未能" not in desk.ok("year", "status", 2025, LANTAI_LOCALE="zh").out
