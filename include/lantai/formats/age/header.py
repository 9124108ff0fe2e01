"""The header of an age file: its lines, its stanzas, its MAC.

Text only: how a stanza wraps a file key is in age_keys, what follows the
header in age_payload. No armor.

Source: age-encryption.org/v1, "Header".
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lantai.errors import HeaderError, HmacError
from lantai.formats.age.stream import Readable, read_line

VERSION_LINE = b"age-encryption.org/v1\n"
# About 40 hybrid stanzas of 1.6 KB. A vault has a handful of recipients, and a hostile file without
# a line end must not fill the memory.
MAX_HEADER_BYTES = 64 * 1024
_MAC_BYTES = 32
_LINE_COLUMNS = 64
_ARMOR_MARK = b"-----BEGIN AGE"
_ARGUMENT = re.compile(rb"[!-~]+")


@dataclass(frozen=True, slots=True)
class Stanza:
    """One wrapping of the file key, for one recipient.

    Attributes:
        kind: The recipient type, first argument of the stanza's line.
        arguments: What follows it, of printable ASCII.
        body: The wrapped file key.
    """

    kind: str
    arguments: tuple[str, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """A parsed header, its MAC not yet verified.

    Attributes:
        covered: The bytes that the MAC covers, up to and including the three dashes.
    """

    stanzas: tuple[Stanza, ...]
    covered: bytes
    mac: bytes


def split(stream: Readable) -> bytes:
    """Read the header off a stream and leave the stream at the first byte of the payload.

    Args:
        stream: An age file. A stream without `readline` is read byte by byte.

    Returns:
        The header up to and including the line of its MAC, at most MAX_HEADER_BYTES; not yet parsed.

    Raises:
        HeaderError: the stream does not begin like an age file, ends early, or the header is too long.
    """
    lines = [_line(stream, len(VERSION_LINE))]
    if lines[0] != VERSION_LINE:
        found = "an armored file, which is not read here" if lines[0].startswith(_ARMOR_MARK) else repr(lines[0])
        raise HeaderError(f"expected the line {VERSION_LINE!r}, found {found}")
    left_bytes = MAX_HEADER_BYTES - len(lines[0])
    while not lines[-1].startswith(b"---"):
        line = _line(stream, left_bytes)
        if not line.endswith(b"\n"):
            raise HeaderError(f"the header has no MAC line within {MAX_HEADER_BYTES} bytes or before the file ends")
        left_bytes -= len(line)
        lines.append(line)
    return b"".join(lines)


def _line(stream: Readable, most_bytes: int) -> bytes:
    return read_line(stream, most_bytes) if most_bytes > 0 else b""


def parse(header: bytes) -> Header:
    """Take a header apart.

    Args:
        header: From the version line to the line end after the MAC, nothing behind it.

    Raises:
        HeaderError: a line that the format does not allow; the message names it.
    """
    if len(header) > MAX_HEADER_BYTES:
        raise HeaderError(f"the header has {len(header)} bytes, expected at most {MAX_HEADER_BYTES}")
    if not header.startswith(VERSION_LINE):
        raise HeaderError(f"expected the line {VERSION_LINE!r}, found {header[: len(VERSION_LINE)]!r}")
    *lines, behind = header.split(b"\n")
    if behind or not lines[-1].startswith(b"--- "):
        raise HeaderError(f"the header ends with {(behind or lines[-1])[:80]!r}, expected a line of --- and the MAC")
    mac = decode_base64(lines[-1][4:])
    if len(mac) != _MAC_BYTES:
        raise HeaderError(f"the MAC has {len(mac)} bytes, expected {_MAC_BYTES}")
    stanzas = _stanzas(lines[1:-1])
    if not stanzas:
        raise HeaderError("the header has no stanza, expected one for each recipient")
    return Header(stanzas, header[: -len(lines[-1]) - 1] + b"---", mac)


def _stanzas(lines: list[bytes]) -> tuple[Stanza, ...]:
    stanzas = []
    coming = iter(lines)
    for line in coming:
        arguments = line.split(b" ")
        if arguments[0] != b"->" or len(arguments) == 1:
            raise HeaderError(f"expected a stanza that begins with an arrow and an argument, found {line[:80]!r}")
        if not all(_ARGUMENT.fullmatch(argument) for argument in arguments):
            raise HeaderError(f"a stanza has an empty argument or one with unprintable bytes: {line[:80]!r}")
        kind, *rest = (argument.decode("ascii") for argument in arguments[1:])
        stanzas.append(Stanza(kind, tuple(rest), _body(kind, coming)))
    return tuple(stanzas)


def _body(kind: str, coming: Iterator[bytes]) -> bytes:
    body = b""
    for line in coming:
        if len(line) > _LINE_COLUMNS:
            raise HeaderError(f"a line of stanza {kind[:80]} has {len(line)} columns, expected at most {_LINE_COLUMNS}")
        body += line
        if len(line) < _LINE_COLUMNS:
            return decode_base64(body)
    raise HeaderError(f"stanza {kind[:80]} does not end with a line shorter than {_LINE_COLUMNS} columns")


def format_header(stanzas: Sequence[Stanza], file_key: bytes) -> bytes:
    """Return the header with these stanzas, under the MAC that `file_key` gives."""
    covered = VERSION_LINE
    for stanza in stanzas:
        covered += " ".join(("->", stanza.kind, *stanza.arguments)).encode("ascii") + b"\n"
        body = encode_base64(stanza.body)
        # The last line is always shorter than the others, so it may be empty.
        for start in range(0, len(body) + 1, _LINE_COLUMNS):
            covered += body[start : start + _LINE_COLUMNS] + b"\n"
    covered += b"---"
    return covered + b" " + encode_base64(_mac(covered, file_key)) + b"\n"


def check_mac(header: Header, file_key: bytes) -> None:
    """Compare the header's MAC with the one that `file_key` gives.

    Raises:
        HmacError: they differ: the header was changed after it was written.
    """
    if not hmac.compare_digest(_mac(header.covered, file_key), header.mac):
        raise HmacError("the MAC of the header is not the one that its file key gives: the header was changed")


def _mac(covered: bytes, file_key: bytes) -> bytes:
    return hmac.digest(derive_key(file_key, b"", b"header"), covered, "sha256")


def derive_key(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """Return the 32-byte key that HKDF-SHA-256 derives, as everywhere in age."""
    return HKDF(hashes.SHA256(), 32, salt, info).derive(secret)


def encode_base64(payload: bytes) -> bytes:
    """Return `payload` in base64 without padding."""
    return base64.b64encode(payload).rstrip(b"=")


def decode_base64(text: bytes) -> bytes:
    """Return the bytes of unpadded base64 that is written in the one canonical way.

    Raises:
        HeaderError: padding, a foreign letter, or bits set behind the last byte.
    """
    try:
        payload = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise HeaderError(f"{text[:80]!r} is not unpadded base64: {error}") from error
    if encode_base64(payload) != text:
        raise HeaderError(f"{text[:80]!r} is not written in canonical, unpadded base64")
    return payload
