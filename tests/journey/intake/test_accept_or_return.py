"""What follows from what was found: a round is accepted with its records, comes back, or waits for the centre."""

from __future__ import annotations

import pytest

from filing_house import FilingHouse
from lantai.edges.connections import load_connections
from lantai.edges.database.lease import leased
from lantai.edges.registry.intake.findings import findings_of
from lantai.edges.registry.intake.rounds import round_of
from lantai.journey.intake.accept_or_return import Ended, accept_or_return
from lantai.journey.intake.assess import assess
from lantai.journey.intake.collect import Budget, collect
from lantai.records.intake.round import Round
from lantai.records.intake.submission import RoundState

pytestmark = pytest.mark.server("sshd")


def ended(house: FilingHouse, known: Round | None = None) -> tuple[Ended, Round]:
    """Bring in what the unit has filed, assess it and let follow what follows; return how it ended, and the round."""
    centre, unit = house.centre, house.unit("JY")
    server = load_connections(centre.settings.connections_file)["sftp_JY"]
    with centre.lines.open(server) as line, leased(centre.database, "unit:JY", "w", centre.clock.now_at) as lease:
        [seen] = line.look([2025])[0]
        collected = collect(centre, line, "JY", seen, Budget.of(centre))
        assessed = assess(centre, unit, seen.package, collected, known)
        this = accept_or_return(centre, assessed, collected, lease)
    with centre.database.read() as connection:
        return this, round_of(connection, assessed.round.carrier_id)


def test_round_without_a_fault_is_accepted_with_its_records(house: FilingHouse) -> None:
    """I1: what is accepted is sealed."""
    house.add_unit()
    house.open_year()
    house.file()

    found, this = ended(house)

    assert found == Ended(RoundState.ACCEPTED, is_new=True, record_count=3)
    assert (this.state, this.record_count, this.supplement_by_on) == (RoundState.ACCEPTED, 3, None)
    assert this.manifest_sha256


def test_round_with_a_fault_comes_back_with_all_that_was_found_and_a_day(house: FilingHouse) -> None:
    """R1-50, R4-08: ten days to supplement."""
    house.add_unit()
    house.open_year()
    (house.file() / "data" / "1.txt").unlink()

    found, this = ended(house)

    with house.centre.database.read() as connection:
        rules = {finding.rule for finding in findings_of(connection, this.carrier_id)}
    assert found == Ended(RoundState.RETURNED, is_new=True)
    assert (this.state, (this.supplement_by_on - house.centre.clock.today_on()).days) == (RoundState.RETURNED, 10)
    assert "catalogue_file_missing" in rules


def test_round_that_only_the_centre_can_decide_is_held_and_that_is_news_once(house: FilingHouse) -> None:
    """R1-51."""
    house.add_unit(with_agreement=False)
    house.open_year()
    house.file()

    first, this = ended(house)
    again, same = ended(house, this)

    assert (first, again) == (Ended(RoundState.HELD, is_new=True), Ended(RoundState.HELD, is_new=False))
    assert this == same
    assert this.supplement_by_on is None


def test_zero_report_is_accepted_and_seals_nothing(house: FilingHouse) -> None:
    """R1-22."""
    house.add_unit()
    house.open_year()
    house.file(zero_signed_by="王强")

    found, this = ended(house)

    assert found == Ended(RoundState.ACCEPTED, is_new=True, is_zero_report=True)
    assert (this.state, this.record_count, this.manifest_sha256) == (RoundState.ACCEPTED, 0, None)
