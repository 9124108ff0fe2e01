"""What is registered of a carrier, step by step, by the worker that holds its lease and no other.

Covers: edges.registry.custody.holdings.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from carriers import CARRIER, Carrier, carrier, digests, held, seal_it
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.database.lease import Lease
from lantai.edges.registry.centre.units import put_unit
from lantai.edges.registry.intake.rounds import add_round, round_of
from lantai.edges.registry.intake.submissions import add_submission
from lantai.edges.registry.year.duties import next_duty
from lantai.errors import LeaseLostError
from lantai.journey.custody.register import register_accepted, register_begun, register_sealed, register_zero_report
from lantai.journey.custody.seal import Sealed
from lantai.journey.custody.store import store
from lantai.journey.year.open_year import open_year
from lantai.records.centre.unit import DataForm, Unit
from lantai.records.custody.copy import Copy
from lantai.records.intake.carrier import Packaging
from lantai.records.intake.package import Package
from lantai.records.intake.round import Round
from lantai.records.intake.submission import RoundState


@pytest.fixture
def collected(centre: Centre) -> Round:
    """A round that came in for a duty of its unit."""
    with centre.database.begin() as connection:
        put_unit(connection, Unit("JY", "教育局", "Z109", (DataForm.E_DOCUMENT,)))
    open_year(centre, 2025, "system")
    now_at = centre.clock.now_at()
    with centre.database.begin() as connection:
        duty = next_duty(connection, "JY", 2025, DataForm.E_DOCUMENT)
        assert duty is not None
        number = add_submission(connection, "JY", 2025, DataForm.E_DOCUMENT, "001", duty.duty_id, now_at)
        add_round(
            connection,
            "JY",
            number,
            1,
            Package(2025, b"001", Packaging.FOLDER, "f" * 64),
            now_at,
            0,
            is_zero_report=False,
            is_stalled=False,
            strategy=None,
            file_count=6,
            size_bytes=70_000,
        )
    return now(centre)


def now(centre: Centre) -> Round:
    with centre.database.read() as connection:
        return round_of(connection, CARRIER)


def rows(centre: Centre, table: str) -> list[str]:
    """Where copies are, or are begun."""
    with centre.database.read() as connection:
        places = connection.execute(select(tables.metadata.tables[table].c.place)).scalars()
        return sorted(place.rpartition("/")[2] for place in places)


def told(centre: Centre) -> list[str]:
    with centre.database.read() as connection:
        kinds = select(tables.event.c.kind).where(tables.event.c.subject == CARRIER)
        return sorted(connection.execute(kinds).scalars())


def duty_state(centre: Centre) -> str:
    with centre.database.read() as connection:
        return connection.execute(select(tables.duty.c.state)).scalar_one()


def seal_and_store(centre: Centre, received: Carrier, lease: Lease) -> tuple[Sealed, list[Copy]]:
    sealed = seal_it(centre, received, lease)
    return sealed, store(centre, sealed, lease)


def test_carrier_is_begun_then_sealed_then_accepted_and_each_step_is_told_once(
    centre: Centre, collected: Round
) -> None:
    """R1-54, I3, I8, K1."""
    received = carrier()
    with held(centre) as lease:
        register_begun(centre, collected, lease)
        assert (rows(centre, "begun_copy"), rows(centre, "copy")) == (["copy", "vault"], [])
        sealed, copies = seal_and_store(centre, received, lease)

        register_sealed(centre, collected, sealed, copies, lease)
        register_sealed(centre, now(centre), sealed, copies, lease)
        assert (rows(centre, "begun_copy"), rows(centre, "copy")) == ([], ["copy", "vault"])
        assert (now(centre).state, told(centre), duty_state(centre)) == (RoundState.SEALED, ["carrier_sealed"], "open")

        register_accepted(centre, now(centre), received.records, sealed.manifest_sha256, lease)

    found = now(centre)
    assert (found.state, found.record_count, found.generation) == (RoundState.ACCEPTED, 3, 1)
    assert found.manifest_sha256 == sealed.manifest_sha256
    assert told(centre) == ["carrier_accepted", "carrier_sealed"]
    assert duty_state(centre) == "accepted"
    with centre.database.read() as connection:
        registered = connection.execute(select(tables.record.c.record_id)).scalars().all()
        seals = connection.execute(select(tables.sealed_record.c.record_id)).scalars().all()
    assert sorted(registered) == [record.record_id for record in received.records]
    assert len(seals) == 5


def test_copy_that_only_the_rerun_has_completed_is_registered_too(centre: Centre, collected: Round) -> None:
    """K1: a run that was killed behind the first registration."""
    with held(centre) as lease:
        register_begun(centre, collected, lease)
        sealed, copies = seal_and_store(centre, carrier(), lease)
        register_sealed(centre, collected, sealed, copies[:1], lease)
        assert (rows(centre, "begun_copy"), rows(centre, "copy")) == (["copy"], ["vault"])

        register_sealed(centre, now(centre), sealed, copies, lease)

    assert (rows(centre, "begun_copy"), rows(centre, "copy")) == ([], ["copy", "vault"])
    assert told(centre) == ["carrier_sealed"]


def test_zero_report_is_accepted_and_meets_the_duty(centre: Centre, collected: Round) -> None:
    """R1-22."""
    with held(centre) as lease:
        register_zero_report(centre, collected, lease)

    assert now(centre).state is RoundState.ACCEPTED
    assert (told(centre), duty_state(centre)) == (["zero_report_accepted"], "zero_report")


Step = Callable[[Centre, Round, Sealed, list[Copy], Lease], None]
STEPS: dict[str, Step] = {
    "begun": lambda centre, this, _, __, lease: register_begun(centre, this, lease),
    "sealed": register_sealed,
    "accepted": lambda centre, this, _, __, lease: register_accepted(centre, this, (), digests(b"")[0], lease),
    "zero report": lambda centre, this, _, __, lease: register_zero_report(centre, this, lease),
}


@pytest.mark.parametrize("step", STEPS)
def test_late_worker_registers_nothing(centre: Centre, collected: Round, step: str) -> None:
    """K3, R1-22: stopped for longer than its lease, and then continued."""
    with held(centre) as lease:
        sealed, copies = seal_and_store(centre, carrier(), lease)

    with (
        held(Centre(centre.settings, centre.clock, centre.database, "another:2:bbbb")),
        pytest.raises(LeaseLostError),
    ):
        STEPS[step](centre, collected, sealed, copies, lease)

    assert now(centre) == collected
    assert (rows(centre, "begun_copy"), rows(centre, "copy"), told(centre)) == ([], [], [])
