"""Equip a machine for docker-compose.yml: its .env with a random secret for each that is missing, and the folders it mounts.

What has a value keeps it, what lies there stays. What a machine cannot make is returned as lacking, never made up.

Source: interfaces.md, "The command"; docs/adr/0015-each-service-holds-its-own-secrets.md.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lantai.edges.files.machine import is_there
from lantai.edges.files.private_file import read_if_there, replace_private
from lantai.edges.keys.key_folders import KeyFolders, is_theirs
from lantai.errors import InputFileError, MalformedError, UsageError
from lantai.formats.environment_file import EnvironmentLine, read_lines, values_of, with_values

SECRET_BYTES = 32
"""Length of a random secret: 256 bits."""

KEYS, GATEWAY_KEYS, DESK = "LANTAI_KEYS_DIR", "LANTAI_GATEWAY_KEYS_DIR", "LANTAI_DESK_DIR"
PLACES = ("LANTAI_VAULT_DIR", "LANTAI_COPY_DIR")
"""Folders that an operator may name for the vault and its copy, in place of volumes of the engine's."""


def _password() -> str:
    # Letters, digits, - and _ only: it stands in addresses and in configuration files as it is.
    return secrets.token_urlsafe(SECRET_BYTES)


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


SECRETS: Mapping[str, Callable[[], str]] = {
    "POSTGRES_PASSWORD": _password,
    "AIRFLOW_DB_PASSWORD": _password,
    "LANTAI_DB_PASSWORD": _password,
    "REDIS_PASSWORD": _password,
    "AIRFLOW_FERNET_KEY": _fernet_key,
    "AIRFLOW_JWT_SECRET": _password,
    "AIRFLOW_API_SECRET_KEY": _password,
    "LANTAI_ADMIN_PASSWORD": _password,
    "LANTAI_BELL_PASSWORD": _password,
    "LANTAI_FLOWER_PASSWORD": _password,
}
"""Every secret that docker-compose.yml asks for, and how a new one is made."""


class Lack(StrEnum):
    """What only people can see to."""

    RECIPIENTS = "recipients"
    DISPOSAL_KEY = "disposal_key"
    OWNER = "owner"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Equipped:
    """What was made, and what is lacking.

    Attributes:
        env_file: The .env.
        folders: Where keys and the desk lie.
        added: Variables that were added to it; their values are never told.
        made: Folders and files that were made.
        recipient_count: Recipients that were added.
        lacking: What only people can see to, with where it belongs.
    """

    env_file: Path
    folders: KeyFolders
    added: tuple[str, ...]
    made: tuple[Path, ...]
    recipient_count: int
    lacking: tuple[tuple[Lack, Path], ...]

    @property
    def may_start(self) -> bool:
        """Whether nothing is lacking that a start needs; certificates can be verified later."""
        return not {lack for lack, _ in self.lacking} - {Lack.DISPOSAL_KEY}


def equip(env_file: Path, chosen: Mapping[str, Path | None], recipients: Sequence[str] = ()) -> Equipped:
    """Write what is missing of a .env and of the folders that it names.

    Args:
        env_file: The .env; folders that neither it nor `chosen` names lie beside it.
        chosen: Folders by variable name; None chooses nothing.
        recipients: Public age keys to be added to those whom records are sealed to.

    Raises:
        InputFileError: The .env cannot be read or written, or Compose would read something else in it.
        UsageError: It names another folder than `chosen`.
        KeyMissingError: A signing key is gone whose public half is there.
        MalformedError: A recipient is no public age key.
        PlaceUnavailableError: A folder cannot be made or written.
    """
    beside = env_file.absolute().parent
    names = {KEYS: "lantai-keys", GATEWAY_KEYS: "lantai-gateway-keys", DESK: "lantai-desk"}
    wanted = {name: chosen.get(name) or beside / folder for name, folder in names.items()}
    known = _known(env_file)
    _refuse_other_folders(env_file, chosen, values_of(known))
    text, added = completed(known, wanted)
    if added:
        replace_private(env_file, text)
    values = values_of(read_lines(text))
    folders = KeyFolders(*(_folder(env_file, name, values[name]) for name in names))
    made = folders.make()
    recipient_count = folders.admit(recipients)
    return Equipped(
        env_file, folders, tuple(added), tuple(made), recipient_count, tuple(_lacking(folders, env_file, values))
    )


def completed(known: Sequence[EnvironmentLine], folders: Mapping[str, Path]) -> tuple[str, list[str]]:
    """Return the text of a .env with what was missing added, and the names that were added.

    Args:
        known: What stands in the file now; a name that has a value keeps it.
        folders: Folders by variable name.
    """
    set_already = values_of(known)
    values = {name: make() for name, make in SECRETS.items() if name not in set_already}
    values |= {name: str(path.absolute()) for name, path in folders.items() if name not in set_already}
    return with_values(known, values), list(values)


def _known(env_file: Path) -> list[EnvironmentLine]:
    try:
        return read_lines(read_if_there(env_file))
    except MalformedError as error:
        raise InputFileError(f"{env_file}: {error}") from error


def _refuse_other_folders(env_file: Path, chosen: Mapping[str, Path | None], known: Mapping[str, str]) -> None:
    for name, path in chosen.items():
        if path is not None and name in known and path.absolute() != Path(known[name]):
            raise UsageError(
                f"found {path.absolute()} for {name}, but {env_file} says {known[name]}, expected the same: leave the option "
                "out, or move the folder and correct the line"
            )


def _folder(env_file: Path, name: str, value: str) -> Path:
    path = Path(value)
    if not path.is_absolute():
        raise InputFileError(f"{env_file}: {name}: found {value}, expected a folder from / on")
    return path


def _lacking(folders: KeyFolders, env_file: Path, values: Mapping[str, str]) -> list[tuple[Lack, Path]]:
    lacking = [(Lack.OWNER, path) for path in folders.hand_over()]
    places = [_folder(env_file, name, values[name]) for name in PLACES if name in values]
    lacking += [(Lack.PLACE, place) for place in places if not is_theirs(place)]
    if not is_there(folders.recipients):
        lacking.append((Lack.RECIPIENTS, folders.recipients))
    if not is_there(folders.disposal_public):
        lacking.append((Lack.DISPOSAL_KEY, folders.disposal_public))
    return lacking
