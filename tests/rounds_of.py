"""Rounds as rows, without a package that came: what tests of the registry and of its views begin with."""

from __future__ import annotations

from datetime import UTC, datetime

from factories_disposal import make_unit
from lantai.edges.centre import Centre
from lantai.edges.registry.intake.rounds import add_round, move_round, round_of
from lantai.edges.registry.intake.submissions import add_submission
from lantai.records.centre.unit import DataForm
from lantai.records.intake.carrier import Packaging
from lantai.records.intake.package import Package
from lantai.records.intake.round import Round
from lantai.records.intake.submission import RoundState

CAME_AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
PACKAGE = Package(2025, b"JY-2025-E-001.zip", Packaging.ZIP, "1" * 64)


def register_round(
    centre: Centre,
    *states: RoundState,
    package: Package = PACKAGE,
    submission: str = "",
    number: str = "001",
    duty_id: str | None = None,
) -> Round:
    """Register a round of the education office that went through these states; `submission` is the one it is a later try of."""
    make_unit(centre)
    with centre.database.begin() as connection:
        round_no = 2 if submission else 1
        submission = submission or add_submission(
            connection, "JY", package.filing_year, DataForm.E_DOCUMENT, number, duty_id, CAME_AT
        )
        carrier = add_round(
            connection, "JY", submission, round_no, package, CAME_AT, 3,
            is_zero_report=False, is_stalled=False, strategy=None, file_count=6, size_bytes=70_000,
        )  # fmt: skip
        for state in states:
            move_round(connection, carrier, state)
        return round_of(connection, carrier)
