"""A database server that goes away in the middle of a step: a named error, and the ordinary rerun ends as if undisturbed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from dead_process import holder_that_died
from factories_disposal import events, lay_ready_list, witness
from filing_house import FilingHouse
from lantai.edges.centre import Centre
from lantai.edges.database.database import Database, run_checks
from lantai.errors import RegistryUnavailableError
from lantai.journey.disposal.acts.destroy import destroy
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in
from lantai.journey.ledger.verify_ledger import verify
from lantai.records.disposal.lists import ListState
from servers.losing_line import LosingLine
from servers.openssh import OpenSsh
from servers.postgres import Postgres

pytestmark = pytest.mark.server("sshd", "postgres", "initdb")

Keep = Callable[..., Callable[[], None]]
LOSSES = 4


@pytest.fixture
def registry_on() -> str:
    return "postgresql"


@pytest.fixture
def house(centre: Centre, sshd: OpenSsh, tmp_path: Path) -> FilingHouse:
    """A unit whose package has been seen and waits to be taken in."""
    house = FilingHouse(centre, sshd, tmp_path / "work")
    house.add_unit()
    house.open_year()
    house.file()
    look(centre)
    return house


@pytest.fixture
def line(postgres_server: Postgres) -> Iterator[LosingLine]:
    with LosingLine(postgres_server.port) as line:
        yield line


class Interruption:
    """Restarts the server when the n-th transaction begins or is about to be committed."""

    def __init__(self, database: Database, server: Postgres) -> None:
        self._server = server
        self.count = self.at = 0
        for name in ("begin", "commit"):
            event.listen(database.engine, name, self._happen)

    def _happen(self, _connection: Connection) -> None:
        self.count += 1
        if self.count == self.at:
            self._server.restart()


def spread(count: int) -> list[int]:
    """Some numbers from 1 to count, evenly."""
    return sorted({1 + number * (count - 1) // (LOSSES - 1) for number in range(LOSSES)})


def test_take_in_ends_as_if_undisturbed_although_the_server_was_restarted(
    house: FilingHouse, keep: Keep, postgres_server: Postgres
) -> None:
    """B1, I1, I2, I4, I5, I6: before a statement, and before a commit."""
    put_back = keep(house.sshd.files)
    interruption = Interruption(house.centre.database, postgres_server)
    disturbed = replace(house.centre, holder=holder_that_died())
    take_in(house.centre, "JY")
    count, wanted = interruption.count, house.outcome()

    for at in spread(count):
        put_back()
        interruption.count, interruption.at = 0, at
        with pytest.raises(RegistryUnavailableError) as caught:
            take_in(disturbed, "JY")
        take_in(house.centre, "JY")

        assert caught.value.retryable
        assert house.outcome() == wanted, f"restarted at step {at} of {count}"
        assert not verify(house.centre).problems


def test_take_in_ends_as_if_undisturbed_although_the_word_of_a_commit_was_lost(
    house: FilingHouse, keep: Keep, line: LosingLine
) -> None:
    """B1, I4: connection lost on COMMIT; the transaction is done, and the worker does not know."""
    put_back = keep(house.sshd.files)
    url = house.centre.database.url.set(port=line.port)
    database = Database(url.render_as_string(hide_password=False))
    far = replace(house.centre, database=database, holder=holder_that_died())
    take_in(far, "JY")
    count, wanted = line.commits, house.outcome()
    assert count > LOSSES

    for at in spread(count):
        database.close()
        put_back()
        line.lose(at)
        with pytest.raises(RegistryUnavailableError) as caught:
            take_in(far, "JY")
        take_in(house.centre, "JY")

        assert caught.value.retryable
        assert house.outcome() == wanted, f"lost at commit {at} of {count}"
        assert not verify(house.centre).problems
    database.close()


def test_destruction_whose_server_was_restarted_is_finished_by_an_ordinary_rerun(
    centre: Centre, keep: Keep, postgres_server: Postgres
) -> None:
    """B1, I3, I4, I5."""
    list_id = lay_ready_list(centre)
    put_back = keep()
    disturbed = replace(centre, holder=holder_that_died())
    interruption = Interruption(centre.database, postgres_server)
    destroy(centre, list_id, "C01")
    count = interruption.count

    for at in spread(count):
        put_back()
        interruption.count, interruption.at = 0, at
        with pytest.raises(RegistryUnavailableError):
            destroy(disturbed, list_id, "C01")
        destroy(centre, list_id, "C01")
        witness(centre, list_id)
        done = destroy(centre, list_id, "C01")

        assert (done.state, done.record_count) == (ListState.DONE, 2), f"restarted at step {at} of {count}"
        assert events(centre, "destroying") == events(centre, "destroyed") == [list_id]
        assert events(centre, "list_refused") == []
        assert not verify(centre).problems
        with centre.database.read() as connection:
            assert not any(run_checks(connection).values())
