"""The archive across the street: opens what was delivered, compares it with its manifest, and gives a receipt.

It knows nothing of the centre but the package; what it counts, it counts itself.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lantai.errors import DeliveryError

_BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Accession:
    """What the archive took over, by its own count."""

    list_id: str
    package_sha256: str
    record_count: int
    file_count: int


def receive(folder: Path) -> list[Accession]:
    """Take over every package that has no receipt yet.

    Args:
        folder: The archive's folder, with `incoming/` and `receipts/`.

    Raises:
        DeliveryError: A package does not agree with its own manifest; it gets no receipt.
    """
    taken = []
    for package in sorted((folder / "incoming").glob("*.tar")):
        receipt = folder / "receipts" / f"{package.stem}.receipt.json"
        if receipt.exists():
            continue
        accession = _open(package)
        body = {
            "list_id": accession.list_id,
            "receipt_no": f"云档馆收〔2026〕{len(list(receipt.parent.iterdir())) + 1:03d}号",
            "package_sha256": accession.package_sha256,
            "record_count": accession.record_count,
            "file_count": accession.file_count,
        }
        part = receipt.with_suffix(".part")
        part.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
        part.replace(receipt)
        taken.append(accession)
    return taken


def _open(package: Path) -> Accession:
    """Return what is in a package, after every file was compared with the manifest."""
    found: dict[str, str] = {}
    manifest = ""
    with tarfile.open(package) as bag:
        for member in bag:
            inside = member.name.partition("/")[2]
            content = bag.extractfile(member)
            if content is None:
                continue
            if inside.startswith("data/"):
                found[inside] = _digest(content)
            elif inside == "manifest-sha256.txt":
                manifest = content.read().decode()
    # Names in a manifest escape percent signs and line ends.
    stated = {
        line[66:].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%"): line[:64]
        for line in manifest.splitlines()
    }
    if not found or stated != found:
        raise DeliveryError(f"{package.name}: its files do not agree with its manifest, expected {len(stated)} files")
    records = {name.split("/")[1] for name in found}
    with package.open("rb") as file:
        return Accession(package.stem, _digest(file), len(records), len(found))


def _digest(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := stream.read(_BLOCK_BYTES):
        digest.update(block)
    return digest.hexdigest()
