"""`lantai hold`: keep records from being disposed of, and let them go again. Source: glossary 56."""

from __future__ import annotations

from typing import Annotated

import typer

from lantai.cli.terminal.actors import Actor, person
from lantai.cli.terminal.findings import identified
from lantai.cli.terminal.screen import AsJson, answer, line, note, opened, table, word
from lantai.records.disposal.hold import HoldScope
from lantai.records.intake.submission import read_reference

app = typer.Typer(no_args_is_help=True)


@app.command("add")
def add(
    scope: Annotated[
        HoldScope,
        typer.Argument(metavar="SCOPE"),
    ],
    target: Annotated[
        str,
        typer.Argument(),
    ],
    reason: Annotated[str, typer.Option()],
    actor: Actor,
    as_json: AsJson = False,
) -> None:
    """Place a hold: nothing it covers is transferred or destroyed until it is lifted."""
    from lantai.journey.disposal.hold import hold
    from lantai.journey.intake.answers.find_round import find_kept

    this = None
    with opened() as centre:
        names_record = scope is HoldScope.RECORD and (reference := read_reference(target)) and reference.record_id
        if scope is HoldScope.CARRIER or names_record:
            with centre.database.read() as connection:
                target, this = find_kept(connection, target)
        placed = hold(centre, scope, target, reason, person(centre, actor))
    hold_id = placed.hold.hold_id
    payload = {"hold_id": hold_id, "scope": scope.value, "target": target, "too_late": placed.too_late}
    what = f"{word(f'hold_scope.{scope.value}')} {target}"
    told = word("hold.placed", target=what, hold_id=hold_id)

    def text() -> None:
        if this is not None:
            line(identified(this))
        line(told)

    answer(payload, text, as_json=as_json)
    if placed.too_late:
        note(word("hold.too_late", count=placed.too_late))


@app.command("lift")
def lift(
    hold_id: Annotated[str, typer.Argument(metavar="HOLD")],
    actor: Actor,
    as_json: AsJson = False,
) -> None:
    """Lift a hold."""
    from lantai.journey.disposal.hold import lift as lift_hold

    with opened() as centre:
        is_new = lift_hold(centre, hold_id, person(centre, actor))
    told = word("hold.lifted" if is_new else "hold.lifted_before", hold_id=hold_id)
    answer({"hold_id": hold_id, "is_new": is_new}, lambda: line(told), as_json=as_json)


@app.command("list")
def list_(
    with_lifted: Annotated[bool, typer.Option("--all")] = False,
    as_json: AsJson = False,
) -> None:
    """List holds."""
    from lantai.views.disposal.holds import show

    with opened() as centre, centre.database.read() as connection:
        found = show(connection, centre.settings.zone, with_lifted=with_lifted)
    columns = (
        "heading.id",
        "heading.scope",
        "heading.target",
        "heading.reason_of_hold",
        "heading.placed_by",
        "heading.placed_on",
        "heading.lifted_by",
    )
    cells = [
        (each.hold.hold_id, word(f"hold_scope.{each.hold.scope.value}"), each.hold.target, each.hold.reason,
         each.hold.placed_by, each.placed_on, each.hold.lifted_by or "")
        for each in found
    ]  # fmt: skip
    payload = [each.as_mapping() for each in found]
    answer(payload, lambda: table(word("hold.title"), columns, cells), as_json=as_json)
