"""What became of every document of a corpus: accepted with its carrier and record, or why not."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from sqlalchemy import select

from lantai.demo.documents.corpus import Plan, Source
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.registry.intake.findings import findings_of
from lantai.edges.registry.intake.rounds import rounds
from lantai.locales import describe
from lantai.records.intake.finding import Severity
from lantai.records.intake.round import Round
from lantai.records.intake.submission import RoundState

FILE_NAME = "corpus-report.csv"
ACCEPTED, NOT_FILED = "accepted", "not_filed"
_REASONS_NAMED = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the report.

    Attributes:
        outcome: `accepted`, `not_filed`, or the state of the round it came in.
        carrier: Our id of the carrier; empty when it never came.
        record: Our id of the record; empty when it was not accepted.
        reason: Why it was not accepted; empty when it was.
    """

    row_no: int
    issuing_body: str
    title: str
    file: str
    outcome: str
    carrier: str
    record: str
    reason: str


def report(centre: Centre, sources: Sequence[Source], planned: Plan, refused: Mapping[str, str]) -> list[Outcome]:
    """Return a line for every row of the corpus' catalogue, in its order.

    Args:
        centre: The centre.
        sources: The catalogue.
        planned: What went where.
        refused: Reason by file, of documents whose carrier could not be packed.
    """
    reasons = {source.row_no: reason for source, reason in planned.left_out}
    places = {d.source.row_no: (c.unit_code, c.year) for c in planned.carriers for d in c.documents}
    records = _records(centre)
    answered = _rounds(centre)
    lines = []
    for source in sources:
        outcome, carrier, record, reason = NOT_FILED, "", "", reasons.get(source.row_no, "")
        if source.row_no in places:
            carrier, state, why = answered.get(
                places[source.row_no], ("", NOT_FILED, "载体未收到 · the carrier did not arrive")
            )
            record = records.get((carrier, source.file, source.sha256.strip().lower()), "")
            outcome = ACCEPTED if record else state
            reason = "" if record else refused.get(source.file, why)
        lines.append(
            Outcome(source.row_no, source.issuing_body, source.title, source.file, outcome, carrier, record, reason)
        )
    return lines


def write(folder: Path, lines: Sequence[Outcome]) -> Path:
    """Write the report into the demo's folder and return where it is."""
    path = folder / FILE_NAME
    # The byte order mark lets spreadsheet programs read the Chinese.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow([field.name for field in fields(Outcome)])
        table.writerows(astuple(line) for line in lines)
    return path


def _records(centre: Centre) -> dict[tuple[str, str, str], str]:
    """Return the accepted records by carrier, path below data/ and digest."""
    record, file, carrier = tables.record, tables.record_file, tables.carrier
    statement = (
        select(record.c.carrier_id, file.c.path, file.c.sha256, record.c.record_id)
        .join(file, file.c.record_id == record.c.record_id)
        .join(carrier, carrier.c.carrier_id == record.c.carrier_id)
        .where(carrier.c.state == RoundState.ACCEPTED.value)
    )
    with centre.database.read() as connection:
        return {
            (row.carrier_id, row.path.removeprefix("data/"), row.sha256): row.record_id
            for row in connection.execute(statement)
        }


def _rounds(centre: Centre) -> dict[tuple[str, int], tuple[str, str, str]]:
    """Return the newest round of every unit and year: carrier id, state, and why it was not accepted."""
    found = {}
    with centre.database.read() as connection:
        for each in rounds(connection):
            why = "" if each.state is RoundState.ACCEPTED else _why(centre, each)
            found[each.unit_code, each.filing_year] = (each.carrier_id, each.state.value, why)
    return found


def _why(centre: Centre, each: Round) -> str:
    with centre.database.read() as connection:
        findings = [f for f in findings_of(connection, each.carrier_id) if f.severity is not Severity.WARNING]
    told = [describe(finding, centre.settings.locale).message for finding in findings[:_REASONS_NAMED]]
    return "；".join(told) or f"{each.state.value}"
