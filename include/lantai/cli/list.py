"""`lantai list`: draft, show, export, import, sign, run and withdraw lists. Source: interfaces.md; R9-19."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from lantai.cli.screen import AsJson, answer, err, opened, out, table
from lantai.edges.centre import Centre
from lantai.edges.registry import disposal
from lantai.edges.registry.holds import held_on_list
from lantai.edges.registry.sign_offs import holders, person_behind
from lantai.errors import UsageError
from lantai.records.disposal import Duty, ListKind
from lantai.records.person import Role

app = typer.Typer(no_args_is_help=True, help="移交与销毁清单 · Lists of records to transfer or destroy")

ListId = Annotated[str, typer.Argument(metavar="LIST", help="清单编号 · List id, e.g. D-2026-JY-001")]
Actor = Annotated[str, typer.Option("--as", help="工号或账号 · Staff id or account of who acts")]
OnBehalfOf = Annotated[str | None, typer.Option(help="被代理人工号 · Staff id of who delegated")]


@app.command("draft")
def draft(
    kind: Annotated[ListKind, typer.Argument(help="移交或销毁 · transfer or destruction")],
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="截止日期 · Day, default today")] = None,
    unit: Annotated[list[str] | None, typer.Option(help="单位代码，可多次 · Unit code, may be repeated")] = None,
    actor: Annotated[str | None, typer.Option("--as", help="编制人工号 · Staff id of the preparer")] = None,
    as_json: AsJson = False,
) -> None:
    """编制到期清单；不改变任何档案 · Draft lists of what is due; changes no record."""
    from lantai.journey.appraise import appraise
    from lantai.journey.export_sheet import export_sheet

    with opened() as centre:
        person_id = _person(centre, actor) if actor else None
        found = appraise(centre, kind, on.date() if on else centre.clock.today_on(), unit or None, person_id)
        sheets = {list_id: str(export_sheet(centre, list_id)) for list_id in found}
    answer(
        sheets, lambda: table("清单 · Lists", ("编号 Id", "工作表 Worksheet"), list(sheets.items())), as_json=as_json
    )


@app.command("show")
def show(list_id: Annotated[str | None, typer.Argument(metavar="[LIST]")] = None, as_json: AsJson = False) -> None:
    """显示全部清单，或一份清单的进度与所缺事项 · Show all lists, or how far one is and what it lacks."""
    if list_id is None:
        _show_all(as_json=as_json)
    else:
        _show_one(list_id, as_json=as_json)


@app.command("export")
def export(
    list_id: ListId,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="xlsx 文件 · xlsx file")] = None,
    actor: Annotated[str | None, typer.Option("--as", help="带上此人已填意见 · With this person's decisions")] = None,
    as_json: AsJson = False,
) -> None:
    """导出工作表 · Export the worksheet."""
    from lantai.journey.export_sheet import export_sheet

    with opened() as centre:
        path = export_sheet(centre, list_id, output, _person(centre, actor) if actor else None)
    answer({"list_id": list_id, "path": str(path)}, lambda: out.print(str(path)), as_json=as_json)


@app.command("import")
def import_(
    sheet: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="填好的工作表 · Filled-in worksheet")],
    actor: Actor,
    on_behalf_of: OnBehalfOf = None,
    as_json: AsJson = False,
) -> None:
    """导入填好的意见；空白为未鉴定 · Import decisions; a blank row is undecided."""
    from lantai.journey.import_sheet import import_sheet

    with opened() as centre:
        decided = import_sheet(centre, sheet, _person(centre, actor), on_behalf_of)
    payload = {
        "list_id": decided.list_id,
        "changed": decided.changed,
        "undecided": decided.undecided,
        "state": decided.state.value,
        "list_digest": decided.list_digest,
    }
    answer(payload, lambda: _facts(payload), as_json=as_json)


@app.command("sign")
def sign(
    list_id: ListId,
    role: Annotated[Duty, typer.Option(help="panel_member, leader, witness")],
    actor: Actor,
    key: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="OpenSSH 私钥 · Private key")] = None,
    signature: Annotated[
        Path | None, typer.Option(exists=True, help="ssh-keygen -Y sign 的结果 · Its signature")
    ] = None,
    counted: Annotated[str | None, typer.Option(help="监销清点：件数,页数 · Recount: records,pages")] = None,
    on_behalf_of: OnBehalfOf = None,
    as_json: AsJson = False,
) -> None:
    """签署清单 · Sign a list in one's duty."""
    from lantai.edges.folder import read_bytes
    from lantai.journey.sign import KEY_FILE_BYTES
    from lantai.journey.sign import sign as sign_list

    armored = read_bytes(signature, KEY_FILE_BYTES).decode("ascii", "replace") if signature else None
    with opened() as centre:
        signed = sign_list(
            centre,
            list_id,
            role,
            _person(centre, actor),
            key,
            armored=armored,
            on_behalf_of=on_behalf_of,
            counted=_counted(counted),
        )
    payload = {
        "list_id": signed.list_id,
        "duty": signed.duty.value,
        "stage": signed.stage.value,
        "state": signed.state.value,
        "list_digest": signed.list_digest,
        "fingerprint": signed.fingerprint,
        "is_new": signed.is_new,
    }
    unheard = str(signed.unheard) if signed.unheard else None
    answer({**payload, "unheard": unheard}, lambda: _facts(payload), as_json=as_json)
    if unheard:
        err.print(
            f"清单已批准；未能唤醒 Airflow，下一个工作日的运行会接手 · The list is approved; Airflow was not woken, "
            f"so the next working-day run picks it up: {unheard}",
            markup=False,
            soft_wrap=True,
        )


