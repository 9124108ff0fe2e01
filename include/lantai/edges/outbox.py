"""The units' outboxes: what lies there.

A look that failed says "unknown", never "nothing there" (I8). Whether a package
is to be taken in is decided elsewhere, from two looks; here stands only what
one look saw. Whether it is whole is in `outbox_whole`, bringing it in in `outbox_collect`.

Source: interfaces.md, "A department's folder"; R1-42; reliability.md, I8, S1, S4.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from lantai.edges.connections import PREFIX, Connection
from lantai.edges.sftp import connect
from lantai.edges.sftp_listing import Entry
from lantai.edges.sftp_session import Session
from lantai.errors import (
    ConnectionConfigError,
    LantaiError,
    RemotePermissionError,
)
from lantai.formats.sftp_wire import FileKind
from lantai.records.carrier import (
    ARCHIVES,
    RemoteFile,
    arrived_name,
    decode_name,
    fingerprint,
    is_on_its_way,
)

_Told = TypeVar("_Told")

OUTBOX = b"outbox"
READY = b".ready"
_YEAR = re.compile(rb"[0-9]{4}")


class PackageKind(StrEnum):
    """How a package lies in the outbox."""

    FOLDER = "folder"
    ZIP = "zip"
    TAR = "tar"


class LookState(StrEnum):
    """Whether an outbox could be looked at."""

    LISTED = "listed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PackageSeen:
    """One package as one look saw it.

    Attributes:
        filing_year: Of the folder it lies in.
        raw_name: The department's name for it; with its ending for an archive.
        kind: A folder, or an archive of one.
        files: Its files, names below the package; an archive is one file under its own name.
        fingerprint: Of those files; the same in two looks means that nothing moved.
        has_ready: Whether `<carrier>.ready` stands beside it.
        odd: Names that are neither file nor folder (links, devices), with what they are; never followed.
        unread: Folders in it that could not be listed; then the package is not known whole.
    """

    filing_year: int
    raw_name: bytes
    kind: PackageKind
    files: list[RemoteFile]
    fingerprint: str
    has_ready: bool
    odd: dict[bytes, FileKind] = field(default_factory=dict)
    unread: dict[bytes, LantaiError] = field(default_factory=dict)

    @property
    def path(self) -> bytes:
        """Where it is below the unit's folder."""
        return b"/".join((OUTBOX, str(self.filing_year).encode(), self.raw_name))

    @property
    def total_bytes(self) -> int:
        """Bytes of all its files."""
        return sum(file.bytes for file in self.files)

    @property
    def shown_name(self) -> str:
        """Its name for people; one that is in no encoding we know, as the numbers of its bytes."""
        return decode_name(self.raw_name) or self.raw_name.hex(" ")

    def path_of(self, name: bytes) -> bytes:
        """Return where one of its files is below the unit's folder."""
        return self.path if self.kind is not PackageKind.FOLDER else self.path + b"/" + name


@dataclass(frozen=True, slots=True)
class OutboxLook:
    """What one look at one unit's outbox saw; `packages` and `strays` mean nothing when the state is unknown.

    `strays` are names below the unit's folder of what lies in the outbox and is no package of a year that is known.
    """

    unit_code: str
    state: LookState
    packages: list[PackageSeen] = field(default_factory=list)
    error: LantaiError | None = None
    strays: list[bytes] = field(default_factory=list)


def look_all(
    connections: Mapping[str, Connection | ConnectionConfigError],
    filing_years: Iterable[int],
    *,
    known_years: Collection[int] | None = None,
    parallel: int = 16,
    on_look: Callable[[OutboxLook], None] | None = None,
) -> list[OutboxLook]:
    """Look at the outboxes of all units, several at a time; one that fails stops no other.

    Args:
        connections: By connection id, as `read_connections` gives them; only `sftp_<unit_code>` are looked at.
        filing_years: Which years' folders.
        known_years: Years that were ever opened: a folder of any other is a stray. None is `filing_years`.
        parallel: Units looked at at once, 1 or more.
        on_look: Told of each look as it ends, one at a time.

    Returns:
        One look per unit, in order of unit codes.
    """
    years = sorted(set(filing_years))
    known = frozenset(years if known_years is None else known_years)
    told = threading.Lock()

    def look_at(name: str) -> OutboxLook:
        found = _look_or_unknown(name.removeprefix(PREFIX), connections[name], years, known)
        if on_look is not None:
            with told:
                on_look(found)
        return found

    names = sorted(name for name in connections if name.startswith(PREFIX))
    with ThreadPoolExecutor(max(1, parallel), thread_name_prefix="look") as pool:
        return list(pool.map(look_at, names))


