"""What a dead writer has left is taken away by the next one, and nothing else is."""

import os
import time
from pathlib import Path

import pytest

from killing import run_killed
from lantai.edges.custody.file_place import FilePlace
from lantai.edges.disposal.paper_files import put_paper
from lantai.edges.files.parts import ABANDONED_SECONDS, part_beside, sweep


@pytest.fixture
def place(tmp_path: Path) -> FilePlace:
    made = FilePlace(tmp_path / "place")
    made.prepare()
    return made


def parts(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if ".part" in path.name]


def left_by_a_dead_process(folder: Path) -> Path:
    child = os.fork()
    if child == 0:
        part_beside(folder / "carrier.tar").write_bytes(b"half")
        os._exit(0)
    os.waitpid(child, 0)
    (found,) = parts(folder)
    return found


def test_file_of_a_killed_writer_is_gone_after_the_next_run(place: FilePlace) -> None:
    """K1: SIGKILL before the rename, at a place."""
    assert run_killed(lambda: place.write_new("ledger/leaves/a.jsonl", [b"half"]), 3)
    assert len(parts(place.root)) == 1

    FilePlace(place.root).write_new("ledger/leaves/a.jsonl", [b"whole"])

    assert parts(place.root) == []
    assert place.list("ledger") == ["ledger/leaves/a.jsonl"]


def test_paper_of_a_killed_writer_is_gone_after_the_next_run(tmp_path: Path) -> None:
    """K1."""
    folder = tmp_path / "papers"
    folder.mkdir()
    assert run_killed(lambda: put_paper(folder, "销毁证明.pdf", b"half"), 2)
    assert len(parts(folder)) == 1

    put_paper(folder, "销毁证明.pdf", b"whole")

    assert [path.name for path in folder.iterdir()] == ["销毁证明.pdf"]


def test_file_of_a_living_writer_stays(tmp_path: Path) -> None:
    """K1, R1: two workers, one folder."""
    ours = part_beside(tmp_path / "carrier.tar")
    ours.write_bytes(b"half")

    sweep(tmp_path)

    assert ours.exists()


def test_file_of_a_writer_on_another_machine_stays_for_a_day(tmp_path: Path) -> None:
    """K1: nothing of it can be proved; what nobody has written to for a day has no writer."""
    dead = left_by_a_dead_process(tmp_path)
    pid, began, _ = dead.name.split(".")[-2].split("-", 2)
    elsewhere = dead.rename(tmp_path / f".carrier.tar.{pid}-{began}-{'0' * 16}-abcdef01.part")

    sweep(tmp_path)
    assert elsewhere.exists()
    long_ago = time.time() - ABANDONED_SECONDS - 60
    os.utime(elsewhere, (long_ago, long_ago))
    sweep(tmp_path)

    assert not elsewhere.exists()


@pytest.mark.parametrize("name", ["carrier.part", ".notes.part", "carrier.tar", ".carrier.tar.abcdef01.partial"])
def test_file_that_is_no_temporary_one_of_ours_stays(tmp_path: Path, name: str) -> None:
    """K1."""
    (tmp_path / name).write_bytes(b"somebody's")
    os.utime(tmp_path / name, (0, 0))

    sweep(tmp_path)

    assert (tmp_path / name).exists()


def test_longest_name_of_a_file_leaves_room_for_a_temporary_one(tmp_path: Path) -> None:
    """K1."""
    part = part_beside(tmp_path / ("档" * 85))
    part.write_bytes(b"")

    assert part.exists()
