"""Many small records durable on the disk: one sealed pack, or a copy, or a restic repository.

Ours encrypts each record with a key and header of its own, and reads the pack
back and opens every record before it ends.

Source: performance.md, "Seal", small records.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from lantai.bench.measure import Comparison, Contender, Result, compare
from lantai.bench.samples import Bench, files_below, in_words, make_small_files
from lantai.bench.stopwatch import Stopwatch
from lantai.records.custody.file_digest import FileDigest
from lantai.records.text.progress import Progress

NAME = "store"
FILE_COUNT, FILE_BYTES = 20_000, 8 * 1024
_PASSWORD = "RESTIC_PASSWORD=bench"  # noqa: S105 - of a repository that is removed at once


def results(bench: Bench, progress: Progress | None) -> Iterator[Result]:
    """Measure one pack of many small records."""
    from lantai.formats.age.file import generate_identity

    count, source = bench.count(FILE_COUNT), bench.folder / "records"
    make_small_files(source, count, FILE_BYTES)
    digests = bench.folder / "digests"
    digests.write_text("".join(f"{' '.join(_digests(path))} {path}\n" for path in files_below(source)), "utf-8")
    keys = {"digests": str(digests), "recipient": str(generate_identity().recipient)}
    plain = {"source": str(source)}
    comparison = Comparison(
        NAME,
        f"{count} x {in_words(FILE_BYTES)}",
        Contender("ours", f"{__name__}:ours", keys),
        (
            Contender("cp + sync", f"{__name__}:cp", plain, ("cp", "sync")),
            Contender("restic backup", f"{__name__}:restic", plain, ("restic",)),
        ),
    )
    yield compare(comparison, bench.folder, bench.runs, progress)


def ours(watch: Stopwatch, folder: Path, digests: str, recipient: str) -> Any:  # noqa: ANN401 - JSON
    """Seal every file as a record of its own into one pack, and read it back."""
    from lantai.edges.custody.one_pass import SealingPass
    from lantai.edges.custody.plaintext import PlainFile, PlainRecord
    from lantai.edges.files.folder import open_file
    from lantai.formats.age.file import parse_recipient

    rows = [line.split(" ", 2) for line in Path(digests).read_text("utf-8").splitlines()]
    records = []
    for number, (sha256, sm3, path) in enumerate(rows, start=1):
        file = PlainFile(
            FileDigest(Path(path).name, Path(path).stat().st_size, sha256, sm3), partial(open_file, Path(path))
        )
        records.append(PlainRecord(f"B-001-{number:05d}", (file,), is_tar=False))
    with watch, SealingPass(folder, [parse_recipient(recipient)], 1) as sealing:
        for record in records:
            sealing.seal(record)
    return {"files": len(sealing.sealings), "bytes": sum(record.size_bytes for record in records)}


def cp(watch: Stopwatch, folder: Path, source: str) -> Any:  # noqa: ANN401 - JSON
    """Copy the folder and write it to the disk."""
    into = folder / "copy"
    with watch:
        subprocess.run(["cp", "-r", source, str(into)], check=True)  # noqa: S603, S607 - a peer's own command
        subprocess.run(["sync", "-f", str(into)], check=True)  # noqa: S603, S607 - the same
    return _amount(into)


def restic(watch: Stopwatch, folder: Path, source: str) -> Any:  # noqa: ANN401 - JSON
    """Back the folder up into a new repository."""
    restic = ["env", _PASSWORD, "restic", "--quiet", "--no-cache", "-r", str(folder / "repository")]
    subprocess.run([*restic, "init"], check=True, stdin=subprocess.DEVNULL)  # noqa: S603 - a peer's own command
    with watch:
        subprocess.run([*restic, "backup", source], check=True, stdin=subprocess.DEVNULL)  # noqa: S603 - the same
        subprocess.run(["sync", "-f", str(folder)], check=True)  # noqa: S603, S607 - the same
    subprocess.run([*restic, "restore", "latest", "--target", str(folder / "back")], check=True)  # noqa: S603 - the same
    return _amount(folder / "back")


def _amount(folder: Path) -> dict[str, int]:
    sizes = [path.stat().st_size for path in files_below(folder)]
    return {"files": len(sizes), "bytes": sum(sizes)}


def _digests(path: Path) -> tuple[str, str]:
    content = path.read_bytes()
    return hashlib.sha256(content).hexdigest(), hashlib.new("sm3", content).hexdigest()
