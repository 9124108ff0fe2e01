"""One worker at a time, whoever else comes at the same moment, and no late write of one that was replaced.

Covers: edges.database.fence.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from dead_process import holder_that_died
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.database.database import Database
from lantai.edges.database.fence import Fence
from lantai.edges.database.lease import LEASE_SECONDS, Lease, acquire, leased, release, renew, require
from lantai.edges.files.worker import holder_name
from lantai.errors import LeaseLostError

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 3, 2, 1, 2, 3, tzinfo=UTC)
LATER = NOW + timedelta(seconds=61)
NAME = "carrier:SL2025-JY-E001-R1"
ELSEWHERE = "other-machine:1:"
INCLUDE = Path(__file__).resolve().parents[3] / "include"


@pytest.fixture
def database(centre: Centre) -> Database:
    return centre.database


@pytest.fixture
def connect(centre: Centre) -> Iterator[Callable[[], Database]]:
    """Further connections to the same registry, as other processes have."""
    made: list[Database] = []

    def another() -> Database:
        made.append(Database(centre.settings.registry_url))
        return made[-1]

    yield another
    for each in made:
        each.close()


def outcome(call: Callable[[], Lease]) -> Lease | LeaseLostError:
    try:
        return call()
    except LeaseLostError as error:
        return error


def test_of_many_who_come_first_at_the_same_moment_one_gets_the_lease(connect: Callable[[], Database]) -> None:
    """R1: eight workers, ten leases that nobody has held before."""
    workers = [(connect(), f"{ELSEWHERE}{number}") for number in range(8)]
    barrier = threading.Barrier(len(workers))

    def work(database: Database, holder: str) -> list[Lease | LeaseLostError]:
        found = []
        for number in range(10):
            barrier.wait(30)
            found.append(outcome(lambda name=f"{NAME}{number}": acquire(database, name, holder, NOW, 60)))
        return found

    with ThreadPoolExecutor(len(workers)) as pool:
        found = list(pool.map(lambda worker: work(*worker), workers))

    for at_once in zip(*found, strict=True):
        assert [each.fence for each in at_once if isinstance(each, Lease)] == [1]


def test_worker_stopped_for_longer_than_its_lease_is_refused_when_it_goes_on(database: Database) -> None:
    """K3: neither may it write, nor renew."""
    stopped = acquire(database, NAME, f"{ELSEWHERE}1", NOW, 60)
    successor = acquire(database, NAME, f"{ELSEWHERE}2", LATER, 60)

    with pytest.raises(LeaseLostError, match="with fence 2, expected"), database.begin() as connection:
        require(connection, stopped)
    with pytest.raises(LeaseLostError, match="with fence 2, expected"):
        Fence(database, stopped, lambda: LATER).keep()

    assert successor.fence == 2
    release(database, stopped, LATER)
    renew(database, successor, LATER, 60)


def test_holder_gets_its_lease_again_and_an_earlier_holding_of_its_own_is_over(database: Database) -> None:
    """R1, K3: what it holds it holds for longer; what it lost meanwhile it does not have back by its name alone."""
    ours = f"{ELSEWHERE}1"
    first = acquire(database, NAME, ours, NOW, 60)
    again = acquire(database, NAME, ours, NOW, 90)
    with pytest.raises(LeaseLostError, match="until 01:03:33 UTC"):
        acquire(database, NAME, f"{ELSEWHERE}2", LATER, 60)
    acquire(database, NAME, f"{ELSEWHERE}2", NOW + timedelta(seconds=90), 60)
    third = acquire(database, NAME, ours, NOW + timedelta(seconds=150), 60)

    with database.begin() as connection:
        require(connection, third)
        with pytest.raises(LeaseLostError, match=r"with fence 3, expected .* with fence 1"):
            require(connection, first)

    assert (first.fence, again.fence, third.fence) == (1, 1, 3)


@pytest.mark.parametrize(
    ("lease", "found"),
    [
        (Lease(NAME, f"{ELSEWHERE}2", 1), "other-machine:1:1 with fence 1"),
        (Lease("another", f"{ELSEWHERE}1", 1), "nobody"),
    ],
)
def test_lease_that_the_registry_gave_to_nobody_of_that_name_is_none(
    database: Database, lease: Lease, found: str
) -> None:
    """K3: as behind a restored registry, whose fences begin anew."""
    acquire(database, NAME, f"{ELSEWHERE}1", NOW, 60)

    with pytest.raises(LeaseLostError, match=f"found {found}, expected"), database.begin() as connection:
        require(connection, lease)


def test_nobody_takes_over_while_a_worker_is_writing(database: Database, connect: Callable[[], Database]) -> None:
    """K3: the lease has run out, but the transaction that asked for it has not ended; it ends first."""
    slow = acquire(database, NAME, f"{ELSEWHERE}1", NOW, 60)
    order: list[str] = []
    other = connect()

    def take_over() -> Lease:
        lease = acquire(other, NAME, f"{ELSEWHERE}2", LATER, 60)
        order.append("taken over")
        return lease

    with ThreadPoolExecutor(1) as pool:
        with database.begin() as connection:
            require(connection, slow)
            taking_over = pool.submit(take_over)
            threading.Event().wait(0.5)
            order.append("written")
        lease = taking_over.result(30)

    assert order == ["written", "taken over"]
    assert lease.fence == 2


def test_lease_of_a_process_that_was_killed_here_is_taken_over_at_once(database: Database) -> None:
    """K1, R1."""
    acquire(database, NAME, holder_that_died(), NOW, 60)

    assert acquire(database, NAME, f"{ELSEWHERE}2", NOW, 60).fence == 2


def changed(holder: str, part: int, value: str) -> str:
    parts = holder.split(":")
    parts[part] = value
    return ":".join(parts)


HOST, PID, BOOT, SPACES, BEGAN = 0, 1, 3, 4, 5


@pytest.mark.parametrize(
    ("part", "value"),
    [(BOOT, "0" * 32), (SPACES, "4026530000-4026531834"), (PID, "x"), (BOOT, "")],
    ids=["another boot", "another namespace of processes", "no number", "no proof"],
)
def test_holder_of_the_same_host_name_is_waited_for_unless_it_is_proved_dead(
    database: Database, part: int, value: str
) -> None:
    """K3, R1, kopia/kopia#1087: containers repeat host names, and process numbers live in namespaces."""
    elsewhere = changed(holder_that_died(), part, value)
    acquire(database, NAME, elsewhere, NOW, 60)

    with pytest.raises(LeaseLostError, match=elsewhere.rpartition(":")[0][:12]):
        acquire(database, NAME, f"{ELSEWHERE}2", NOW, 60)


