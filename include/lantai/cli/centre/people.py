"""`lantai people`: who may do what, with which key, and who acts for whom."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from lantai.cli.terminal.actors import SYSTEM, Actor, person
from lantai.cli.terminal.days import read_day
from lantai.cli.terminal.screen import AsJson, answer, given, line, listed, opened, table, word
from lantai.errors import InputFileError, MalformedError
from lantai.records.centre.person import Person, Role

app = typer.Typer(no_args_is_help=True)


PersonId = Annotated[str, typer.Argument(help="given.person_id", metavar="PERSON")]


@app.command("add")
def add(
    person_id: PersonId,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    role: Annotated[list[Role], typer.Option(metavar="ROLE")],
    from_on: Annotated[
        date | None,
        typer.Option(parser=read_day, metavar="DATE"),
    ] = None,
    to_on: Annotated[date | None, typer.Option(parser=read_day, metavar="DATE")] = None,
    account: list[str] | None = None,
    actor: Actor = SYSTEM,
    as_json: AsJson = False,
) -> None:
    """Register a person and appoint them; who is known gets further roles."""
    from lantai.journey.centre.appoint import appoint

    with opened() as centre:
        first = from_on or centre.clock.today_on()
        appoint(centre, Person(person_id, name), role, first, to_on, person(centre, actor), account or ())
    roles = [item.value for item in role]
    payload = {"person_id": person_id, "roles": roles, "from_on": first, "to_on": to_on, "accounts": account or []}
    names = listed(word(f"role.{each}") for each in roles)
    told = word("people.appointed", person_id=person_id, name=name, roles=names, date=first)
    answer(payload, lambda: line(told), as_json=as_json)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List people with the roles and keys they have today."""
    from lantai.views.centre.people import show

    with opened() as centre, centre.database.read() as connection:
        found = show(connection, centre.clock.today_on())
    payload = [each.as_mapping() for each in found]
    cells = [
        (each.person_id, each.name, [word(f"role.{role.value}") for role in each.roles], each.accounts, each.keys)
        for each in found
    ]
    columns = ("heading.staff_id", "heading.name_of_person", "heading.roles", "heading.accounts", "heading.keys")
    answer(payload, lambda: table(word("people.title"), columns, cells), as_json=as_json)


@app.command("enrol-key")
def enrol_key(
    person_id: PersonId,
    key: Annotated[Path, typer.Argument(metavar="FILE")],
    enrolled_by: Annotated[str, typer.Option(metavar="PERSON")],
    confirmed_by: Annotated[
        str,
        typer.Option(metavar="PERSON"),
    ],
    as_json: AsJson = False,
) -> None:
    """Enrol a public key; two other people do it."""
    from lantai.journey.centre.appoint import enrol_key as enrol

    text = given(key).decode("ascii", errors="replace")
    if "PRIVATE KEY" in text:
        raise InputFileError(
            f"{key}: found a private key, expected the public one, {key.name}.pub; never hand this out"
        )
    with opened() as centre:
        try:
            mark = enrol(centre, person_id, text, enrolled_by, confirmed_by)
        except MalformedError as error:
            raise InputFileError(f"{key}: {error}") from error
    told = word("people.enrolled", person_id=person_id, mark=mark)
    answer({"person_id": person_id, "fingerprint": mark}, lambda: line(told), as_json=as_json)


@app.command("delegate")
def delegate(
    from_person: Annotated[str, typer.Argument(metavar="FROM")],
    to_person: Annotated[str, typer.Argument(metavar="TO")],
    role: Annotated[Role, typer.Option(metavar="ROLE")],
    from_on: Annotated[date, typer.Option(parser=read_day, metavar="DATE")],
    to_on: Annotated[date, typer.Option(parser=read_day, metavar="DATE")],
    document_no: Annotated[str, typer.Option()],
    as_json: AsJson = False,
) -> None:
    """Let somebody act for somebody else from a day to a day."""
    from lantai.journey.centre.appoint import delegate as record

    with opened() as centre:
        found = record(centre, from_person, to_person, role, from_on, to_on, document_no)
    told = word(
        "people.delegated",
        from_person=from_person,
        to_person=to_person,
        role=word(f"role.{role.value}"),
        from_on=from_on,
        to_on=to_on,
    )
    answer({"delegation_id": found}, lambda: line(told), as_json=as_json)
