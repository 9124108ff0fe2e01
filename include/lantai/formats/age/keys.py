"""The keys of age: recipients that wrap a file key, identities that unwrap it.

Two kinds: X25519 (`age1...`), which every age program reads, and the hybrid
mlkem768x25519 (`age1pq1...`), which holds against quantum computers. No
passphrases, plugins or SSH keys.

Source: age-encryption.org/v1, "Native recipient types"; RFC 9180 (HPKE).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from lantai.errors import HeaderError, MalformedError
from lantai.formats.age import bech32
from lantai.formats.age.header import Stanza, decode_base64, derive_key, encode_base64

FILE_KEY_BYTES = 16
_WRAPPED_KEY_BYTES = FILE_KEY_BYTES + 16
_KEY_BYTES = 32
_X25519_PREFIX, _X25519_SECRET_PREFIX = "age", "age-secret-key-"
_HYBRID_PREFIX, _HYBRID_SECRET_PREFIX = "age1pq", "age-secret-key-pq-"
_X25519_INFO = b"age-encryption.org/v1/X25519"
_HYBRID_INFO = b"age-encryption.org/mlkem768x25519"
_MLKEM_KEY_BYTES, _MLKEM_SEED_BYTES = 1184, 64
_HYBRID_SHARE_BYTES = 1088 + 32
_HYBRID_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
_ZERO_NONCE = bytes(12)  # each wrap key is used once
_WORK_FACTOR = re.compile(r"[1-9][0-9]*")


@dataclass(frozen=True)
class X25519Recipient:
    """A public key that every age program can seal to.

    Attributes:
        key: The 32 bytes of the public key.
    """

    kind: ClassVar[str] = "X25519"
    key: bytes

    def __str__(self) -> str:
        return bech32.encode(_X25519_PREFIX, self.key)

    def wrap(self, file_key: bytes) -> Stanza:
        """Return the file key wrapped for this recipient.

        Raises:
            MalformedError: the key is a point of low order, with which no secret can be agreed.
        """
        ephemeral = X25519PrivateKey.generate()
        share = ephemeral.public_key().public_bytes_raw()
        try:
            shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(self.key))
        except ValueError as error:
            raise MalformedError(f"recipient {self} is a point of low order: anybody could open the file") from error
        cipher = ChaCha20Poly1305(derive_key(shared, share + self.key, _X25519_INFO))
        body = cipher.encrypt(_ZERO_NONCE, file_key, None)
        return Stanza(self.kind, (encode_base64(share).decode("ascii"),), body)


@dataclass(frozen=True)
class HybridRecipient:
    """A public key of ML-KEM-768 and X25519 together: whoever breaks one of them has nothing.

    Attributes:
        key: The 1,216 bytes of the public key, ML-KEM first.
    """

    kind: ClassVar[str] = "mlkem768x25519"
    key: bytes

    def __str__(self) -> str:
        return bech32.encode(_HYBRID_PREFIX, self.key)

    def wrap(self, file_key: bytes) -> Stanza:
        """Return the file key wrapped for this recipient.

        Raises:
            MalformedError: the key is no ML-KEM key, or its X25519 half is a point of low order.
        """
        try:
            sealed = _HYBRID_SUITE.encrypt(file_key, self._public_key, _HYBRID_INFO)
        except ValueError as error:
            raise MalformedError(f"recipient {str(self)[:24]}... is not a usable hybrid key: {error}") from error
        share, body = sealed[:_HYBRID_SHARE_BYTES], sealed[_HYBRID_SHARE_BYTES:]
        return Stanza(self.kind, (encode_base64(share).decode("ascii"),), body)

    @cached_property
    def _public_key(self) -> hpke.MLKEM768X25519PublicKey:
        return hpke.MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(self.key[:_MLKEM_KEY_BYTES]),
            X25519PublicKey.from_public_bytes(self.key[_MLKEM_KEY_BYTES:]),
        )


@dataclass(frozen=True)
class X25519Identity:
    """The private key of an X25519 recipient. `str()` gives the secret; `repr()` does not."""

    kind: ClassVar[str] = X25519Recipient.kind
    secret: bytes = field(repr=False)

    def __str__(self) -> str:
        return bech32.encode(_X25519_SECRET_PREFIX, self.secret).upper()

    @cached_property
    def recipient(self) -> X25519Recipient:
        """The public key that belongs to this identity."""
        return X25519Recipient(self._private_key.public_key().public_bytes_raw())

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Return the file key, or None when the stanza is for somebody else.

        Args:
            stanza: One of this kind that `check_stanza` has accepted.

        Raises:
            HeaderError: the share is a point of low order.
        """
        share = decode_base64(stanza.arguments[0].encode("ascii"))
        shared = _exchange(self._private_key, share)
        cipher = ChaCha20Poly1305(derive_key(shared, share + self.recipient.key, _X25519_INFO))
        try:
            return cipher.decrypt(_ZERO_NONCE, stanza.body, None)
        except InvalidTag:
            return None

    @cached_property
    def _private_key(self) -> X25519PrivateKey:
        return X25519PrivateKey.from_private_bytes(self.secret)


