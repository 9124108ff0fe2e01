"""Signed notes, and the checkpoints of the ledger that are written as such.

A note is text that a person can read, a blank line, and one line for each
signature. A checkpoint is a note whose text says how large a tree is and what
its root is. Ed25519 only; where keys lie is elsewhere.

Source: c2sp.org/signed-note, c2sp.org/tlog-checkpoint.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lantai.errors import MalformedError, SignatureInvalidError
from lantai.formats.ledger.ed25519_key import read_key

_ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_KEY_BYTES = 32
_MARK = "— "
_MOST_SIGNATURES = 100
_MOST_CHARACTERS = 1_000_000
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


def sign(text: str, name: str, private_key: Ed25519PrivateKey) -> str:
    """Return a note of `text` with one signature.

    Args:
        text: Not empty, ends with a line feed, has no other control characters.
        name: The key's name, without spaces or plus signs, for example `lantai.example/log`.
        private_key: The key that signs.

    Raises:
        MalformedError: the text or the name cannot stand in a note.
    """
    _check_text(text)
    return f"{text}\n{_signature_line(text, name, private_key)}"


def add_signature(note: str, name: str, private_key: Ed25519PrivateKey) -> str:
    """Return the note with one more signature, below those that it has.

    The signatures already there are not verified: whoever countersigns calls `verify` first.

    Raises:
        MalformedError: what is given is no note, or is full.
    """
    text, signatures = _take_apart(note)
    if len(signatures) >= _MOST_SIGNATURES:
        raise MalformedError(f"the note has {len(signatures)} signatures, expected fewer than {_MOST_SIGNATURES}")
    return note + _signature_line(text, name, private_key)


def verify(note: str, keys: Mapping[str, Ed25519PublicKey]) -> tuple[str, tuple[str, ...]]:
    """Return the text of a note and the names of the known keys that signed it.

    Signatures of unknown keys are ignored, also those under a known name with another key's id.

    Args:
        note: The whole note.
        keys: Known keys by name.

    Returns:
        The text with its last line feed, and at least one name, each once, in the order of the signatures.

    Raises:
        MalformedError: what is given is no note.
        SignatureInvalidError: a known key's signature is wrong, or no known key signed.
    """
    text, signatures = _take_apart(note)
    signers: dict[str, None] = {}
    for name, key_id, signature in signatures:
        if name not in keys or key_id != key_id_of(name, keys[name]):
            continue
        try:
            keys[name].verify(signature, text.encode("utf-8"))
        except InvalidSignature as error:
            raise SignatureInvalidError(f"the signature of {name} is not one over the text of this note") from error
        signers[name] = None
    if not signers:
        found = ", ".join(f"{name}+{key_id.hex()}" for name, key_id, _ in signatures)
        raise SignatureInvalidError(
            f"the note is signed by {found}, expected one of {', '.join(sorted(keys)) or 'none'}"
        )
    return text, tuple(signers)


def key_id_of(name: str, public_key: Ed25519PublicKey) -> bytes:
    """Return the four bytes that stand for a name and key before each signature."""
    key = _ED25519 + public_key.public_bytes_raw()
    return hashlib.sha256(name.encode("utf-8") + b"\n" + key).digest()[:_KEY_ID_BYTES]


def format_verifier_key(name: str, public_key: Ed25519PublicKey) -> str:
    """Return a public key as others configure it: name, key id in hex and key in base64, joined by plus signs.

    Raises:
        MalformedError: the name cannot stand in a note.
    """
    _check_name(name)
    key = base64.b64encode(_ED25519 + public_key.public_bytes_raw()).decode("ascii")
    return f"{name}+{key_id_of(name, public_key).hex()}+{key}"


def parse_verifier_key(text: str) -> tuple[str, Ed25519PublicKey]:
    """Return the name and the key that `format_verifier_key` wrote.

    Raises:
        MalformedError: not of that form, not Ed25519, or the key id is not that of name and key.
    """
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    _check_name(name)
    key = _decode(encoded)
    if len(key) != 1 + _KEY_BYTES or key[:1] != _ED25519:
        raise MalformedError(
            f"the verifier key of {name} holds {len(key)} bytes, expected 33 that begin with 1 (Ed25519)"
        )
    public_key = read_key(key[1:])
    if key_id != key_id_of(name, public_key).hex():
        raise MalformedError(
            f"the verifier key of {name} has the id {key_id[:16]!r}, expected {key_id_of(name, public_key).hex()}"
        )
    return name, public_key


ORIGIN = "lantai/ledger"
"""First line of every checkpoint of ours: which ledger it is of."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How large the ledger's tree is, and what its root is.

    Attributes:
        origin: Which ledger this is; also the name of its log key.
        size: Number of leaves, 0 or more.
        root: The root, 32 bytes.
        extensions: Further lines; ours have none, other logs may.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def encode(self) -> str:
        """Return the text of the note.

        Raises:
            MalformedError: a field that cannot stand in a checkpoint.
        """
        root = base64.b64encode(self.root).decode("ascii")
        text = "".join(f"{line}\n" for line in (self.origin, str(self.size), root, *self.extensions))
        _check_text(text)
        if Checkpoint.parse(text) != self:
            raise MalformedError(f"origin {self.origin!r} or an extension of the checkpoint holds a line feed")
        return text

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a note whose signature was verified.

        Raises:
            MalformedError: fewer than three lines, an empty line, a size that is no number, a root that is no hash.
        """
        *lines, behind = text.split("\n")
        if behind or len(lines) < 3 or not all(lines):  # noqa: PLR2004 - origin, size, root
            raise MalformedError(f"a checkpoint has the lines {lines[:3]}, expected at least three, none of them empty")
        origin, size, root, *extensions = lines
        if not _DECIMAL.fullmatch(size):
            raise MalformedError(f"the size of a checkpoint is {size[:80]!r}, expected a decimal number")
        digest = _decode(root)
        if len(digest) != hashlib.sha256().digest_size:
            raise MalformedError(f"the root of a checkpoint has {len(digest)} bytes, expected 32")
        return cls(origin, int(size), digest, tuple(extensions))


def _signature_line(text: str, name: str, private_key: Ed25519PrivateKey) -> str:
    _check_name(name)
    signature = key_id_of(name, private_key.public_key()) + private_key.sign(text.encode("utf-8"))
    return f"{_MARK}{name} {base64.b64encode(signature).decode('ascii')}\n"


def _take_apart(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    if len(note) > _MOST_CHARACTERS:
        raise MalformedError(f"the note has {len(note)} characters, expected at most {_MOST_CHARACTERS}")
    text, blank, below = note.rpartition("\n\n")
    text += "\n"
    _check_text(note)
    if not blank or not text.strip("\n") or not below:
        raise MalformedError("a note has no blank line between its text and its signatures")
    signatures = list(_signatures(below))
    if len(signatures) > _MOST_SIGNATURES:
        raise MalformedError(f"the note has {len(signatures)} signatures, expected at most {_MOST_SIGNATURES}")
    return text, signatures


def _signatures(below: str) -> Iterator[tuple[str, bytes, bytes]]:
    for line in below.removesuffix("\n").split("\n"):
        name, space, encoded = line.removeprefix(_MARK).rpartition(" ")
        if not line.startswith(_MARK) or not space:
            raise MalformedError(f"expected a signature line of em dash, name and base64, found {line[:80]!r}")
        _check_name(name)
        signature = _decode(encoded)
        if len(signature) <= _KEY_ID_BYTES:
            raise MalformedError(f"the signature of {name[:80]} has {len(signature)} bytes, expected a key id and more")
        yield name, signature[:_KEY_ID_BYTES], signature[_KEY_ID_BYTES:]


def _check_text(text: str) -> None:
    if not text.strip("\n") or not text.endswith("\n"):
        raise MalformedError("the text of a note is empty or does not end with a line feed")
    control = _CONTROL.search(text)
    if control:
        raise MalformedError(f"the text of a note has the control character {control[0]!r} at {control.start()}")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedError(f"the text of a note holds half a surrogate pair at {error.start}") from error


def _check_name(name: str) -> None:
    if not name or "+" in name or any(sign.isspace() or sign < " " or "\ud800" <= sign <= "\udfff" for sign in name):
        raise MalformedError(f"{name[:80]!r} cannot name a key: expected text without spaces and plus signs")


def _decode(encoded: str) -> bytes:
    try:
        payload = base64.b64decode(encoded.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise MalformedError(f"{encoded[:80]!r} is not base64: {error}") from error
    if base64.b64encode(payload).decode("ascii") != encoded:
        raise MalformedError(f"{encoded[:80]!r} is not written in canonical base64")
    return payload
