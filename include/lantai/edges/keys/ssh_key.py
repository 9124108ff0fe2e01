"""The SSH key with which the centre enters the units' servers: made once, its public half told on one line.

Source: interfaces.md, "A department's folder"; RFC 8709.
"""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lantai.edges.files.regular import read_regular
from lantai.edges.keys.files import SECRET_MODE, write_new_key
from lantai.errors import KeyMissingError, MalformedError


def new_ssh_key(path: Path, comment: str) -> str:
    """Make an Ed25519 key for SSH, as `ssh-keygen` does and without a passphrase: tasks log in with it at night.

    Args:
        path: Where nothing lies yet.
        comment: Stands at the end of the public line.

    Returns:
        The public half on one line, as it stands in a file of authorized keys.

    Raises:
        AlreadyThereError: Something lies there already; it stays as it is.
        DiskFullError: No space is left; nothing is there.
    """
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    write_new_key(path, private, SECRET_MODE)
    return _ssh_line(key, comment)


def ssh_public_line(path: Path, comment: str) -> str:
    """Return the public half of the SSH key at `path` on one line.

    Raises:
        KeyMissingError: No such file, or it may not be read.
        MalformedError: Not an Ed25519 key without a passphrase.
    """
    try:
        key = serialization.load_ssh_private_key(read_regular(path), password=None)
    except OSError as error:
        raise KeyMissingError(f"{path}: {error.strerror}; expected an SSH key") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise MalformedError(f"{path}: found no readable key, expected an SSH key without passphrase") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise MalformedError(f"{path}: found a key of another kind, expected Ed25519")
    return _ssh_line(key, comment)


def _ssh_line(key: Ed25519PrivateKey, comment: str) -> str:
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return f"{public.decode('ascii')} {comment}"
