"""Settings: the environment, read once, as one frozen object.

This is the only module that reads the environment. Every variable has the
prefix LANTAI_ and stands in .env.example with unit, default and a comment.
Secrets are given as paths of files, never as values.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lantai.errors import SettingsError

PREFIX = "LANTAI_"
ARCHIVE_LEVELS = ("county", "city", "province", "central")
LOCALES = ("zh", "en")

_PASSWORD = re.compile(r"(://[^:/?#\s]*):.*@", re.DOTALL)
"""Up to the last at sign: a password that was not escaped may hold any of the signs that end one."""
_QUERY_VALUE = re.compile(r"([?&][^=&#\s]*=)[^&#\s]*")


@dataclass(frozen=True, slots=True)
class Settings:
    """How this centre is set up.

    Attributes:
        home: Folder of the embedded default; everything else lies below it unless set apart.
        registry_url: SQLAlchemy address of the registry.
        vault_url: Where sealed records lie first, `file:///...`.
        copy_urls: Further places, same shape; each is read back before a receipt is given.
        connections_file: Connections of the units, in the format of Airflow's local filesystem backend.
        recipients_file: Public age recipients that records are sealed to, one per line.
        intake_key_file: Ed25519 key (PEM) that signs manifests and receipts.
        log_key_file: Ed25519 key (PEM) that signs checkpoints of the ledger.
        centre_name: Name of the centre as it stands on papers.
        locale: Language of papers and screens, `zh` or `en`.
        timezone: Where the deadlines are counted.
        region: Province or other region whose local rules apply, e.g. `浙江`; empty is the national text alone.
        archive_level: Level of the archive that records go to in the end.
        archive_connection: Name of the connection that transfers go to.
        archive_name: Name of that archive as it stands on papers; empty prints the name of its connection.
        cooling_off_days: Days between the last signature and the act.
        settle_seconds: Apart from each other, two looks at a package have to find the same.
        stalled_days: Days without any change after which an upload that is not whole is taken in as it is, and returned.
        returned_days: Days after which a returned round is purged from the quarantine.
        supplement_days: Days a unit has to supplement what was returned.
        panel_members: How many panel members have to decide every row.
        witnesses: How many witnesses a destruction has.
        look_parallel: Outboxes listed at the same time.
        look_again_seconds: Pauses before each further look, in the same run, at units that could not be looked at.
        slowest_kib_per_second: A unit's server that brings less, over a minute, is not waited for.
        unit_gib: Bytes that one unit may bring in each time it is taken in, in GiB.
        disk_reserve_mib: MiB that stay free on the disk of the quarantine, and as many on that of the registry.
        batch_units: Over so many units with something to take in, they go in batches.
        batch_size: Units in one such batch.
        min_copies: Places, the vault included, that must hold a read-back copy before a receipt is given.
        workdays_file: Table of public holidays and make-up workdays; None uses what the package ships.
        airflow_url: Where Airflow's api-server listens, so that an approved list wakes its DAG; None asks the login file.
        airflow_login_file: Who rings there, JSON; without it a list waits for the next working-day run.
        today: A date that stands in for the real one, in demo homes only; printed on every paper.
    """

    home: Path
    registry_url: str = field(repr=False)
    vault_url: str
    copy_urls: tuple[str, ...]
    connections_file: Path
    recipients_file: Path
    intake_key_file: Path
    log_key_file: Path
    airflow_login_file: Path
    centre_name: str = "档案登记备份中心"
    locale: str = "zh"
    timezone: str = "Asia/Shanghai"
    region: str = ""
    archive_level: str = "county"
    archive_connection: str = "sftp_ARCHIVE"
    archive_name: str = ""
    cooling_off_days: int = 7
    settle_seconds: int = 60
    stalled_days: int = 3
    returned_days: int = 30
    supplement_days: int = 10
    panel_members: int = 3
    witnesses: int = 2
    look_parallel: int = 16
    look_again_seconds: tuple[int, ...] = (30, 120, 300)
    slowest_kib_per_second: int = 16
    unit_gib: int = 200
    disk_reserve_mib: int = 512
    batch_units: int = 32
    batch_size: int = 20
    min_copies: int = 2
    workdays_file: Path | None = None
    airflow_url: str | None = None
    today: date | None = None

    @property
    def quarantine(self) -> Path:
        """Folder where packages lie until they are sealed or returned."""
        return self.home / "quarantine"

    @property
    def papers(self) -> Path:
        """Folder of the papers that the centre gives out."""
        return self.home / "papers"

    @property
    def work(self) -> Path:
        """Folder of what is being made; empty when no run is under way."""
        return self.home / "work"

    @property
    def keys(self) -> Path:
        """Folder of the keys of the embedded default."""
        return self.home / "keys"

    @property
    def zone(self) -> ZoneInfo:
        """Time zone as an object."""
        return ZoneInfo(self.timezone)


def from_env(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that the environment describes.

    Args:
        environment: Variables by name; None reads this process's own.

    Raises:
        SettingsError: A variable has a value that cannot be meant; the message names it.
    """
    env = os.environ if environment is None else environment
    home = Path(_text(env, "HOME", str(Path.home() / ".lantai"))).expanduser().absolute()
    keys = home / "keys"
    return Settings(
        home=home,
        registry_url=_text(env, "REGISTRY_URL", f"sqlite:///{home / 'registry.db'}"),
        vault_url=_place(env, "VAULT_URL", (home / "vault").as_uri())[0],
        copy_urls=_place(env, "COPY_URLS", (home / "copy").as_uri()),
        connections_file=Path(_text(env, "CONNECTIONS_FILE", str(home / "connections.json"))),
        recipients_file=Path(_text(env, "RECIPIENTS_FILE", str(keys / "recipients.txt"))),
        intake_key_file=Path(_text(env, "INTAKE_KEY_FILE", str(keys / "intake.pem"))),
        log_key_file=Path(_text(env, "LOG_KEY_FILE", str(keys / "log.pem"))),
        airflow_login_file=Path(_text(env, "AIRFLOW_LOGIN_FILE", str(home / "airflow" / "login.json"))),
        centre_name=_text(env, "CENTRE_NAME", "档案登记备份中心"),
        locale=_choice(env, "LOCALE", "zh", LOCALES),
        timezone=_zone(env),
        region=_text(env, "REGION", ""),
        archive_level=_choice(env, "ARCHIVE_LEVEL", "county", ARCHIVE_LEVELS),
        archive_connection=_text(env, "ARCHIVE_CONNECTION", "sftp_ARCHIVE"),
        archive_name=_text(env, "ARCHIVE_NAME", ""),
        cooling_off_days=_count(env, "COOLING_OFF_DAYS", 7),
        settle_seconds=_count(env, "SETTLE_SECONDS", 60),
        stalled_days=_count(env, "STALLED_DAYS", 3, least=1),
        returned_days=_count(env, "RETURNED_DAYS", 30),
        supplement_days=_count(env, "SUPPLEMENT_DAYS", 10, least=1),
        panel_members=_count(env, "PANEL_MEMBERS", 3, least=1),
        witnesses=_count(env, "WITNESSES", 2, least=2),
        look_parallel=_count(env, "LOOK_PARALLEL", 16, least=1),
        look_again_seconds=_pauses(env, "LOOK_AGAIN_SECONDS", "30 120 300"),
        slowest_kib_per_second=_count(env, "SLOWEST_KIB_PER_SECOND", 16, least=1),
        unit_gib=_count(env, "UNIT_GIB", 200, least=1),
        disk_reserve_mib=_count(env, "DISK_RESERVE_MIB", 512),
        batch_units=_count(env, "BATCH_UNITS", 32, least=1),
        batch_size=_count(env, "BATCH_SIZE", 20, least=1),
        min_copies=_count(env, "MIN_COPIES", 2, least=2),
        workdays_file=_path(env, "WORKDAYS_FILE"),
        airflow_url=_web_address(env, "AIRFLOW_URL"),
        today=_day(env, "TODAY"),
    )


