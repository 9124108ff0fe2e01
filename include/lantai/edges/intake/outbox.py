"""A unit's outbox: what lies there.

Whether a package is to be taken in is decided elsewhere, from two looks; here
stands only what one look saw. Whether it is whole is in `outbox_whole`, bringing it in in
`outbox_collect`; looks at many units at once are in `bulkhead.looks`.

Source: interfaces.md, "A department's folder"; reliability.md.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from lantai.edges.sftp.listing import Allowance, Entry
from lantai.edges.sftp.session import Session
from lantai.errors import LantaiError, OutboxMissingError, RemoteMissingError, RemotePermissionError, UnitLimitError
from lantai.formats.sftp.wire import FileKind
from lantai.records.intake.carrier import (
    ARCHIVES,
    Packaging,
    RemoteFile,
    arrived_name,
    fingerprint,
    is_on_its_way,
)
from lantai.records.intake.package import Package

_Told = TypeVar("_Told")

OUTBOX = b"outbox"
READY = b".ready"
MOST_PACKAGES = 1000
"""Packages in one outbox, over the years that are looked at: each is a row and a question to the server."""

_YEAR = re.compile(rb"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class PackageSeen:
    """One package as one look saw it.

    Attributes:
        package: Which one, in which state; the same in two looks means that nothing moved.
        files: Its files, names below the package; an archive is one file under its own name.
        has_ready: Whether `<carrier>.ready` stands beside it.
        odd: Names that are neither file nor folder (links, devices), with what they are; never followed.
        unread: Folders in it that could not be listed; then the package is not known whole.
        is_empty: Whether it holds no file.
    """

    package: Package
    files: list[RemoteFile]
    has_ready: bool
    odd: dict[bytes, FileKind] = field(default_factory=dict)
    unread: dict[bytes, LantaiError] = field(default_factory=dict)
    is_empty: bool = False

    @property
    def path(self) -> bytes:
        """Where it is below the unit's folder."""
        return b"/".join((OUTBOX, str(self.package.filing_year).encode(), self.package.raw_name))

    @property
    def total_bytes(self) -> int:
        """Bytes of all its files."""
        return sum(file.size_bytes for file in self.files)

    def without_files(self) -> PackageSeen:
        """Return what a look has to remember of it: the names of its files stay with the server."""
        return replace(self, files=[], odd={}, unread=dict(list(self.unread.items())[:1]))

    def path_of(self, name: bytes) -> bytes:
        """Return where one of its files is below the unit's folder."""
        return self.path + b"/" + name if self.package.packaging is Packaging.FOLDER else self.path


def look(
    session: Session,
    filing_years: Iterable[int],
    known_years: Collection[int] | None = None,
    allowance: Allowance | None = None,
) -> tuple[list[PackageSeen], list[bytes]]:
    """Return the packages in one unit's outbox, and all else that lies there and that nobody would ever take.

    Args:
        session: With the unit's server.
        filing_years: Which years' folders.
        known_years: Years that were ever opened: a folder of any other is a stray. None is `filing_years`.
        allowance: How many names the server may tell; None is the usual one.

    Returns:
        The packages, and the names below the unit's folder of the strays.

    Raises:
        OutboxMissingError: There is no outbox at all: something is not mounted, nothing is known.
        RemotePermissionError: It may not be listed.
        UnitLimitError: It holds more names than one unit may have.
    """
    years = sorted(set(filing_years))
    known = frozenset(years if known_years is None else known_years)
    left = allowance or Allowance()
    packages: list[PackageSeen] = []
    strays: list[bytes] = []
    for entry in _outbox(session, left):
        year = int(entry.name) if _YEAR.fullmatch(entry.name) and entry.kind is not FileKind.FILE else None
        if year is not None and year in years:
            found, beside = _packages(session, year, left)
            packages += found
            strays += [b"/".join((OUTBOX, entry.name, name)) for name in beside]
        elif year is None or (year not in known and not _is_empty(session, entry, left)):
            strays.append(b"/".join((OUTBOX, entry.name)))
    if len(packages) > MOST_PACKAGES:
        raise UnitLimitError(f"outbox: found {len(packages)} packages, expected at most {MOST_PACKAGES}")
    return packages, [path for path in sorted(strays) if not _is_litter(path.rpartition(b"/")[2])]


