"""What is printed as passed could have failed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from factories_bag import SENDER, carrier, csv_of, filing, order, row, validated
from lantai import profiles
from lantai.journey.department.pack import pack
from lantai.rules.intake.four_properties import Result


def results(bag: Path) -> dict[str, Result]:
    return {item.code: item.result for item in validated(bag).four_properties}


def with_row(**changes: object) -> Callable[[Path], Path]:
    return lambda work: carrier(work, [row(1, **changes)])


def with_rows(*numbers: int) -> Callable[[Path], Path]:
    return lambda work: carrier(work, [row(number) for number in numbers])


def with_file(name: bytes, content: bytes | None) -> Callable[[Path], Path]:
    """Add or replace a file of a perfect carrier; None removes it."""

    def broken(work: Path) -> Path:
        bag = carrier(work)
        path = os.path.join(os.fsencode(bag), name)  # noqa: PTH118 - a name of bytes
        if content is None:
            Path(os.fsdecode(path)).unlink()
        else:
            with open(path, "wb") as out:  # noqa: PTH123 - a name of bytes
                out.write(content)
        return bag

    return broken


def without_tag(label: str, instead: str = "") -> Callable[[Path], Path]:
    def broken(work: Path) -> Path:
        bag = carrier(work)
        info = bag / "bag-info.txt"
        lines = info.read_text("utf-8").splitlines()
        kept = [line for line in lines if not line.startswith(label)] + ([f"{label}: {instead}"] if instead else [])
        assert len(lines) != len(kept) or instead
        info.write_text("\n".join(kept) + "\n", "utf-8")
        return bag

    return broken


def with_documents(contents: Mapping[str, bytes]) -> Callable[[Path], Path]:
    """Pack these documents beside, or in place of, those of a perfect carrier."""

    def broken(work: Path) -> Path:
        made = filing(work)
        for name, content in contents.items():
            (made.folder / name).write_bytes(content)
        return pack(made.folder, SENDER, order(), made.catalogue, work / "outbox")

    return broken


FAILS = {
    "GD-1-1": with_file(b"data/1.txt", b"changed"),
    "GD-1-2": with_row(title="x" * 501),
    "GD-1-3": with_row(formed_on="2025-02-30"),
    "GD-1-4": with_row(retention="5"),
    "GD-1-5": with_row(formed_on="2027-01-01"),
    "GD-1-6": with_file(b"data/\xff\xff.txt", b"x"),
    "GD-1-7": with_row(archival_code="Z109-1"),
    "GD-1-8": lambda work: carrier(work, [row(1), row(2, archival_code=row(1).archival_code)]),
    "GD-1-10": with_documents({"\u00e9.txt": b"x", "e\u0301.txt": b"x"}),
    "GD-1-11": with_documents({"loose.txt": b"x"}),
    "GD-1-12": with_file(b"metadata/catalogue.csv", None),
    "GD-1-13": with_file(b"bagit.txt", b"BagIt-Version: nine\n"),
    "GD-1-14": without_tag("Unit-Code", "KK"),
    "GD-2-1": with_file(b"metadata/catalogue.csv", csv_of([])),
    "GD-2-2": without_tag("Payload-Oxum", "1.1"),
    "GD-2-4": with_row(title=""),
    "GD-2-5": with_file(b"metadata/backup-statement.xlsx", None),
    "GD-2-6": with_rows(1, 3),
    "GD-2-7": with_documents({"2.txt": b""}),
    "GD-2-10": without_tag("Contact-Name"),
    "GD-2-11": with_file(b"data/1.txt", None),
    "GD-3-1": with_file(b"metadata/catalogue.csv", b"\xff\xff\xff"),
    "GD-4-3": with_file(b"data/more.txt", b"x"),
    "GD-4-7": with_row(classification="机密"),
}
"""For each item that a perfect carrier passes, one that does not."""
UNCHECKED = {item["code"] for item in profiles.four_property_items() if item["decided"] == "not_checked"}


def test_every_item_that_is_ever_passed_has_an_input_that_fails_it(tmp_path: Path) -> None:
    """N8, R1-46: 合格 was printed of attachments and scope, which nothing here can find wrong.

    GD-2-3 (told as not checked), GD-2-8 (told as not checked), GD-2-9 (told as not checked).
    """
    perfect = results(carrier(tmp_path))

    assert {code for code, result in perfect.items() if result is Result.PASS} == set(FAILS)
    assert {code for code, result in perfect.items() if result is Result.NOT_CHECKED} == UNCHECKED
    assert len(UNCHECKED) == 3


@pytest.mark.parametrize("code", FAILS)
def test_item_fails_for_the_carrier_that_breaks_it(code: str, tmp_path: Path) -> None:
    """R1-46: each by an input of its own.

    GD-1-1, GD-1-2, GD-1-3, GD-1-4, GD-1-5, GD-1-6, GD-1-7, GD-1-8, GD-1-10, GD-1-11, GD-1-12, GD-1-13, GD-1-14, GD-2-1,
    GD-2-2, GD-2-4, GD-2-5, GD-2-6, GD-2-7, GD-2-10, GD-2-11, GD-3-1, GD-4-3, GD-4-7.
    """
    found = results(FAILS[code](tmp_path))

    assert found[code] is Result.FAIL


@pytest.mark.parametrize(
    ("broken", "unchecked"),
    [
        (without_tag("Payload-Oxum"), {"GD-2-2"}),
        (with_file(b"bagit.txt", None), {"GD-2-2", "GD-2-10"}),
    ],
)
def test_item_that_has_nothing_to_compare_with_is_not_checked(
    broken: Callable[[Path], Path], unchecked: set[str], tmp_path: Path
) -> None:
    """GD-2-2, GD-2-10, N8, R1-46: what a package does not state cannot agree with it."""
    found = results(broken(tmp_path))

    assert {found[code] for code in unchecked} == {Result.NOT_CHECKED}