def web_address(text: str, name: str) -> str:
    """Return the address of a web server, without a slash at its end.

    Args:
        text: What was given.
        name: Where it was given, for the message.

    Raises:
        SettingsError: It is none, or it carries a password; the message does not repeat it.
    """
    try:
        parts = urlsplit(text)
        is_meant = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_meant = False
    if not is_meant or parts.username is not None or parts.query or parts.fragment:
        raise SettingsError(f"{name}: expected an address like https://airflow.example:8080, without user and password")
    return text.rstrip("/")


def shown_address(text: str) -> str:
    """Return an address as messages and papers may show it: a password in it, and every value of its query, are hidden.

    Args:
        text: The address, also one that cannot be read: it may hold a password all the same.
    """
    hidden = _PASSWORD.sub(r"\1:***@", text)
    return _QUERY_VALUE.sub(r"\1***", hidden)


def place_folder(url: str, what: str) -> str:
    """Return the folder that the address of a place names.

    Args:
        url: `file:///absolute/folder`; nothing stands between the second and the third slash.
        what: Where it was given, for the message.

    Raises:
        SettingsError: It is of another kind; the message shows no password.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "file" or parts.netloc or not parts.path.startswith("/"):
        raise SettingsError(f"{what}: found {shown_address(url)!r}, expected file:///absolute/folder")
    return unquote(parts.path)


def screen_locale(environment: Mapping[str, str] | None = None) -> str:
    """Return the language of screens, also when other settings cannot be read: what is wrong with them has to be said in one.

    Args:
        environment: Variables by name; None reads this process's own.
    """
    text = _text(os.environ if environment is None else environment, "LOCALE", "")
    return text if text in LOCALES else LOCALES[0]


def _text(env: Mapping[str, str], name: str, default: str) -> str:
    return env.get(PREFIX + name, "").strip() or default


def _path(env: Mapping[str, str], name: str) -> Path | None:
    text = _text(env, name, "")
    return Path(text) if text else None


def _count(env: Mapping[str, str], name: str, default: int, least: int = 0) -> int:
    text = _text(env, name, str(default))
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise SettingsError(f"{PREFIX}{name}: found {text!r}, expected a whole number, {least} or more")
    return int(text)


def _pauses(env: Mapping[str, str], name: str, default: str) -> tuple[int, ...]:
    words = _text(env, name, default).split()
    if not all(word.isascii() and word.isdigit() for word in words):
        raise SettingsError(
            f"{PREFIX}{name}: found {' '.join(words)!r}, expected whole numbers of seconds apart by spaces, 0 for no pause"
        )
    return tuple(int(word) for word in words if int(word))


def _choice(env: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    text = _text(env, name, default)
    if text not in choices:
        raise SettingsError(f"{PREFIX}{name}: found {text!r}, expected one of {', '.join(choices)}")
    return text


def _zone(env: Mapping[str, str]) -> str:
    text = _text(env, "TIMEZONE", "Asia/Shanghai")
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(f"{PREFIX}TIMEZONE: found {text!r}, expected a name like Asia/Shanghai") from error
    return text


def _day(env: Mapping[str, str], name: str) -> date | None:
    text = _text(env, name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise SettingsError(f"{PREFIX}{name}: found {text!r}, expected a date like 2026-06-30") from error


def _web_address(env: Mapping[str, str], name: str) -> str | None:
    text = _text(env, name, "")
    return web_address(text, PREFIX + name) if text else None


def _place(env: Mapping[str, str], name: str, default: str) -> tuple[str, ...]:
    urls = tuple(_text(env, name, default).split())
    for url in urls:
        place_folder(url, PREFIX + name)
    return urls
