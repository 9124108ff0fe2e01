"""The archive gives a receipt for what it counted itself, and none for a package that disagrees with its manifest."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile

import pytest

from lantai.demo.county.archive import receive
from lantai.errors import DeliveryError

FILES = {"data/R1/data/请示.pdf": b"one", "data/R1/data/附件 100%.pdf": b"two", "data/R2/data/函.ofd": b"three"}


def deliver(folder, files, manifest_files=None):
    manifest = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name.replace('%', '%25')}\n"
        for name, content in (manifest_files or files).items()
    )
    (folder / "incoming").mkdir(parents=True)
    (folder / "receipts").mkdir()
    path = folder / "incoming" / "T-2026-JY-001.tar"
    with tarfile.open(path, "w") as bag:
        for name, content in {"manifest-sha256.txt": manifest.encode(), **files}.items():
            member = tarfile.TarInfo(f"T-2026-JY-001/{name}")
            member.size = len(content)
            bag.addfile(member, io.BytesIO(content))
    return path


def test_receipt_states_what_the_archive_counted(tmp_path):
    package = deliver(tmp_path, FILES)

    receive(tmp_path)

    receipt = json.loads((tmp_path / "receipts" / "T-2026-JY-001.receipt.json").read_text("utf-8"))
    assert receipt["package_sha256"] == hashlib.sha256(package.read_bytes()).hexdigest()
    assert (receipt["record_count"], receipt["file_count"]) == (2, 3)
    assert receive(tmp_path) == []


@pytest.mark.parametrize(
    "found",
    [
        {**FILES, "data/R2/data/函.ofd": b"changed"},
        {**FILES, "data/R3/data/多余.pdf": b"more"},
        dict(list(FILES.items())[:2]),
    ],
    ids=["changed", "added", "missing"],
)
def test_package_that_disagrees_with_its_manifest_gets_no_receipt(tmp_path, found):
    deliver(tmp_path, found, FILES)

    with pytest.raises(DeliveryError, match="T-2026-JY-001"):
        receive(tmp_path)

    assert list((tmp_path / "receipts").iterdir()) == []