@app.command("message")
def message(
    list_id: ListId, role: Annotated[Duty, typer.Option()], stage: Annotated[str, typer.Option()] = "approve"
) -> None:
    """输出待签内容，供 ssh-keygen -Y sign -n lantai-list 使用 · Print what is signed, for ssh-keygen."""
    from lantai.journey.examine import examine, message_to_sign
    from lantai.records.disposal import Stage

    with opened() as centre, centre.database.read() as connection:
        digest = examine(connection, centre.settings, list_id).dossier.decided_now
    typer.echo(message_to_sign(list_id, role, Stage(stage), digest).decode(), nl=False)


@app.command("file")
def file(
    list_id: ListId, receipt_no: Annotated[str, typer.Argument(help="备案回执号 · Receipt number")], actor: Actor
) -> None:
    """记录档案主管部门的销毁清册备案回执 · Record the authority's receipt for the register."""
    from lantai.journey.file_register import file_register

    with opened() as centre:
        file_register(centre, list_id, receipt_no, _person(centre, actor))
    out.print(f"{list_id}：{receipt_no}")


@app.command("run")
def run(
    list_id: ListId,
    identity: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="age 私钥 · age identity")] = None,
    disposal_key: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="处置签名私钥 · PEM")] = None,
    actor: Annotated[str | None, typer.Option("--as", help="保管员工号 · Staff id of the custodian")] = None,
    as_json: AsJson = False,
) -> None:
    """在保管机上执行需要私钥的步骤 · Carry a list out on the custody host, as far as its rows permit."""
    with opened() as centre:
        with centre.database.read() as connection:
            kind = disposal.disposal_list(connection, list_id).kind
        custodian = _custodian(centre, list_id, actor)
        payload = _run(centre, kind, list_id, custodian, identity, disposal_key)
    answer(payload, lambda: _facts(payload), as_json=as_json)


@app.command("withdraw")
def withdraw(list_id: ListId, actor: Actor, as_json: AsJson = False) -> None:
    """撤回尚未执行的清单 · Withdraw a list before the act."""
    from lantai.journey.withdraw import withdraw as withdraw_list

    with opened() as centre:
        is_new = withdraw_list(centre, list_id, _person(centre, actor))
    answer({"list_id": list_id, "is_new": is_new}, lambda: out.print(f"{list_id}：withdrawn"), as_json=as_json)


