"""SSH signatures, with which people sign lists: what `ssh-keygen -Y sign` and `-Y verify` do, for Ed25519 keys.

The armored signature carries the signer's public key and the namespace, so
that a signature for one purpose is worth nothing for another. Who may sign
what is elsewhere: this says only whether this key signed these bytes.

Source: OpenSSH PROTOCOL.sshsig and PROTOCOL.key; RFC 4253 section 6.6; RFC 8709.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lantai.errors import MalformedError, SignatureInvalidError
from lantai.formats.ledger.ed25519_key import read_key

_KEY_TYPE = b"ssh-ed25519"
_MAGIC = b"SSHSIG"
_VERSION = 1
_KEY_BYTES, _SIGNATURE_BYTES = 32, 64
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_ARMOR_COLUMNS = 70
# A signature of ours has about 300 characters; a hostile one must not fill the memory.
_MOST_CHARACTERS = 64 * 1024
_HASHES = {b"sha512": hashlib.sha512, b"sha256": hashlib.sha256}
_WHITE_SPACE = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class PublicKeyLine:
    """A line of an `.pub` or `authorized_keys` file without options.

    Attributes:
        key: The public key.
        comment: What stands behind it, usually whose it is; may be empty.
    """

    key: Ed25519PublicKey
    comment: str


def generate_key(comment: str = "") -> tuple[bytes, str]:
    """Return a fresh private key, as an unencrypted OpenSSH PEM file, and its public line without a line feed."""
    private_key = Ed25519PrivateKey.generate()
    pem = private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    return pem, format_public_key_line(private_key.public_key(), comment)


def load_private_key(pem: bytes, passphrase: bytes | None = None) -> Ed25519PrivateKey:
    """Read an OpenSSH private key.

    Args:
        pem: The key file.
        passphrase: None for a key that is not encrypted.

    Raises:
        MalformedError: no such key, of another type, or the passphrase is wrong or missing.
    """
    try:
        private_key = serialization.load_ssh_private_key(pem, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise MalformedError(f"the private key cannot be read: {error}") from error
    if not isinstance(private_key, Ed25519PrivateKey):
        raise MalformedError(f"found a private key of {type(private_key).__name__}, expected ssh-ed25519")
    return private_key


def format_public_key_line(public_key: Ed25519PublicKey, comment: str = "") -> str:
    """Return `ssh-ed25519 AAAA... comment`, without a line feed."""
    encoded = base64.b64encode(_public_blob(public_key)).decode("ascii")
    return f"{_KEY_TYPE.decode('ascii')} {encoded} {' '.join(comment.split())}".rstrip()


def parse_public_key_line(line: str) -> PublicKeyLine:
    """Read a public key line.

    Raises:
        MalformedError: not one line of `ssh-ed25519`, base64 and perhaps a comment; or a key that nothing can be believed under.
    """
    if not line.strip().replace("\t", " ").isprintable():
        raise MalformedError(
            "found control characters or several lines, expected one line of ssh-ed25519 AAAA... and a comment"
        )
    key_type, encoded, comment = [*line.strip().split(None, 2), "", "", ""][:3]
    if key_type.encode("utf-8", "replace") != _KEY_TYPE:
        raise MalformedError(f"found a public key of type {key_type[:80]!r}, expected ssh-ed25519")
    return PublicKeyLine(_public_key(_decode(encoded)), comment)


def fingerprint(public_key_line: str) -> str:
    """Return `SHA256:...` as `ssh-keygen -l` shows it.

    Raises:
        MalformedError: what is given is no public key line.
    """
    return _fingerprint(parse_public_key_line(public_key_line).key)


def sign(message: bytes, private_key: Ed25519PrivateKey, namespace: str) -> str:
    """Return the armored signature that `ssh-keygen -Y sign -n NAMESPACE` makes.

    Args:
        message: What is signed.
        private_key: The signer's key.
        namespace: What the signature is for; not empty.

    Raises:
        MalformedError: the namespace is empty or no text.
    """
    space, algorithm = _namespace_bytes(namespace), b"sha512"
    signature = _string(_KEY_TYPE) + _string(private_key.sign(_signed_bytes(message, space, algorithm)))
    blob = _MAGIC + struct.pack(">I", _VERSION)
    for field in (_public_blob(private_key.public_key()), space, b"", algorithm, signature):
        blob += _string(field)
    encoded = base64.b64encode(blob).decode("ascii")
    lines = [encoded[start : start + _ARMOR_COLUMNS] for start in range(0, len(encoded), _ARMOR_COLUMNS)]
    return "\n".join([_BEGIN, *lines, _END, ""])


def verify(message: bytes, armored: str, public_key_line: str, namespace: str) -> None:
    """See that this key signed these bytes for this purpose.

    Args:
        message: What is said to be signed.
        armored: The signature file.
        public_key_line: The enrolled key of the signer.
        namespace: The purpose that is expected.

    Raises:
        SignatureInvalidError: it did not; the message says whether the file, the key, the purpose or the text differs.
        MalformedError: the enrolled key or the namespace itself cannot be read.
    """
    enrolled = parse_public_key_line(public_key_line).key
    expected_space = _namespace_bytes(namespace)
    try:
        found = _parse_signature(armored)
    except MalformedError as error:
        raise SignatureInvalidError(f"the signature cannot be read: {error}") from error
    if _public_blob(found.key) != _public_blob(enrolled):
        raise SignatureInvalidError(
            f"the signature was made with key {_fingerprint(found.key)}, expected {_fingerprint(enrolled)}"
        )
    if found.namespace != expected_space:
        raise SignatureInvalidError(
            f"the signature is for the purpose {found.namespace[:80]!r}, expected {namespace!r}"
        )
    try:
        enrolled.verify(found.signature, _signed_bytes(message, found.namespace, found.algorithm))
    except InvalidSignature as error:
        raise SignatureInvalidError(f"the text is not the one that key {_fingerprint(enrolled)} signed") from error


@dataclass(frozen=True, slots=True)
class _Signature:
    key: Ed25519PublicKey
    namespace: bytes
    algorithm: bytes
    signature: bytes


def _parse_signature(armored: str) -> _Signature:
    blob = _remove_armor(armored)
    head = len(_MAGIC) + 4
    if blob[:head] != _MAGIC + struct.pack(">I", _VERSION):
        raise MalformedError(f"found a signature that begins with {blob[:head]!r}, expected SSHSIG version {_VERSION}")
    key, namespace, _reserved, algorithm, signature = _strings(blob[head:], 5)
    if algorithm not in _HASHES:
        raise MalformedError(f"found the hash {algorithm[:80]!r}, expected sha512 or sha256")
    signature_type, signature_bytes = _strings(signature, 2)
    if signature_type != _KEY_TYPE or len(signature_bytes) != _SIGNATURE_BYTES:
        raise MalformedError(
            f"found a signature of type {signature_type[:80]!r} and {len(signature_bytes)} bytes, expected ssh-ed25519"
        )
    return _Signature(_public_key(key), namespace, algorithm, signature_bytes)


def _remove_armor(armored: str) -> bytes:
    if len(armored) > _MOST_CHARACTERS:
        raise MalformedError(f"the signature has {len(armored)} characters, expected at most {_MOST_CHARACTERS}")
    inside = armored.strip()
    if not (inside.startswith(_BEGIN) and inside.endswith(_END)):
        raise MalformedError(f"expected lines from {_BEGIN} to {_END}, found {inside[:80]!r}")
    return _decode(_WHITE_SPACE.sub("", inside[len(_BEGIN) : -len(_END)]))


def _signed_bytes(message: bytes, namespace: bytes, algorithm: bytes) -> bytes:
    fields = (namespace, b"", algorithm, _HASHES[algorithm](message).digest())
    return _MAGIC + b"".join(_string(field) for field in fields)


def _namespace_bytes(namespace: str) -> bytes:
    try:
        encoded = namespace.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedError(f"the namespace holds half a surrogate pair at {error.start}") from error
    if not encoded:
        raise MalformedError("the namespace is empty, expected what the signature is for")
    return encoded


def _public_blob(public_key: Ed25519PublicKey) -> bytes:
    return _string(_KEY_TYPE) + _string(public_key.public_bytes_raw())


def _public_key(blob: bytes) -> Ed25519PublicKey:
    key_type, key = _strings(blob, 2)
    if key_type != _KEY_TYPE or len(key) != _KEY_BYTES:
        raise MalformedError(f"found a key of type {key_type[:80]!r} and {len(key)} bytes, expected ssh-ed25519 and 32")
    return read_key(key)


def _fingerprint(public_key: Ed25519PublicKey) -> str:
    digest = hashlib.sha256(_public_blob(public_key)).digest()
    return f"SHA256:{base64.b64encode(digest).decode('ascii').rstrip('=')}"


def _string(field: bytes) -> bytes:
    return struct.pack(">I", len(field)) + field


def _strings(blob: bytes, count: int) -> list[bytes]:
    fields: list[bytes] = []
    start = 0
    for _ in range(count):
        if len(blob) - start < 4:  # noqa: PLR2004 - a length has four bytes
            raise MalformedError(f"the bytes end where field {len(fields) + 1} of {count} should begin")
        (length,) = struct.unpack_from(">I", blob, start)
        start += 4
        if length > len(blob) - start:
            raise MalformedError(f"field {len(fields) + 1} claims {length} bytes, {len(blob) - start} are left")
        fields.append(blob[start : start + length])
        start += length
    if start != len(blob):
        raise MalformedError(f"{len(blob) - start} bytes are left behind the last of {count} fields")
    return fields


def _decode(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise MalformedError(f"{encoded[:80]!r} is not base64: {error}") from error
