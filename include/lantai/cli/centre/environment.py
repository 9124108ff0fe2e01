"""`lantai environment`: what docker-compose.yml needs of a machine: a .env with random secrets, keys, folders."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lantai.cli.terminal.screen import FINDINGS, AsJson, answer, line, said
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
        line(
            said(f"{done.env_file}：已补充 {'、'.join(done.added)}", f"{done.env_file}: added {', '.join(done.added)}")
        )
    for path in done.made:
        line(f"  + {path}")
    if done.recipient_count:
        count = done.recipient_count
        line(said(f"加密收件人：新增 {count} 个", f"Recipients: {count} added"))
    if not (done.added or done.made or done.recipient_count):
        line(said(f"{done.env_file}：无需补充", f"{done.env_file}: nothing was missing"))
    for text in _wanted(done):
        line(text, "yellow")
    if done.may_start:
        line(said("可以启动：docker compose up --detach --build", "Ready: docker compose up --detach --build"))


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
                Lack.RECIPIENTS: said(
                    "还缺加密收件人。保管人在自己的机器上运行 lantai keys new identity.txt，把显示的公开部分（age1…）交来；"
                    "再运行：lantai environment --recipient age1…",
                    "Lacking: whom records are sealed to. A custodian runs `lantai keys new identity.txt` on a machine of "
                    "their own and gives you the public part, age1...; then: lantai environment --recipient age1...",
                ),
                Lack.DISPOSAL_KEY: said(
                    "尚无处置签名公钥，可稍后补：保管人运行 lantai keys new disposal.pem --signer，把 disposal.pub.pem 交来，"
                    f"放到 {where}",
                    "Not there yet, may follow: the public half of the disposal key. A custodian runs `lantai keys new "
                    f"disposal.pem --signer` and gives you disposal.pub.pem, to be put at {where}",
                ),
                Lack.OWNER: said(
                    f"容器中的用户不能读取 {where}，请运行：{owner}",
                    f"The containers' user cannot read {where}; run: {owner}",
                ),
                Lack.PLACE: said(
                    f"保存位置 {where} 不存在，或不属于容器中的用户，请运行：{make}",
                    f"The place {where} is not there or not the containers' user's; run: {make}",
                ),
            }[lack]
        )
    return told