def _run(
    centre: Centre, kind: ListKind, list_id: str, custodian: str, identity: Path | None, disposal_key: Path | None
) -> dict[str, Any]:
    if kind is ListKind.TRANSFER:
        from lantai.journey.transfer import transfer

        moved = transfer(centre, list_id, custodian, identity or centre.settings.keys / "identity.txt", disposal_key)
        told = {"record_count": moved.record_count, "package_sha256": moved.package_sha256}
        state, waiting_for = moved.state, moved.waiting_for
    else:
        from lantai.journey.destroy import destroy

        gone = destroy(centre, list_id, custodian, disposal_key)
        told = {"record_count": gone.record_count, "certificate_id": gone.certificate_id}
        state, waiting_for = gone.state, gone.waiting_for
    return {"list_id": list_id, "state": state.value, **told, "waiting_for": list(waiting_for)}


def _custodian(centre: Centre, list_id: str, actor: str | None) -> str:
    """Who carries it out: whoever is named, else who has begun, else the one custodian appointed today."""
    if actor:
        return _person(centre, actor)
    with centre.database.read() as connection:
        begun = [each.person_id for each in disposal.duties(connection, list_id) if each.duty is Duty.CUSTODIAN]
        found = begun or holders(connection, Role.CUSTODIAN.value, centre.clock.today_on())
    if len(found) != 1:
        raise UsageError(f"custodian: found {len(found)} appointed today, expected one, or --as")
    return found[0]


def _person(centre: Centre, name: str) -> str:
    with centre.database.read() as connection:
        return person_behind(connection, name)


def _counted(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    parts = text.split(",")
    if len(parts) != 2 or not all(part.strip().isdecimal() for part in parts):  # noqa: PLR2004 - records and pages
        raise UsageError(f"--counted {text}: expected two whole numbers, e.g. 12,340")
    return int(parts[0]), int(parts[1])


def _show_all(*, as_json: bool) -> None:
    with opened() as centre, centre.database.read() as connection:
        rows = [dict(row._mapping) for row in disposal.overview(connection)]  # noqa: SLF001 - SQLAlchemy's documented name
    columns = ("编号 Id", "种类 Kind", "单位 Unit", "截止 On", "状态 State", "件数 Rows", "意见 Decisions")
    keys = ("list_id", "kind", "unit_code", "due_on", "state", "row_count", "decision_count")
    cells = [[row[key] for key in keys] for row in rows]
    answer(rows, lambda: table("清单 · Lists", columns, cells), as_json=as_json)


def _show_one(list_id: str, *, as_json: bool) -> None:
    from lantai.journey.examine import examine
    from lantai.rules.approval import approval_shortfalls

    with opened() as centre, centre.database.read() as connection:
        examined = examine(connection, centre.settings, list_id)
        held = held_on_list(connection, list_id)
    chosen = examined.chosen
    payload = {
        "list_id": list_id,
        "kind": chosen.kind.value,
        "unit_code": chosen.unit_code,
        "due_on": chosen.due_on,
        "state": chosen.state.value,
        "rows": len(examined.records),
        "undecided": sum(outcome is None for outcome in examined.outcomes.values()),
        "held": len(held),
        "list_digest": examined.dossier.decided_now,
        "signed": [
            f"{each.sign_off.duty.value} {each.sign_off.person_id} {each.sign_off.stage.value}"
            for each in examined.dossier.signed
            if each.sign_off.list_digest == examined.dossier.decided_now
        ],
        "missing": approval_shortfalls(examined.dossier),
    }
    answer(payload, lambda: _facts(payload), as_json=as_json)


def _facts(payload: dict[str, Any]) -> None:
    cells = [(key, "\n".join(map(str, value)) if isinstance(value, list) else value) for key, value in payload.items()]
    table(str(payload["list_id"]), ("", ""), cells)
