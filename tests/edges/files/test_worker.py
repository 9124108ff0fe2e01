"""A worker's name, and what of it proves a death; that a lease may be taken then is in `database/test_lease`."""

from __future__ import annotations

import os

import pytest

from dead_process import holder_that_died
from lantai.edges.files import worker
from lantai.edges.files.worker import has_died, holder_name


def test_worker_that_runs_has_not_died_and_one_that_ended_has() -> None:
    """K3."""
    assert not has_died(holder_name())
    assert has_died(holder_that_died())


def test_number_that_another_process_has_now_proves_that_its_worker_is_gone() -> None:
    """K3."""
    where, _, _began = holder_name().rpartition(":")

    assert has_died(f"{where}:1")


def test_name_as_older_versions_wrote_it_proves_nothing() -> None:
    """R1."""
    host, pid, part = holder_that_died().split(":")[:3]

    assert not has_died(f"{host}:{pid}:{part}")


def test_two_workers_of_one_process_have_two_names() -> None:
    assert holder_name() != holder_name()


def test_process_of_which_the_system_does_not_tell_is_taken_for_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """K1."""
    parent = os.getppid()
    holder = f"host:{parent}:abcdef01{worker.proof_of(parent)}"
    real_proof = worker.proof_of
    monkeypatch.setattr(worker, "proof_of", lambda pid: "" if pid == parent else real_proof(pid))

    assert not has_died(holder)


@pytest.mark.parametrize("holder", ["", "host", "host:1", "host:1:abcdef01", "host:999999999:abcdef01:boot"])
def test_holder_of_which_nothing_is_proved_has_not_died_where_the_system_tells_nothing(
    monkeypatch: pytest.MonkeyPatch, holder: str
) -> None:
    """K1, R1."""
    monkeypatch.setattr(worker, "proof_of", lambda _pid: "")

    assert not has_died(holder)
