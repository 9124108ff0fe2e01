"""Connections of the units, read from the file that Airflow reads too.

The format is that of Airflow's LocalFilesystemBackend (JSON or YAML), so that
the DAGs and the command use one file. An entry that would switch off a safety
is refused, and neither password nor key ever stands in a message or a repr.

Source: interfaces.md, "A department's folder".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from lantai.errors import ConnectionConfigError

PREFIX = "sftp_"
"""A unit's connection is named by this and its code."""

_KEY_TYPES = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")
_PRIVATE_KEY = "private_key"
"""Airflow takes a key itself under this name."""
_UNSAFE_EXTRAS = ("no_host_key_check", "allow_host_key_change")
_DEFAULT_PORT = 22
_MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a unit's folder is, and how to enter.

    Attributes:
        connection_id: Name in the file, `sftp_<unit_code>` for a unit.
        host: Name or address.
        port: TCP port.
        login: Our account there.
        host_key_type: Type of the pinned host key, e.g. `ssh-ed25519`.
        host_key: The pinned host key as SSH sends it.
        root: Folder that holds `outbox` and `inbox`; empty is where the session begins.
        key_file: Private key that we log in with, or None to use the password.
        password: Used only without a key file.
        key_passphrase: Opens the key file; None when it is open.
    """

    connection_id: str
    host: str
    port: int
    login: str
    host_key_type: str
    host_key: bytes
    root: bytes = b""
    key_file: Path | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    key_passphrase: str | None = field(default=None, repr=False)

    @property
    def unit_code(self) -> str:
        """The unit's code, or the whole name where it is no unit's connection."""
        return self.connection_id.removeprefix(PREFIX)

    @property
    def host_key_fingerprint(self) -> str:
        """SHA-256 fingerprint of the pinned key as `ssh-keygen -l` shows it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.host_key).digest()).decode().rstrip("=")


def load_connections(path: Path) -> dict[str, Connection]:
    """Return every SFTP connection of the file by its name.

    Raises:
        ConnectionConfigError: The file cannot be read, or an entry is incomplete or unsafe; the message names it.
    """
    connections = {}
    for name, connection in read_connections(path).items():
        if isinstance(connection, ConnectionConfigError):
            raise connection
        connections[name] = connection
    return connections


def read_connections(path: Path) -> dict[str, Connection | ConnectionConfigError]:
    """Return every SFTP connection of the file by its name, an error in place of a faulty one.

    One unit's faulty entry then stops no other unit (S5).

    Raises:
        ConnectionConfigError: The file itself cannot be read.
    """
    found: dict[str, Connection | ConnectionConfigError] = {}
    for name, entry in _entries(path).items():
        is_sftp = isinstance(entry, Mapping) and entry.get("conn_type") == "sftp"
        if not name.startswith(PREFIX) and not is_sftp:
            continue
        try:
            found[name] = _connection(name, entry)
        except ConnectionConfigError as error:
            found[name] = error
        except Exception as error:  # noqa: BLE001 - an entry may hold anything that JSON can write; it stops no other unit
            # What was found is not shown: it may be a password.
            found[name] = ConnectionConfigError(
                f"{name}: cannot be read ({type(error).__name__}), expected host, port, login and extra.host_key"
            )
    return found


def connections_of(path: Path, unit_codes: Iterable[str]) -> dict[str, Connection | ConnectionConfigError]:
    """Return the connection of each unit by its id; a unit whose entry is faulty or missing has the error in its place.

    Raises:
        ConnectionConfigError: The file itself cannot be read.
    """
    known = read_connections(path)
    names = [PREFIX + code for code in unit_codes]
    return {name: known.get(name, ConnectionConfigError(f"{name}: not in {path.name}")) for name in names}


def secret_files(path: Path) -> frozenset[Path]:
    """Return what has to be closed to others: the key files named, and the file while it holds a secret or cannot be read."""
    try:
        entries = _entries(path)
    except ConnectionConfigError:
        return frozenset({path})
    found = set[Path]()
    for name, entry in entries.items():
        try:
            fields = _fields(name, entry)
            if key_file := _plain(name, "key_file", _extra(name, fields).get("key_file")):
                found.add(Path(key_file).expanduser())
            known = _connection(name, entry)
            if known.password or known.key_passphrase or _extra(name, fields).get(_PRIVATE_KEY):
                found.add(path)
        except Exception:  # noqa: BLE001 - whatever is wrong with it, whoever looks at connections tells
            found.add(path)
    return frozenset(found)