def look(session: Session, filing_years: Iterable[int]) -> list[PackageSeen]:
    """Return the packages in one unit's outbox.

    Raises:
        RemoteMissingError: There is no outbox at all: something is not mounted, nothing is known.
        RemotePermissionError: It may not be listed.
    """
    years = sorted(set(filing_years))
    return _survey(session, years, frozenset(years))[0]


def _survey(session: Session, years: Sequence[int], known: frozenset[int]) -> tuple[list[PackageSeen], list[bytes]]:
    """Return the packages of some years, and all else that lies in the outbox and that nobody would ever take."""
    packages: list[PackageSeen] = []
    strays: list[bytes] = []
    for entry in session.list_folder(OUTBOX):
        year = int(entry.name) if _YEAR.fullmatch(entry.name) and entry.kind is not FileKind.FILE else None
        if year is not None and year in years:
            found, beside = _packages(session, year)
            packages += found
            strays += [b"/".join((OUTBOX, entry.name, name)) for name in beside]
        elif year is None or (year not in known and not _is_empty(session, entry)):
            strays.append(b"/".join((OUTBOX, entry.name)))
    return packages, [path for path in sorted(strays) if not _is_litter(path.rpartition(b"/")[2])]


def _is_empty(session: Session, entry: Entry) -> bool:
    try:
        return entry.kind is FileKind.FOLDER and not session.list_folder(OUTBOX + b"/" + entry.name)
    except RemotePermissionError:
        return False


def _is_litter(name: bytes) -> bool:
    """Return whether a name is that of a file that an operating system leaves everywhere."""
    return name.startswith(b".") or name.lower() in (b"thumbs.db", b"desktop.ini")


def _look_or_unknown(
    unit_code: str, connection: Connection | ConnectionConfigError, years: list[int], known: frozenset[int]
) -> OutboxLook:
    try:
        if isinstance(connection, ConnectionConfigError):
            return OutboxLook(unit_code, LookState.UNKNOWN, error=connection)
        with connect(connection) as session:
            packages, strays = _survey(session, years, known)
            return OutboxLook(unit_code, LookState.LISTED, packages, strays=strays)
    except LantaiError as error:
        return OutboxLook(unit_code, LookState.UNKNOWN, error=error)


def _packages(session: Session, year: int) -> tuple[list[PackageSeen], list[bytes]]:
    """Return the packages of a year, and the names beside them that belong to none: loose files, links, devices."""
    tree = session.list_tree(OUTBOX + b"/" + str(year).encode())
    inside: dict[bytes, list[RemoteFile]] = defaultdict(list)
    beside: dict[bytes, RemoteFile] = {}
    for file in tree.files:
        first, slash, rest = file.name.partition(b"/")
        if slash:
            inside[first].append(RemoteFile(rest, file.bytes, file.mtime))
        else:
            beside[first] = file
    packages, strays = [], [name for name in tree.odd if b"/" not in name]
    for name in sorted(folder for folder in tree.folders if b"/" not in folder):
        files = inside[name]
        odd = _below(name, tree.odd)
        unread = _below(name, tree.unread)
        packages.append(
            PackageSeen(year, name, PackageKind.FOLDER, files, fingerprint(files), name + READY in beside, odd, unread)
        )
    for name, file in sorted(beside.items()):
        kind = _archive_kind(name)
        if kind is not None:
            is_ready = name + READY in beside or name.rpartition(b".")[0] + READY in beside
            # The word that an archive is ready is about the archive, not about what has come of it so far.
            has_ready = is_ready and not is_on_its_way(name)
            packages.append(PackageSeen(year, name, kind, [file], fingerprint([file]), has_ready))
        elif not name.endswith(READY) and not is_on_its_way(name):
            strays.append(name)
    return packages, strays


def _below(name: bytes, found: Mapping[bytes, _Told]) -> dict[bytes, _Told]:
    return {
        key.removeprefix(name).lstrip(b"/"): told for key, told in found.items() if (key + b"/").startswith(name + b"/")
    }


def _archive_kind(name: bytes) -> PackageKind | None:
    """Return what kind of archive a file is by its name; one that is still on its way is a package that is not whole.

    One that we do not take apart counts as a zip: it is brought in, and its unit reads why it comes back.
    """
    arrived = arrived_name(name).lower()
    if arrived.endswith(b".tar"):
        return PackageKind.TAR
    return PackageKind.ZIP if arrived.endswith(ARCHIVES) else None
