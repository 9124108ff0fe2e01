"""`lantai agreement`: what centre and unit agreed about encryption and copies. Source: R1-37; rules N13."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from lantai.cli.screen import AsJson, answer, opened, out, table
from lantai.edges.registry.duties import agreements
from lantai.records.agreement import Agreement
from lantai.records.unit import DataForm

app = typer.Typer(no_args_is_help=True, help="双方协议 · Agreements with units")


@app.command("add")
def add(
    unit_code: Annotated[str, typer.Argument(help="单位代码 · Unit code")],
    data_form: Annotated[DataForm, typer.Argument(help="数据形式 · Data form")],
    signed_by_unit: Annotated[str, typer.Option(help="单位签字人 · Who signed for the unit")],
    signed_by_centre: Annotated[str, typer.Option(help="中心签字人 · Who signed for the centre")],
    from_on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="起 · First day")],
    to_on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="止 · Last day")] = None,
    encrypts: Annotated[bool, typer.Option(help="单位报送前加密 · The unit encrypts before sending")] = False,
    algorithm: Annotated[str, typer.Option(help="算法 · Algorithm")] = "",
    unit_key_custodian: Annotated[str, typer.Option(help="单位密钥保管人 · Key custodian of the unit")] = "",
    centre_key_custodian: Annotated[str, typer.Option(help="中心密钥保管人 · Key custodian of the centre")] = "",
    destruction_clause: Annotated[str, typer.Option(help="销毁条款 · What was agreed about destruction")] = "",
    as_json: AsJson = False,
) -> None:
    """登记一份协议；没有协议的包只暂存，不猜测 · Register an agreement; without one a package is held, never guessed."""
    from lantai.journey.agree import agree

    with opened() as centre:
        made = agree(
            centre,
            Agreement(
                agreement_id="",
                unit_code=unit_code,
                data_form=data_form,
                encrypts_before_sending=encrypts,
                algorithm=algorithm,
                unit_key_custodian=unit_key_custodian,
                centre_key_custodian=centre_key_custodian,
                destruction_clause=destruction_clause,
                from_on=from_on.date(),
                to_on=to_on.date() if to_on else None,
                signed_by_unit=signed_by_unit,
                signed_by_centre=signed_by_centre,
            ),
        )
    answer({"agreement_id": made}, lambda: out.print(f"{unit_code} {data_form.value}: {made}"), as_json=as_json)


@app.command("list")
def list_(
    unit: Annotated[str | None, typer.Option(help="单位代码 · Unit code")] = None, as_json: AsJson = False
) -> None:
    """列出协议 · List agreements."""
    with opened() as centre, centre.database.read() as connection:
        found = agreements(connection, unit)
    columns = ("编号 Id", "单位 Unit", "形式 Form", "报送前加密 Encrypts", "起 From", "止 To", "签字 Signed by")
    cells = [
        (row.agreement_id, row.unit_code, row.data_form.value, "是 yes" if row.encrypts_before_sending else "否 no",
         row.from_on, row.to_on or "", f"{row.signed_by_unit} / {row.signed_by_centre}")
        for row in found
    ]  # fmt: skip
    payload = [dict(zip(columns, map(str, row), strict=True)) for row in cells]
    answer(payload, lambda: table("协议 · Agreements", columns, cells), as_json=as_json)