@dataclass(frozen=True)
class HybridIdentity:
    """The private key of a hybrid recipient: a seed of 32 bytes. `str()` gives the secret; `repr()` does not."""

    kind: ClassVar[str] = HybridRecipient.kind
    secret: bytes = field(repr=False)

    def __str__(self) -> str:
        return bech32.encode(_HYBRID_SECRET_PREFIX, self.secret).upper()

    @cached_property
    def recipient(self) -> HybridRecipient:
        """The public key that belongs to this identity."""
        mlkem_key, x25519_key = self._private_keys
        return HybridRecipient(mlkem_key.public_key().public_bytes_raw() + x25519_key.public_key().public_bytes_raw())

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Return the file key, or None when the stanza is for somebody else.

        Args:
            stanza: One of this kind that `check_stanza` has accepted.

        Raises:
            HeaderError: the X25519 half of the share is a point of low order.
        """
        share = decode_base64(stanza.arguments[0].encode("ascii"))
        mlkem_key, x25519_key = self._private_keys
        # HPKE reports a low-order point as if the stanza were somebody else's; the format wants it refused.
        _exchange(x25519_key, share[-_KEY_BYTES:])
        private_key = hpke.MLKEM768X25519PrivateKey(mlkem_key, x25519_key)
        try:
            return _HYBRID_SUITE.decrypt(share + stanza.body, private_key, _HYBRID_INFO)
        except InvalidTag:
            return None

    @cached_property
    def _private_keys(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        seeds = hashlib.shake_256(self.secret).digest(_MLKEM_SEED_BYTES + _KEY_BYTES)
        return (
            MLKEM768PrivateKey.from_seed_bytes(seeds[:_MLKEM_SEED_BYTES]),
            X25519PrivateKey.from_private_bytes(seeds[_MLKEM_SEED_BYTES:]),
        )


Recipient: TypeAlias = X25519Recipient | HybridRecipient
Identity: TypeAlias = X25519Identity | HybridIdentity


def parse_recipient(text: str) -> Recipient:
    """Read `age1...` or `age1pq1...`; white space around it is ignored.

    Raises:
        MalformedError: mistyped, or a key of another kind.
    """
    prefix, key = bech32.decode(text.strip())
    if prefix == _X25519_PREFIX and len(key) == _KEY_BYTES:
        recipient: Recipient = X25519Recipient(key)
    elif prefix == _HYBRID_PREFIX and len(key) == _MLKEM_KEY_BYTES + _KEY_BYTES:
        recipient = HybridRecipient(key)
    else:
        # The prefix is not shown: a secret key given by mistake must not end in a log.
        raise MalformedError(f"found a key of {len(key)} bytes, expected a recipient age1... or age1pq1...")
    # Tried once here, so that an unusable key is found when it is enrolled and not in the night it is needed.
    recipient.wrap(bytes(FILE_KEY_BYTES))
    return recipient


def parse_identity(text: str) -> Identity:
    """Read `AGE-SECRET-KEY-1...` or `AGE-SECRET-KEY-PQ-1...`; white space around it is ignored.

    Raises:
        MalformedError: mistyped, or a key of another kind. The text is not repeated in the message.
    """
    prefix, secret = bech32.decode(text.strip())
    kinds: dict[str, type[Identity]] = {_X25519_SECRET_PREFIX: X25519Identity, _HYBRID_SECRET_PREFIX: HybridIdentity}
    if prefix not in kinds or len(secret) != _KEY_BYTES:
        raise MalformedError(
            f"found a key of {len(secret)} bytes, expected AGE-SECRET-KEY-1... or AGE-SECRET-KEY-PQ-1..."
        )
    return kinds[prefix](secret)


def generate_identity(hybrid: bool = False) -> Identity:
    """Return a fresh private key, X25519 or hybrid."""
    secret = secrets.token_bytes(_KEY_BYTES)
    return HybridIdentity(secret) if hybrid else X25519Identity(secret)


def recipient_id(recipient: Recipient) -> str:
    """Return the short name of a recipient in manifests: 16 hex digits of the SHA-256 of its text."""
    return hashlib.sha256(str(recipient).encode("ascii")).hexdigest()[:16]


def check_stanza(stanza: Stanza) -> None:
    """Refuse a stanza of a known kind that is not built as its kind demands; other kinds pass.

    Raises:
        HeaderError: number of arguments, length of the share or of the body, or a work factor that is no number.
    """
    shapes = {X25519Recipient.kind: (1, _KEY_BYTES), HybridRecipient.kind: (1, _HYBRID_SHARE_BYTES), "scrypt": (2, 16)}
    if stanza.kind not in shapes:
        return
    argument_count, share_bytes = shapes[stanza.kind]
    if len(stanza.arguments) != argument_count:
        raise HeaderError(f"a {stanza.kind} stanza has {len(stanza.arguments)} arguments, expected {argument_count}")
    share = decode_base64(stanza.arguments[0].encode("ascii"))
    if len(share) != share_bytes:
        raise HeaderError(f"a {stanza.kind} stanza has a share of {len(share)} bytes, expected {share_bytes}")
    # Looked at before anything is decrypted: a longer key could be made to open under two identities.
    if len(stanza.body) != _WRAPPED_KEY_BYTES:
        raise HeaderError(
            f"a {stanza.kind} stanza has a body of {len(stanza.body)} bytes, expected {_WRAPPED_KEY_BYTES}"
        )
    if stanza.kind == "scrypt" and not _WORK_FACTOR.fullmatch(stanza.arguments[1]):
        raise HeaderError(
            f"a scrypt stanza has the work factor {stanza.arguments[1][:80]!r}, expected a decimal number"
        )


def _exchange(private_key: X25519PrivateKey, share: bytes) -> bytes:
    try:
        return private_key.exchange(X25519PublicKey.from_public_bytes(share))
    except ValueError as error:
        raise HeaderError("a stanza has a share that is a point of low order, expected none") from error
