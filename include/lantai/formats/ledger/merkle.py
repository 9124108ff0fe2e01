"""The hash tree of the ledger: leaves, roots, proofs that a leaf is in it and that it only grew.

Pure functions on leaf hashes, and a Frontier for whoever only appends. Where
the leaves lie and who signs the root is elsewhere (signed_note, the ledger's
edge). Every check raises; none returns a boolean that could be overlooked.

Source: RFC 6962 section 2.1; RFC 9162 sections 2.1.3 and 2.1.4 for the checks.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence

from lantai.errors import LedgerError

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return the 32-byte hash of a leaf's stored bytes."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a tree: all that appending and the root need, one hash for each bit set in the size.

    Args:
        size: Number of leaves, 0 or more.
        hashes: The roots of the full subtrees that the leaves make up, largest first.

    Raises:
        LedgerError: there is not one hash of 32 bytes for each bit set in `size`.
    """

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self._size = size
        self._hashes = list(hashes)
        if size < 0 or len(self._hashes) != size.bit_count():
            raise LedgerError(
                f"a frontier of {size} leaves has {len(self._hashes)} hashes, expected {size.bit_count()}"
            )
        _check_hashes(self._hashes)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._size

    @property
    def root(self) -> bytes:
        """The root of the tree as it stands."""
        if not self._hashes:
            return EMPTY_ROOT
        *larger, root = self._hashes
        for left in reversed(larger):
            root = node_hash(left, root)
        return root

    def subtrees(self) -> dict[tuple[int, int], bytes]:
        """Return its hashes by the leaves that each stands for: the first, and the one after the last."""
        found, end = {}, self._size
        for subtree in reversed(self._hashes):
            first = end - (end & -end)
            found[first, end] = subtree
            end = first
        return found

    def append(self, leaf: bytes) -> None:
        """Add one leaf.

        Args:
            leaf: The leaf's hash, from `leaf_hash`.

        Raises:
            LedgerError: it is no hash of 32 bytes; the tree is as it was.
        """
        _check_hashes([leaf])
        joined, lower_bits = leaf, self._size
        while lower_bits & 1:
            joined = node_hash(self._hashes.pop(), joined)
            lower_bits >>= 1
        self._hashes.append(joined)
        self._size += 1

    def to_mapping(self) -> dict[str, int | list[str]]:
        """Return the frontier for canonical JSON: `size` and `hashes` in hex."""
        return {"size": self._size, "hashes": [subtree.hex() for subtree in self._hashes]}

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> Frontier:
        """Read what `to_mapping` wrote.

        Raises:
            LedgerError: fields are missing or cannot be meant.
        """
        size, hashes = mapping.get("size"), mapping.get("hashes")
        if not isinstance(size, int) or isinstance(size, bool) or not isinstance(hashes, list) or len(mapping) != 2:  # noqa: PLR2004 - size and hashes
            raise LedgerError(
                f"a frontier has the fields {sorted(mapping)}, expected an integer size and a list of hashes"
            )
        try:
            return cls(size, [bytes.fromhex(subtree) for subtree in hashes])
        except (TypeError, ValueError) as error:
            raise LedgerError(f"a hash of the frontier is not in hex: {error}") from error


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes, in order; of no leaves the SHA-256 of nothing."""
    frontier = Frontier()
    for leaf in leaf_hashes:
        frontier.append(leaf)
    return frontier.root


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int, before: Frontier | None = None) -> list[bytes]:
    """Return the hashes that lead from one leaf to the root, lowest first.

    Args:
        leaf_hashes: The leaves of the tree from `before` on, in order.
        index: Place of the leaf in the whole tree, from 0.
        before: Right edge of the tree before these leaves, so that the others need not be read; None when all are given.

    Raises:
        LedgerError: there is no such leaf among them.
    """
    given = before.size if before is not None else 0
    size = given + len(leaf_hashes)
    if not given <= index < size:
        raise LedgerError(f"leaf {index} is asked for, found leaves {given} to {size} of the tree")
    known = before.subtrees() if before is not None else {}

    def root_between(first: int, end: int) -> bytes:
        if first >= given:
            return root_of(leaf_hashes[first - given : end - given])
        if (first, end) in known:
            return known[first, end]
        middle = first + _left_size(end - first)
        return node_hash(root_between(first, middle), root_between(middle, end))

    proof: list[bytes] = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _left_size(end - first)
        if index < middle:
            proof.append(root_between(middle, end))
            end = middle
        else:
            proof.append(root_between(first, middle))
            first = middle
    return proof[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """See that a leaf stands at its place in the tree with this root.

    Args:
        leaf: The leaf's hash, from `leaf_hash`.
        index: Its place, from 0.
        size: Number of leaves of the tree.
        proof: From `inclusion_proof`.
        root: The root, from a checkpoint whose signature was verified.

    Raises:
        LedgerError: it does not.

    Source: I5.
    """
    _check_hashes([leaf, root, *proof])
    if not 0 <= index < size:
        raise LedgerError(f"leaf {index} is claimed in a tree of {size} leaves")
    place, last = index, size - 1
    found = leaf
    for sibling in proof:
        if last == 0:
            raise LedgerError(f"the proof for leaf {index} of {size} has {len(proof)} hashes, more than its path")
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise LedgerError(f"the proof for leaf {index} of {size} has {len(proof)} hashes, fewer than its path")
    _compare(f"the proof for leaf {index} of {size}", found, root)


def consistency_proof(leaf_hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the hashes that show that the tree of the first `old_size` leaves only grew.

    Args:
        leaf_hashes: All leaves of the new tree, in order.
        old_size: Leaves of the old tree, 0 up to those of the new one; the proof for either bound is empty.

    Raises:
        LedgerError: the old tree is larger than the new one.
    """
    if not 0 <= old_size <= len(leaf_hashes):
        raise LedgerError(f"an old tree of {old_size} leaves is asked for in one of {len(leaf_hashes)}")
    if old_size == 0:
        return []
    proof: list[bytes] = []
    first, end = 0, len(leaf_hashes)
    while end != old_size:
        middle = first + _left_size(end - first)
        if old_size <= middle:
            proof.append(root_of(leaf_hashes[middle:end]))
            end = middle
        else:
            proof.append(root_of(leaf_hashes[first:middle]))
            first = middle
    if first:
        # The old tree's last subtree is not the old root itself, so the reader has to be told it.
        proof.append(root_of(leaf_hashes[first:end]))
    return proof[::-1]


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """See that the new tree begins with every leaf of the old one, unchanged.

    Args:
        old_size: Leaves of the old tree, 0 up to `new_size`.
        new_size: Leaves of the new tree.
        old_root: Root of the old tree, from a checkpoint kept outside.
        new_root: Root of the new tree, from a checkpoint.
        proof: From `consistency_proof`.

    Raises:
        LedgerError: it does not: the ledger was changed or cut after the old checkpoint.

    Source: I5.
    """
    _check_hashes([old_root, new_root, *proof])
    if not 0 <= old_size <= new_size:
        raise LedgerError(f"the tree has {new_size} leaves, fewer than the {old_size} of an earlier checkpoint")
    claim = f"the proof that the tree grew from {old_size} to {new_size} leaves"
    if old_size in {0, new_size}:
        if proof:
            raise LedgerError(f"{claim} has {len(proof)} hashes, expected none")
        _compare(claim, old_root, new_root if old_size else EMPTY_ROOT)
        return
    old_found, new_found = _grow(old_size, new_size, old_root, proof, claim)
    _compare(f"{claim}, old root", old_found, old_root)
    _compare(f"{claim}, new root", new_found, new_root)


def _grow(old_size: int, new_size: int, old_root: bytes, proof: Sequence[bytes], claim: str) -> tuple[bytes, bytes]:
    # A full old tree is itself the first hash of the path, and is left out of the proof.
    path = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    if not path:
        raise LedgerError(f"{claim} is empty")
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_found = new_found = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise LedgerError(f"{claim} has {len(proof)} hashes, more than its path")
        if place & 1 or place == last:
            old_found, new_found = node_hash(sibling, old_found), node_hash(sibling, new_found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new_found = node_hash(new_found, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise LedgerError(f"{claim} has {len(proof)} hashes, fewer than its path")
    return old_found, new_found


def _left_size(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def _compare(claim: str, found: bytes, expected: bytes) -> None:
    if not hmac.compare_digest(found, expected):
        raise LedgerError(f"{claim} leads to {found.hex()}, expected {expected.hex()}")


def _check_hashes(hashes: Iterable[bytes]) -> None:
    for found in hashes:
        if len(found) != HASH_BYTES:
            raise LedgerError(f"found a hash of {len(found)} bytes, expected {HASH_BYTES}")
