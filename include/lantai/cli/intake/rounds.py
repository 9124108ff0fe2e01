"""`lantai submissions`, `findings`, `decide`: what became of what was taken in; `collect` is in a module of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lantai.cli.terminal.actors import Actor, person
from lantai.cli.terminal.findings import counted, finding_as_mapping, identified, tell_findings
from lantai.cli.terminal.screen import (
    AsJson,
    answer,
    facts,
    line,
    locale,
    opened,
    table,
    word,
)
from lantai.records.intake.ruling import RulingChoice
from lantai.records.intake.submission import RoundState

if TYPE_CHECKING:
    from lantai.records.intake.round import Round

Units = Annotated[
    list[str] | None,
    typer.Option("--unit"),
]
Years = Annotated[
    list[int] | None,
    typer.Option("--year"),
]
Submission = Annotated[
    str,
    typer.Argument(
        help="given.submission",
        metavar="SUBMISSION",
    ),
]


def submissions(
    unit: Annotated[str | None, typer.Option(help="given.unit_code")] = None,
    state: Annotated[RoundState | None, typer.Option(metavar="STATE")] = None,
    as_json: AsJson = False,
) -> None:
    """List submissions with all their rounds."""
    from lantai.edges.registry.centre.units import units
    from lantai.edges.registry.intake.rounds import rounds

    with opened() as centre, centre.database.read() as connection:
        units(connection, [unit] if unit else None)
        found = rounds(connection, unit_code=unit, states=[state] if state else None)
        zone = centre.settings.zone
    cells = [
        (this.carrier_id, this.package.name, this.carrier_number, word(f"values.state.{this.state.value}"), this.record_count,
         this.days_late or "", f"{this.received_at.astimezone(zone):%Y-%m-%d}", this.supplement_by_on or "")
        for this in found
    ]  # fmt: skip
    columns = (
        "heading.acceptance_no_and_round",
        "heading.package",
        "heading.carrier_no",
        "heading.state",
        "heading.records",
        "heading.days_late",
        "heading.received",
        "heading.supplement_by",
    )
    answer([_round(this) for this in found], lambda: table(word("submissions.title"), columns, cells), as_json=as_json)


def findings(
    submission: Submission,
    as_json: AsJson = False,
) -> None:
    """Show every finding of the newest round, or of the one named.

    The acceptance number (SL2025-JY-E001) is ours, the package's name (JY-2025-E-001) the department's; either will do.
    Where a name fits several submissions they are listed, and none is guessed.
    """
    from lantai.edges.registry.intake.findings import findings_of
    from lantai.journey.intake.answers.find_round import find_round

    with opened() as centre, centre.database.read() as connection:
        this = find_round(connection, submission)
        told = findings_of(connection, this.carrier_id)
    language = locale()
    payload = {
        **_round(this),
        "findings": [
            {**finding_as_mapping(item, language), "record_no": item.record_no, "values": item.values} for item in told
        ],
    }

    def text() -> None:
        line(identified(this), "bold")
        line(f"{this.carrier_id}  {word(f'values.state.{this.state.value}')}", "bold")
        tell_findings(told, language)
        if this.supplement_by_on:
            line(word("findings.supplement_by", date=this.supplement_by_on), "yellow")
        line(counted(told, language) or word("findings.none"))
        if this.state is RoundState.HELD:
            line(word("findings.decide", carrier_id=this.carrier_id), "yellow")

    answer(payload, text, as_json=as_json)


def decide(
    submission: Submission,
    choice: Annotated[
        RulingChoice,
        typer.Argument(
            metavar="accept|return",
        ),
    ],
    reason: Annotated[str, typer.Option()],
    actor: Actor,
    as_json: AsJson = False,
) -> None:
    """Decide on a held submission; the next take-in acts on it.

    What only a change can cure (no agreement, accepted before) cannot be accepted by word.
    """
    from lantai.journey.intake.decide_held import decide_held

    with opened() as centre:
        decided = decide_held(centre, submission, choice, reason, person(centre, actor))
    this = decided.round
    payload = {
        "carrier_id": this.carrier_id,
        "submission_id": this.submission_id,
        "package_name": this.package.name,
        "choice": decided.choice.value,
        "is_new": decided.is_new,
        "settles": list(decided.settles),
        "remains": list(decided.remains),
    }
    pairs: list[tuple[str, object]] = [
        ("heading.ruling", word(f"ruling_choice.{choice.value}")),
        ("heading.settles", [word(f"{rule}.title") for rule in decided.settles]),
        ("heading.still_held_for", [word(f"{rule}.title") for rule in decided.remains]),
        ("heading.next", f"lantai collect --unit {this.unit_code}"),
    ]

    def text() -> None:
        line(identified(this), "bold")
        facts(this.carrier_id, pairs)

    answer(payload, text, as_json=as_json)


def _round(this: Round) -> dict[str, Any]:
    return {
        "carrier_id": this.carrier_id,
        "submission_id": this.submission_id,
        "unit_code": this.unit_code,
        "filing_year": this.filing_year,
        "data_form": this.data_form.value,
        "carrier_number": this.carrier_number,
        "package_name": this.package.name,
        "round": this.round_no,
        "state": this.state.value,
        "records": this.record_count,
        "files": this.file_count,
        "bytes": this.size_bytes,
        "days_late": this.days_late,
        "received_at": this.received_at.isoformat(),
        "manifest_sha256": this.manifest_sha256,
        "supplement_by": this.supplement_by_on.isoformat() if this.supplement_by_on else None,
    }
