"""Key files: Ed25519 keys that sign (intake, log, disposal), age recipients and identities.

Files are only ever made new, never overwritten. The centre's SSH key is in `ssh_key`. What a signature says, and
whether a recipient is admitted, is decided elsewhere. Shares, rotation and
retirement of keys have a module of their own.

Source: vault.md, "The ledger" and "Sealed records"; RFC 8032; RFC 8410.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lantai.edges.files.regular import read_regular
from lantai.edges.files.system_error import translated
from lantai.errors import AlreadyThereError, KeyMissingError, LantaiError, MalformedError, SignatureInvalidError
from lantai.formats.age.file import (
    Identity,
    Recipient,
    generate_identity,
    parse_identity,
    parse_recipient,
)
from lantai.formats.ledger.ed25519_key import require_believable
from lantai.settings import Settings

INTAKE, LOG, DISPOSAL = "lantai-intake", "lantai-log", "lantai-disposal"
PUBLIC_SUFFIX = ".pub.pem"
SECRET_MODE, PUBLIC_MODE = 0o600, 0o644
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key, and the name it has in signed notes."""

    name: str
    public_key: Ed25519PublicKey

    @property
    def public_pem(self) -> bytes:
        """The public key as PEM, for `openssl pkeyutl -verify -pubin`."""
        return self.public_key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def verify(self, message: bytes, signature: bytes) -> None:
        """Say whether a raw Ed25519 signature belongs to a message.

        Raises:
            SignatureInvalidError: It does not.
        """
        try:
            self.public_key.verify(signature, message)
        except InvalidSignature as error:
            raise SignatureInvalidError(
                f"found a signature of {len(signature)} bytes over {len(message)} bytes that {self.name} did not make"
            ) from error


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key, and the name it has in signed notes. Neither `repr()` nor any message shows the key."""

    name: str
    private_key: Ed25519PrivateKey = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """Return the raw Ed25519 signature, 64 bytes; the same message always gives the same one."""
        return self.private_key.sign(message)

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self.private_key.public_key())

    @property
    def public_pem(self) -> bytes:
        """The public half as PEM."""
        return self.verifier.public_pem


def new_signer(path: Path, name: str) -> Signer:
    """Make a signing key: PKCS #8 PEM at `path` for its owner only, the public half beside it as `.pub.pem`.

    Raises:
        AlreadyThereError: Something lies there already; it stays as it is.
        DiskFullError: No space is left; neither half is there.
    """
    signer = Signer(name, Ed25519PrivateKey.generate())
    pem = signer.private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_new_key(path, pem, SECRET_MODE)
    try:
        write_new_key(public_path(path), signer.public_pem, PUBLIC_MODE)
    except LantaiError:
        path.unlink()
        raise
    return signer


def public_path(path: Path) -> Path:
    """Return where the public half of the key at `path` lies."""
    return path.with_name(path.name.removesuffix(".pem") + PUBLIC_SUFFIX)


def load_signer(name: str, path: Path) -> Signer:
    """Read a signing key.

    Args:
        name: Its name in signed notes.
        path: PKCS #8 PEM, without passphrase.

    Raises:
        KeyMissingError: No such file, or it may not be read.
        MalformedError: Not an Ed25519 key.
    """
    key = _parsed(path, lambda pem: serialization.load_pem_private_key(pem, password=None))
    if not isinstance(key, Ed25519PrivateKey):
        raise MalformedError(f"{path}: found a key of another kind, expected Ed25519")
    return Signer(name, key)


def load_verifier(name: str, path: Path) -> Verifier:
    """Read the public half of the signing key at `path`, which itself need not be on this machine.

    Raises:
        KeyMissingError: Neither the public half nor the key is there.
        MalformedError: Not an Ed25519 key.
    """
    public = public_path(path)
    if not public.exists() and path.exists():
        return load_signer(name, path).verifier
    key = _parsed(public, serialization.load_pem_public_key)
    if not isinstance(key, Ed25519PublicKey):
        raise MalformedError(f"{public}: found a key of another kind, expected Ed25519")
    try:
        return Verifier(name, require_believable(key))
    except MalformedError as error:
        raise MalformedError(f"{public}: {error}") from error


def load_recipients(path: Path) -> tuple[Recipient, ...]:
    """Read public age keys, one per line; empty lines and lines beginning with # are passed over.

    Raises:
        KeyMissingError: No such file, or no key in it.
        MalformedError: A line is no recipient; the message gives its number.
    """
    return _lines(path, parse_recipient)


def load_identities(path: Path) -> tuple[Identity, ...]:
    """Read private age keys, as `age-keygen` writes them. Only a custodian has such a file.

    Raises:
        KeyMissingError: No such file, or no key in it.
        MalformedError: A line is no identity; the message gives its number, never the line.
    """
    return _lines(path, parse_identity)


def new_identity(path: Path, hybrid: bool = False) -> Recipient:
    """Make a private age key at `path`, for its owner only, and return its recipient.

    Args:
        path: Where nothing lies yet.
        hybrid: Whether it also withstands quantum computers; then age 1.3 or newer is needed to read.

    Raises:
        AlreadyThereError: Something lies there already; it stays as it is.
        DiskFullError: No space is left; nothing is there.
    """
    identity = generate_identity(hybrid)
    write_new_key(path, f"# public key: {identity.recipient}\n{identity}\n".encode("ascii"), SECRET_MODE)
    return identity.recipient


def key_files(settings: Settings) -> Mapping[str, Path]:
    """Return the three signers' key files by the names they have in signed notes."""
    return {
        INTAKE: settings.intake_key_file,
        LOG: settings.log_key_file,
        DISPOSAL: settings.keys / "disposal.pem",
    }


