"""Age files, the form in which every record is sealed; the header can be kept apart from the payload.

The door of this room's age modules: encrypt and decrypt whole streams, or the
pieces (wrap, PayloadEncryptor, split, unwrap, decrypt_payload, rewrap) for a
caller who passes the bytes on himself. `header + payload` is an ordinary age
file. No armor, no passphrases, no plugins. Kinds of recipients are never mixed
in a header that is written, since some readers refuse it; one that another
program mixed is read, as the format allows.

Source: age-encryption.org/v1; vault.md, "Sealed records".
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator

from lantai.errors import (
    AgeError,
    HeaderError,
    HmacError,
    NoIdentityMatchError,
    PayloadError,
    UsageError,
)
from lantai.formats.age.header import Header, Stanza, check_mac, format_header, parse, split
from lantai.formats.age.keys import (
    FILE_KEY_BYTES,
    Identity,
    Recipient,
    check_stanza,
    generate_identity,
    parse_identity,
    parse_recipient,
    recipient_id,
)
from lantai.formats.age.payload import (
    CHUNK_BYTES,
    NONCE_BYTES,
    PayloadEncryptor,
    decrypt_payload,
    encrypt_payload,
    payload_bytes,
)
from lantai.formats.age.stream import Bytes, Readable, as_stream

__all__ = [
    "CHUNK_BYTES",
    "NONCE_BYTES",
    "AgeError",
    "HeaderError",
    "HmacError",
    "Identity",
    "NoIdentityMatchError",
    "PayloadEncryptor",
    "PayloadError",
    "Recipient",
    "decrypt",
    "decrypt_payload",
    "encrypt",
    "generate_identity",
    "parse_identity",
    "parse_recipient",
    "payload_bytes",
    "recipient_id",
    "rewrap",
    "split",
    "unwrap",
    "wrap",
]


def encrypt(source: Readable | Bytes, recipients: Iterable[Recipient | str]) -> tuple[bytes, Iterator[bytes]]:
    """Encrypt a stream to recipients of one kind.

    Args:
        source: A blocking binary stream, read while the payload is taken; or bytes.
        recipients: At least one public key, or its age1... text; all X25519 or all hybrid.

    Returns:
        The header, and the payload: its 16-byte nonce, then pieces of at most 64 KiB and 16 bytes, to be taken once.

    Raises:
        UsageError: no recipient, or kinds mixed.
    """
    header, file_key = wrap(recipients)
    return header, encrypt_payload(file_key, source)


def decrypt(file: Readable | Bytes, identities: Iterable[Identity | str]) -> Iterator[bytes]:
    """Decrypt an age file, or a header and a payload joined.

    Args:
        file: A blocking binary stream or bytes: the header followed by the payload.
        identities: Private keys, or their AGE-SECRET-KEY-... text.

    Returns:
        The plaintext in pieces of at most 64 KiB, each yielded only after it was verified. The whole is genuine
        only when the iterator ends without an error.

    Raises:
        HeaderError: the header is malformed, or the file ends within the nonce; at the call, as the next two are.
        NoIdentityMatchError: none of the identities opens it.
        HmacError: the header was changed.
        PayloadError: from the iterator: the payload was changed or cut.
    """
    stream = as_stream(file)
    return decrypt_payload(unwrap(split(stream), identities), stream)


def wrap(recipients: Iterable[Recipient | str]) -> tuple[bytes, bytes]:
    """Make a fresh file key and wrap it.

    Returns:
        The header, and the 16-byte file key for one PayloadEncryptor. A file key is never written anywhere.

    Raises:
        UsageError: no recipient, or kinds mixed.
    """
    file_key = secrets.token_bytes(FILE_KEY_BYTES)
    return _wrap_key(file_key, recipients), file_key


def unwrap(header: bytes, identities: Iterable[Identity | str]) -> bytes:
    """Return the file key of a header and see that the header is as it was written.

    Raises:
        HeaderError: malformed, or a passphrase beside others.
        NoIdentityMatchError: none of the identities opens it; one with a passphrase never opens here.
        HmacError: the header was changed.
    """
    parsed = parse(header)
    _check_stanzas(parsed.stanzas)
    file_key = _find_key(parsed, [parse_identity(key) if isinstance(key, str) else key for key in identities])
    check_mac(parsed, file_key)
    return file_key


def rewrap(header: bytes, identities: Iterable[Identity | str], recipients: Iterable[Recipient | str]) -> bytes:
    """Return a new header for the same payload, for other recipients.

    Raises:
        HeaderError, NoIdentityMatchError, HmacError: the old header does not open, as in `unwrap`.
        UsageError: no recipient, or kinds mixed.
    """
    return _wrap_key(unwrap(header, identities), recipients)


def _wrap_key(file_key: bytes, recipients: Iterable[Recipient | str]) -> bytes:
    chosen = [parse_recipient(key) if isinstance(key, str) else key for key in recipients]
    kinds = sorted({recipient.kind for recipient in chosen})
    if len(kinds) != 1:
        raise UsageError(
            f"found recipients of the kinds {kinds}, expected one kind: some readers refuse a mixed header"
        )
    return format_header([recipient.wrap(file_key) for recipient in chosen], file_key)


def _check_stanzas(stanzas: tuple[Stanza, ...]) -> None:
    for stanza in stanzas:
        check_stanza(stanza)
    kinds = {stanza.kind for stanza in stanzas}
    if "scrypt" in kinds and len(stanzas) > 1:
        raise HeaderError(f"a scrypt stanza is one of {len(stanzas)} stanzas, expected it to be alone")


def _find_key(header: Header, identities: list[Identity]) -> bytes:
    for stanza in header.stanzas:
        for identity in identities:
            file_key = identity.unwrap(stanza) if identity.kind == stanza.kind else None
            if file_key is not None:
                return file_key
    kinds = ", ".join(sorted({stanza.kind[:80] for stanza in header.stanzas}))
    raise NoIdentityMatchError(f"none of {len(identities)} identities opens the header with its stanzas for {kinds}")
