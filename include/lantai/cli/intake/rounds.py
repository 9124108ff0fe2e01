"""`lantai submissions`, `findings`, `decide`: what became of what was taken in; `collect` is in a module of its own."""

from __future__ import annotations

from typing import Annotated

import typer

from lantai.cli.terminal.actors import Actor, person
from lantai.cli.terminal.findings import counted, identified, tell_findings
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
    from lantai.views.intake import submission

    with opened() as centre, centre.database.read() as connection:
        units(connection, [unit] if unit else None)
        shown = submission.show_all(connection, unit, state)
        zone = centre.settings.zone
    cells = [
        (this.carrier_id, this.package.name, this.carrier_number, word(f"values.state.{this.state.value}"), this.record_count,
         this.days_late or "", f"{this.received_at.astimezone(zone):%Y-%m-%d}", this.supplement_by_on or "")
        for this in (each.round for each in shown)
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
    payload = [each.as_mapping() for each in shown]
    answer(payload, lambda: table(word("submissions.title"), columns, cells), as_json=as_json)


def findings(
    submission: Submission,
    as_json: AsJson = False,
) -> None:
    """Show every finding of the newest round, or of the one named.

    The acceptance number (SL2025-JY-E001) is ours, the package's name (JY-2025-E-001) the department's; either will do.
    Where a name fits several submissions they are listed, and none is guessed.
    """
    from lantai.journey.intake.answers.find_round import find_round
    from lantai.views.intake.submission import show

    with opened() as centre, centre.database.read() as connection:
        shown = show(connection, find_round(connection, submission))
    this, language = shown.round, locale()

    def text() -> None:
        line(identified(this), "bold")
        line(f"{this.carrier_id}  {word(f'values.state.{this.state.value}')}", "bold")
        tell_findings(shown.findings, language)
        if this.supplement_by_on:
            line(word("findings.supplement_by", date=this.supplement_by_on), "yellow")
        line(counted(shown.findings, language) or word("findings.none"))
        if shown.waits_for_centre:
            line(word("findings.decide", carrier_id=this.carrier_id), "yellow")

    answer(shown.as_mapping(language), text, as_json=as_json)


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
