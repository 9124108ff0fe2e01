"""The sealing pass: each byte of a record is read once, digested, encrypted, digested again and written.

SM3 is the slowest of it and has a thread of its own; writing has another.
Records of up to 256 KiB are done in one thread, because handing them over
costs more than it saves. Every finished pack is read back and each payload in
it opened with its file key before the key is forgotten; no file key is ever
written anywhere.

Source: vault.md, "Sealed records"; performance.md, "Seal".
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO, Self

from lantai.edges.custody.plaintext import Job, PlainCheck, PlainRecord, read_plain
from lantai.edges.custody.write_behind import Worker, WriteBehind
from lantai.edges.files.system_error import translated
from lantai.errors import FixityError, UsageError
from lantai.formats.age import file as age
from lantai.formats.vault import pack
from lantai.formats.vault.manifest import pack_name, payload_name
from lantai.records.custody.manifest import SealedRecord

PACK_BYTES = 512 * 1024 * 1024
"""A new pack begins here; a larger record lies alone in its pack."""

BLOCK_BYTES = 1024 * 1024
SEALED_BLOCK_BYTES = age.payload_bytes(BLOCK_BYTES)
INLINE_BYTES = 256 * 1024
PLAIN_BUFFERS = 4


@dataclass(frozen=True, slots=True)
class Sealing:
    """A sealed record with its header. The header is public: it opens only with an identity."""

    sealed: SealedRecord
    header: bytes


@dataclass(frozen=True, slots=True)
class _Written:
    """A payload in the pack at hand, and the key that the open-test still needs."""

    record: PlainRecord
    sealing: Sealing
    file_key: bytes = field(repr=False)


class SealingPass:
    """Seals records one after the other into packs of one generation.

    Args:
        folder: Where the packs go; it exists and holds none of them.
        recipients: Whom to seal to.
        generation: Number in the packs' names.
    """

    def __init__(self, folder: Path, recipients: Sequence[age.Recipient], generation: int) -> None:
        self._folder = folder
        self._recipients = tuple(recipients)
        self._generation = generation
        self._digester = Worker("lantai-sm3")
        self._free: SimpleQueue[bytearray] = SimpleQueue()
        for _ in range(PLAIN_BUFFERS):
            self._free.put(bytearray(BLOCK_BYTES))
        self._pack: WriteBehind | None = None
        self._pack_count = 0
        self._written: list[_Written] = []
        self._names: set[str] = set()
        self.sealings: list[Sealing] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        """Finish the last pack; after an error only let go."""
        try:
            if kind is None:
                self._finish_pack()
            elif self._pack is not None:
                self._pack.__exit__(kind, None, None)
        finally:
            self._digester.stop()

    def seal(self, record: PlainRecord) -> None:
        """Seal one record. It is in `sealings` once its pack has been read back and opened.

        Raises:
            FixityError: A file is not what arrived, or what was written does not open to it.
            DiskFullError: There is no space for the pack.
            PlaceUnavailableError: A file could not be read, or the pack not written.
            UsageError: The record was sealed already.
        """
        name = payload_name(record.record_id)
        if name in self._names:
            raise UsageError(f"found the record {record.record_id} twice, expected each once")
        self._names.add(name)
        payload_bytes = age.payload_bytes(record.size_bytes)
        head = pack.member_header(name, payload_bytes)
        if self._pack is not None and self._pack.size_bytes + len(head) + payload_bytes > PACK_BYTES:
            self._finish_pack()
        out = self._pack or self._begin_pack()
        out.write(head)
        header, file_key = age.wrap(self._recipients)
        payload_sha256 = self._encrypt(record, age.PayloadEncryptor(file_key), out)
        out.write(bytes(pack.padding_bytes(payload_bytes)))
        sealed = SealedRecord(
            record_id=record.record_id,
            seal_id=secrets.token_hex(16),
            pack=pack_name(self._pack_count, self._generation),
            payload=name,
            payload_bytes=payload_bytes,
            payload_sha256=payload_sha256,
            header_sha256=hashlib.sha256(header).hexdigest(),
        )
        self._written.append(_Written(record, Sealing(sealed, header), file_key))

    def _encrypt(self, record: PlainRecord, encryptor: age.PayloadEncryptor, out: WriteBehind) -> str:
        is_small = record.size_bytes <= INLINE_BYTES
        run, give_back = (_now, _now) if is_small else (self._digester.run, self._digester.always)
        blocks = _Blocks(record.size_bytes, encryptor, out, self._free, give_back)
        try:
            read_plain(record, blocks, run)
            blocks.finish()
        finally:
            blocks.let_go()
        if not is_small:
            self._digester.wait()
        return blocks.sha256.hexdigest()

    def _begin_pack(self) -> WriteBehind:
        self._pack_count += 1
        self._pack = WriteBehind(self._folder / pack_name(self._pack_count, self._generation))
        return self._pack

    def _finish_pack(self) -> None:
        if self._pack is None:
            return
        writing, self._pack = self._pack, None
        with writing:
            writing.write(pack.END)
        self._open_again(self._folder / pack_name(self._pack_count, self._generation))
        self.sealings += [written.sealing for written in self._written]
        self._written = []

    def _open_again(self, path: Path) -> None:
        members = pack.layout((w.sealing.sealed.payload, w.sealing.sealed.payload_bytes) for w in self._written)
        with translated(str(path)), path.open("rb") as file:
            for written, member in zip(self._written, members, strict=True):
                if file.read(len(member.header)) != member.header:
                    raise FixityError(f"{path.name}: found another tar header than written for {member.name}")
                payload = Payload(file, member.size_bytes)
                check = PlainCheck(written.record)
                for piece in age.decrypt_payload(written.file_key, payload):
                    check.feed(piece)
                check.finish()
                if payload.sha256.hexdigest() != written.sealing.sealed.payload_sha256:
                    raise FixityError(f"{path.name}: read back another {member.name} than was written")
                file.seek(member.end)
            if file.read() != pack.END:
                raise FixityError(f"{path.name}: found another end than written")


class _Blocks:
    """Gathers a plaintext in blocks of 1 MiB and encrypts each into the pack."""

    def __init__(
        self,
        plain_bytes: int,
        encryptor: age.PayloadEncryptor,
        out: WriteBehind,
        free: SimpleQueue[bytearray],
        give_back: Callable[[Job], None],
    ) -> None:
        self._left_bytes = plain_bytes
        self._encryptor = encryptor
        self._out = out
        self._free = free
        self._give_back = give_back
        self._block: bytearray | None = None
        self._filled = 0
        self._is_ended = False
        self.sha256 = hashlib.sha256(encryptor.nonce)
        out.write(encryptor.nonce)

    def room(self) -> memoryview:
        if self._block is None:
            self._block = self._free.get()
        return memoryview(self._block)[self._filled :]

    def took(self, count: int) -> None:
        self._filled += count
        self._left_bytes -= count
        if self._filled == BLOCK_BYTES or not self._left_bytes:
            self._encrypt()

    def finish(self) -> None:
        if not self._is_ended:
            self.room()
            self._encrypt()

    def let_go(self) -> None:
        if self._block is not None:
            block, self._block = self._block, None
            self._give_back(lambda: self._free.put(block))

    def _encrypt(self) -> None:
        space = self._out.room(SEALED_BLOCK_BYTES if self._filled == BLOCK_BYTES else age.payload_bytes(self._filled))
        self._is_ended = self._left_bytes == 0
        count = self._encryptor.encrypt_into(self.room_taken(), space, self._is_ended)
        self.sha256.update(space[:count])
        self._out.took(count)
        self._filled = 0
        self.let_go()

    def room_taken(self) -> memoryview:
        """Return the part of the block that is filled."""
        return memoryview(self._block or b"")[: self._filled]


class Payload:
    """A stretch of an open file, digested while it is read; a stream for `age.decrypt_payload`.

    Args:
        file: Open at the first byte.
        size: Bytes that belong to it.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left_bytes = size
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, none at the end of the stretch."""
        wanted = self._left_bytes if size < 0 else min(size, self._left_bytes)
        piece = self._file.read(wanted)
        self._left_bytes -= len(piece)
        self.sha256.update(piece)
        return piece


def _now(job: Job) -> None:
    job()
