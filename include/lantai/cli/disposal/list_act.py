"""`lantai list sign`, `message`, `prepare`, `run`: from a reviewed list to the act.

Source: interfaces.md, "Steps that need a private key".
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lantai.cli.disposal.list import ListId, Maybe, OnBehalfOf, app, state_word
from lantai.cli.terminal.actors import Actor, person
from lantai.cli.terminal.screen import (
    FINDINGS,
    AsJson,
    answer,
    facts,
    given,
    kept_when_interrupted,
    locale,
    note,
    opened,
    progress_bar,
    word,
)
from lantai.errors import UsageError
from lantai.locales import lacking
from lantai.records.centre.person import Role
from lantai.records.disposal.lists import ListDuty, ListKind, SigningStage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantai.edges.centre import Centre
    from lantai.records.disposal.shortfall import Shortfall

__all__ = ["app"]

SigningRole = Annotated[
    ListDuty,
    typer.Option(help="given.signing_role", metavar="ROLE"),
]


@app.command("sign")
def sign(
    list_id: ListId,
    role: SigningRole,
    actor: Actor,
    key: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, metavar="FILE"),
    ] = None,
    signature: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            metavar="FILE",
        ),
    ] = None,
    counted: Annotated[str | None, typer.Option(metavar="N,N")] = None,
    on_behalf_of: OnBehalfOf = None,
    as_json: AsJson = False,
) -> None:
    """Sign a list in one's duty."""
    from lantai.journey.disposal.approval.sign import KEY_FILE_BYTES
    from lantai.journey.disposal.approval.sign import sign as sign_list

    recount = _counted(counted)
    armored = given(signature, KEY_FILE_BYTES).decode("ascii", "replace") if signature else None
    with opened() as centre:
        signed = sign_list(
            centre,
            list_id,
            role,
            person(centre, actor),
            key,
            armored=armored,
            on_behalf_of=on_behalf_of,
            counted=recount,
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
    pairs: list[tuple[str, object]] = [
        ("heading.signature", word("list.signed_new" if signed.is_new else "list.signed_before")),
        ("heading.duty_of_signer", word(f"values.duty.{signed.duty.value}")),
        ("heading.stage", word(f"values.stage.{signed.stage.value}")),
        ("heading.key", signed.fingerprint or word("list.without_key")),
        ("heading.digest", signed.list_digest),
        ("heading.state_of_list", state_word(signed.state)),
    ]
    unheard = str(signed.unheard) if signed.unheard else None
    answer({**payload, "unheard": unheard}, lambda: facts(signed.list_id, pairs), as_json=as_json)
    if unheard:
        note(word("list.unheard", reason=unheard))


@app.command("message")
def message(
    list_id: ListId,
    role: SigningRole,
    stage: Annotated[
        SigningStage,
        typer.Option(metavar="STAGE"),
    ] = SigningStage.APPROVE,
) -> None:
    """Print what is signed, for ssh-keygen."""
    from lantai.formats.disposal.list_digest import message_to_sign
    from lantai.views.disposal.examined import examine

    with opened() as centre, centre.database.read() as connection:
        digest = examine(connection, centre.settings, list_id).dossier.decided_now
    typer.echo(message_to_sign(list_id, role, stage, digest).decode(), nl=False)


@app.command("prepare")
def prepare(
    kind: Annotated[
        ListKind | None,
        typer.Argument(
            metavar="transfer|destruction",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hand approved lists whose waiting time is over to the custodian, as the DAGs do.

    Closes transfers whose receipt has come, too.
    """
    from lantai.journey.disposal.acts.prepare import prepare as prepare_lists

    payload: dict[str, list[str]] = {"ready": [], "waiting": [], "blocked": [], "finished": []}
    with opened() as centre:
        for each in [kind] if kind else list(ListKind):
            prepared = prepare_lists(centre, each)
            for name, found in payload.items():
                found.extend(getattr(prepared, name))
    pairs: list[tuple[str, object]] = [
        ("heading.ready", payload["ready"]),
        ("heading.waiting_time", payload["waiting"]),
        ("heading.blocked", payload["blocked"]),
        ("heading.finished", payload["finished"]),
    ]
    answer(payload, lambda: facts(word("list.approved"), pairs), as_json=as_json)
    if payload["blocked"]:
        raise typer.Exit(FINDINGS)


@app.command("run")
def run(
    list_id: ListId,
    identity: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            metavar="FILE",
        ),
    ] = None,
    disposal_key: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, metavar="FILE"),
    ] = None,
    actor: Maybe = None,
    as_json: AsJson = False,
) -> None:
    """Carry a list out on the custody host, as far as its rows permit."""
    from lantai.edges.registry.disposal import lists as disposal

    with (
        kept_when_interrupted(),
        opened() as centre,
        progress_bar(word("list.running", list_id=list_id), as_json=as_json),
    ):
        with centre.database.read() as connection:
            kind = disposal.disposal_list(connection, list_id).kind
        custodian = _custodian(centre, list_id, actor)
        payload, certificate, waits_for = _run(centre, kind, list_id, custodian, identity, disposal_key)
    pairs: list[tuple[str, object]] = [
        ("heading.state", word(f"list_state.{payload['state']}")),
        ("heading.records", payload["record_count"]),
        certificate,
        ("heading.waits_for", [lacking(each, locale()) for each in waits_for]),
    ]
    answer(payload, lambda: facts(list_id, pairs), as_json=as_json)


def _run(
    centre: Centre, kind: ListKind, list_id: str, custodian: str, identity: Path | None, disposal_key: Path | None
) -> tuple[dict[str, object], tuple[str, object], Sequence[Shortfall]]:
    """Hand a list over or destroy what is on it, as far as its approvals go; return what the screen tells of it (R9-19)."""
    if kind is ListKind.TRANSFER:
        from lantai.journey.disposal.acts.transfer import transfer

        moved = transfer(centre, list_id, custodian, identity or centre.settings.keys / "identity.txt", disposal_key)
        told: dict[str, object] = {"record_count": moved.record_count, "package_sha256": moved.package_sha256}
        state, waiting_for = moved.state, moved.waiting_for
        shown = ("heading.package_sha256", moved.package_sha256)
    else:
        from lantai.journey.disposal.acts.destroy import destroy

        gone = destroy(centre, list_id, custodian, disposal_key)
        told = {"record_count": gone.record_count, "certificate_id": gone.certificate_id}
        state, waiting_for = gone.state, gone.waiting_for
        shown = ("heading.certificate", gone.certificate_id)
    return (
        {
            "list_id": list_id,
            "state": state.value,
            **told,
            "waiting_for": [lacking(each, "en") for each in waiting_for],
        },
        shown,
        waiting_for,
    )


def _custodian(centre: Centre, list_id: str, actor: str | None) -> str:
    """Who carries it out: whoever is named, else who has begun, else the one custodian appointed today."""
    from lantai.edges.registry.disposal.list_duties import duties_about
    from lantai.edges.registry.disposal.sign_offs import holders

    if actor:
        return person(centre, actor)
    with centre.database.read() as connection:
        begun = [each.person_id for each in duties_about(connection, list_id) if each.duty is ListDuty.CUSTODIAN]
        found = begun or holders(connection, Role.CUSTODIAN.value, centre.clock.today_on())
    if len(found) != 1:
        raise UsageError(f"custodian: found {len(found)} appointed today, expected one, or --as")
    return found[0]


def _counted(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    parts = text.replace("，", ",").split(",")
    if len(parts) != 2 or not all(part.strip().isdecimal() for part in parts):  # noqa: PLR2004 - records and pages
        raise UsageError(f"--counted {text}: expected two whole numbers, e.g. 12,340")
    return int(parts[0]), int(parts[1])
