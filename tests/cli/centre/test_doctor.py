"""Setting a centre up, and asking what is wrong with one.

Covers: edges.centre.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from desks import Desk
from lantai.edges.database.migrations import newest

PLACES = ("vault", "copy")


def states(desk: Desk) -> dict[str, str]:
    """Return the worst state of every part."""
    order = ("ok", "warning", "fault")
    found: dict[str, str] = {}
    for item in json.loads(desk.run("doctor", "--json").out):
        found[item["name"]] = max(item["state"], found.get(item["name"], "ok"), key=order.index)
    return found


def test_first_set_up_names_what_it_made_and_a_second_one_makes_nothing(bare: Desk) -> None:
    first = bare.ok("init", "--json").json
    bare.ok("doctor")
    before = {path: path.read_bytes() for path in bare.home.rglob("*") if path.is_file()}
    second = bare.ok("init", "--json").json

    assert first["revision"] == second["revision"] == newest()
    assert {Path(path).name for path in first["made"]} >= {"keys", "vault", "copy", "identity.txt", "intake.pem"}
    assert second["made"] == []
    assert {path: path.read_bytes() for path in bare.home.rglob("*") if path.is_file()} == before


def test_real_centre_keeps_no_key_of_its_custodians(bare: Desk) -> None:
    bare.ok("init", "--without-custody")

    assert not [name for name in ("identity.txt", "disposal.pem") if (bare.home / "keys" / name).exists()]
    assert states(bare)["recipients"] == "fault"


def test_set_up_tells_the_next_step_in_the_language_of_the_screen(bare: Desk) -> None:
    assert "Next: lantai people add" in bare.ok("init").out
    assert "下一步：lantai people add" in bare.ok("init", LANTAI_LOCALE="zh").out


def test_new_centre_is_sound_and_lacks_only_its_connections(onlooker: Desk) -> None:
    told = onlooker.run("doctor")

    assert told.code == 0
    assert {name for name, state in states(onlooker).items() if state == "fault"} == set()
    assert states(onlooker)["connections"] == "warning"
    assert "connections.json is not there yet, for 2 units" in told.out


def test_advice_is_in_the_language_of_the_screen(onlooker: Desk) -> None:
    assert "注意   日期：固定为 2026-03-02" in onlooker.run("doctor", LANTAI_LOCALE="zh").out
    assert "note   date: set to 2026-03-02" in onlooker.run("doctor").out


def test_missing_home_is_one_trouble_told_once_and_nothing_is_made(bare: Desk) -> None:
    told = bare.run("doctor")

    assert told.code == 3
    assert told.out.count("lantai init") == 2, "the home and the registry"
    assert not bare.home.exists()


def test_a_file_in_the_place_of_the_home_is_named(bare: Desk) -> None:
    bare.home.write_text("notes")

    assert "is no folder" in bare.run("doctor").out
    assert bare.run("init").code == 3


def test_registry_of_no_known_version_is_refused_with_what_to_do(desk: Desk) -> None:
    with sqlite3.connect(desk.home / "registry.db") as connection:
        connection.execute("DELETE FROM lantai_schema")

    told = desk.run("units", "list")

    assert told.code == 3
    assert f"registry schema: found none, expected {newest()}" in told.err
    assert "Back up the registry, then run `lantai init`" in told.err
    assert states(desk)["registry"] == "fault"


def test_registry_before_its_release_sends_nobody_round_in_circles(desk: Desk) -> None:
    """The hint was `lantai init`, which was content with what it found."""
    with sqlite3.connect(desk.home / "registry.db") as connection:
        connection.execute("DROP TABLE last_take_in")

    told = [desk.run("units", "list"), desk.run("init")]

    assert [(one.code, "found no last_take_in" in one.err, "to a new place" in one.err) for one in told] == [
        (3, True, True)
    ] * 2
    assert states(desk)["registry"] == "fault"


def test_registry_that_is_no_database_is_left_alone(desk: Desk) -> None:
    (desk.home / "registry.db").write_text("an archivist's notes, much longer than a database's header\n" * 50)

    for words in (("units", "list"), ("init",)):
        told = desk.run(*words)
        assert (told.code, "RegistryDamagedError" in told.err) == (3, True)
    assert states(desk)["registry"] == "fault"
    assert (desk.home / "registry.db").read_text().startswith("an archivist's notes")


@pytest.mark.parametrize(
    ("path", "part"),
    [("keys/intake.pem", "intake_key"), ("keys/log.pem", "log_key"), ("keys/recipients.txt", "recipients")],
)
def test_broken_key_is_named_and_hides_no_other_part(desk: Desk, path: str, part: str) -> None:
    (desk.home / path).write_text("rubbish")

    found = states(desk)

    assert {name for name, state in found.items() if state == "fault"} == {part}
    assert desk.run("doctor").code == 3


def test_place_that_is_away_is_named(desk: Desk) -> None:
    (desk.home / "vault").rename(desk.home / "elsewhere")

    told = desk.run("doctor")

    assert (told.code, states(desk)["place"]) == (3, "fault")
    assert "is the place mounted?" in told.out


def test_unit_without_a_connection_is_named_once_there_is_a_file(desk: Desk) -> None:
    (desk.home / "connections.json").write_text("{}")

    assert "none for GA, JY" in desk.run("doctor").out
    assert states(desk)["connections"] == "fault"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "line 1 column 2"),
        (b"[]", "expected one object of connections"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"sftp_JY": 5}', "expected an object or a URI"),
        (b'{"sftp_JY": {"conn_type": "sftp", "host": "h", "login": "l"}}', "host_key"),
    ],
)
def test_broken_connections_are_told_without_showing_what_stands_there(desk: Desk, content: bytes, said: str) -> None:
    (desk.home / "connections.json").write_bytes(content)

    told = desk.run("doctor")

    assert told.code == 3
    assert said in told.out


def test_rows_that_must_not_exist_are_faults(desk: Desk) -> None:
    with sqlite3.connect(desk.home / "registry.db") as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(
            "INSERT INTO record (record_id, carrier_id, unit_code, archival_code, title, author, doc_no, formed_on, "
            "filing_year, retention, page_count, doc_type, dept_or_subject, item_no, access_level, remarks, status, "
            "file_count, size_bytes) VALUES ('X-1', 'X', 'JY', 'c', 't', 'a', 'd', '2025-01-01', 2025, 'Y', 1, '', '', '', "
            "'open', '', 'kept', 1, 1)"
        )

    told = desk.run("doctor")

    assert (told.code, states(desk)["check"]) == (3, "fault")
    assert "records_without_seal: 1 rows that must not exist, first X-1" in told.out


def test_year_that_the_table_of_workdays_does_not_hold_is_told_while_there_is_time(onlooker: Desk) -> None:
    """Days would be counted over holidays too, and nobody would notice."""
    held = states(onlooker)["workdays"]
    told = onlooker.run("doctor", LANTAI_TODAY="2026-12-01", LANTAI_LOCALE="zh").out

    assert held == "ok"
    assert "注意   工作日表：工作日表未列 2027 年" in told
    assert "LANTAI_WORKDAYS_FILE" in told


def test_year_is_opened_with_a_warning_when_its_workdays_are_not_known(desk: Desk) -> None:
    """The table ends, and whoever opens the year hears of it."""
    told = desk.ok("year", "open", "2026", LANTAI_TODAY="2027-01-02")
    listed = desk.ok("year", "open", "2026", "--json", LANTAI_TODAY="2027-01-02").json

    assert "says nothing of 2027" in told.out
    assert listed["years_without_workdays"] == [2027]


def test_home_and_registry_are_nobody_elses_however_the_folder_was_made(bare: Desk) -> None:
    """A folder made before by hand, with a umask that lets everybody in."""
    real = bare.home.with_name("real")
    real.mkdir(mode=0o755)

    bare.ok("init", LANTAI_HOME=str(real), LANTAI_TODAY="")

    modes = {path.name: path.stat().st_mode & 0o077 for path in (real, real / "registry.db")}
    assert modes == {"real": 0, "registry.db": 0}


def test_date_is_set_by_hand_in_the_home_of_a_demo_only(bare: Desk) -> None:
    """A variable must not end a waiting time, nor make a record due that is not."""
    real = bare.home.with_name("real")
    bare.ok("init", LANTAI_HOME=str(real), LANTAI_TODAY="")

    told = bare.run("year", "status", "2025", LANTAI_HOME=str(real))

    assert told.code == 2
    assert "is no demo's home, its date is the real one" in told.err
