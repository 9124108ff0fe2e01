"""`lantai keys`, `restore`, `ledger`, `receipt`, `age`: what custodians and whoever holds evidence do by hand.

Source: interfaces.md, "The command"; vault.md.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from lantai.cli.screen import FINDINGS, SMALL_FILE_BYTES, AsJson, answer, opened, out, progress_bar
from lantai.edges.folder import read_bytes

keys_app = typer.Typer(no_args_is_help=True, help="密钥 · Keys")
ledger_app = typer.Typer(no_args_is_help=True, help="账本 · The ledger")
receipt_app = typer.Typer(no_args_is_help=True, help="回执 · Receipts")
age_app = typer.Typer(no_args_is_help=True, help="age 文件 · age files")

IdentityFile = Annotated[
    Path, typer.Option("--identity", "-i", help="身份密钥文件（AGE-SECRET-KEY-…）· File with the identity")
]


@keys_app.command("new")
def new(
    path: Annotated[Path, typer.Argument(help="新密钥文件，不得已存在 · New key file; must not exist")],
    hybrid: Annotated[
        bool, typer.Option(help="抗量子混合密钥，须 age 1.3 以上读取 · Hybrid key, read by age 1.3 and newer")
    ] = False,
    signer: Annotated[
        bool, typer.Option("--signer", help="签名密钥（Ed25519）而非身份密钥 · A signing key instead of an identity")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """新建身份密钥或签名密钥；从不覆盖 · Make an identity or a signing key; never overwrites."""
    from lantai.edges.keys import new_identity, new_signer, public_path

    if signer:
        new_signer(path, path.stem)
        public = str(public_path(path))
    else:
        public = str(new_identity(path, hybrid))

    def text() -> None:
        out.print(f"已建立 · made: {path}", markup=False)
        out.print(f"公开部分 · public part: {public}", markup=False, soft_wrap=True)

    answer({"path": str(path), "public": public}, text, as_json=as_json)


def restore(
    target: Annotated[str, typer.Argument(help="件号或载体号 · Record id or carrier id")],
    folder: Annotated[Path, typer.Option("--out", "-o", help="恢复到的文件夹 · Folder to restore to")],
    identity: IdentityFile,
    actor: Annotated[str, typer.Option("--as", help="工号 · Staff id")] = "system",
    as_json: AsJson = False,
) -> None:
    """恢复一件或整个载体；副本损坏时换下一处并说明 · Restore a record or carrier; a damaged copy is passed over."""
    from lantai.edges.keys import load_identities
    from lantai.journey.restore import restore as restore_to

    identities = load_identities(identity)
    with opened() as centre, progress_bar("恢复 · restore", is_shown=not as_json) as progress:
        done = restore_to(centre, target, folder.absolute(), identities, actor, progress)
    payload = {
        "records": list(done.record_ids),
        "refused": list(done.refused),
        "files": done.file_count,
        "bytes": done.size_bytes,
        "detours": list(done.detours),
    }

    def text() -> None:
        out.print(f"已恢复 {len(done.record_ids)} 件、{done.file_count} 个文件到 {folder} · restored", markup=False)
        for detour in done.detours:
            out.print(f"  ! 已改用其他副本 · another copy was used: {detour}", markup=False)
        for record_id in done.refused:
            out.print(f"  - 已销毁或正在销毁，不恢复 · destroyed, not restored: {record_id}", markup=False)

    answer(payload, text, as_json=as_json)


@ledger_app.command("verify")
def verify_ledger(
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", help="在外保存的检查点 · A checkpoint that was kept outside")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """核验账本；指出第一条被改动的记录 · Verify the ledger; names the first changed leaf."""
    from lantai.journey.verify_ledger import verify

    kept = None if checkpoint is None else read_bytes(checkpoint, SMALL_FILE_BYTES).decode("utf-8", "replace")
    with opened() as centre:
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
        out.print(
            f"{verdict.tree_size} 条、{verdict.checkpoint_count} 个检查点、{len(verdict.places)} 处 "
            "· leaves, checkpoints, places"
        )
        for sentence in verdict.unknown:
            out.print(f"  ? 未能查看 · could not look: {sentence}", markup=False)
        for sentence in verdict.problems:
            out.print(f"  ✗ {sentence}", markup=False)
        if verdict.is_sound:
            out.print("账本完好 · the ledger is sound")
        elif verdict.first_changed is not None:
            out.print(f"第一条被改动的是第 {verdict.first_changed} 条 · first changed leaf: {verdict.first_changed}")

    answer(payload, text, as_json=as_json)
    if not verdict.is_sound:
        raise typer.Exit(FINDINGS)


@receipt_app.command("verify")
def verify_receipt(
    path: Annotated[Path, typer.Argument(help="回执 .receipt.json；.sig 在旁 · The receipt, its .sig beside it")],
    keys: Annotated[
        Path | None, typer.Option("--keys", help="公钥文件夹，默认本中心的 · Folder with the public keys; default ours")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """核验回执：签名、账本证据、两者一致 · Verify a receipt: signature, evidence from the ledger, and that they agree."""
    from lantai.edges.keys import INTAKE, LOG, load_verifier
    from lantai.journey.verify_receipt import verify_receipt as verify
    from lantai.settings import from_env

    settings = from_env()
    intake_file = settings.intake_key_file if keys is None else keys / "intake.pem"
    log_file = settings.log_key_file if keys is None else keys / "log.pem"
    verdict = verify(
        read_bytes(path, SMALL_FILE_BYTES),
        read_bytes(path.with_suffix(".sig"), SMALL_FILE_BYTES),
        load_verifier(INTAKE, intake_file),
        load_verifier(LOG, log_file),
    )
    payload = {
        "is_sound": not verdict.problems,
        "carrier_id": verdict.carrier_id,
        "tree_size": verdict.tree_size,
        "problems": list(verdict.problems),
    }

    def text() -> None:
        for sentence in verdict.problems:
            out.print(f"  ✗ {sentence}", markup=False)
        if not verdict.problems:
            out.print(f"回执有效 · the receipt is sound: {verdict.carrier_id}", markup=False)

    answer(payload, text, as_json=as_json)
    if verdict.problems:
        raise typer.Exit(FINDINGS)


@age_app.command("decrypt")
def decrypt(identity: IdentityFile) -> None:
    """从标准输入读一个 age 文件，解密到标准输出 · Read one age file from standard input, write what is in it."""
    from lantai.edges.keys import load_identities
    from lantai.formats import age

    for piece in age.decrypt(sys.stdin.buffer, load_identities(identity)):
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()