def _entries(path: Path) -> Mapping[str, object]:
    """Return the entries of the file by name; what is no such file is refused without showing it (P5)."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise ConnectionConfigError(f"{path}: cannot be read (not UTF-8), expected JSON or YAML in UTF-8") from error
    except OSError as error:
        raise ConnectionConfigError(
            f"{path}: cannot be read ({error.strerror}), expected a file of connections"
        ) from error
    broken_at = ""
    try:
        if path.suffix.lower() in {".yaml", ".yml"}:
            import yaml

            try:
                entries = yaml.safe_load(text)
            except yaml.YAMLError:
                entries = None
        else:
            entries = json.loads(text)
    except json.JSONDecodeError as error:
        entries, broken_at = None, f", line {error.lineno} column {error.colno}"
    except (ValueError, RecursionError):
        entries = None
    # What was found is not shown: a line of this file may be a password.
    if not isinstance(entries, dict):
        raise ConnectionConfigError(
            f"{path}{broken_at}: expected one object of connections by name, in JSON or YAML by its suffix"
        )
    # A name may hold half a character, which no message and no log could carry.
    return {str(name).encode("utf-8", "backslashreplace").decode(): entry for name, entry in entries.items()}


def _fields(name: str, entry: object) -> Mapping[str, object]:
    if isinstance(entry, list):
        if len(entry) != 1:
            raise ConnectionConfigError(f"{name}: found {len(entry)} entries, expected one")
        entry = entry[0]
    if isinstance(entry, str):
        entry = _from_uri(name, entry)
    if not isinstance(entry, Mapping):
        raise ConnectionConfigError(f"{name}: expected an object or a URI")
    return entry


def _connection(name: str, entry: object) -> Connection:
    """Return an entry as a connection; one that switches the pinning of host keys off is refused (P1)."""
    entry = _fields(name, entry)
    extra = _extra(name, entry)
    for unsafe in _UNSAFE_EXTRAS:
        if str(extra.get(unsafe, False)).lower() not in {"false", "none", "0", ""}:
            raise ConnectionConfigError(f"{name}: found {unsafe} switched on, expected it off: host keys are pinned")
    host_key_type, host_key = _host_key(name, extra.get("host_key"))
    key_file = _plain(name, "key_file", extra.get("key_file"))
    password = _plain(name, "password", entry.get("password"))
    if not key_file and not password:
        raise ConnectionConfigError(f"{name}: expected key_file in extra, or a password")
    return Connection(
        connection_id=name,
        host=_host(name, entry),
        port=_port(name, entry.get("port")),
        login=_text(name, entry, "login"),
        host_key_type=host_key_type,
        host_key=host_key,
        root=(_plain(name, "remote_root", extra.get("remote_root")) or "").encode(),
        key_file=Path(key_file).expanduser() if key_file else None,
        password=password,
        key_passphrase=_plain(name, "private_key_passphrase", extra.get("private_key_passphrase")),
    )


def _from_uri(name: str, uri: str) -> dict[str, object]:
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        raise ConnectionConfigError(
            f"{name}: found a URI that cannot be read, expected sftp://login@host:port"
        ) from None
    query = dict(parse_qsl(parts.query))
    extra: object = query.pop("__extra__", None) or query
    return {
        "host": unquote(parts.hostname or ""),
        "port": port,
        "login": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "extra": extra,
    }


def _extra(name: str, entry: Mapping[str, object]) -> Mapping[str, object]:
    extra = entry.get("extra") or entry.get("extra_dejson") or {}
    if isinstance(extra, str):
        try:
            extra = json.loads(extra)
        except ValueError:
            extra = None
    if not isinstance(extra, Mapping):
        raise ConnectionConfigError(f"{name}: extra: expected an object, or one written as JSON")
    return extra


def _text(name: str, entry: Mapping[str, object], key: str) -> str:
    text = (_plain(name, key, entry.get(key)) or "").strip()
    if not text:
        raise ConnectionConfigError(f"{name}: {key} is missing")
    return text


def _plain(name: str, key: str, value: object) -> str | None:
    """Return text that can be sent; None where there is none. A number is what YAML makes of a password of digits."""
    if value is None or value == "":
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    try:
        is_sent = isinstance(value, str) and "\0" not in value and bool(value.encode())
    except UnicodeEncodeError:
        is_sent = False
    if not is_sent:
        raise ConnectionConfigError(f"{name}: {key}: expected text, without NUL and without half characters")
    return str(value)


def _host(name: str, entry: Mapping[str, object]) -> str:
    host = _text(name, entry, "host")
    try:
        host.encode("idna")
    except UnicodeError:
        raise ConnectionConfigError(
            f"{name}: host: found {host[:80]!r}, expected a name whose parts have 1 to 63 characters, or an address"
        ) from None
    return host


def _port(name: str, value: object) -> int:
    text = str(_DEFAULT_PORT if value is None or value == "" else value)
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= _MAX_PORT:
        raise ConnectionConfigError(f"{name}: port: found {text[:10]!r}, expected 1 to {_MAX_PORT}")
    return int(text)


def _host_key(name: str, value: object) -> tuple[str, bytes]:
    """Return type and bytes of a key written `ssh-ed25519 AAAA...`, or as its base64 alone; without one there is no connection (R1-41)."""
    if not isinstance(value, str) or not value.strip():
        raise ConnectionConfigError(f"{name}: host_key is missing in extra; the server's key has to be pinned")
    *type_written, encoded = value.split()[:2]
    try:
        key = base64.b64decode(encoded, validate=True)
        length = int.from_bytes(key[:4], "big")
        key_type = key[4 : 4 + length].decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        key, key_type = b"", ""
    if key_type not in _KEY_TYPES or type_written not in ([], [key_type]):
        raise ConnectionConfigError(
            f"{name}: host_key: expected a public key of one of {', '.join(_KEY_TYPES)}, e.g. 'ssh-ed25519 AAAA...'"
        )
    return key_type, key
