"""What has arrived lies in quarantine as it was laid out, whole or not at all, and is read by nobody as anything else.

Covers: edges.files.durable, edges.intake.receiving.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import time
from pathlib import Path

import pytest

from lantai.edges.files import durable
from lantai.edges.intake import receiving
from lantai.edges.intake.quarantine import Quarantine
from lantai.edges.sftp.request import FetchResult
from lantai.errors import DiskFullError, NotFoundError, PlaceUnavailableError, RemoteChangedError, UsageError
from lantai.records.intake.carrier import RemoteFile

CARRIER = "SL2025-JY-E001-R1"
GBK_NAME = "data/关于报送的函.docx".encode("gb18030")
CONTENTS = {b"bagit.txt": b"BagIt", GBK_NAME: b"notice", b"data/empty": b"", b"../../evil": b"evil"}
FILES = [RemoteFile(name, len(content), 7) for name, content in CONTENTS.items()]


def _receive(quarantine: Quarantine, contents: dict[bytes, bytes], step: int = 1_000_000) -> list[bytes]:
    """Play the part of the line; return which names were asked for."""
    files = [RemoteFile(name, len(content), 7) for name, content in contents.items()]
    asked = []
    with quarantine.receive(CARRIER, files) as arriving:
        for request in arriving.wanted(lambda name: name):
            content = contents[request.remote_path][request.offset :]
            asked.append(request.remote_path)
            for at in range(0, len(content), step):
                request.sink.write(content[at : at + step])
            arriving.take(FetchResult(request, None))
    return asked


def test_files_lie_under_numbers_with_both_digests(tmp_path: Path) -> None:
    """I1."""
    quarantine = Quarantine(tmp_path / "quarantine")

    _receive(quarantine, CONTENTS)

    received = quarantine.finish(CARRIER)
    assert [file.raw_name for file in received] == sorted(CONTENTS)
    assert [file.file_no for file in received] == [1, 2, 3, 4]
    for file in received:
        content = CONTENTS[file.raw_name]
        with quarantine.open(CARRIER, file.file_no) as opened:
            assert opened.read() == content
        assert file.digest.sha256 == hashlib.sha256(content).hexdigest()
        assert file.digest.sm3 == hashlib.new("sm3", content).hexdigest()
        assert (file.size_bytes, file.mtime) == (len(content), 7)
    assert {file.path for file in received} == {"bagit.txt", "data/关于报送的函.docx", "data/empty", "../../evil"}
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    folder = f"quarantine/{CARRIER}"
    assert found == [*(f"{folder}/00000{n}.bin" for n in range(1, 5)), f"{folder}/received.jsonl"]


def test_what_is_here_whole_is_not_asked_for_again(tmp_path: Path) -> None:
    """C1."""
    quarantine = Quarantine(tmp_path)
    with quarantine.receive(CARRIER, FILES) as arriving:
        request = next(arriving.wanted(lambda name: name))
        request.sink.write(CONTENTS[request.remote_path])
        arriving.take(FetchResult(request, None))

    asked = _receive(Quarantine(tmp_path), CONTENTS)

    assert request.remote_path not in asked
    assert len(asked) == 3
    assert len(quarantine.finish(CARRIER)) == 4


def test_file_cut_in_the_middle_goes_on_where_it_stood(tmp_path: Path) -> None:
    """C1."""
    content = os.urandom(3_000_000)
    files = [RemoteFile(b"large", len(content), 7)]
    before = open_files()
    with quarantine_cut(tmp_path, files, content[:1_200_000]):
        pass
    after = open_files()

    with Quarantine(tmp_path).receive(CARRIER, files) as arriving:
        [request] = arriving.wanted(lambda name: name)
        offset = request.offset
        request.sink.write(content[offset:])
        arriving.take(FetchResult(request, None))

    [received] = Quarantine(tmp_path).finish(CARRIER)
    assert offset == 1_200_000
    assert after == before
    assert received.digest.sha256 == hashlib.sha256(content).hexdigest()
    assert received.digest.sm3 == hashlib.new("sm3", content).hexdigest()
    assert Quarantine(tmp_path).path(CARRIER, 1).read_bytes() == content
    assert not list((tmp_path / CARRIER).glob("*.part"))


def open_files() -> list[str]:
    """Return what this process has open below a quarantine."""
    found = [opened.readlink() for opened in Path("/proc/self/fd").iterdir() if opened.is_symlink()]
    return [path.name for path in found if path.suffix in {".part", ".bin"}]


def as_a_crash_leaves_it(folder: Path, row: dict[str, int]) -> Path:
    """Return a copy of a quarantine, taken as soon as its journal has a row."""
    journal = folder / CARRIER / "received.jsonl"
    for _ in range(200):
        if row in [json.loads(line) for line in journal.read_text().splitlines()]:
            return Path(shutil.copytree(folder, folder.with_name("after the crash")))
        time.sleep(0.05)
    raise AssertionError(f"{row} was not written down within 10 s")


def offset_after(root: Path, files: list[RemoteFile]) -> int:
    with Quarantine(root).receive(CARRIER, files) as arriving:
        [request] = arriving.wanted(lambda name: name)
        return request.offset


def test_large_file_is_marked_now_and_then_while_it_arrives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """C1, D1, K1: after a crash all but the last piece is here."""
    monkeypatch.setattr(receiving, "WATERMARK_BYTES", 1000)
    files = [RemoteFile(b"large", 10_000, 7)]
    root = tmp_path / "quarantine"

    with Quarantine(root).receive(CARRIER, files) as arriving:
        [request] = arriving.wanted(lambda name: name)
        for _ in range(5):
            request.sink.write(b"x" * 500)
        left = as_a_crash_leaves_it(root, {"file_no": 1, "safe_bytes": 2000})

    rows = [json.loads(line) for line in (left / CARRIER / "received.jsonl").read_text().splitlines()]
    assert [row["safe_bytes"] for row in rows[1:]] == [1000, 2000]
    assert offset_after(left, files) == 2000


def test_mark_that_is_no_longer_true_is_taken_back_before_new_bytes_come(tmp_path: Path) -> None:
    """D3, K1: the part was lost; what is written in its place is not safe because the lost bytes were."""
    files = [RemoteFile(b"large", 2_000_000, 7)]
    root = tmp_path / "quarantine"
    with quarantine_cut(root, files, bytes(1_000_000)):
        pass
    (root / CARRIER / "000001.part").unlink()

    with Quarantine(root).receive(CARRIER, files) as arriving:
        [request] = arriving.wanted(lambda name: name)
        request.sink.write(b"x" * 1_500_000)
        left = as_a_crash_leaves_it(root, {"file_no": 1, "safe_bytes": 0})

    assert offset_after(left, files) == 0


def test_part_of_an_earlier_run_is_not_taken_for_what_came_in_one_piece(tmp_path: Path) -> None:
    """C1: a part without a mark is left of a crash, and a file of one piece is not whole before somebody says so."""
    files = [RemoteFile(b"small", 5, 7)]
    quarantine = Quarantine(tmp_path)
    with quarantine.receive(CARRIER, files):
        (tmp_path / CARRIER / "000001.part").write_bytes(b"other")

    with quarantine_cut(tmp_path, files, b"right"):
        pass

    assert offset_after(tmp_path, files) == 0


@pytest.mark.parametrize("row", ["whole", "safe"])
def test_what_a_disk_refuses_of_the_journal_is_named(tmp_path: Path, row: str) -> None:
    """D1, D3, K1: a quarantine that cannot be read is no empty one."""
    files = [RemoteFile(b"large", 100, 7)]
    quarantine = Quarantine(tmp_path)
    with quarantine_cut(tmp_path, files, b"x" * 10):
        pass
    if row == "whole":
        (tmp_path / CARRIER / "received.jsonl").unlink()
        (tmp_path / CARRIER / "received.jsonl").mkdir()
    else:
        (tmp_path / CARRIER / "000001.part").unlink()
        (tmp_path / CARRIER / "000001.part").symlink_to("000001.part")

    with pytest.raises(PlaceUnavailableError, match=CARRIER):
        quarantine.missing_bytes(CARRIER, files, files)
    with pytest.raises(PlaceUnavailableError, match=CARRIER), quarantine.receive(CARRIER, files) as arriving:
        next(arriving.wanted(lambda name: name))


def test_quarantine_whose_disk_does_not_keep_a_name_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """S2, I6: neither that a package began nor that it is gone is believed before the folder is on the disk."""
    real_fsync = os.fsync

    def broken(fd: int) -> None:
        if stat.S_ISDIR(os.fstat(fd).st_mode):
            raise OSError(5, "Input/output error")
        real_fsync(fd)

    Quarantine(tmp_path).receive("JY-1", FILES)
    monkeypatch.setattr(durable.os, "fsync", broken)

    with pytest.raises(PlaceUnavailableError, match="Input/output"):
        Quarantine(tmp_path).receive("JY-2", FILES)
    with pytest.raises(PlaceUnavailableError, match="Input/output"):
        Quarantine(tmp_path).purge("JY-1")


def quarantine_cut(root: Path, files: list[RemoteFile], arrived: bytes) -> receiving.Receiving:
    arriving = Quarantine(root).receive(CARRIER, files)
    with arriving:
        [request] = arriving.wanted(lambda name: name)
        request.sink.write(arrived)
    return Quarantine(root).receive(CARRIER, files)


def test_bytes_behind_the_mark_are_not_trusted_after_a_crash(tmp_path: Path) -> None:
    """D3, K1: only what was synced and written down counts."""
    content = os.urandom(2_000_000)
    files = [RemoteFile(b"large", len(content), 7)]
    with quarantine_cut(tmp_path, files, content[:1_000_000]):
        pass
    with (tmp_path / CARRIER / "000001.part").open("ab") as part:
        part.write(bytes(500_000))

    with Quarantine(tmp_path).receive(CARRIER, files) as arriving:
        [request] = arriving.wanted(lambda name: name)
        offset = request.offset
        request.sink.write(content[offset:])
        arriving.take(FetchResult(request, None))

    assert offset == 1_000_000
    assert Quarantine(tmp_path).path(CARRIER, 1).read_bytes() == content


@pytest.mark.parametrize("left", [None, 0, 999_999])
def test_part_that_is_shorter_than_was_written_down_is_fetched_anew(tmp_path: Path, left: int | None) -> None:
    """D3."""
    content = os.urandom(2_000_000)
    files = [RemoteFile(b"large", len(content), 7)]
    with quarantine_cut(tmp_path, files, content[:1_000_000]):
        pass
    part = tmp_path / CARRIER / "000001.part"
    if left is None:
        part.unlink()
    else:
        os.truncate(part, left)

    asked = _receive(Quarantine(tmp_path), {b"large": content})

    assert asked == [b"large"]
    assert Quarantine(tmp_path).path(CARRIER, 1).read_bytes() == content


def test_journal_whose_first_line_is_damaged_vouches_for_nothing(tmp_path: Path) -> None:
    """D3: of which state of the package its files are is not known any more."""
    quarantine = Quarantine(tmp_path)
    _receive(quarantine, CONTENTS)
    journal = tmp_path / CARRIER / "received.jsonl"
    journal.write_bytes(b"\x00" * 40 + b"\n" + b"".join(journal.read_bytes().splitlines(keepends=True)[1:]))

    asked = _receive(Quarantine(tmp_path), CONTENTS)

    assert len(asked) == 4
    assert len(quarantine.finish(CARRIER)) == 4


@pytest.mark.parametrize(
    "line",
    [b"\x00" * 40, b"{}x", b'{"file_no": 1, "na', b"17", b'"fingerprint"', b"{}", b'{"file_no": 3, "name": "x"}'],
)
def test_damaged_line_of_the_journal_vouches_for_nothing(tmp_path: Path, line: bytes) -> None:
    """D3."""
    quarantine = Quarantine(tmp_path)
    _receive(quarantine, CONTENTS)
    journal = tmp_path / CARRIER / "received.jsonl"
    lines = journal.read_bytes().splitlines()
    journal.write_bytes(b"\n".join([*lines[:2], line, *lines[3:]]) + b"\n")

    asked = _receive(Quarantine(tmp_path), CONTENTS)

    assert len(asked) == 1
    assert len(quarantine.finish(CARRIER)) == 4


def test_another_state_of_the_package_starts_from_nothing(tmp_path: Path) -> None:
    """S2."""
    quarantine = Quarantine(tmp_path)
    _receive(quarantine, CONTENTS)

    asked = _receive(quarantine, {b"bagit.txt": b"Other"})

    assert asked == [b"bagit.txt"]
    assert [file.raw_name for file in quarantine.finish(CARRIER)] == [b"bagit.txt"]
    assert sorted(path.name for path in (tmp_path / CARRIER).iterdir()) == ["000001.bin", "received.jsonl"]


def test_line_of_the_journal_that_a_crash_cut_is_no_line(tmp_path: Path) -> None:
    """D3."""
    quarantine = Quarantine(tmp_path)
    _receive(quarantine, CONTENTS)
    journal = tmp_path / CARRIER / "received.jsonl"
    journal.write_bytes(journal.read_bytes()[:-10])

    asked = _receive(Quarantine(tmp_path), CONTENTS)

    assert len(asked) == 1
    assert len(quarantine.finish(CARRIER)) == 4
    assert all(json.loads(line) for line in journal.read_text().splitlines())


def test_file_that_changed_while_it_was_read_leaves_nothing_to_go_on_from(tmp_path: Path) -> None:
    """S2."""
    files = [RemoteFile(b"large", 2_000_000, 7)]
    quarantine = Quarantine(tmp_path)
    with quarantine_cut(tmp_path, files, bytes(1_000_000)) as arriving:
        [request] = arriving.wanted(lambda name: name)
        request.sink.write(b"x")
        arriving.take(FetchResult(request, RemoteChangedError("changed")))

    with quarantine.receive(CARRIER, files) as arriving:
        [request] = arriving.wanted(lambda name: name)

        assert request.offset == 0
    assert quarantine.finish(CARRIER) == []
    assert open_files() == []


def test_full_disk_is_named_and_an_ordinary_rerun_ends_as_if_nothing_had_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D1: /dev/full answers every write as a full disk does."""
    real_open = os.open

    def full(path: str, flags: int, *args: object, **named: object) -> int:
        is_file = str(path).endswith((".bin", ".part")) and flags & os.O_WRONLY
        return real_open("/dev/full" if is_file else path, flags & ~os.O_CREAT if is_file else flags, *args, **named)

    monkeypatch.setattr(receiving.os, "open", full)
    with pytest.raises(DiskFullError):
        _receive(Quarantine(tmp_path), CONTENTS)
    monkeypatch.undo()

    _receive(Quarantine(tmp_path), CONTENTS)

    assert len(Quarantine(tmp_path).finish(CARRIER)) == 4