def make_home_keys(settings: Settings, *, has_custody: bool = True) -> None:
    """Make what a home lacks: signing keys, and an identity with its recipient; nothing that is there is overwritten.

    Args:
        settings: How the centre is set up.
        has_custody: Whether the custodians' private keys, the identity and the disposal key, may lie on this machine.
            Elsewhere custodians bring the recipients' file, without which sealing refuses, and `disposal.pub.pem`.

    Raises:
        PlaceUnavailableError: A key could not be written.
    """
    for name, path in key_files(settings).items():
        if not path.exists() and not public_path(path).exists() and (has_custody or name != DISPOSAL):
            new_signer(path, name)
    if has_custody and not settings.recipients_file.exists():
        identity_file = settings.keys / "identity.txt"
        if not identity_file.exists():
            new_identity(identity_file)
        # An earlier run may have been stopped between the two files.
        recipients = "".join(f"{identity.recipient}\n" for identity in load_identities(identity_file))
        write_new_key(settings.recipients_file, recipients.encode("ascii"), PUBLIC_MODE)


def write_new_key(path: Path, content: bytes, mode: int) -> None:
    """Write a new file whole or not at all.

    Raises:
        AlreadyThereError: Something lies there already.
        DiskFullError: No space is left; nothing is there.
        PlaceUnavailableError: It cannot be written.
    """
    with translated(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError as error:
            raise AlreadyThereError(f"{path}: found a file, expected none; a key is never overwritten") from error
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            path.unlink()
            raise


def _parsed(path: Path, parse: Callable[[bytes], object]) -> object:
    try:
        return parse(_read(path))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise MalformedError(f"{path}: found no readable key, expected Ed25519 as PEM without passphrase") from error


def _lines(path: Path, parse: Callable[[str], _Key]) -> tuple[_Key, ...]:
    keys: list[_Key] = []
    for number, line in enumerate(_read(path).decode("ascii", "replace").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            try:
                keys.append(parse(line))
            except LantaiError as error:
                raise MalformedError(f"{path}, line {number}: {error}") from error
    if not keys:
        raise KeyMissingError(f"{path}: found no key, expected at least one line")
    return tuple(keys)


def _read(path: Path) -> bytes:
    try:
        return read_regular(path)
    except OSError as error:
        raise KeyMissingError(f"{path}: {error.strerror}; expected a key file") from error
