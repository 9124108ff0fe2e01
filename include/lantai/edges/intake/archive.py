"""Reading a carrier that came as one zip or tar, member by member, under limits.

Run by `archive_child` in a confined process; `opened_archive` is how it is asked.
Nothing is written here and no name is used as a path: a member comes as its raw
name and a stream. Only regular files are handed on; anything else, a
doubled name, a password or a bomb refuses the archive as a whole. Archives
within archives are files like any other and are not opened.

Source: reliability.md, "Facts" (archives).
"""

from __future__ import annotations

import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from lantai.errors import ArchiveLimitError, PackageError, UnsafeNameError
from lantai.records.intake.carrier import shown_name

_MEBIBYTE = 1024 * 1024
_UTF8_NAME_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_MOST_HEADER_BYTES = 4 * _MEBIBYTE
"""A tar's long name or extended header beyond this is no name; it would be held in memory whole."""


class Member(NamedTuple):
    """One regular file of an archive; `stream` is read before the next member is asked for."""

    raw_name: bytes
    size_bytes: int
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """How much an archive may unpack to.

    Attributes:
        members: Files in it.
        unpacked_bytes: Bytes of all of them.
        ratio: Unpacked to packed bytes; looked at from `ratio_from_bytes` on, since small texts pack well.
        directory_bytes: Size of a zip's directory, which is held in memory.
    """

    members: int = 200_000
    unpacked_bytes: int = 200 * 1024 * _MEBIBYTE
    ratio: int = 200
    ratio_from_bytes: int = 10 * _MEBIBYTE
    directory_bytes: int = 256 * _MEBIBYTE


DEFAULT_LIMITS = ArchiveLimits()


def media_type(source: BinaryIO) -> str | None:
    """Return `application/zip` or `application/x-tar` by the first bytes, None for anything else."""
    source.seek(0)
    start = source.read(512)
    if start.startswith(_ZIP_SIGNATURES):
        return "application/zip"
    return "application/x-tar" if start[257:262] == b"ustar" else None


def members(source: BinaryIO, *, limits: ArchiveLimits = DEFAULT_LIMITS) -> Iterator[Member]:
    """Yield the files of an archive in its order, the same of a zip as of a tar (R1-31, R1-38).

    Args:
        source: A seekable stream of a zip or an uncompressed tar.
        limits: How much it may unpack to.

    Raises:
        ArchiveLimitError: It is over a limit.
        UnsafeNameError: It holds a link or a device, or a name twice.
        PackageError: It is no archive, is damaged, or asks for a password.
    """
    kind = media_type(source)
    if kind is None:
        raise PackageError("archive: found neither zip nor tar", "archive_kind")
    size = source.seek(0, 2)
    with _translated():
        yield from (
            _zip_members(source, size, limits) if kind == "application/zip" else _tar_members(source, size, limits)
        )


class Tally:
    """Counts what an archive claims and what it gives, and refuses at a limit.

    Args:
        packed_bytes: Size of the archive.
        limits: How much it may unpack to.
    """

    def __init__(self, packed_bytes: int, limits: ArchiveLimits) -> None:
        self._packed_bytes = max(1, packed_bytes)
        self._limits = limits
        self._names: set[bytes] = set()
        self._unpacked_bytes = 0

    def name(self, raw_name: bytes) -> None:
        """Count a file, which has a name that no other has.

        Raises:
            UnsafeNameError: It has none, or one that was there before.
            ArchiveLimitError: It is one too many.
        """
        if not raw_name:
            raise UnsafeNameError("archive: found a file without a name", "archive_nameless")
        if raw_name in self._names:
            raise UnsafeNameError(
                f"archive: found {raw_name!r} twice, expected every name once", "archive_twice", name=_shown(raw_name)
            )
        self._names.add(raw_name)
        if len(self._names) > self._limits.members:
            most = self._limits.members
            raise ArchiveLimitError(f"archive: expected at most {most} files", "archive_files", most=most)

    def add(self, count: int) -> None:
        """Count so many bytes that came; raises as `check`."""
        self._unpacked_bytes += count
        self.check(self._unpacked_bytes)

    def check(self, unpacked_bytes: int) -> None:
        """See whether an archive may unpack to so many bytes (S5).

        Raises:
            ArchiveLimitError: It may not.
        """
        limits = self._limits
        if unpacked_bytes > limits.unpacked_bytes:
            most = limits.unpacked_bytes
            raise ArchiveLimitError(f"archive: expected at most {most} bytes unpacked", "archive_bytes", most=most)
        if unpacked_bytes > limits.ratio_from_bytes and unpacked_bytes > self._packed_bytes * limits.ratio:
            found = unpacked_bytes // self._packed_bytes
            raise ArchiveLimitError(
                f"archive: found a ratio of {found} or more, expected at most {limits.ratio}",
                "archive_ratio",
                count=found,
                most=limits.ratio,
            )


