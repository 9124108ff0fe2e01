"""The payload of an age file: a 16-byte nonce, then chunks of 64 KiB under ChaCha20-Poly1305.

The counter in each chunk's nonce fixes its place, a flag the end of the file,
so that nothing can be swapped, dropped or cut. Memory stays at a few blocks
of 1 MiB whatever the size.

Source: age-encryption.org/v1, "Payload".
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from lantai.errors import HeaderError, PayloadError, UsageError
from lantai.formats.age.header import derive_key
from lantai.formats.age.stream import Bytes, Readable, as_stream, fill

CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
NONCE_BYTES = 16
SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES
_BLOCK_CHUNKS = 16


def payload_bytes(plain_bytes: int) -> int:
    """Return the exact size of the payload, nonce included, for a plaintext of that size.

    Args:
        plain_bytes: Size of the plaintext, 0 or more.
    """
    chunk_count = max(1, -(-plain_bytes // CHUNK_BYTES))
    return NONCE_BYTES + plain_bytes + chunk_count * TAG_BYTES


class PayloadEncryptor:
    """Encrypts one payload block by block into a buffer of the caller.

    One file key serves one encryptor: a second one under the same key would be a second file.

    Args:
        file_key: The 16 bytes that `wrap` gave.

    Attributes:
        nonce: The first 16 bytes of the payload; the caller writes them before the first block.
    """

    def __init__(self, file_key: bytes) -> None:
        self.nonce = secrets.token_bytes(NONCE_BYTES)
        self._cipher = ChaCha20Poly1305(derive_key(file_key, self.nonce, b"payload"))
        self._counter = 0
        self._is_ended = False

    def encrypt_into(self, plain: Bytes, out: memoryview, is_last: bool) -> int:
        """Encrypt a block into `out`.

        Args:
            plain: Whole chunks of 64 KiB; with `is_last` any length, but empty only if nothing came before.
            out: Writable bytes, room for `plain` and 16 bytes for each chunk begun; must not overlap `plain`.
            is_last: No block follows. A caller finds out by reading one block ahead.

        Returns:
            How many bytes of `out` were written.

        Raises:
            UsageError: a block after the last, a broken chunk before it, an empty end, or too little room.
        """
        view = memoryview(plain).cast("B")
        self._refuse_misuse(len(view), len(out), is_last)
        written = 0
        for start in range(0, len(view) or 1, CHUNK_BYTES):
            chunk = view[start : start + CHUNK_BYTES]
            is_end = is_last and start + CHUNK_BYTES >= len(view)
            sealed_end = written + len(chunk) + TAG_BYTES
            self._cipher.encrypt_into(_chunk_nonce(self._counter, is_end), chunk, None, out[written:sealed_end])
            self._counter += 1
            written = sealed_end
        self._is_ended = is_last
        return written

    def _refuse_misuse(self, plain_bytes: int, room_bytes: int, is_last: bool) -> None:
        if self._is_ended:
            raise UsageError("a block came after the last block of a payload")
        if not is_last and (plain_bytes % CHUNK_BYTES or not plain_bytes):
            raise UsageError(f"a block of {plain_bytes} bytes is not the last; expected whole chunks of {CHUNK_BYTES}")
        if is_last and not plain_bytes and self._counter:
            raise UsageError("the last block is empty after others; expected the end to be said with the last bytes")
        needed_bytes = payload_bytes(plain_bytes) - NONCE_BYTES
        if room_bytes < needed_bytes:
            raise UsageError(f"there is room for {room_bytes} bytes, expected {needed_bytes}")


def encrypt_payload(file_key: bytes, source: Readable | Bytes) -> Iterator[bytes]:
    """Yield the payload of everything that `source` holds: the nonce, then one chunk after the other."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    cipher = ChaCha20Poly1305(derive_key(file_key, nonce, b"payload"))
    yield nonce
    for counter, chunk, is_end in _chunks(as_stream(source), CHUNK_BYTES):
        yield cipher.encrypt(_chunk_nonce(counter, is_end), chunk, None)


def decrypt_payload(file_key: bytes, stream: Readable | Bytes) -> Iterator[bytes]:
    """Return the plaintext in pieces of at most 64 KiB, each yielded only after it was verified.

    What was yielded is genuine and in its place, but the file is whole only when the iterator ends without an
    error: a caller keeps nothing of a payload that raised.

    Args:
        file_key: The 16 bytes that `unwrap` gave.
        stream: The payload, nonce first; read to its end.

    Raises:
        HeaderError: the stream ends within the nonce; raised here, not at the first piece.
        PayloadError: from the iterator: a chunk was changed, moved, cut or added; the message names it.
    """
    source = as_stream(stream)
    nonce = bytearray(NONCE_BYTES)
    found_bytes = fill(source, memoryview(nonce))
    if found_bytes < NONCE_BYTES:
        raise HeaderError(f"the payload ends within its nonce: {found_bytes} bytes, expected {NONCE_BYTES}")
    return _open_chunks(ChaCha20Poly1305(derive_key(file_key, bytes(nonce), b"payload")), source)


def _open_chunks(cipher: ChaCha20Poly1305, stream: Readable) -> Iterator[bytes]:
    for counter, chunk, is_end in _chunks(stream, SEALED_CHUNK_BYTES):
        if len(chunk) <= TAG_BYTES and (counter or len(chunk) < TAG_BYTES):
            raise PayloadError(f"the payload ends with {len(chunk)} bytes where its chunk {counter} should be")
        try:
            plain = cipher.decrypt(_chunk_nonce(counter, is_end), chunk, None)
        except InvalidTag as error:
            raise PayloadError(
                f"chunk {counter} of the payload ({len(chunk)} bytes{', the last' if is_end else ''}) does not verify: "
                "it was changed, moved or cut, or belongs to another header"
            ) from error
        yield plain


def _chunks(stream: Readable, chunk_bytes: int) -> Iterator[tuple[int, memoryview, bool]]:
    """Yield each chunk with its number, from 0, and whether it is the last; an empty stream is one empty chunk."""
    counter = 0
    for block, is_last in _blocks(stream, chunk_bytes):
        for start in range(0, len(block) or 1, chunk_bytes):
            yield counter, block[start : start + chunk_bytes], is_last and start + chunk_bytes >= len(block)
            counter += 1


def _blocks(stream: Readable, chunk_bytes: int) -> Iterator[tuple[memoryview, bool]]:
    """Yield blocks of whole chunks in two buffers that take turns, one read ahead to know the last for what it is."""
    first = memoryview(bytearray(chunk_bytes))
    first_bytes = fill(stream, first)
    if first_bytes < chunk_bytes:
        # Most records are small: two large buffers for each would cost more than encrypting it.
        yield first[:first_bytes], True
        return
    block_bytes = _BLOCK_CHUNKS * chunk_bytes
    current, following = memoryview(bytearray(block_bytes)), memoryview(bytearray(block_bytes))
    current[:chunk_bytes] = first
    current_bytes = chunk_bytes + fill(stream, current[chunk_bytes:])
    while current_bytes == block_bytes:
        following_bytes = fill(stream, following)
        if not following_bytes:
            break
        yield current, False
        current, following, current_bytes = following, current, following_bytes
    yield current[:current_bytes], True


def _chunk_nonce(counter: int, is_end: bool) -> bytes:
    return counter.to_bytes(11, "big") + (b"\x01" if is_end else b"\x00")
