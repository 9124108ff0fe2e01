"""Verify the ledger: every leaf, every checkpoint, and what was kept outside.

Reads the registry, then the leaves and notes at every place, then a note that
somebody kept. All problems are told, the first changed leaf by its number;
nothing is repaired.

Source: vault.md, "The ledger"; RFC 6962 section 2.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from lantai.edges.centre import Centre
from lantai.edges.custody.file_place import Place
from lantai.edges.keys.files import LOG, Verifier, load_verifier
from lantai.edges.ledger.checkpoints import KeptCheckpoint, frontier_of
from lantai.edges.ledger.events import moment_text
from lantai.edges.ledger.files import kept_leaves, kept_notes
from lantai.edges.ledger.tree import tree_size, waiting_count
from lantai.edges.ledger.unbelieved import (
    UnbelievedCheckpoint,
    UnbelievedLeaf,
    unbelieved_checkpoints,
    unbelieved_leaves,
)
from lantai.errors import LedgerError, MalformedError, PlaceUnavailableError, SignatureInvalidError
from lantai.formats.ledger import canonical, merkle, signed_note
from lantai.formats.ledger.signed_note import ORIGIN, Checkpoint

_COLUMNS = ("event_id", "kind", "subject", "actor")
_BYTES, _TEXT, _MOMENT = (bytes, memoryview), (str,), (datetime, str)
_LEAF_TYPES = {"leaf": _BYTES, "leaf_hash": _BYTES, **dict.fromkeys(_COLUMNS, _TEXT), "occurred_at": _MOMENT}


@dataclass(frozen=True, slots=True)
class LedgerVerdict:
    """What was looked at and found.

    Attributes:
        tree_size: Leaves that have a place.
        waiting_count: Events that have none yet; the next checkpoint gives them one.
        checkpoint_count: Checkpoints of the registry.
        places: Places whose leaves and notes were compared.
        first_changed: The first leaf that is not what it was; None when none is.
        problems: One sentence each; empty when the ledger verifies.
        unknown: One sentence for each place that could not be looked at, which says nothing about it.
    """

    tree_size: int
    waiting_count: int
    checkpoint_count: int
    places: tuple[str, ...]
    first_changed: int | None
    problems: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found. A place that could not be looked at is not a finding."""
        return not self.problems


def verify(centre: Centre, kept_note: str | None = None) -> LedgerVerdict:
    """Verify the ledger against itself and against everything outside that can be reached (I5, P4).

    Args:
        centre: The centre; the public half of the log key is used.
        kept_note: A checkpoint that somebody kept, as a signed note; None for none.

    Raises:
        KeyMissingError: The log key's public half is not here.
        RegistryUnavailableError: The database did not answer.
    """
    verifier = load_verifier(LOG, centre.settings.log_key_file)
    with centre.database.read() as connection:
        size = tree_size(connection)
        read = [(row, _read(row)) for row in unbelieved_checkpoints(connection)]
        made = [each for _, each in read if each is not None]
        looking = _Looking(verifier, frozenset(each.tree_size for each, _ in made))
        looking.registry(unbelieved_leaves(connection), size)
        waiting = waiting_count(connection)
    looking.problems += [
        f"the row of checkpoint {_brief(row.tree_size)} holds values of other types than were written"
        for row, each in read
        if each is None
    ]
    for each, frontier_json in made:
        looking.checkpoint(each, frontier_json)
    published = made[-1][0].tree_size if made else 0
    places = [place.name for place in centre.vault.places if looking.place(place, published)]
    if kept_note is not None:
        looking.note("the checkpoint kept outside", None, kept_note)
    return LedgerVerdict(
        size, waiting, len(made), tuple(places), looking.first_changed, tuple(looking.problems), tuple(looking.unknown)
    )


