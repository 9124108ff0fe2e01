"""Agreements with units: what cannot be meant is refused, and the ledger tells of each."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.registry.centre.units import put_unit
from lantai.edges.registry.year.duties import agreements
from lantai.errors import NotFoundError, UsageError
from lantai.journey.centre.agree import agree
from lantai.records.centre.agreement import Agreement
from lantai.records.centre.unit import DataForm, Unit

OPEN = Agreement(
    "", "JY", DataForm.E_DOCUMENT, False, "", "", "", "到期双方确认后销毁", date(2026, 1, 1), None, "李强", "王芳"
)
CLOSED = replace(
    OPEN, encrypts_before_sending=True, algorithm="SM4", unit_key_custodian="李强", centre_key_custodian="王芳"
)


@pytest.fixture
def office(centre: Centre) -> Centre:
    with centre.database.begin() as connection:
        put_unit(connection, Unit("JY", "市教育局", "Z109", (DataForm.E_DOCUMENT,)))
    return centre


def known(centre: Centre) -> list[Agreement]:
    with centre.database.read() as connection:
        return agreements(connection, "JY")


@pytest.mark.parametrize(
    "agreement", [OPEN, CLOSED, replace(OPEN, to_on=OPEN.from_on)], ids=["open", "closed", "a day"]
)
def test_agreement_is_registered_under_its_id_and_told(office: Centre, agreement: Agreement) -> None:
    """R1-37, N13."""
    agreement_id = agree(office, agreement)

    assert known(office) == [replace(agreement, agreement_id=agreement_id)]
    with office.database.read() as connection:
        (row,) = connection.execute(tables.event.select().where(tables.event.c.kind == "agreement_added")).all()
    told = json.loads(bytes(row.leaf))
    assert (told["subject"], told["unit_code"], told["data_form"]) == (agreement_id, "JY", "e_document")
    assert (told["encrypts"], told["from_on"]) == (int(agreement.encrypts_before_sending), "2026-01-01")


@pytest.mark.parametrize("missing", ["algorithm", "unit_key_custodian", "centre_key_custodian"])
def test_unit_that_encrypts_names_the_algorithm_and_both_custodians(office: Centre, missing: str) -> None:
    """R1-37, N13."""
    with pytest.raises(UsageError, match="the algorithm and both key custodians"):
        agree(office, replace(CLOSED, **{missing: ""}))

    assert known(office) == []


def test_agreement_that_ends_before_it_begins_or_is_with_nobody_is_refused(office: Centre) -> None:
    """R1-37, N13."""
    with pytest.raises(UsageError, match="before it begins"):
        agree(office, replace(OPEN, to_on=date(2025, 12, 31)))
    with pytest.raises(NotFoundError, match="GA"):
        agree(office, replace(OPEN, unit_code="GA"))
