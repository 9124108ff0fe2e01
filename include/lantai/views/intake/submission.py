"""What a submission looks like: its rounds, where each stands, and what was found about it.

The same for the commands, for pages, and for the papers of a round, which name
it by the same facts. Which round somebody means by a name is found elsewhere.

Source: interfaces.md, "A department's folder".
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from lantai.edges.registry.intake.findings import findings_of
from lantai.edges.registry.intake.rounds import rounds
from lantai.locales import told_values
from lantai.records.intake.finding import Finding
from lantai.records.intake.round import Round
from lantai.records.intake.submission import RoundState
from lantai.views.intake.findings import finding_as_mapping


@dataclass(frozen=True, slots=True)
class RoundShown:
    """One round in the list of submissions."""

    round: Round

    def as_mapping(self) -> dict[str, object]:
        """Return the round for JSON; days are ISO dates, None where nothing has come back or is sealed."""
        this = self.round
        return {
            **named(this),
            "state": this.state.value,
            "records": this.record_count,
            "files": this.file_count,
            "bytes": this.size_bytes,
            "days_late": this.days_late,
            "received_at": this.received_at.isoformat(),
            "manifest_sha256": this.manifest_sha256,
            "supplement_by": this.supplement_by_on.isoformat() if this.supplement_by_on else None,
        }


@dataclass(frozen=True, slots=True)
class RoundFound:
    """One round with what was found about it.

    Attributes:
        round: The round.
        findings: In the order in which they were found.
    """

    round: Round
    findings: tuple[Finding, ...]

    @property
    def waits_for_centre(self) -> bool:
        """Whether somebody at the centre has to decide on it (R1-51)."""
        return self.round.state is RoundState.HELD

    def as_mapping(self, locale: str) -> dict[str, object]:
        """Return the round for JSON, every finding apart, in words of `locale`."""
        found = [
            {**finding_as_mapping(each, locale), "record_no": each.record_no, "values": told_values(each, "zh")}
            for each in self.findings
        ]
        return {**RoundShown(self.round).as_mapping(), "findings": found}


def named(this: Round) -> dict[str, object]:
    """Return how a round is named in JSON, on every screen and paper: our number, and the unit's own name and number.

    The signed answers carry these keys: another one makes another `format` of theirs.
    """
    return {
        "carrier_id": this.carrier_id,
        "submission_id": this.submission_id,
        "unit_code": this.unit_code,
        "filing_year": this.filing_year,
        "data_form": this.data_form.value,
        "carrier_number": this.carrier_number,
        "package_name": this.package.name,
        "round": this.round_no,
    }


def show(connection: Connection, this: Round) -> RoundFound:
    """Return a round with what was found about it (R1-50)."""
    return RoundFound(this, tuple(findings_of(connection, this.carrier_id)))


def show_all(connection: Connection, unit_code: str | None = None, state: RoundState | None = None) -> list[RoundShown]:
    """Return the rounds of submissions, in order of acceptance number and round; None does not restrict."""
    found = rounds(connection, unit_code=unit_code, states=None if state is None else [state])
    return [RoundShown(this) for this in found]