def _outbox(session: Session, allowance: Allowance) -> list[Entry]:
    """Return what lies in the outbox; without an outbox nothing is known (I8)."""
    try:
        return session.list_folder(OUTBOX, allowance)
    except RemoteMissingError as error:
        raise OutboxMissingError(
            f"found no folder outbox in {session.root.decode('utf-8', 'replace') or '.'!r}"
        ) from error


def _is_empty(session: Session, entry: Entry, allowance: Allowance) -> bool:
    """Return whether an entry is a folder with nothing in it; one that may not be listed is not (S4)."""
    try:
        return entry.kind is FileKind.FOLDER and not session.list_folder(OUTBOX + b"/" + entry.name, allowance)
    except RemotePermissionError:
        return False


def _is_litter(name: bytes) -> bool:
    """Return whether a name is that of a file that an operating system leaves everywhere."""
    return name.startswith(b".") or name.lower() in (b"thumbs.db", b"desktop.ini")


def _packages(session: Session, year: int, allowance: Allowance) -> tuple[list[PackageSeen], list[bytes]]:
    """Return the packages of a year, each with its state and whether it is said to be ready (R1-42), and the names beside them.

    Those belong to no package: loose files, links, devices.
    """
    tree = session.list_tree(OUTBOX + b"/" + str(year).encode(), allowance)
    inside: dict[bytes, list[RemoteFile]] = defaultdict(list)
    beside: dict[bytes, RemoteFile] = {}
    for file in tree.files:
        first, slash, rest = file.name.partition(b"/")
        if slash:
            inside[first].append(RemoteFile(rest, file.size_bytes, file.mtime))
        else:
            beside[first] = file
    odd, unread = _by_package(tree.odd), _by_package(tree.unread)
    packages, strays = [], [name for name in tree.odd if b"/" not in name]
    for name in sorted(folder for folder in tree.folders if b"/" not in folder):
        files = inside[name]
        package, is_ready = Package(year, name, Packaging.FOLDER, fingerprint(files)), name + READY in beside
        odd_here, unread_here = odd.get(name, {}), unread.get(name, {})
        packages.append(PackageSeen(package, files, is_ready, odd_here, unread_here, is_empty=not files))
    for name, file in sorted(beside.items()):
        archive = _archive(name)
        if archive is not None:
            is_ready = name + READY in beside or name.rpartition(b".")[0] + READY in beside
            # The word that an archive is ready is about the archive, not about what has come of it so far.
            has_ready = is_ready and not is_on_its_way(name)
            packages.append(PackageSeen(Package(year, name, archive, fingerprint([file])), [file], has_ready))
        elif not name.endswith(READY) and not is_on_its_way(name):
            strays.append(name)
    return packages, strays


def _by_package(found: Mapping[bytes, _Told]) -> dict[bytes, dict[bytes, _Told]]:
    """Return what was told of names, by the package that they lie in; the package itself has the empty name."""
    sorted_out: dict[bytes, dict[bytes, _Told]] = defaultdict(dict)
    for name, told in found.items():
        first, _, rest = name.partition(b"/")
        sorted_out[first][rest] = told
    return sorted_out


def _archive(name: bytes) -> Packaging | None:
    """Return what kind of archive a file is by its name; one that is still on its way is a package that is not whole.

    One that we do not take apart counts as a zip: it is brought in, and its unit reads why it comes back.
    """
    arrived = arrived_name(name).lower()
    if arrived.endswith(b".tar"):
        return Packaging.TAR
    return Packaging.ZIP if arrived.endswith(ARCHIVES) else None
