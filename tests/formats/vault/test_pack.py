"""Packs: any tar reads them, and every byte follows from names and sizes."""

import io
import tarfile

import pytest

from lantai.errors import MalformedError, UnsafeNameError, UsageError
from lantai.formats.vault import pack

NAMES = ["a.payload", "数据/年度报告.pdf", "x" * 100, "y" * 101, "deep/" * 40 + "file", "a b\tc"]


def written(members):
    return b"".join(pack.small_pack(members))


def test_members_come_back_with_any_tar():
    members = [(name, bytes([number]) * (number * 300)) for number, name in enumerate(NAMES)]

    with tarfile.open(fileobj=io.BytesIO(written(members))) as archive:
        found = [(member.name, archive.extractfile(member).read(), member.mode, member.mtime) for member in archive]

    assert found == [(name, content, 0o644, 0) for name, content in members]


def test_place_of_each_member_follows_from_names_and_sizes():
    members = [(name, bytes([65 + number]) * (number * 511)) for number, name in enumerate(NAMES)]
    content = written(members)

    laid = pack.layout((name, len(inside)) for name, inside in members)

    assert [content[member.offset : member.offset + member.size_bytes] for member in laid] == [c for _, c in members]
    assert [content[m.header_offset : m.offset] for m in laid] == [m.header for m in laid]
    assert pack.pack_bytes(laid) == len(content)


@pytest.mark.parametrize("size", [0, 1, 511, 512, 8**11 - 1, 8**11, 2**40])
@pytest.mark.parametrize("name", NAMES)
def test_header_is_the_one_that_pythons_tarfile_writes(name, size):
    member = tarfile.TarInfo(name)
    member.size = size

    assert pack.member_header(name, size) == member.tobuf(tarfile.PAX_FORMAT)


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", "./a", "nul\0"])
def test_name_that_leaves_its_folder_is_refused(name):
    with pytest.raises(UnsafeNameError, match="member name"):
        pack.member_header(name, 1)


def test_half_a_surrogate_pair_is_no_name():
    with pytest.raises(UnsafeNameError, match="UTF-8"):
        pack.member_header("\ud800", 1)


def test_same_name_twice_is_refused():
    with pytest.raises(UsageError, match="'a'"):
        pack.layout([("a", 1), ("b", 1), ("a", 1)])
    with pytest.raises(UsageError, match="'a'"):
        written([("a", b""), ("a", b"")])


def test_unpacking_gives_names_sizes_and_content_forward_only():
    members = [(name, bytes([number]) * (number * 700)) for number, name in enumerate(NAMES)]

    found = [(name, size, b"".join(chunks)) for name, size, chunks in pack.unpack(io.BytesIO(written(members)))]

    assert found == [(name, len(content), content) for name, content in members]


def test_tar_with_a_link_in_it_is_refused():
    space = io.BytesIO()
    with tarfile.open(fileobj=space, mode="w") as archive:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    space.seek(0)

    with pytest.raises(MalformedError, match="only regular files"):
        list(pack.unpack(space))


def test_cut_tar_is_refused():
    content = written([("a", b"x" * 5000)])

    with pytest.raises(MalformedError, match="end"):
        [b"".join(chunks) for _, _, chunks in pack.unpack(io.BytesIO(content[:3000]))]