def test_failed_sync_is_never_taken_for_received(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """D2."""

    def broken(_fd: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(durable.os, "fdatasync", broken)
    with pytest.raises(PlaceUnavailableError, match="Input/output"):
        _receive(Quarantine(tmp_path), CONTENTS)
    monkeypatch.undo()

    assert Quarantine(tmp_path).finish(CARRIER) == []


def test_purged_package_is_gone_and_purging_again_is_no_fault(tmp_path: Path) -> None:
    """I6."""
    quarantine = Quarantine(tmp_path)
    _receive(quarantine, CONTENTS)

    quarantine.purge(CARRIER)
    quarantine.purge(CARRIER)

    assert quarantine.ids() == []
    with pytest.raises(NotFoundError):
        quarantine.open(CARRIER, 1)


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "/etc", ".hidden", "x" * 101, "a\0b"])
def test_id_that_is_none_of_ours_names_no_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        Quarantine(tmp_path).folder(name)


def test_file_that_becomes_whole_before_its_mark_is_written_is_no_failure(tmp_path: Path) -> None:
    """K1, D2: the mark of an unfinished file is left out, never written without a sync; a whole file that is gone is an error."""
    (tmp_path / "000002.bin").write_bytes(b"whole")
    journal = tmp_path / "received.jsonl"
    recorder = durable.Recorder(tmp_path, journal)

    recorder.add([("000001.part", {"file_no": 1, "safe_bytes": 5})])
    recorder.add([("", {"file_no": 1, "safe_bytes": 0}), ("000002.bin", {"file_no": 2})])
    recorder.close()
    recorder.raise_failure()
    missing = durable.Recorder(tmp_path, journal)
    missing.add([("000003.bin", {"file_no": 3})])
    missing.close()

    assert [json.loads(line)["file_no"] for line in journal.read_text().splitlines()] == [1, 2]
    with pytest.raises(PlaceUnavailableError):
        missing.raise_failure()


def test_file_that_is_half_here_needs_room_for_its_other_half_only(tmp_path: Path) -> None:
    """C1, D1: a line that was cut is no reason to need the room twice; another state of the package needs all of it."""
    files = [RemoteFile(b"a", 5, 1), RemoteFile(b"big", 1000, 1)]
    quarantine = Quarantine(tmp_path)
    with quarantine.receive("JY-1", files) as receiving:
        whole, half = receiving.wanted(bytes)
        whole.sink.write(b"a" * 5)
        receiving.take(FetchResult(whole, None))
        half.sink.write(b"b" * 400)

    missing = quarantine.missing_bytes("JY-1", files, files)

    assert missing == 600
    assert quarantine.missing_bytes("JY-1", files, files[:1]) == 0
    assert quarantine.missing_bytes("JY-1", [*files, RemoteFile(b"c", 7, 1)], files) == 1005
    assert quarantine.missing_bytes("JY-2", files, files) == 1005
