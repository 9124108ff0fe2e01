"""The folders that docker-compose.yml mounts: keys, each with those services that need it, the gateway's, and the desk.

Made once, never overwritten. What is private is readable by the containers' user alone, who has a number and no name here.
What only people can bring, the custodians' public keys, is told by its absence.

Source: docs/adr/0015-each-service-holds-its-own-secrets.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lantai.edges.files.private_file import read_if_there, replace_private
from lantai.edges.files.system_error import translated
from lantai.edges.keys.files import INTAKE, LOG, load_recipients, load_signer, new_signer, public_path
from lantai.edges.keys.ssh_key import new_ssh_key, ssh_public_line
from lantai.errors import KeyMissingError
from lantai.formats.age.file import parse_recipient

CONTAINER_USER = 50000
"""Who runs Airflow and the command in the images, by number: Dockerfile."""

_FOLDER, _DESK, _PUBLIC, _PRIVATE = 0o755, 0o750, 0o644, 0o600
_SSH_COMMENT = "lantai-centre"


@dataclass(frozen=True, slots=True)
class KeyFolders:
    """Where they lie on this machine.

    Attributes:
        keys: Of the centre: `signing`, `connections`, `public`.
        gateway: One UNIT.pub per unit, and `centre.pub`.
        desk: Where files for the command come in, and worksheets go out.
    """

    keys: Path
    gateway: Path
    desk: Path

    @property
    def recipients(self) -> Path:
        """Whom records are sealed to."""
        return self.keys / "public" / "recipients.txt"

    @property
    def disposal_public(self) -> Path:
        """The public half of the key that the custodians sign certificates with."""
        return self.keys / "public" / "disposal.pub.pem"

    def make(self) -> list[Path]:
        """Make what is missing and a machine can make; return it.

        Raises:
            KeyMissingError: The public half of a signing key is there and the key is not: a new one would sign as somebody else.
            PlaceUnavailableError: A folder cannot be made or written.
        """
        made = list(self._make_folders())
        for name, path in ((INTAKE, "intake.pem"), (LOG, "log.pem")):
            made += _make_signer(name, self.keys / "signing" / path)
        key, public = self.keys / "connections" / "centre_ed25519", self.gateway / "centre.pub"
        if not _is_there(key):
            line = new_ssh_key(key, _SSH_COMMENT)
            made += [key, *_write_public(public, line + "\n")]
        elif not _is_there(public):
            made += _write_public(public, ssh_public_line(key, _SSH_COMMENT) + "\n")
        connections = self.keys / "connections" / "connections.json"
        if not _is_there(connections):
            replace_private(connections, "{}\n")
            made.append(connections)
        return made

    def admit(self, recipients: Sequence[str]) -> int:
        """Add public age keys to those whom records are sealed to; return how many are new.

        Raises:
            MalformedError: One is no public age key; nothing is written.
        """
        if not recipients:
            return 0
        wanted = [str(parse_recipient(text.strip())) for text in recipients]
        known = [str(one) for one in load_recipients(self.recipients)] if _is_there(self.recipients) else []
        new = [one for one in dict.fromkeys(wanted) if one not in known]
        if new:
            text = read_if_there(self.recipients)
            _write_public(
                self.recipients, text + ("" if text.endswith("\n") or not text else "\n") + "\n".join(new) + "\n"
            )
        return len(new)

    def hand_over(self) -> list[Path]:
        """Give everything to the containers' user where this user may; return what is not theirs, and should be."""
        left = []
        for path, mode in self._expected():
            with translated(str(path)):
                if os.geteuid() == 0:
                    os.chown(path, CONTAINER_USER, CONTAINER_USER)
                    path.chmod(mode)
                elif path.stat().st_uid != CONTAINER_USER:
                    left.append(path)
        return left

    def _make_folders(self) -> Iterator[Path]:
        below = [self.keys / name for name in ("signing", "connections", "public")]
        for folder in (self.keys, *below, self.gateway, self.desk):
            with translated(str(folder)):
                if not folder.is_dir():
                    folder.mkdir(parents=True)
                    # Whatever this user's mask is: the gateway and the containers' user look in.
                    folder.chmod(_FOLDER)
                    yield folder

    def _expected(self) -> Iterator[tuple[Path, int]]:
        yield self.desk, _DESK
        for name in ("signing", "connections"):
            with translated(str(self.keys / name)):
                files = sorted(path for path in (self.keys / name).iterdir() if path.is_file())
            yield from ((path, _PUBLIC if ".pub" in path.name else _PRIVATE) for path in files)


def is_theirs(folder: Path) -> bool:
    """Return whether a folder is there and belongs to the containers' user."""
    with translated(str(folder)):
        return folder.is_dir() and folder.stat().st_uid == CONTAINER_USER


def _make_signer(name: str, path: Path) -> list[Path]:
    public = public_path(path)
    if _is_there(path) and not _is_there(public):
        return _write_public(public, load_signer(name, path).public_pem.decode("ascii"))
    if _is_there(path):
        return []
    if _is_there(public):
        raise KeyMissingError(f"{path}: found {public.name} without it, expected both: bring it back from your backup")
    new_signer(path, name)
    return [path, public]


def _write_public(path: Path, text: str) -> list[Path]:
    replace_private(path, text)
    with translated(str(path)):
        path.chmod(_PUBLIC)
    return [path]


def _is_there(path: Path) -> bool:
    with translated(str(path)):
        return path.exists()
