"""Carriers that came as zip or tar."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile

import pytest

from lantai.edges.intake.archive import ArchiveLimits, Tally, media_type, members
from lantai.errors import ArchiveLimitError, LantaiError, PackageError, UnsafeNameError
from lantai.records.intake.carrier import decode_name

TIGHT = ArchiveLimits(members=2_000, unpacked_bytes=64 * 1024 * 1024)


def zip_of(*entries, **changes) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out


def tar_of(*infos) -> io.BytesIO:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for info, content in infos:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out


def read_all(source, limits=TIGHT):
    return [(member.raw_name, member.stream.read()) for member in members(source, limits=limits)]


def test_zip_and_tar_give_the_same_files():
    """R1-31, R1-38."""
    files = [("包/bagit.txt", b"a"), ("包/data/通知.txt", b"b" * 3_000_000)]
    packed = zip_of(("包/", b""), *files)
    tarred = tar_of(*((tarfile.TarInfo(name), content) for name, content in files))

    expected = [(name.encode(), content) for name, content in files]
    assert read_all(packed, ArchiveLimits(ratio=10_000)) == expected
    assert read_all(tarred) == expected
    assert (media_type(packed), media_type(tarred)) == ("application/zip", "application/x-tar")


def test_names_stay_bytes_and_are_no_paths():
    """R1-31."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", encoding="gbk", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("档案目录.xls"), io.BytesIO())
        archive.addfile(tarfile.TarInfo("../../x"), io.BytesIO())

    names = [name for name, _ in read_all(out)]

    assert names == ["档案目录.xls".encode("gbk"), b"../../x"]
    assert decode_name(names[0]) == "档案目录.xls"


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.GNUTYPE_SPARSE]
)
def test_link_or_device_refuses_the_archive(kind):
    """R1-31, S5."""
    info = tarfile.TarInfo("x")
    info.type, info.linkname = kind, "/etc/passwd"

    with pytest.raises((UnsafeNameError, PackageError)):
        read_all(tar_of((info, b"")))


@pytest.mark.parametrize("content", [b"", b"Rar!\x1a\x07\x00", b"plain text" * 100])
def test_what_is_neither_zip_nor_tar_is_told_as_such(content):
    """R1-31: it is no damaged archive."""
    with pytest.raises(PackageError) as raised:
        read_all(io.BytesIO(content))

    assert raised.value.reason == "archive_kind"


def test_doubled_name_refuses_the_archive():
    """R1-31."""
    with pytest.warns(UserWarning, match="Duplicate"):
        doubled = zip_of(("a", b"1"), ("a", b"2"))

    with pytest.raises(UnsafeNameError, match="twice"):
        read_all(doubled)


def test_bomb_is_refused_before_and_while_it_is_read():
    """S5."""
    with pytest.raises(ArchiveLimitError, match="ratio"):
        read_all(zip_of(("x", b"\0" * 50_000_000)))
    with pytest.raises(ArchiveLimitError, match="at most 100 bytes"):
        read_all(zip_of(("x", b"0123456789" * 20)), ArchiveLimits(unpacked_bytes=100))
    with pytest.raises(ArchiveLimitError, match="2 files"):
        read_all(zip_of(*((str(n), b"") for n in range(3))), ArchiveLimits(members=2))


@pytest.mark.parametrize(
    ("unpacked_bytes", "packed_bytes", "said"),
    [
        (1000, 1000, None),
        (1001, 1000, "at most 1000 bytes"),
        (500, 1, None),
        (501, 1, "ratio of 501 or more, expected at most 10"),
        (501, 50, "ratio of 10 or more"),
        (600, 60, None),
        (501, 0, "ratio of 501"),
    ],
)
def test_archive_may_unpack_to_its_limits_and_not_a_byte_beyond(unpacked_bytes, packed_bytes, said):
    """S5: what packs well is suspect from some size on only."""
    tally = Tally(packed_bytes, ArchiveLimits(unpacked_bytes=1000, ratio=10, ratio_from_bytes=500))

    if said is None:
        tally.check(unpacked_bytes)
    else:
        with pytest.raises(ArchiveLimitError, match=said):
            tally.check(unpacked_bytes)


def test_tar_header_that_claims_a_name_of_a_gigabyte_is_refused():
    """S5."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1 << 30
    source = io.BytesIO(info.tobuf(tarfile.GNU_FORMAT) + b"\0" * 10_240)

    with pytest.raises(ArchiveLimitError, match="header"):
        read_all(source)


@pytest.mark.parametrize("cut", [0, 1, 100, 511, 513])
def test_cut_archive_is_a_named_refusal(cut):
    """R1-31."""
    whole = tar_of((tarfile.TarInfo("x"), b"y" * 2_000)).getvalue()

    with pytest.raises(PackageError):
        read_all(io.BytesIO(whole[:cut]))


def test_flipped_byte_of_a_member_is_found():
    """R1-31, R1-45."""
    body = bytearray(zip_of(("x", bytes(range(256)) * 100)).getvalue())
    at = struct.unpack_from("<HH", body, 26)[0] + 30 + 20
    body[at] ^= 0xFF

    with pytest.raises(PackageError):
        read_all(io.BytesIO(bytes(body)), ArchiveLimits())


@pytest.mark.shared
def test_hostile_archives_are_refused_by_name_or_read_within_limits(shared_data):
    """S5."""
    hostile = shared_data / "hostile"
    folders = (
        "made-here/archives",
        "made-here/bombs",
        "archives/tika",
        "archives/yauzl/failure",
        "archives/yauzl/success",
    )
    paths = [p for folder in folders for p in sorted((hostile / folder).iterdir()) if p.suffix != ".xlsx"]
    ended: dict[str, str] = {}

    for path in paths:
        with path.open("rb") as source:
            try:
                ended[path.name] = f"read {len(read_all(source))}"
            except LantaiError as error:
                ended[path.name] = type(error).__name__

    assert len(ended) > 50
    for name in (
        "symlink-escape.zip",
        "symlink-escape.tar",
        "hardlink-escape.tar",
        "devices-fifo.tar",
        "duplicate-names.zip",
    ):
        assert ended[name] == "UnsafeNameError", name
    assert ended["flat-200MiB.zip"] == "ArchiveLimitError"
    assert ended["testZipEncrypted.zip"] == "PackageError"
    assert ended["nested-3-levels-1GiB.zip"].startswith(("read", "ArchiveLimitError"))
    assert ended["droste.zip"] == "read 2"


@pytest.mark.shared
def test_gbk_names_of_ordinary_zips_are_read(shared_data):
    """R1-31."""
    with (shared_data / "hostile/made-here/archives/gbk-names-no-flag.zip").open("rb") as source:
        names = [decode_name(name) for name, _ in read_all(source)]

    assert all(name is not None and name.endswith((".docx", ".pdf")) for name in names)
    assert names[1] == "附件一（盖章）.pdf"
