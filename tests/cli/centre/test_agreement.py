"""Agreements with units, without which a package is held."""

from __future__ import annotations

import pytest

from desks import Desk

SIGNED = ("--signed-by-unit", "李强", "--signed-by-centre", "王芳")


def test_agreement_is_registered_and_listed(desk: Desk) -> None:
    """R1-37, N13."""
    keys = ("--unit-key-custodian", "李强", "--centre-key-custodian", "王芳")
    days = ("--from-on", "2026-01-01", "--to-on", "2030-12-31")

    made = desk.ok("agreement", "add", "GA", "business_data", *SIGNED, *days, "--encrypts", "--algorithm", "SM4", *keys)
    (listed,) = desk.ok("agreement", "list", "--unit", "GA", "--json").json

    assert listed["agreement_id"] in made.out
    assert (listed["data_form"], listed["algorithm"], listed["from_on"], listed["to_on"]) == (
        "business_data",
        "SM4",
        "2026-01-01",
        "2030-12-31",
    )
    assert "电子业务数据" in desk.ok("agreement", "list", LANTAI_LOCALE="zh").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("XX", "e_document", "--from-on", "2026-01-01"), "unit XX: not in the register of units"),
        (("JY", "paper", "--from-on", "2026-01-01"), "'paper' is not one of 'e_document'"),
        (("JY", "e_document", "--from-on", "yesterday"), "expected a date like 2026-03-02"),
        (("JY", "e_document", "--from-on", "2026-02-01", "--to-on", "2026-01-01"), "before it begins"),
        (
            ("JY", "e_document", "--from-on", "2026-01-01", "--encrypts"),
            "expected the algorithm and both key custodians",
        ),
        (("JY", "e_document"), "Missing option '--from-on'"),
    ],
)
def test_agreement_that_cannot_be_meant_is_refused(desk: Desk, words: tuple[str, ...], said: str) -> None:
    """R1-37."""
    told = desk.run("agreement", "add", *words, *SIGNED)

    assert told.code == 2
    assert said in told.err
    assert len(desk.ok("agreement", "list", "--json").json) == 1


def test_unknown_unit_is_no_unit_without_agreements(onlooker: Desk) -> None:
    """R1-37."""
    assert onlooker.run("agreement", "list", "--unit", "XX").code == 2
    assert onlooker.ok("agreement", "list", "--unit", "GA").out == "Agreements: none\n"
