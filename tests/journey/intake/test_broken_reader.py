"""A package that breaks or hangs what reads it gets an answer; one whose reader was killed waits."""

from __future__ import annotations

import zipfile
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from confined_scripts import script_of
from factories_bag import carrier, csv_of, row, validated
from lantai.edges.children.confined import Bounds
from lantai.edges.intake import closed_files, opened_archive
from lantai.edges.sheets import sheet
from lantai.edges.sheets.sheet import SheetLimits
from lantai.errors import ValidationUnavailableError
from lantai.journey.department.check_carrier import findings_of
from lantai.journey.intake.checks import read_catalogue as read_catalogue_module
from lantai.journey.intake.checks.read_catalogue import read_catalogue
from lantai.locales import describe

DAY = date(2026, 3, 2)
SPINS = "receive(line)\nwhile True: pass"
GROWS = "receive(line)\nx = bytearray(10**12)"
BREAKS = "receive(line)\nctypes.string_at(0)"
KILLED = "receive(line)\nos.kill(os.getpid(), signal.SIGKILL)"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A zip with one file in it."""
    path = tmp_path / "carrier.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a.txt", "a")
    return path


@pytest.mark.parametrize(
    ("body", "words"),
    [(SPINS, "内存或时间超过上限"), (GROWS, "内存或时间超过上限"), (BREAKS, "读取程序因其内容而中断")],
)
def test_archive_that_breaks_or_hangs_its_reader_comes_back_with_the_reason(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, words: str
) -> None:
    """R1-42, R1-50."""
    monkeypatch.setattr(opened_archive, "_CHILD", script_of(tmp_path, body))
    monkeypatch.setattr(opened_archive, "_SECONDS", 1)

    (finding,) = findings_of(archive, DAY, "city")

    assert finding.rule == "archive_refused"
    assert words in describe(finding, "zh").message


@pytest.mark.parametrize("body", [SPINS, GROWS, BREAKS])
def test_catalogue_that_breaks_or_hangs_its_reader_comes_back_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    """R1-50."""
    monkeypatch.setattr(sheet, "_CHILD", script_of(tmp_path, body))
    monkeypatch.setattr(
        read_catalogue_module, "read_csv_rows", partial(sheet.read_csv_rows, limits=SheetLimits(seconds=1))
    )
    catalogue = tmp_path / "catalogue.csv"
    catalogue.write_bytes(csv_of([row()]))

    with catalogue.open("rb") as stream:
        rows, (finding,) = read_catalogue(stream, catalogue.name)

    assert (rows, finding.rule) == ([], "catalogue_over_limit")
    assert finding.values["reason"] in {"reader_limit", "reader_broke"}


def test_document_that_breaks_its_reader_is_named_and_the_package_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R1-37, R1-50."""
    bag = carrier(tmp_path)
    monkeypatch.setattr(closed_files, "_CHILD", script_of(tmp_path, BREAKS))
    monkeypatch.setattr(closed_files, "_BOUNDS", Bounds(seconds=1))

    found = [each for each in validated(bag).findings if each.rule == "file_unexamined"]

    assert [each.subject for each in found] == ["data/1.txt", "data/2.txt", "data/3.txt"]
    assert "读取程序因其内容而中断" in describe(found[0], "zh").message


@pytest.mark.parametrize(
    ("breaks", "expected"),
    [
        ("data/1.txt", {"file_unexamined": "data/1.txt", "files_left_unexamined": "2 of 3"}),
        (
            "data/2.txt",
            {
                "file_unexamined": "data/2.txt",
                "files_left_unexamined": "1 of 3",
                "not_encrypted_as_agreed": "1 of 1",
            },
        ),
        ("data/3.txt", {"file_unexamined": "data/3.txt", "not_encrypted_as_agreed": "2 of 2"}),
    ],
)
def test_file_that_was_not_looked_at_is_not_counted_as_in_the_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, breaks: str, expected: dict[str, str]
) -> None:
    """R1-37: after the last trouble that is looked at, the others are told by their number."""
    body = f"""
asked, fds = receive(line)
for name, *_ in asked:
    if name == {breaks!r}:
        ctypes.string_at(0)
    send_message(line, ["", ""])
receive(line)
"""
    bag = carrier(tmp_path)
    monkeypatch.setattr(closed_files, "_CHILD", script_of(tmp_path, body))
    monkeypatch.setattr(closed_files, "MOST_TROUBLES", 1)

    found = validated(bag, encrypts=True).findings

    told = {
        each.rule: each.subject
        if each.rule == "file_unexamined"
        else f"{each.values['found']} of {each.values['expected']}"
        for each in found
    }
    assert told == expected
    assert all(describe(each, locale).message for each in found for locale in ("zh", "en"))


def test_nothing_is_said_of_a_package_whose_reader_was_killed(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I8: the system ends the largest process, which need not be the one that took the memory."""
    monkeypatch.setattr(opened_archive, "_CHILD", script_of(tmp_path, KILLED))

    with pytest.raises(ValidationUnavailableError, match="was killed"):
        findings_of(archive, DAY, "city")
