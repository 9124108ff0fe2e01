"""Places: whole new files, never edited, never taken for empty."""

import os
import stat
from pathlib import Path

import pytest

from lantai.edges.custody import file_place
from lantai.edges.custody.file_place import MARKER, FilePlace, blocks, read_small, sha256_of, write_all
from lantai.edges.files.system_error import translated
from lantai.errors import DiskFullError, FixityError, PlaceUnavailableError, SettingsError


@pytest.fixture
def place(tmp_path):
    made = FilePlace.at((tmp_path / "档案 place").as_uri())
    made.prepare()
    return made


def test_file_comes_back_and_no_temporary_name_stays(place):
    """I7."""
    digest = place.write_new("carriers/C/pack.tar", [b"one", memoryview(b"two")])

    assert read_small(place, "carriers/C/pack.tar") == b"onetwo"
    assert sha256_of(place, "carriers/C/pack.tar") == digest
    assert place.list("") == ["carriers/C/pack.tar", MARKER]
    assert place.size("carriers/C/pack.tar") == 6


def test_same_bytes_again_are_no_work_and_other_bytes_are_refused(place):
    """I7."""
    place.write_new("a", [b"same"])

    assert place.write_new("a", [b"sa", b"me"]) == sha256_of(place, "a")
    with pytest.raises(FixityError, match="expected"):
        place.write_new("a", [b"other"])
    assert read_small(place, "a") == b"same"


def test_writer_that_fails_leaves_nothing(place):
    """I7."""

    def half():
        yield b"half"
        raise FixityError("source")

    with pytest.raises(FixityError, match="source"):
        place.write_new("a", half())
    assert place.list("") == [MARKER]


@pytest.mark.parametrize("kind", [stat.S_IFREG, stat.S_IFDIR])
def test_file_that_is_not_on_the_disk_is_not_written(place, monkeypatch, kind):
    """D1: neither its bytes nor its name may be in memory only when it counts as written."""
    real_fsync = os.fsync

    def broken(fd):
        if stat.S_IFMT(os.fstat(fd).st_mode) == kind:
            raise OSError(28, "No space left on device")
        real_fsync(fd)

    place.write_new("first", [b"x"])
    monkeypatch.setattr(file_place.os, "fsync", broken)

    with pytest.raises(DiskFullError, match="No space"):
        place.write_new("a", [b"x"])
    monkeypatch.undo()

    assert [name for name in place.list("") if name not in {"a", "first", MARKER}] == []
    assert (place.size("a") is None) is (kind == stat.S_IFREG)


def test_work_folder_needs_no_marker_and_is_no_place(tmp_path):
    """I8: it is there, or it is not."""
    work = FilePlace(tmp_path / "work", is_marked=False)
    with pytest.raises(PlaceUnavailableError, match="mounted"):
        work.list("")
    (tmp_path / "work").mkdir()

    assert work.list("") == []


def test_unmounted_place_is_unavailable_and_never_empty(place):
    """I8."""
    (place.root / MARKER).unlink()

    for look in (lambda: place.list(""), lambda: place.size("a"), lambda: place.open("a"), lambda: place.remove("a")):
        with pytest.raises(PlaceUnavailableError, match="mounted"):
            look()
    with pytest.raises(PlaceUnavailableError, match="mounted"):
        place.write_new("a", [b""])


def test_place_that_takes_no_file_is_told_and_probing_leaves_nothing(place, small_disk):
    """D2: EROFS."""
    place.probe()
    left = place.list("")
    disk = small_disk(place.root, 64)
    disk.lock()

    with pytest.raises(PlaceUnavailableError, match="Read-only"):
        place.probe()
    assert left == place.list("") == [MARKER]


def test_folder_in_other_use_is_not_made_a_place(tmp_path):
    """I8."""
    (tmp_path / "photos.txt").write_text("holiday")

    with pytest.raises(PlaceUnavailableError, match="other use"):
        FilePlace(tmp_path).prepare()


def test_missing_file_at_a_place_is_damage(place):
    """V1."""
    with pytest.raises(FixityError, match="found no file"):
        place.open("carriers/C/manifest.g1.json")


def test_file_is_no_damage_when_the_place_goes_while_it_is_opened(place, monkeypatch):
    """V1, I8: a disk that is pulled out has lost nothing."""
    real_open = Path.open

    def pulled_out(path, *args, **named):
        (place.root / MARKER).unlink(missing_ok=True)
        return real_open(path, *args, **named)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", pulled_out)
        with pytest.raises(PlaceUnavailableError, match="mounted"):
            place.open("carriers/C/manifest.g1.json")


@pytest.mark.parametrize("name", ["../outside", "a/../../b", "/etc/passwd", "a//b", "nul\0", "."])
def test_name_outside_the_place_is_refused(place, name):
    with pytest.raises(PlaceUnavailableError, match="below the place"):
        place.write_new(name, [b"x"])


def test_removed_file_was_overwritten_first(place, tmp_path):
    place.write_new("a", [b"secret" * 1000])
    os.link(place.root / "a", tmp_path / "kept-by-somebody")

    place.remove("a")
    place.remove("a")

    assert place.size("a") is None
    assert (tmp_path / "kept-by-somebody").read_bytes() == bytes(6000)


def test_full_device_is_told_as_such():
    """D1: the real ENOSPC of the system."""

    def write_to_a_full_device():
        with translated("full"), Path("/dev/full").open("wb", buffering=0) as file:
            write_all(file, b"x")

    with pytest.raises(DiskFullError, match="No space"):
        write_to_a_full_device()


def test_unreadable_folder_is_unavailable_not_empty(place):
    """I8, S4: root reads everything, so the folder is replaced by one that cannot be listed at all."""
    place.write_new("carriers/C/a", [b"x"])
    folder = place.root / "carriers"
    os.chmod(folder, 0)  # noqa: PTH101 - beside the stat below
    try:
        if os.geteuid() == 0:
            assert place.list("carriers") == ["carriers/C/a"]
        else:
            with pytest.raises(PlaceUnavailableError):
                place.list("carriers")
    finally:
        folder.chmod(stat.S_IRWXU)


def test_address_of_another_kind_is_refused():
    with pytest.raises(SettingsError, match="sftp"):
        FilePlace.at("sftp://host/folder")


def test_blocks_stop_at_the_size_asked_for(place):
    place.write_new("a", [b"x" * 3_000_000])

    with place.open("a") as file:
        assert [len(block) for block in blocks(file, 1_500_000)] == [1_048_576, 451_424]
