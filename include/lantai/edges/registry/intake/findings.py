"""Rows of findings: what was found about each round, in its order."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, insert, select

from lantai.edges import tables
from lantai.records.intake.finding import Finding, Said, Severity


def put_findings(connection: Connection, carrier: str, findings: Sequence[Finding]) -> None:
    """Replace the findings of a round by these."""
    table = tables.finding
    connection.execute(delete(table).where(table.c.carrier_id == carrier))
    rows = [
        {
            "carrier_id": carrier,
            "finding_no": number,
            "rule": finding.rule,
            "severity": finding.severity.value,
            # No database holds a NUL in a text; JSON writes it as an escape of its own.
            "subject": finding.subject.replace("\0", "\N{SYMBOL FOR NULL}"),
            "values_json": json.dumps(dict(finding.values), ensure_ascii=False, sort_keys=True),
            "check_code": finding.check_code,
            "record_no": finding.record_no,
            "sheet": finding.sheet,
        }
        for number, finding in enumerate(findings, start=1)
    ]
    if rows:
        connection.execute(insert(table), rows)


def findings_of(connection: Connection, carrier: str) -> list[Finding]:
    """Return the findings of a round in their order."""
    table = tables.finding
    rows = connection.execute(select(table).where(table.c.carrier_id == carrier).order_by(table.c.finding_no))
    return [
        Finding(
            row.rule,
            Severity(row.severity),
            row.subject,
            _values_in(row.values_json),
            row.check_code,
            row.record_no,
            row.sheet,
        )
        for row in rows
    ]


def _values_in(text: str) -> dict[str, Said]:
    """Return the values of a row; several texts are a list in JSON."""
    values: dict[str, str | list[str]] = json.loads(text)
    return {name: value if isinstance(value, str) else tuple(value) for name, value in values.items()}


def told_of(connection: Connection, rules: Collection[str]) -> set[str]:
    """Return the carriers of which one of these findings was told."""
    table = tables.finding
    return set(connection.execute(select(table.c.carrier_id).where(table.c.rule.in_(rules))).scalars())