class _Counted:
    """A member's stream that counts against the tally, and ends with the size the archive gave."""

    def __init__(self, stream: BinaryIO, expected_bytes: int, tally: Tally, raw_name: bytes) -> None:
        self._stream = stream
        self._expected_bytes = expected_bytes
        self._tally = tally
        self._raw_name = raw_name
        self._read_bytes = 0

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, everything that is left for a negative one."""
        if size < 0:
            return b"".join(iter(lambda: self.read(_MEBIBYTE), b""))
        with _translated():
            block = self._stream.read(min(size, _MEBIBYTE))
            self._tally.add(len(block))
            self._read_bytes += len(block)
            if not block and size and self._read_bytes != self._expected_bytes:
                found = f"{self._read_bytes} bytes, expected {self._expected_bytes}"
                raise PackageError(
                    f"archive: {self._raw_name!r} has {found}", "archive_damaged", name=_shown(self._raw_name)
                )
            return block

    def close(self) -> None:
        self._stream.close()


def _zip_members(source: BinaryIO, size: int, limits: ArchiveLimits) -> Iterator[Member]:
    _check_directory(source, size, limits)
    tally = Tally(size, limits)
    with zipfile.ZipFile(source) as archive:
        infos = archive.infolist()
        claimed = 0
        for info in infos:
            claimed += info.file_size
            if not _raw_name(info).endswith(b"/"):
                tally.name(_raw_name(info))
            _check_zip_member(info)
        tally.check(claimed)
        for info in infos:
            if not _raw_name(info).endswith(b"/"):
                with archive.open(info) as stream:
                    counted = _Counted(stream, info.file_size, tally, _raw_name(info))  # type: ignore[arg-type]  # IO[bytes]
                    yield Member(_raw_name(info), info.file_size, counted)  # type: ignore[arg-type]  # read() is all there is


def _check_directory(source: BinaryIO, size: int, limits: ArchiveLimits) -> None:
    """Refuse a zip whose directory is too large to hold, before it is held."""
    source.seek(max(0, size - 65_557))
    tail = source.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:  # noqa: PLR2004 - size of the end record, APPNOTE 4.3.16
        raise PackageError("archive: found no directory at the end of the zip; it is cut", "archive_cut")
    (directory_bytes,) = struct.unpack_from("<L", tail, at + 12)
    is_zip64 = directory_bytes == 0xFFFFFFFF  # noqa: PLR2004 - marker of zip64, APPNOTE 4.3.16
    if not is_zip64 and directory_bytes > limits.directory_bytes:
        raise ArchiveLimitError(
            f"archive: found a directory of {directory_bytes} bytes", "archive_files", most=limits.members
        )


def _check_zip_member(info: zipfile.ZipInfo) -> None:
    name = _shown(_raw_name(info))
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise UnsafeNameError(
            f"archive: {info.orig_filename!r} is a link or device, expected files only", "archive_link", name=name
        )
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise PackageError(
            f"archive: {info.orig_filename!r} asks for a password, expected open files", "archive_password", name=name
        )
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise PackageError(
            f"archive: {info.orig_filename!r} is packed by method {info.compress_type}, expected deflate",
            "archive_method",
            name=name,
        )


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    """Return the bytes of a name: zipfile reads them as code page 437 unless the archive says UTF-8."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8_NAME_FLAG else "cp437")


def _tar_members(source: BinaryIO, size: int, limits: ArchiveLimits) -> Iterator[Member]:
    tally = Tally(size, limits)
    source.seek(0)
    bounded = _BoundedReads(source)
    with tarfile.open(fileobj=bounded, mode="r:", encoding="utf-8", errors="surrogateescape") as archive:  # type: ignore[call-overload]  # what tarfile uses of a file
        for info in archive:
            raw_name = info.name.encode("utf-8", "surrogateescape")
            if info.isdir():
                continue
            if info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
                raise UnsafeNameError(
                    f"archive: {info.name!r} is a link, device or sparse file, expected files only",
                    "archive_link",
                    name=_shown(raw_name),
                )
            tally.name(raw_name)
            if info.size > size:
                raise PackageError(
                    f"archive: {info.name!r} claims {info.size} bytes, the archive has {size}", "archive_cut"
                )
            stream = archive.extractfile(info)
            if stream is not None:
                yield Member(raw_name, info.size, _Counted(stream, info.size, tally, raw_name))  # type: ignore[arg-type]  # read() is all there is


class _BoundedReads:
    """The archive's stream, refusing to hold an extended header of any size in memory."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source

    def read(self, size: int = -1) -> bytes:
        if size > _MOST_HEADER_BYTES:
            raise ArchiveLimitError(
                f"archive: a header of {size} bytes, expected at most {_MOST_HEADER_BYTES}", "archive_headers"
            )
        return self._source.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._source.seek(offset, whence)

    def tell(self) -> int:
        return self._source.tell()


def _shown(raw_name: bytes) -> str:
    return shown_name(raw_name)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except RecursionError as error:
        raise ArchiveLimitError("archive: its headers never end", "archive_headers") from error
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        struct.error,
        EOFError,
        IndexError,
        UnicodeError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OverflowError,
    ) as error:
        raise PackageError(f"archive: it is damaged ({error})", "archive_damaged", name="") from error
