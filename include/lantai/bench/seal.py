"""Sealing one large file: encryption alone against the stock age, and the whole pass against SM3 alone.

The whole pass reads, takes SHA-256 and SM3, encrypts, takes the payload's
SHA-256, writes and has it on the disk. The open-test that follows a pass is
measured apart, as `read back`: it has no peer among the tools.

Source: performance.md, "Seal"; vault.md, "Sealed records".
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO

from lantai.bench.measure import Comparison, Contender, Result, compare
from lantai.bench.samples import BLOCK_BYTES, Bench, in_words, make_large_file
from lantai.bench.stopwatch import Stopwatch
from lantai.records.custody.file_digest import FileDigest
from lantai.records.text.progress import Progress

NAME = "seal"
LARGE_BYTES = 1 << 30


def results(bench: Bench, progress: Progress | None) -> Iterator[Result]:
    """Measure encryption alone, the whole pass, and the pass with its open-test."""
    from lantai.formats.age.file import generate_identity

    source = bench.folder / "plain.bin"
    make_large_file(source, bench.count(LARGE_BYTES))
    size = in_words(source.stat().st_size)
    identity = generate_identity()
    keys = {"source": str(source), "identity": str(identity), "recipient": str(identity.recipient)}
    encryption = Comparison(
        NAME,
        f"{size}, encryption alone",
        Contender("ours", f"{__name__}:encrypt", keys),
        (Contender("age", f"{__name__}:age", keys, ("age",)),),
    )
    yield compare(encryption, bench.folder, bench.runs, progress)
    plain = {"source": str(source)}
    whole = plain | {"recipient": str(identity.recipient), "digests": _digests(source)}
    peers = (
        Contender("openssl dgst -sm3", f"{__name__}:openssl", plain, ("openssl",)),
        Contender("hashlib sm3", f"{__name__}:hashlib_sm3", plain),
        Contender("cp", f"{__name__}:cp", plain, ("cp",)),
    )
    for words, run in (("whole pass", "whole_pass"), ("whole pass and read back", "whole_pass_and_read_back")):
        comparison = Comparison(NAME, f"{size}, {words}", Contender("ours", f"{__name__}:{run}", whole), peers)
        yield compare(comparison, bench.folder, bench.runs, progress)


def encrypt(watch: Stopwatch, folder: Path, source: str, identity: str, recipient: str) -> Any:  # noqa: ANN401 - JSON
    """Encrypt block by block into buffers that are used again; they are written by a thread, as the sealing pass does it."""
    from lantai.edges.custody.write_behind import Worker
    from lantai.formats.age import file as age

    path, to = folder / "sealed.age", age.parse_recipient(recipient)
    with watch, Path(source).open("rb", buffering=0) as plain, path.open("wb", buffering=0) as sealed:
        header, file_key = age.wrap([to])
        encryptor = age.PayloadEncryptor(file_key)
        sealed.write(header + encryptor.nonce)
        block, writer = bytearray(BLOCK_BYTES), Worker("bench-write")
        free: SimpleQueue[bytearray] = SimpleQueue()
        for _ in range(3):
            free.put(bytearray(age.payload_bytes(BLOCK_BYTES)))
        left_bytes = Path(source).stat().st_size
        while True:
            count = _fill(plain, memoryview(block))
            left_bytes -= count
            out = free.get()
            sealed_bytes = encryptor.encrypt_into(memoryview(block)[:count], memoryview(out), not left_bytes)
            writer.run(partial(_write_and_free, sealed, out, sealed_bytes, free))
            if not left_bytes:
                break
        writer.wait()
        writer.stop()
    return _opened(path, identity)


def _write_and_free(sealed: Any, out: bytearray, count: int, free: SimpleQueue[bytearray]) -> None:  # noqa: ANN401 - an unbuffered file
    from lantai.edges.custody.place_protocol import write_all

    write_all(sealed, memoryview(out)[:count])
    free.put(out)


def age(watch: Stopwatch, folder: Path, source: str, identity: str, recipient: str) -> Any:  # noqa: ANN401 - JSON
    """Encrypt with the stock tool."""
    path = folder / "sealed.age"
    with watch:
        subprocess.run(["age", "-r", recipient, "-o", str(path), source], check=True)  # noqa: S603, S607 - a peer's own command
    return _opened(path, identity)


def whole_pass(watch: Stopwatch, folder: Path, source: str, recipient: str, digests: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
    """Seal one record as the journey does, up to the written and synced pack."""
    from lantai.edges.custody.one_pass import SealingPass

    class Unopened(SealingPass):
        """The pass without the open-test that follows it."""

        def _open_again(self, path: Path) -> None:
            """Leave the pack as it was written."""

    return _pass(watch, Unopened, folder, source, recipient, digests)


def whole_pass_and_read_back(
    watch: Stopwatch, folder: Path, source: str, recipient: str, digests: dict[str, str]
) -> Any:  # noqa: ANN401 - JSON
    """Seal one record as the journey does, with the pack read back and opened."""
    from lantai.edges.custody.one_pass import SealingPass

    return _pass(watch, SealingPass, folder, source, recipient, digests)


def openssl(watch: Stopwatch, folder: Path, source: str) -> Any:  # noqa: ANN401, ARG001 - JSON; a folder goes to every contender
    """Take SM3 with the stock tool."""
    with watch:
        done = subprocess.run(["openssl", "dgst", "-sm3", "-r", source], check=True, capture_output=True)  # noqa: S603, S607 - a peer's own command
    return {"bytes": Path(source).stat().st_size, "sm3": done.stdout.split()[0].decode()}


def hashlib_sm3(watch: Stopwatch, folder: Path, source: str) -> Any:  # noqa: ANN401, ARG001 - JSON; a folder goes to every contender
    """Take SM3 in this process, in large blocks."""
    sm3, block = hashlib.new("sm3"), bytearray(BLOCK_BYTES)
    with watch, Path(source).open("rb", buffering=0) as plain:
        while count := plain.readinto(block):
            sm3.update(memoryview(block)[:count])
    return {"bytes": Path(source).stat().st_size, "sm3": sm3.hexdigest()}


def cp(watch: Stopwatch, folder: Path, source: str) -> Any:  # noqa: ANN401 - JSON
    """Copy the file."""
    with watch:
        subprocess.run(["cp", source, str(folder / "copy")], check=True)  # noqa: S603, S607 - a peer's own command
    return {"bytes": (folder / "copy").stat().st_size, "sm3": _digests(folder / "copy")["sm3"]}


def _pass(
    watch: Stopwatch, kind: type[Any], folder: Path, source: str, recipient: str, digests: dict[str, str]
) -> dict[str, Any]:
    from lantai.edges.custody.plaintext import PlainFile, PlainRecord
    from lantai.edges.files.folder import open_file
    from lantai.formats.age.file import parse_recipient

    path = Path(source)
    size_bytes = path.stat().st_size
    file = PlainFile(FileDigest.of("plain.bin", size_bytes, digests), partial(open_file, path))
    with watch, kind(folder, [parse_recipient(recipient)], 1) as sealing:
        sealing.seal(PlainRecord("B-001", (file,), is_tar=False))
    # The pass has compared what it read with both digests, or it would have ended with an error.
    [sealed] = sealing.sealings
    return {"bytes": _plain_bytes(sealed.sealed.payload_bytes), "sm3": digests["sm3"]}


def _plain_bytes(payload_bytes: int) -> int:
    from lantai.formats.age.file import CHUNK_BYTES, NONCE_BYTES

    tag_bytes = 16
    body_bytes = payload_bytes - NONCE_BYTES
    return body_bytes - -(-body_bytes // (CHUNK_BYTES + tag_bytes)) * tag_bytes


def _opened(path: Path, identity: str) -> dict[str, Any]:
    """Return what an age file opens to: proof that contenders sealed the same bytes."""
    from lantai.formats.age.file import decrypt

    sha256, size_bytes = hashlib.sha256(), 0
    with path.open("rb") as sealed:
        for piece in decrypt(sealed, [identity]):
            sha256.update(piece)
            size_bytes += len(piece)
    return {"bytes": size_bytes, "sha256": sha256.hexdigest()}


def _digests(path: Path) -> dict[str, str]:
    digests = {name: hashlib.new(name) for name in ("sha256", "sm3")}
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            for digest in digests.values():
                digest.update(block)
    return {name: digest.hexdigest() for name, digest in digests.items()}


def _fill(stream: BinaryIO | Any, space: memoryview) -> int:  # noqa: ANN401 - an unbuffered file has no better name
    from lantai.formats.age.stream import fill

    return fill(stream, space)
