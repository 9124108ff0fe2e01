"""`lantai keys`, `restore`, `ledger`, `receipt`, `age`: what custodians and whoever holds evidence do by hand.

Source: interfaces.md, "The command"; vault.md.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lantai.cli.terminal.actors import SYSTEM, Actor, person
from lantai.cli.terminal.findings import identified
from lantai.cli.terminal.screen import FINDINGS, AsJson, answer, facts, given, line, opened, progress_bar, word
from lantai.errors import InputFileError, MalformedError, UsageError

if TYPE_CHECKING:
    from lantai.formats.age.file import Identity

keys_app = typer.Typer(no_args_is_help=True)
ledger_app = typer.Typer(no_args_is_help=True)
receipt_app = typer.Typer(no_args_is_help=True)
age_app = typer.Typer(no_args_is_help=True)

IdentityFile = Annotated[
    Path,
    typer.Option(
        "--identity",
        "-i",
        help="given.identity",
        exists=True,
        dir_okay=False,
        metavar="FILE",
    ),
]


@keys_app.command("new")
def new(
    path: Annotated[Path, typer.Argument(metavar="FILE")],
    hybrid: Annotated[
        bool,
        typer.Option("--hybrid"),
    ] = False,
    signer: Annotated[bool, typer.Option("--signer")] = False,
    as_json: AsJson = False,
) -> None:
    """Make an identity or a signing key; never overwrites."""
    from lantai.edges.files.folder import refuse_existing
    from lantai.edges.keys.files import new_identity, new_signer, public_path

    if signer and hybrid:
        raise UsageError("--signer --hybrid: expected one of them; a hybrid key encrypts, a signing key signs")
    refuse_existing([path, public_path(path)] if signer else [path])
    if signer:
        new_signer(path, path.stem)
        public = str(public_path(path))
    else:
        public = str(new_identity(path, hybrid))

    def text() -> None:
        line(word("keys.made", path=path))
        line(word("keys.public", path=public))

    answer({"path": str(path), "public": public}, text, as_json=as_json)


def restore(
    target: Annotated[
        str,
        typer.Argument(
            metavar="RECORD|SUBMISSION",
        ),
    ],
    folder: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER")],
    identity: IdentityFile,
    actor: Actor = SYSTEM,
    as_json: AsJson = False,
) -> None:
    """Restore a record or carrier; a damaged copy is passed over."""
    from lantai.edges.files.machine import is_folder, is_there
    from lantai.journey.custody.restore import restore as restore_to
    from lantai.journey.intake.answers.find_round import find_kept

    if is_there(folder) and not is_folder(folder):
        raise InputFileError(f"{folder}: found a file, expected a folder")
    identities = _identities(identity)
    with opened() as centre, progress_bar(word("restore.progress"), as_json=as_json) as progress:
        with centre.database.read() as connection:
            own_id, this = find_kept(connection, target)
        done = restore_to(centre, own_id, folder.absolute(), identities, person(centre, actor), progress)
    payload = {
        "target": own_id,
        "records": list(done.record_ids),
        "refused": list(done.refused),
        "files": done.file_count,
        "bytes": done.size_bytes,
        "detours": list(done.detours),
    }

    def text() -> None:
        if this is not None:
            line(identified(this))
        line(word("restore.done", records=len(done.record_ids), files=done.file_count, folder=folder))
        for detour in done.detours:
            line(f"  {word('restore.detour', detour=detour)}", "yellow")
        for record_id in done.refused:
            line(f"  {word('restore.refused', record_id=record_id)}")

    answer(payload, text, as_json=as_json)


@ledger_app.command("verify")
def verify_ledger(
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            "--checkpoint",
            exists=True,
            dir_okay=False,
            metavar="FILE",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify the ledger; names the first changed leaf."""
    from lantai.journey.ledger.verify_ledger import verify

    kept = None if checkpoint is None else given(checkpoint).decode("utf-8", "replace")
    with opened() as centre, progress_bar(word("ledger.progress"), as_json=as_json):
        verdict = verify(centre, kept)
    payload = {
        "is_sound": verdict.is_sound,
        "leaves": verdict.tree_size,
        "waiting": verdict.waiting_count,
        "checkpoints": verdict.checkpoint_count,
        "places": list(verdict.places),
        "first_changed": verdict.first_changed,
        "problems": list(verdict.problems),
        "unknown": list(verdict.unknown),
    }

    def text() -> None:
        pairs: list[tuple[str, object]] = [
            ("heading.leaves", verdict.tree_size),
            ("heading.waiting_leaves", verdict.waiting_count),
            ("heading.checkpoints", verdict.checkpoint_count),
            ("heading.compared_with", list(verdict.places)),
        ]
        facts(word("ledger.title"), pairs)
        for sentence in verdict.unknown:
            line(f"  {word('ledger.unknown', what=sentence)}", "yellow")
        for sentence in verdict.problems:
            line(f"  {word('ledger.problem', what=sentence)}", "red")
        if verdict.is_sound:
            line(word("ledger.sound"), "green")
        elif verdict.first_changed is not None:
            line(word("ledger.first_changed", number=verdict.first_changed), "red")

    answer(payload, text, as_json=as_json)
    if not verdict.is_sound:
        raise typer.Exit(FINDINGS)


@receipt_app.command("verify")
def verify_receipt(
    path: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            metavar="FILE",
        ),
    ],
    keys: Annotated[
        Path | None,
        typer.Option(
            "--keys",
            exists=True,
            file_okay=False,
            metavar="FOLDER",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify a receipt: signature, evidence from the ledger, and that they agree."""
    from lantai.edges.keys.files import INTAKE, LOG, load_verifier
    from lantai.journey.ledger.verify_receipt import verify_receipt as verify
    from lantai.settings import from_env

    settings = from_env()
    intake_file = settings.intake_key_file if keys is None else keys / "intake.pem"
    log_file = settings.log_key_file if keys is None else keys / "log.pem"
    verdict = verify(
        given(path), given(path.with_suffix(".sig")), load_verifier(INTAKE, intake_file), load_verifier(LOG, log_file)
    )
    payload = {
        "is_sound": not verdict.problems,
        "carrier_id": verdict.carrier_id,
        "package_name": verdict.package_name,
        "tree_size": verdict.tree_size,
        "problems": list(verdict.problems),
    }

    def text() -> None:
        for sentence in verdict.problems:
            line(f"  {word('receipt.problem', what=sentence)}", "red")
        if verdict.problems:
            return
        if verdict.package_name:
            named = word("receipt.sound_named", carrier_id=verdict.carrier_id, package_name=verdict.package_name)
        else:
            named = word("receipt.sound", carrier_id=verdict.carrier_id)
        line(named, "green")

    answer(payload, text, as_json=as_json)
    if verdict.problems:
        raise typer.Exit(FINDINGS)


@age_app.command("decrypt")
def decrypt(identity: IdentityFile) -> None:
    """Read one age file from standard input, write what is in it."""
    from lantai.formats.age import file as age

    for piece in age.decrypt(sys.stdin.buffer, _identities(identity)):
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _identities(path: Path) -> Sequence[Identity]:
    from lantai.edges.keys.files import load_identities

    try:
        return load_identities(path)
    except MalformedError as error:
        raise InputFileError(f"{error}; expected lines AGE-SECRET-KEY-...") from error
