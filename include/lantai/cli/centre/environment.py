"""`lantai environment`: what docker-compose.yml needs of a machine: a .env with random secrets, keys, folders."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lantai.cli.terminal.screen import FINDINGS, AsJson, answer, line, listed, word
from lantai.errors import LantaiError, UsageError

if TYPE_CHECKING:
    from lantai.journey.centre.equip import Equipped


def environment(
    path: Annotated[Path, typer.Argument(metavar="FILE")] = Path(".env"),
    keys: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
        ),
    ] = None,
    gateway_keys: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
        ),
    ] = None,
    desk: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
        ),
    ] = None,
    recipient: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prepare for docker-compose: .env, keys, folders."""
    from lantai.journey.centre.equip import DESK, GATEWAY_KEYS, KEYS, equip

    _refuse_other_than_public(recipient or ())
    done = equip(path, {KEYS: keys, GATEWAY_KEYS: gateway_keys, DESK: desk}, recipient or ())
    payload = {
        "path": str(path),
        "added": list(done.added),
        "made": [str(one) for one in done.made],
        "recipients": done.recipient_count,
        "lacking": [{"what": lack.value, "path": str(where)} for lack, where in done.lacking],
    }
    answer(payload, lambda: _tell(done), as_json=as_json)
    if not done.may_start:
        raise typer.Exit(FINDINGS)


def _refuse_other_than_public(recipients: Sequence[str]) -> None:
    """Refuse what is no public key before anything is made; it is never shown, for it may be a private one."""
    from lantai.formats.age.file import parse_recipient

    for number, text in enumerate(recipients, start=1):
        try:
            parse_recipient(text.strip())
        except LantaiError as error:
            raise UsageError(
                f"--recipient, number {number}: found no public age key, expected age1...; the private one, "
                "AGE-SECRET-KEY-..., stays with its custodian"
            ) from error


def _tell(done: Equipped) -> None:
    # Names only: a secret on a screen is a secret in a log.
    if done.added:
        line(word("environment.added", path=done.env_file, names=listed(done.added)))
    for path in done.made:
        line(f"  + {path}")
    if done.recipient_count:
        line(word("environment.recipients", count=done.recipient_count))
    if not (done.added or done.made or done.recipient_count):
        line(word("environment.nothing_missing", path=done.env_file))
    for text in _wanted(done):
        line(text, "yellow")
    if done.may_start:
        line(word("environment.ready"))


def _wanted(done: Equipped) -> list[str]:
    """Return what only people can see to, each with the command that does it."""
    from lantai.edges.keys.key_folders import CONTAINER_USER
    from lantai.journey.centre.equip import Lack

    told = []
    for lack, where in done.lacking:
        owner = f"sudo chown {CONTAINER_USER}:{CONTAINER_USER} {shlex.quote(str(where))}"
        make = f"sudo install -d -o {CONTAINER_USER} -g {CONTAINER_USER} {shlex.quote(str(where))}"
        told.append(
            {
                Lack.RECIPIENTS: word("environment.lacks.recipients"),
                Lack.DISPOSAL_KEY: word("environment.lacks.disposal_key", path=where),
                Lack.OWNER: word("environment.lacks.owner", path=where, command=owner),
                Lack.PLACE: word("environment.lacks.place", path=where, command=make),
            }[lack]
        )
    return told
