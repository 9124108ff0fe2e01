"""A carrier (载体/包): one package as a department laid it in its outbox.

Names are the department's and are data, never a path here: we keep the raw
bytes and address the files we fetched by number. Source: interfaces.md, "A carrier".
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Self

from lantai.records.custody.file_digest import FileDigest
from lantai.records.intake.submission import bears_number
from lantai.records.text.shown import on_one_line


class BackupStrategy(StrEnum):
    """How business data is backed up. Source: R1-12."""

    FULL = "full"
    INCREMENTAL = "incremental"
    DIFFERENTIAL = "differential"


class Packaging(StrEnum):
    """How a package lies in the outbox: as a folder, or as an archive of one."""

    FOLDER = "folder"
    ZIP = "zip"
    TAR = "tar"


HALF_UPLOADS = (b".filepart", b".part", b".partial", b".tmp", b".crdownload", b".!sync")
"""Endings that clients give to a file while it is on its way."""

MOST_NUMBER_CHARACTERS = 100
"""A Carrier-Number longer than this is no number."""

ARCHIVES = (b".zip", b".tar", b".tar.gz", b".tgz", b".tar.bz2", b".tar.xz", b".rar", b".7z", b".gz", b".iso")
"""Endings of archives. Only zip and tar are taken apart: of any other the unit reads that it is not."""

_LAST_LATIN, _LAST_OF_TWO_BYTES = "\u024f", "\u07ff"
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_MARKS = frozenset(map(chr, range(0x300, 0x370)))
_FIRST_HAN, _LAST_HAN = "\u4e00", "\u9fff"


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of a package as listed on the department's server.

    Attributes:
        name: Raw name below the carrier's folder, `/` between parts.
        size_bytes: Size by the listing.
        mtime: Seconds since 1970 by the listing.
    """

    name: bytes
    size_bytes: int
    mtime: int


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """One file of a package as it lies in the quarantine.

    Attributes:
        file_no: Its number within the carrier, from 1, in order of raw names; the local file is named by it.
        raw_name: The department's name, any bytes.
        path: The same decoded (UTF-8, then GB18030), or None when neither fits.
        digest: Size and digests as they were counted and taken on arrival, under the name that it is kept by: its path, or for
            want of one the bytes of its name in hex.
        mtime: Seconds since 1970 by the listing, 0 when not known.
    """

    file_no: int
    raw_name: bytes
    path: str | None
    digest: FileDigest
    mtime: int = 0

    @classmethod
    def arrived(cls, file_no: int, raw_name: bytes, size_bytes: int, hexes: Mapping[str, str], mtime: int = 0) -> Self:
        """Return a file that has arrived whole.

        Args:
            file_no: Its number within the carrier.
            raw_name: The department's name, any bytes.
            size_bytes: Bytes counted.
            hexes: SHA-256 and SM3 by name, in hex.
            mtime: Seconds since 1970 by the listing, 0 when not known.
        """
        path = decode_name(raw_name)
        kept_as = f"raw-name-hex/{raw_name.hex()}" if path is None else path
        return cls(file_no, raw_name, path, FileDigest.of(kept_as, size_bytes, hexes), mtime)

    @property
    def size_bytes(self) -> int:
        """Bytes counted while they arrived."""
        return self.digest.size_bytes


def fingerprint(files: list[RemoteFile]) -> str:
    """Return what tells one state of a package from another: sha256 over sorted raw names, sizes and times.

    Source: R1-42; interfaces.md, "A department's folder".
    """
    rows = sorted((f.name.hex(), f.size_bytes, f.mtime) for f in files)
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


def arrived_name(name: bytes) -> bytes:
    """Return the name that a file will have once its last byte is there; its own when it is no half upload. Source: R1-42."""
    ending = next((each for each in HALF_UPLOADS if name.lower().endswith(each)), b"")
    return name[: len(name) - len(ending)]


def is_on_its_way(name: bytes) -> bool:
    """Return whether a file has the name that a client gives it until its last byte is there."""
    return arrived_name(name) != name


def bare_name(raw: bytes, kind: str) -> bytes:
    """Return a package's name without the ending of its archive; `kind` is `folder`, `zip` or `tar`."""
    whole = arrived_name(raw)
    ending = next((each for each in ARCHIVES if whole.lower().endswith(each)), b"") if kind != "folder" else b""
    return whole[: -len(ending)] if ending else raw


def stand_in_number(raw: bytes, kind: str) -> str:
    """Return what a carrier is called that does not say its number: its bare name, cut where it is too long for one.

    A name that would be taken for a number of ours stands in for nothing; a digest of it does.

    Source: R1-34.
    """
    name = bare_name(raw, kind)
    text = decode_name(name) or name.hex(" ")
    if bears_number(text):
        return f"~{hashlib.sha256(name).hexdigest()[:16]}"
    if len(text) <= MOST_NUMBER_CHARACTERS:
        return text
    return f"{text[:80]}~{hashlib.sha256(name).hexdigest()[:16]}"


def names_of(raw: bytes, kind: str) -> frozenset[str]:
    """Return what a package may be called by: its name with the ending of its archive and without, see `decode_name`.

    A name in no encoding that we know is given as the numbers of its bytes, as it is shown.
    """
    return frozenset(decode_name(name) or name.hex(" ") for name in (raw, bare_name(raw, kind)))


def package_name(raw: bytes, kind: str) -> str:
    """Return a package's name as people read it, without the ending of its archive."""
    return shown_name(bare_name(raw, kind))


def shown_name(raw: bytes) -> str:
    """Return a department's file name as people read it; one that is in no encoding we know, as the numbers of its bytes."""
    return on_one_line(decode_name(raw) or raw.hex(" "))


def decode_name(raw: bytes) -> str | None:
    """Return a department's file name as text: UTF-8, else GB18030, else None.

    Two Chinese characters in GBK can be valid UTF-8 by chance (通知 reads as two marks of other scripts, 目录 as Ŀ¼). A name
    whose UTF-8 reading has only letters between the Latin and the three-byte ones, or is no word, while its GB18030 reading
    is Chinese throughout, is taken for GB18030.
    """
    as_utf8, as_gb18030 = _decoded(raw, "utf-8"), _decoded(raw, "gb18030")
    if as_utf8 is None:
        return as_gb18030
    foreign = [letter for letter in as_utf8 if not letter.isascii()]
    if (
        as_gb18030 is None
        or not foreign
        or (_has_latin(as_utf8) and not _is_no_word(as_utf8))
        or any(letter > _LAST_OF_TWO_BYTES for letter in foreign)
    ):
        return as_utf8
    chinese = [letter for letter in as_gb18030 if not letter.isascii()]
    return as_gb18030 if all(_FIRST_HAN <= letter <= _LAST_HAN for letter in chinese) else as_utf8


def _has_latin(text: str) -> bool:
    """Return whether there is an accented Latin letter: as one sign, or as a mark behind its letter (names from macOS)."""
    accented = any("\u0080" <= letter <= _LAST_LATIN for letter in text)
    return accented or any(a.isascii() and a.isalpha() and b in _MARKS for a, b in pairwise(text))


def _is_no_word(text: str) -> bool:
    """Return whether what is not ASCII stands in runs of two and more, with signs or two scripts in them: Ŀ¼, not ¿Qué?"""
    letters = [letter for run in _FOREIGN.findall(text) for letter in run if letter not in _MARKS]
    has_signs = not all(map(str.isalpha, letters))
    has_two_scripts = min(letters, default="") <= _LAST_LATIN < max(letters, default="")
    return (has_signs or has_two_scripts) and all(len(run) > 1 for run in _FOREIGN.findall(text))


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None
