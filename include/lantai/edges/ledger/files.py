"""The ledger as files at a place: leaves one per line, checkpoints one note per file.

A file is named by the leaves it holds, so that what is missing at a place is
seen from the names alone. Nothing is ever changed or taken away.

Source: vault.md, "Where things lie"; docs/vault-format.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from lantai.edges.custody.file_place import Place, read_small
from lantai.edges.custody.vault import require_read_back
from lantai.edges.database.database import Database
from lantai.edges.files.system_error import translated
from lantai.edges.ledger.checkpoints import checkpoint_of, checkpoint_sizes
from lantai.edges.ledger.tree import leaves
from lantai.errors import FixityError, LedgerError

LEAVES, CHECKPOINTS = "ledger/leaves", "ledger/checkpoints"
_LEAVES_NAME = re.compile(rf"{LEAVES}/([0-9]{{12}})-([0-9]{{12}})\.jsonl")
_NOTE_NAME = re.compile(rf"{CHECKPOINTS}/([0-9]{{12}})\.note")


def leaves_path(first_index: int, end_index: int) -> str:
    """Return the name of the file of leaves from `first_index` up to, not including, `end_index`."""
    return f"{LEAVES}/{first_index:012d}-{end_index - 1:012d}.jsonl"


def note_path(tree_size: int) -> str:
    """Return the name of the checkpoint of a tree of that size."""
    return f"{CHECKPOINTS}/{tree_size:012d}.note"


def publish(database: Database, place: Place, *, whole: bool) -> None:
    """Write what a place lacks of leaves and checkpoints, and read it back.

    Args:
        database: The registry.
        place: The place.
        whole: Whether all is looked for; else what is newer than the newest checkpoint that is there, so that the cost
            follows what is new.

    Raises:
        LedgerError: The place has other leaves or another note under a name; nothing is overwritten.
        DiskFullError: There is no space left.
        PlaceUnavailableError: The place could not be reached.
    """
    written: dict[str, str] = {}
    with database.read() as connection:
        sizes = checkpoint_sizes(connection)
    try:
        for first_index, size in _lacking(place, sizes, whole=whole):
            name = leaves_path(first_index, size)
            if place.size(name) is None:
                written[name] = place.write_new(name, _lines(database, first_index, size))
            if place.size(note_path(size)) is None:
                written[note_path(size)] = place.write_new(note_path(size), [_note(database, size)])
        require_read_back(place, written)
    except FixityError as error:
        raise LedgerError(str(error)) from error


def _lacking(place: Place, sizes: Sequence[int], *, whole: bool) -> list[tuple[int, int]]:
    """Return first and end leaf of the checkpoints to look at, oldest first: the note is the last that is written of each."""
    spans = list(pairwise([0, *sizes]))
    if whole:
        return spans
    newer = takewhile(lambda span: place.size(note_path(span[1])) is None, reversed(spans))
    return list(newer)[::-1]


def kept_leaves(place: Place) -> Iterator[tuple[int, bytes]]:
    """Yield the leaves that a place keeps, with their index, in order.

    Raises:
        LedgerError: A file has another number of lines than its name says, or leaves are missing between two.
        PlaceUnavailableError: The place could not be read.
    """
    expected = 0
    for name in place.list(LEAVES):
        match = _LEAVES_NAME.fullmatch(name)
        if match is None:
            continue
        first, last = int(match[1]), int(match[2])
        if first != expected:
            raise LedgerError(f"{place.name}: {name} begins at leaf {first}, expected {expected}")
        with place.open(name) as file, translated(place.name):
            count = 0
            for count, line in enumerate(file, start=1):
                yield first + count - 1, line.removesuffix(b"\n")
        if count != last - first + 1:
            raise LedgerError(f"{place.name}: {name} has {count} leaves, expected {last - first + 1}")
        expected = last + 1


def kept_notes(place: Place) -> Iterator[tuple[int, str]]:
    """Yield the checkpoints that a place keeps, with the tree size of their name, smallest first.

    Raises:
        PlaceUnavailableError: The place could not be read.
    """
    for name in place.list(CHECKPOINTS):
        if match := _NOTE_NAME.fullmatch(name):
            yield int(match[1]), read_small(place, name).decode("utf-8", "replace")


def _note(database: Database, size: int) -> bytes:
    with database.read() as connection:
        made = checkpoint_of(connection, size)
    if made is None:
        raise LedgerError(f"checkpoint of {size} leaves: not in the registry")
    return made.note.encode()


def _lines(database: Database, first_index: int, end_index: int) -> list[bytes]:
    # Read before anything is written: no transaction stays open while a disk is waited for.
    with database.read() as connection:
        return [leaf + b"\n" for leaf in leaves(connection, first_index, end_index)]
