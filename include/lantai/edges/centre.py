"""The centre: every edge that a step of the journey touches, opened once and handed in by name.

`lantai.tasks` and `lantai.cli` open it; the journey receives it. Nothing here
decides anything. What a step does not touch is not imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lantai.edges.clock import Clock
from lantai.edges.database.database import Database
from lantai.edges.database.migrations import require_current
from lantai.edges.files.worker import holder_name
from lantai.settings import Settings, from_env

if TYPE_CHECKING:
    from lantai.edges.airflow.bell import AirflowBell
    from lantai.edges.bulkhead.open_lines import Lines
    from lantai.edges.custody.vault import Vault
    from lantai.edges.intake.quarantine import Quarantine
    from lantai.edges.keys.files import Signer
    from lantai.formats.age.file import Recipient


@dataclass
class Centre:
    """What a step may touch.

    Attributes:
        settings: How the centre is set up.
        clock: What time it is.
        database: The registry.
        holder: This process's name in leases.
    """

    settings: Settings
    clock: Clock
    database: Database
    holder: str

    @cached_property
    def lines(self) -> Lines:
        """What opens lines to the servers of the units, each in a process of its own."""
        from lantai.edges.bulkhead.open_lines import Lines

        return Lines()

    @cached_property
    def quarantine(self) -> Quarantine:
        """Where packages lie until they are sealed or returned."""
        from lantai.edges.intake.quarantine import Quarantine

        return Quarantine(self.settings.quarantine)

    @cached_property
    def vault(self) -> Vault:
        """The vault and its copies."""
        from lantai.edges.custody.vault import Vault

        return Vault.at(self.settings.vault_url, self.settings.copy_urls)

    @cached_property
    def intake_signer(self) -> Signer:
        """The key that signs manifests and receipts."""
        from lantai.edges.keys.files import load_signer

        return load_signer("lantai-intake", self.settings.intake_key_file)

    @cached_property
    def log_signer(self) -> Signer:
        """The key that signs checkpoints of the ledger."""
        from lantai.edges.keys.files import load_signer

        return load_signer("lantai-log", self.settings.log_key_file)

    @cached_property
    def recipients(self) -> tuple[Recipient, ...]:
        """Whom records are sealed to."""
        from lantai.edges.keys.files import load_recipients

        return load_recipients(self.settings.recipients_file)

    @cached_property
    def bell(self) -> AirflowBell | None:
        """What wakes Airflow's DAGs; None when the settings name no Airflow."""
        from lantai.edges.airflow.bell import bell_of

        return bell_of(self.settings)


@contextmanager
def open_centre(settings: Settings | None = None, *, checks_schema: bool = True) -> Iterator[Centre]:
    """Open the centre that the settings describe.

    Args:
        settings: None reads the environment.
        checks_schema: Whether a registry of another version is refused; only `lantai init` and `doctor` say no.

    Raises:
        SettingsError: A variable has a value that cannot be meant.
        SchemaOutdatedError: The registry was made by another version.
        SchemaUnreleasedError: It was made by a version before its release.
        RegistryUnavailableError: The database did not answer.
    """
    settings = settings or from_env()
    database = Database(settings.registry_url)
    try:
        if checks_schema:
            require_current(database)
        centre = Centre(settings, Clock.of(settings), database, holder_name())
        try:
            yield centre
        finally:
            if "lines" in vars(centre):
                centre.lines.close()
    finally:
        database.close()
