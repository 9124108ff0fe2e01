from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.errors import RemoteProtocolError
from lantai.formats.sftp import wire
from lantai.formats.sftp.frames import Frames


def _packets(frames: Frames) -> list[tuple[int, bytes]]:
    found = []
    while (packet := frames.take()) is not None:
        found.append((packet[0], bytes(packet[1])))
    return found


@given(
    st.lists(st.binary(max_size=300), max_size=20),
    st.lists(st.integers(min_value=1, max_value=200), min_size=1, max_size=50),
)
def test_packets_come_out_as_they_went_in_however_the_stream_is_cut(bodies: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(wire.packet(wire.DATA, number, body) for number, body in enumerate(bodies))
    frames = Frames()
    found = []

    turn = 0
    while stream:
        cut = cuts[turn % len(cuts)]
        turn += 1
        frames.feed(stream[:cut])
        stream = stream[cut:]
        found += _packets(frames)

    assert found == [(wire.DATA, n.to_bytes(4, "big") + body) for n, body in enumerate(bodies)]


@pytest.mark.parametrize("length", [0, wire.MAX_PACKET_BYTES + 1, 2**32 - 1])
def test_packet_of_impossible_length_is_refused_before_it_is_awaited(length: int) -> None:
    """S3."""
    frames = Frames()
    frames.feed(length.to_bytes(4, "big"))

    with pytest.raises(RemoteProtocolError, match="length"):
        frames.take()


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_attributes_are_read_as_they_were_written(size: int, mode: int, mtime: int) -> None:
    told = wire.Attributes(size, mode, mtime)

    assert wire.Fields(wire.attributes_body(told)).attributes() == told


def test_attributes_as_openssh_sends_them_are_read_whole() -> None:
    flags = (0x1 | 0x2 | 0x4 | 0x8).to_bytes(4, "big")
    fields = wire.Fields(flags + struct.pack(">QIIIII", 7, 1000, 1001, 0o100600, 5, 6) + b"\0\0\0\x09")

    assert fields.attributes() == wire.Attributes(7, 0o100600, 6)
    assert fields.number() == 9


def test_owner_and_extensions_of_attributes_are_read_over() -> None:
    flags = (0x1 | 0x2 | 0x80000000).to_bytes(4, "big")
    body = flags + (7).to_bytes(8, "big") + bytes(8) + (1).to_bytes(4, "big") + wire.string(b"a@b") + wire.string(b"c")

    fields = wire.Fields(body + b"rest")

    assert fields.attributes() == wire.Attributes(7)
    with pytest.raises(RemoteProtocolError):
        fields.long()


@given(st.binary(max_size=80))
def test_any_bytes_as_a_reply_are_read_or_refused_by_type(body: bytes) -> None:
    """S3."""
    readers = (
        wire.handle_of,
        wire.names_of,
        wire.status_of,
        lambda b: wire.data_of(b, 16),
        lambda b: wire.Fields(b).attributes(),
    )

    for read in readers:
        with contextlib.suppress(RemoteProtocolError):
            read(memoryview(body))


def test_name_that_is_not_utf8_stays_as_it_is() -> None:
    name = "国务院公报.docx".encode("gb18030")
    body = memoryview(wire.name_body([(name, b"", wire.Attributes(1, 0o100644, 2))]))

    entry = wire.names_of(body)[0]

    assert entry.name == name
    assert entry.attributes.kind is wire.FileKind.FILE


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        (0o100644, wire.FileKind.FILE),
        (0o040755, wire.FileKind.FOLDER),
        (0o120777, wire.FileKind.LINK),
        (0o060600, wire.FileKind.SPECIAL),
        (0o644, wire.FileKind.UNKNOWN),
        (None, wire.FileKind.UNKNOWN),
    ],
)
def test_kind_of_a_name_follows_from_its_mode(mode: int | None, kind: wire.FileKind) -> None:
    assert wire.Attributes(mode=mode).kind is kind


def test_data_reply_longer_than_asked_for_is_refused() -> None:
    """S3."""
    with pytest.raises(RemoteProtocolError, match="expected 1 to 4"):
        wire.data_of(memoryview(wire.string(b"12345")), 4)
