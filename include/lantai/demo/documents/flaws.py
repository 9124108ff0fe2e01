"""What an office's habits do to a finished carrier, and how it comes into the outbox.

Each flaw is one that archives see every year; what the centre answers is its
own affair.
"""

from __future__ import annotations

import hashlib
import shutil
import unicodedata
from pathlib import Path

from lantai.demo.documents.packages import Flaw
from lantai.edges.sheets.sheet import read_workbook
from lantai.formats.workbooks.filing_forms import read_form
from lantai.formats.workbooks.workbook import unit_form

_TAG_MANIFESTS = ("sha256", "sm3")


def spoil(bag: Path, flaw: Flaw) -> None:
    """Change a finished carrier as the flaw says; nothing is changed for a flaw of the catalogue or of the transfer."""
    payload = sorted(path for path in (bag / "data").rglob("*") if path.is_file()) if (bag / "data").exists() else []
    if flaw is Flaw.FILE_MISSING:
        payload[2].unlink()
    elif flaw is Flaw.FILE_CHANGED:
        content = payload[1].read_bytes()
        payload[1].write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif flaw is Flaw.TWIN_NAMES:
        for form in ("NFC", "NFD"):
            name = unicodedata.normalize(form, "é附件.txt")
            (bag / "data" / name).write_text("附件清单\n", encoding="utf-8")
        _redo_payload(bag)
    elif flaw is Flaw.BOM_AND_MD5:
        _only_md5(bag)


def put_in_outbox(bag: Path, outbox: Path, flaw: Flaw) -> None:
    """Move a carrier into the outbox as an office's client does, and say that it is ready; an earlier one gives way.

    A transfer that was interrupted leaves half of the files, one of them under the client's own ending, and no sign
    that the carrier is ready.
    """
    outbox.mkdir(parents=True, exist_ok=True)
    target = outbox / bag.name
    if target.exists():
        shutil.rmtree(target)
    shutil.move(bag, target)
    if flaw is Flaw.HALF_UPLOAD:
        payload = sorted((target / "data").iterdir())
        for path in payload[len(payload) // 2 :]:
            path.unlink()
        last = payload[len(payload) // 2 - 1]
        last.rename(last.with_name(f"{last.name}.filepart"))
        return
    (outbox / f"{bag.name}.ready").touch()


def _redo_payload(bag: Path) -> None:
    for algorithm in _TAG_MANIFESTS:
        _write_manifest(bag, f"manifest-{algorithm}.txt", algorithm, "data/")
    files = [path for path in (bag / "data").rglob("*") if path.is_file()]
    info = (bag / "bag-info.txt").read_text("utf-8").splitlines()
    oxum = f"Payload-Oxum: {sum(path.stat().st_size for path in files)}.{len(files)}"
    lines = [oxum if line.startswith("Payload-Oxum:") else line for line in info]
    (bag / "bag-info.txt").write_text("\n".join(lines) + "\n", "utf-8")
    _restate(bag, "SHA-256", "manifest-sha256.txt")
    for algorithm in _TAG_MANIFESTS:
        _write_tag_manifest(bag, algorithm)


def _only_md5(bag: Path) -> None:
    _write_manifest(bag, "manifest-md5.txt", "md5", "data/")
    for algorithm in _TAG_MANIFESTS:
        (bag / f"manifest-{algorithm}.txt").unlink()
        (bag / f"tagmanifest-{algorithm}.txt").unlink()
    _restate(bag, "MD5", "manifest-md5.txt")
    _write_tag_manifest(bag, "md5")


def _restate(bag: Path, algorithm: str, manifest: str) -> None:
    """Write the carrier's digest anew on the forms that state it."""
    digest = hashlib.new(algorithm.replace("-", "").lower(), (bag / manifest).read_bytes()).hexdigest()
    for kind, name in (("backup_statement", "backup-statement"), ("acceptance_inspection", "acceptance-inspection")):
        path = bag / "metadata" / f"{name}.xlsx"
        with path.open("rb") as stream:
            form = read_form(kind, read_workbook(stream))
        stated = {"algorithm": algorithm, "digest": digest}
        values = {**form.values, **(stated if "digest" in form.values else {})}
        path.write_bytes(unit_form(kind, values, [{**row, **stated} for row in form.rows]))


def _write_tag_manifest(bag: Path, algorithm: str) -> None:
    _write_manifest(bag, f"tagmanifest-{algorithm}.txt", algorithm, "")


def _write_manifest(bag: Path, name: str, algorithm: str, below: str) -> None:
    lines = []
    for path in sorted(bag.rglob("*")):
        inside = path.relative_to(bag).as_posix()
        is_payload = inside.startswith("data/")
        if path.is_file() and is_payload == bool(below) and not inside.startswith("tagmanifest-"):
            lines.append(f"{hashlib.new(algorithm, path.read_bytes()).hexdigest()}  {inside}\n")
    (bag / name).write_text("".join(lines), encoding="utf-8")
