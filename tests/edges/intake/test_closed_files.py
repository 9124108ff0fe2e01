"""Whether files are closed is asked of a process that nobody believes."""

from __future__ import annotations

import gzip
import tempfile
from functools import partial
from pathlib import Path

import pytest

from confined_scripts import script_of
from lantai.edges.children import confined
from lantai.edges.children.confined import Bounds
from lantai.edges.intake import closed_files
from lantai.errors import ReaderMisledError


@pytest.mark.parametrize("said", ["['rm -rf', '']", "['', 'age', '']", "'age'", "[1, 2]"])
def test_judge_of_closed_files_that_lies_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    """R1-37."""
    monkeypatch.setattr(
        closed_files, "_CHILD", script_of(tmp_path, f"receive(line); send_message(line, {said}); receive(line)")
    )
    file = closed_files.ForeignFile("a", tempfile.TemporaryFile)

    with pytest.raises(ReaderMisledError):
        list(closed_files.judge_closed([file]))


def test_file_that_breaks_what_looks_at_it_is_named_and_the_others_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R1-37: the process that broke down is followed by another one."""
    body = """
asked, fds = receive(line)
for name, *_ in asked:
    if name == "bad":
        os.kill(os.getpid(), signal.SIGSEGV)
    send_message(line, ["age", ""])
receive(line)
"""
    monkeypatch.setattr(closed_files, "_CHILD", script_of(tmp_path, body))
    files = [closed_files.ForeignFile(name, tempfile.TemporaryFile) for name in ("1", "bad", "2", "3")]

    judged = list(closed_files.judge_closed(files))

    assert [(each.name, each.encryption, each.trouble is not None) for each in judged] == [
        ("1", "age", False),
        ("bad", "", True),
        ("2", "age", False),
        ("3", "age", False),
    ]


def test_files_of_a_package_of_many_are_looked_at_one_by_one_in_their_order(tmp_path: Path) -> None:
    """R1-37: more than go to one process at a time, each with its own answer."""
    contents = [b"plain"] * 200
    contents[3] = contents[150] = b"age-encryption.org/v1\n-> X25519 "
    contents[199] = gzip.compress(b"x" * 1000)
    files = []
    for number, content in enumerate(contents):
        path = tmp_path / f"{number}.txt"
        path.write_bytes(content)
        files.append(closed_files.ForeignFile(path.name, partial(path.open, "rb")))

    judged = list(closed_files.judge_closed(files))

    assert [each.name for each in judged] == [file.name for file in files]
    assert [number for number, each in enumerate(judged) if each.encryption] == [3, 150]
    assert [number for number, each in enumerate(judged) if each.compression] == [199]
    assert list(closed_files.judge_closed([])) == []


def test_package_in_which_file_after_file_cannot_be_looked_at_is_not_looked_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R1-37: it comes back for the first of them."""
    body = "receive(line); os.kill(os.getpid(), signal.SIGSEGV)"
    monkeypatch.setattr(closed_files, "_CHILD", script_of(tmp_path, body))
    files = [closed_files.ForeignFile(str(number), tempfile.TemporaryFile) for number in range(12)]

    judged = list(closed_files.judge_closed(files))

    assert [each.name for each in judged] == [str(number) for number in range(closed_files.MOST_TROUBLES)]
    assert all(each.trouble is not None for each in judged)


@pytest.mark.parametrize(
    ("work", "count"),
    [
        # Four files in a second of processor time: the third finds none left.
        ("until = time.process_time() + 0.4\n    while time.process_time() < until: pass", 4),
        # All waits together last longer than one may.
        ("time.sleep(0.5)", 10),
    ],
)
def test_file_does_not_answer_for_what_its_neighbours_took(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: str, count: int
) -> None:
    """R1-37: neither for their processor time, nor for a slow disk."""
    body = f"""
while True:
  asked, fds = receive(line)
  for _ in asked:
    {work}
    send_message(line, ["age", ""])
"""
    monkeypatch.setattr(closed_files, "_CHILD", script_of(tmp_path, body))
    monkeypatch.setattr(closed_files, "_BOUNDS", Bounds(seconds=1))
    monkeypatch.setattr(confined, "TIMES_WAITED", 4, raising=False)
    files = [closed_files.ForeignFile(str(number), tempfile.TemporaryFile) for number in range(count)]

    judged = list(closed_files.judge_closed(files))

    assert [(each.name, each.encryption, each.trouble) for each in judged] == [
        (file.name, "age", None) for file in files
    ]
