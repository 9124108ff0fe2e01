"""`lantai people`: who may do what, with which key, and who acts for whom. Source: R9-01, R10-08, R12-04."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from lantai.cli.screen import SMALL_FILE_BYTES, AsJson, answer, opened, out, table
from lantai.edges.folder import read_bytes
from lantai.edges.registry import people as rows
from lantai.records.person import Person, Role

app = typer.Typer(no_args_is_help=True, help="人员、职责、签名密钥 · People, roles, keys")

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期 · Date, e.g. 2026-01-01")]


def day_of(moment: datetime | None) -> date | None:
    """Return the calendar date that was typed."""
    return moment.date() if moment else None


@app.command("add")
def add(
    person_id: Annotated[str, typer.Argument(help="工号 · Staff id")],
    name: Annotated[str, typer.Argument(help="姓名 · Name")],
    role: Annotated[list[Role], typer.Option(help="职责，可多次 · Role, may be repeated")],
    from_on: Day = None,
    to_on: Day = None,
    actor: Annotated[str, typer.Option("--as", help="经办人工号 · Staff id of who appoints")] = "system",
    as_json: AsJson = False,
) -> None:
    """登记人员并任命 · Register a person and appoint them."""
    from lantai.journey.appoint import appoint

    with opened() as centre:
        first = day_of(from_on) or centre.clock.today_on()
        appoint(centre, Person(person_id, name), role, first, day_of(to_on), actor)
    payload = {"person_id": person_id, "roles": [item.value for item in role], "from_on": first.isoformat()}
    answer(payload, lambda: out.print(f"{person_id} {name}：{', '.join(payload['roles'])}"), as_json=as_json)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """列出人员、职责和密钥 · List people with their roles and keys."""
    with opened() as centre, centre.database.read() as connection:
        today = centre.clock.today_on()
        found = [
            {
                "person_id": person.person_id,
                "name": person.name,
                "roles": sorted(role.value for role in rows.roles_on(connection, person.person_id, today)),
                "keys": [key.fingerprint for key in rows.keys_on(connection, person.person_id, today)],
            }
            for person in rows.people(connection)
        ]
    cells = [(row["person_id"], row["name"], ", ".join(row["roles"]), "\n".join(row["keys"])) for row in found]
    answer(
        found,
        lambda: table("人员 · People", ("工号 Id", "姓名 Name", "职责 Roles", "密钥 Keys"), cells),
        as_json=as_json,
    )


@app.command("enrol-key")
def enrol_key(
    person_id: Annotated[str, typer.Argument(help="工号 · Staff id")],
    key: Annotated[Path, typer.Argument(help="公钥文件 id_ed25519.pub · Public key file")],
    enrolled_by: Annotated[str, typer.Option(help="登记人 · Who enrols it")],
    confirmed_by: Annotated[str, typer.Option(help="核对人 · Who compared the fingerprint with the owner")],
    as_json: AsJson = False,
) -> None:
    """登记签名公钥，须两名他人经办 · Enrol a public key; two other people do it."""
    from lantai.journey.appoint import enrol_key as enrol

    with opened() as centre:
        mark = enrol(
            centre,
            person_id,
            read_bytes(key, SMALL_FILE_BYTES).decode("ascii", errors="replace"),
            enrolled_by,
            confirmed_by,
        )
    answer({"person_id": person_id, "fingerprint": mark}, lambda: out.print(f"{person_id} {mark}"), as_json=as_json)


@app.command("delegate")
def delegate(
    from_person: Annotated[str, typer.Argument(help="委托人 · Who delegates")],
    to_person: Annotated[str, typer.Argument(help="受托人 · Who acts instead")],
    role: Annotated[Role, typer.Option(help="职责 · Role")],
    from_on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="起 · First day")],
    to_on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="止 · Last day")],
    document_no: Annotated[str, typer.Option(help="委托书文号 · Number of the written delegation")],
    as_json: AsJson = False,
) -> None:
    """委托他人代签 · Let somebody act for somebody else from a day to a day."""
    from lantai.journey.appoint import delegate as record

    with opened() as centre:
        found = record(centre, from_person, to_person, role, from_on.date(), to_on.date(), document_no)
    answer({"delegation_id": found}, lambda: out.print(f"{from_person} → {to_person}: {role.value}"), as_json=as_json)