@pytest.mark.server("unshare")
@pytest.mark.namespaces
def test_living_holder_in_another_namespace_of_processes_keeps_its_lease(database: Database) -> None:
    """K3: its number is that of nobody here."""
    script = "import sys; from lantai.edges.files.worker import holder_name; print(holder_name(), flush=True); sys.stdin.read()"
    # The shells in between give it a number of its own there.
    command = [
        "unshare",
        "--pid",
        "--fork",
        "--mount-proc",
        "sh",
        "-c",
        'for i in 1 2 3 4; do true & done; wait; "$0" -c "$1"',
    ]
    environment = {**os.environ, "PYTHONPATH": str(INCLUDE)}
    with subprocess.Popen(
        [*command, sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as there:
        holder = there.stdout.readline().strip()
        acquire(database, NAME, holder, NOW, 60)

        with pytest.raises(LeaseLostError, match="held by"):
            acquire(database, NAME, changed(f"{ELSEWHERE}2", HOST, holder.partition(":")[0]), NOW, 60)

        there.stdin.close()
    assert holder.count(":") == BEGAN


def test_number_that_another_process_has_now_is_proof_that_the_holder_is_gone(database: Database) -> None:
    """K3: of this boot and namespace, and begun at another moment."""
    ours = holder_name()
    acquire(database, NAME, changed(ours, BEGAN, "1"), NOW, 60)

    assert acquire(database, NAME, f"{ELSEWHERE}2", NOW, 60).fence == 2


def test_name_of_the_longest_host_fits_its_column(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "h" * 300)

    assert acquire(database, NAME, holder_name(), NOW, 60).fence == 1


def test_who_has_patience_gets_the_lease_when_it_is_given_back(
    database: Database, connect: Callable[[], Database]
) -> None:
    """R1."""
    first = acquire(database, NAME, f"{ELSEWHERE}1", NOW, 60)
    other = connect()
    giving_back = threading.Timer(0.3, release, (other, first, NOW))
    giving_back.start()

    with leased(database, NAME, f"{ELSEWHERE}2", lambda: NOW, 60, patience_seconds=20) as lease:
        found = lease.fence

    giving_back.join()
    assert found == 2


def test_lease_is_renewed_now_and_then_and_not_at_every_file(database: Database) -> None:
    """K3."""
    moments = iter([NOW, NOW + timedelta(seconds=59), NOW + timedelta(seconds=60), NOW + timedelta(seconds=60)])
    ours = acquire(database, NAME, f"{ELSEWHERE}1", NOW - timedelta(seconds=60), 60)
    fence = Fence(database, ours, lambda: next(moments))

    ends = []
    for _ in range(3):
        fence.keep_now_and_then()
        with database.read() as connection:
            ends.append(connection.execute(select(tables.lease.c.expires_at)).scalar_one())

    assert ends == [NOW + timedelta(seconds=LEASE_SECONDS + later) for later in (0, 0, 60)]
