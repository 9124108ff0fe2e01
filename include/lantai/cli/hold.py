"""`lantai hold`: keep records from being disposed of, and let them go again. Source: glossary 65."""

from __future__ import annotations

from typing import Annotated

import typer

from lantai.cli.screen import AsJson, answer, opened, out, table
from lantai.edges.registry.holds import holds
from lantai.edges.registry.sign_offs import person_behind
from lantai.records.hold import HoldScope

app = typer.Typer(no_args_is_help=True, help="冻结（暂停处置） · Holds")

Actor = Annotated[str, typer.Option("--as", help="工号或账号 · Staff id or account of who acts")]


@app.command("add")
def add(
    scope: Annotated[HoldScope, typer.Argument(help="范围 · record, carrier, unit or fonds")],
    target: Annotated[str, typer.Argument(help="对象编号 · Its id; for a fonds its number")],
    reason: Annotated[str, typer.Option(help="事由 · Why")],
    actor: Actor,
    as_json: AsJson = False,
) -> None:
    """冻结：在解除之前不得移交、销毁 · Place a hold."""
    from lantai.journey.hold import hold

    with opened() as centre:
        with centre.database.read() as connection:
            person_id = person_behind(connection, actor)
        placed = hold(centre, scope, target, reason, person_id)
    payload = {"hold_id": placed.hold_id, "scope": scope.value, "target": target}
    answer(payload, lambda: out.print(f"{placed.hold_id}：{scope.value} {target}"), as_json=as_json)


@app.command("lift")
def lift(
    hold_id: Annotated[str, typer.Argument(help="冻结编号 · Hold id")], actor: Actor, as_json: AsJson = False
) -> None:
    """解除冻结 · Lift a hold."""
    from lantai.journey.hold import lift as lift_hold

    with opened() as centre:
        with centre.database.read() as connection:
            person_id = person_behind(connection, actor)
        is_new = lift_hold(centre, hold_id, person_id)
    answer({"hold_id": hold_id, "is_new": is_new}, lambda: out.print(f"{hold_id}：lifted"), as_json=as_json)


@app.command("list")
def list_(
    with_lifted: Annotated[bool, typer.Option("--all", help="含已解除的 · With lifted ones")] = False,
    as_json: AsJson = False,
) -> None:
    """列出冻结 · List holds."""
    with opened() as centre, centre.database.read() as connection:
        found = holds(connection, with_lifted=with_lifted)
    columns = ("编号 Id", "范围 Scope", "对象 Target", "事由 Reason", "下达 Placed by", "解除 Lifted by")
    cells = [(h.hold_id, h.scope.value, h.target, h.reason, h.placed_by, h.lifted_by or "") for h in found]
    payload = [
        {"hold_id": h.hold_id, "scope": h.scope.value, "target": h.target, "reason": h.reason, "lifted_by": h.lifted_by}
        for h in found
    ]
    answer(payload, lambda: table("冻结 · Holds", columns, cells), as_json=as_json)