class _Looking:
    """What has been seen so far (P4). Roots are of the leaves as they are stored now, taken at `sizes` in passing."""

    def __init__(self, verifier: Verifier, sizes: frozenset[int]) -> None:
        self._keys = {LOG: verifier.public_key}
        self._sizes = sizes
        self._hashes: list[bytes] = []
        self._frontier = merkle.Frontier()
        self._roots: dict[int, bytes] = {}
        self.first_changed: int | None = None
        self.problems: list[str] = []
        self.unknown: list[str] = []

    def registry(self, rows: Iterator[UnbelievedLeaf], size: int) -> None:
        """Look at every leaf of the registry: its hash, its place, and the columns beside it."""
        for expected, row in enumerate(rows):
            if row.leaf_index != expected:
                self._changed(expected, f"leaf {expected} is missing from the registry")
                return
            leaf = _bytes_of(row.leaf)
            found = merkle.leaf_hash(leaf)
            self._hashes.append(found)
            self._frontier.append(found)
            if self._frontier.size in self._sizes:
                self._roots[self._frontier.size] = self._frontier.root
            if not _has_types(row, _LEAF_TYPES):
                self._changed(
                    expected, f"leaf {expected} ({_brief(row.event_id)}) holds values of other types than were written"
                )
            elif found != _bytes_of(row.leaf_hash):
                self._changed(expected, f"leaf {expected} in the registry does not have the hash it was given")
            elif not _columns_agree(row, leaf):
                self._changed(
                    expected, f"the columns of leaf {expected} ({row.event_id}) do not say what the leaf says"
                )
        if len(self._hashes) != size:
            self._changed(len(self._hashes), f"found {len(self._hashes)} leaves with their events, expected {size}")

    def checkpoint(self, kept: KeptCheckpoint, frontier_json: str) -> None:
        """Look at a checkpoint's row: its note, its root, its frontier."""
        self.note(f"the registry's checkpoint of {kept.tree_size}", kept.tree_size, kept.note)
        if self.root_at(kept.tree_size).hex() != kept.root_sha256:
            self.problems.append(f"the row of checkpoint {kept.tree_size} tells another root than the leaves lead to")
        try:
            frontier_of(kept.tree_size, kept.root_sha256, frontier_json)
        except (LedgerError, MalformedError) as error:
            self.problems.append(str(error))

    def place(self, place: Place, published: int) -> bool:
        """Compare the leaves and notes that a place keeps, so many at least; say whether it could be looked at."""
        count = 0
        try:
            for index, leaf in kept_leaves(place):
                count = index + 1
                if index >= len(self._hashes):
                    self._changed(len(self._hashes), f"{place.name} keeps leaf {index}, the registry has lost it")
                    break
                if merkle.leaf_hash(leaf) != self._hashes[index]:
                    self._changed(index, f"leaf {index} in the registry is not the one that {place.name} keeps")
                    break
            for size, note in kept_notes(place):
                self.note(f"the checkpoint of {size} at {place.name}", size, note)
        except PlaceUnavailableError as error:
            self.unknown.append(str(error))
            return False
        except LedgerError as error:
            self.problems.append(str(error))
            return True
        if count < published:
            self.problems.append(f"{place.name} keeps {count} leaves, expected the {published} of the last checkpoint")
        return True

    def note(self, what: str, size: int | None, note: str) -> None:
        """Verify a checkpoint's signature, and its root against the leaves."""
        try:
            text, _ = signed_note.verify(note, self._keys)
            checkpoint = Checkpoint.parse(text)
        except (MalformedError, SignatureInvalidError) as error:
            self.problems.append(f"{what}: {error}")
            return
        if checkpoint.origin != ORIGIN or (size is not None and checkpoint.size != size):
            self.problems.append(f"{what} is of {checkpoint.origin!r} with {checkpoint.size} leaves")
        elif checkpoint.size > len(self._hashes):
            self._changed(
                len(self._hashes), f"{what} has {checkpoint.size} leaves, the registry only {len(self._hashes)}"
            )
        elif self.root_at(checkpoint.size) != checkpoint.root:
            self.problems.append(f"{what}: the first {checkpoint.size} leaves no longer lead to its root")

    def root_at(self, size: int) -> bytes:
        """Return the root of the first `size` leaves, or of all when there are fewer."""
        if size not in self._roots:
            self._roots[size] = merkle.root_of(self._hashes[:size])
        return self._roots[size]

    def _changed(self, index: int, problem: str) -> None:
        self.problems.append(problem)
        self.first_changed = index if self.first_changed is None else min(index, self.first_changed)


def _columns_agree(row: UnbelievedLeaf, leaf: bytes) -> bool:
    """Whether the columns of an event say what its leaf says (P4)."""
    try:
        body = canonical.loads(leaf)
    except MalformedError:
        return False
    if not isinstance(body, dict):
        return False
    told = [body.get(name) for name in (*_COLUMNS, "occurred_at")]
    return told == [*(getattr(row, name) for name in _COLUMNS), _moment_of(row.occurred_at)]


def _read(row: UnbelievedCheckpoint) -> tuple[KeptCheckpoint, str] | None:
    """Return a checkpoint and its right edge, None when a value is of another type than it was written as."""
    if not (isinstance(row.tree_size, int) and isinstance(row.root_sha256, str) and isinstance(row.note, str)):
        return None
    if not (isinstance(row.frontier_json, str) and _moment_of(row.made_at)):
        return None
    return KeptCheckpoint(row.tree_size, row.root_sha256, row.note), row.frontier_json


def _has_types(row: UnbelievedLeaf, types: Mapping[str, tuple[type, ...]]) -> bool:
    """Whether every value is of the type it was written as: a value of another type is a change, whatever it says (P4)."""
    return all(isinstance(getattr(row, name), wanted) for name, wanted in types.items())


def _bytes_of(value: object) -> bytes:
    """Return stored bytes; of text, what it would be, so that only what was changed is told of."""
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else b""


def _moment_of(stored: object) -> str:
    """Return a stored moment as leaves write it, empty when it is none; SQLite keeps text in UTC."""
    try:
        moment = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    except ValueError:
        return ""
    if not isinstance(moment, datetime):
        return ""
    return moment_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _brief(value: object) -> str:
    return repr(value)[:80]
