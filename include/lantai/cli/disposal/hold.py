"""`lantai hold`: keep records from being disposed of, and let them go again. Source: glossary 56."""

from __future__ import annotations

from typing import Annotated

import typer

from lantai.cli.terminal.actors import Actor, person
from lantai.cli.terminal.screen import AsJson, answer, line, locale, note, opened, said, table
from lantai.cli.terminal.told import identified
from lantai.locales import say
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
    what = f"{say(f'hold_scope.{scope.value}', locale())} {target}"
    told = said(f"已冻结{what}，冻结编号 {hold_id}", f"Hold {hold_id} placed on {what}")

    def text() -> None:
        if this is not None:
            line(identified(this))
        line(told)

    answer(payload, text, as_json=as_json)
    if placed.too_late:
        note(
            said(
                f"其中 {placed.too_late} 件已销毁或正在销毁，冻结对其无效",
                f"{placed.too_late} records it covers are destroyed or being destroyed already: it cannot keep them",
            )
        )


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
    told = said(f"已解除冻结 {hold_id}", f"Hold {hold_id} lifted")
    before = said(f"冻结 {hold_id} 此前已解除", f"Hold {hold_id} was lifted before")
    answer({"hold_id": hold_id, "is_new": is_new}, lambda: line(told if is_new else before), as_json=as_json)


@app.command("list")
def list_(
    with_lifted: Annotated[bool, typer.Option("--all")] = False,
    as_json: AsJson = False,
) -> None:
    """List holds."""
    from lantai.edges.registry.disposal.holds import holds

    with opened() as centre, centre.database.read() as connection:
        found = holds(connection, with_lifted=with_lifted)
        zone = centre.settings.zone
    columns = (
        "编号 · Id",
        "范围 · Scope",
        "对象 · Target",
        "事由 · Reason",
        "下达 · Placed by",
        "日期 · On",
        "解除 · Lifted by",
    )
    cells = [
        (each.hold_id, say(f"hold_scope.{each.scope.value}", locale()), each.target, each.reason, each.placed_by,
         each.placed_at.astimezone(zone).date(), each.lifted_by or "")
        for each in found
    ]  # fmt: skip
    payload = [
        {
            "hold_id": each.hold_id,
            "scope": each.scope.value,
            "target": each.target,
            "reason": each.reason,
            "placed_by": each.placed_by,
            "placed_at": each.placed_at,
            "lifted_by": each.lifted_by,
            "lifted_at": each.lifted_at,
        }
        for each in found
    ]
    answer(payload, lambda: table(said("冻结", "Holds"), columns, cells), as_json=as_json)
