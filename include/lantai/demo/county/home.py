"""The demo's folder: a centre of its own, whose waiting times are 0 days and whose date stands still.

Only a folder that an earlier demo made, or an empty one, is used; nobody's
real centre is ever emptied.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lantai.edges.airflow.occupied import require_free
from lantai.edges.clock import DEMO_MARK
from lantai.errors import UsageError
from lantai.settings import Settings, from_env

TODAY = date(2026, 6, 30)
"""The last day on which the filings of 2025 are on time."""

ENV_FILE = "env"


@dataclass(frozen=True, slots=True)
class DemoHome:
    """The folder and what the centre in it is told.

    Attributes:
        folder: LANTAI_HOME.
        variables: LANTAI_* by name, as they stand in the file `env`.
        settings: The same as settings.
    """

    folder: Path
    variables: dict[str, str]
    settings: Settings

    @property
    def departments(self) -> Path:
        """What the SFTP server shows: a folder per office, and the archive's."""
        return self.folder / "departments"

    @property
    def desks(self) -> Path:
        """Where people keep the worksheets they fill in."""
        return self.folder / "desks"


def variables_of(folder: Path) -> dict[str, str]:
    """Return the settings that a demo left in its folder, by variable; none for a home that no demo made."""
    path = folder / ENV_FILE
    if not path.is_file() or not (folder / DEMO_MARK).is_file():
        return {}
    pairs = (line.partition("=") for line in path.read_text(encoding="utf-8").splitlines())
    return {name: value for name, is_set, value in pairs if is_set}


def make_home(folder: Path, today: date, locale: str) -> DemoHome:
    """Make an empty home for a demo; what an earlier demo left in it goes.

    Raises:
        UsageError: Something else lies there.
        HomeInUseError: A demo runs in it, or `lantai serve` over it.
    """
    folder = folder.absolute()
    if folder.exists() and any(folder.iterdir()):
        if not (folder / DEMO_MARK).is_file():
            raise UsageError(f"{folder}: found files that no demo made, expected an empty folder or one of a demo")
        require_free(folder)
        for entry in folder.iterdir():
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)  # It holds private keys, and papers that nobody has been given yet.
    (folder / DEMO_MARK).write_text("A demo of Lantai made this folder; the next one empties it.\n", encoding="utf-8")
    variables = {
        "LANTAI_HOME": str(folder),
        "LANTAI_TODAY": today.isoformat(),
        "LANTAI_LOCALE": locale,
        "LANTAI_ARCHIVE_LEVEL": "county",
        "LANTAI_COOLING_OFF_DAYS": "0",
        "LANTAI_SETTLE_SECONDS": "0",
        "LANTAI_LOOK_AGAIN_SECONDS": "2 5",
        # A mapped task costs ten seconds of imports, so six offices share one; a single office still has its own.
        "LANTAI_BATCH_UNITS": "6",
        "LANTAI_BATCH_SIZE": "6",
    }
    return _told(folder, variables)


def named(home: DemoHome, centre: str, archive: str) -> DemoHome:
    """Return the home with names for the centre and its archive, as they stand on papers."""
    return _told(home.folder, {**home.variables, "LANTAI_CENTRE_NAME": centre, "LANTAI_ARCHIVE_NAME": archive})


def _told(folder: Path, variables: dict[str, str]) -> DemoHome:
    text = "".join(f"{name}={value}\n" for name, value in variables.items())
    (folder / ENV_FILE).write_text(text, encoding="utf-8")
    return DemoHome(folder, variables, from_env(variables))
