"""Sealing to recipients and opening again, whole or in pieces."""

import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.errors import AgeError, UsageError
from lantai.formats.age import file as age
from lantai.formats.age.header import MAX_HEADER_BYTES, Stanza, format_header

CHUNK = age.CHUNK_BYTES
OURS = age.generate_identity()
HYBRID = age.generate_identity(hybrid=True)
STRANGER = age.generate_identity()


def seal(plain, *recipients):
    header, payload = age.encrypt(plain, recipients or [OURS.recipient])
    return header + b"".join(payload)


def opened(file, *identities):
    return b"".join(age.decrypt(file, identities or [OURS]))


def pattern(size):
    return bytes(range(251)) * (size // 251 + 1)


class Dribble(io.RawIOBase):
    """A stream that gives a few bytes at a time, as a socket does."""

    def __init__(self, content, most=1000):
        self._content, self._most = io.BytesIO(content), most

    def readable(self):
        return True

    def readinto(self, space):
        piece = self._content.read(min(len(space), self._most))
        space[: len(piece)] = piece
        return len(piece)


class OnlyRead:
    """A stream that can nothing but read."""

    def __init__(self, content):
        self.read = io.BytesIO(content).read


class Endless:
    """A stream of zeros of a given size that holds none of them."""

    def __init__(self, size):
        self.left = size

    def read(self, size):
        given = min(size, self.left)
        self.left -= given
        return bytes(given)


@pytest.mark.parametrize("identity", [OURS, HYBRID], ids=["x25519", "hybrid"])
@pytest.mark.parametrize(
    "size",
    [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 16 * CHUNK, 16 * CHUNK + 1, 17 * CHUNK, 32 * CHUNK, 33 * CHUNK + 7],
)
def test_record_of_any_size_comes_back_and_its_payload_has_the_foretold_size(identity, size):
    plain = pattern(size)[:size]

    header, payload = age.encrypt(io.BytesIO(plain), [identity.recipient])
    sealed = b"".join(payload)

    assert opened(header + sealed, identity) == plain
    assert len(sealed) == age.payload_bytes(size)


def test_header_has_the_size_that_the_vault_reckons_with():
    x25519_header, _ = age.wrap([OURS.recipient])
    hybrid_header, _ = age.wrap([HYBRID.recipient])

    assert (len(x25519_header), len(hybrid_header)) == (168, 1627)


@pytest.mark.parametrize("most", [1, 333, CHUNK + 16, 10**6])
def test_short_reads_are_not_taken_for_the_end_of_the_record(most):
    plain = pattern(CHUNK * 2 + 5)[: CHUNK * 2 + 5 if most > 1 else 300]

    sealed = seal(Dribble(plain, most))

    assert opened(Dribble(sealed, most)) == plain


def test_stream_that_can_only_read_is_enough():
    plain = pattern(CHUNK + 1)

    sealed = seal(OnlyRead(plain))

    assert opened(OnlyRead(sealed)) == plain


def test_stream_that_does_not_wait_is_refused_and_never_cut():
    class Pausing:
        def read(self, size):
            return None

    _, payload = age.encrypt(Pausing(), [OURS.recipient])
    next(payload)

    with pytest.raises(UsageError, match="waits for its bytes"):
        next(payload)
    with pytest.raises(UsageError, match="waits for its bytes"):
        age.split(Pausing())


def test_memory_stays_flat_whatever_the_size():
    size = 48 * 1024 * 1024
    tracemalloc.start()

    header, payload = age.encrypt(Endless(size), [OURS.recipient])
    sealed_bytes = len(header) + sum(map(len, payload))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert sealed_bytes == len(header) + age.payload_bytes(size)
    assert peak < 8 * 1024 * 1024


def test_every_recipient_opens_and_a_stranger_does_not():
    second = age.generate_identity()
    sealed = seal(b"filing", OURS.recipient, second.recipient)

    assert opened(sealed, OURS) == opened(sealed, STRANGER, second) == b"filing"
    with pytest.raises(age.NoIdentityMatchError, match="none of 1 identities"):
        opened(sealed, STRANGER)
    with pytest.raises(age.NoIdentityMatchError, match="none of 0 identities"):
        list(age.decrypt(sealed, []))


def test_keys_may_be_given_as_their_text():
    sealed = seal(b"filing", str(OURS.recipient))

    assert opened(sealed, str(OURS)) == b"filing"


def test_two_seals_of_one_record_share_no_bytes_that_matter():
    first, second = seal(b"same"), seal(b"same")

    assert first[22:] != second[22:]
    assert first[-20:] != second[-20:]


def test_kinds_are_never_mixed_in_a_header_that_is_written():
    header, _ = age.wrap([OURS.recipient])

    with pytest.raises(UsageError, match="one kind"):
        age.wrap([OURS.recipient, HYBRID.recipient])
    with pytest.raises(UsageError, match="one kind"):
        age.rewrap(header, [OURS], [OURS.recipient, HYBRID.recipient])


@pytest.mark.parametrize("kinds", [(OURS, HYBRID), (HYBRID, OURS)])
@pytest.mark.parametrize("identity", [OURS, HYBRID])
def test_header_that_another_program_mixed_is_read_with_either_key(kinds, identity):
    """C2SP/CCTV age testkit, vector hybrid_and_x25519: expects success."""
    header, file_key = age.wrap([OURS.recipient])
    payload = b"".join(age.encrypt_payload(file_key, b"filing"))
    mixed = format_header([kind.recipient.wrap(file_key) for kind in kinds], file_key)

    assert b"".join(age.decrypt(mixed + payload, [identity])) == b"filing"
    assert age.unwrap(age.rewrap(mixed, [identity], [OURS.recipient]), [OURS]) == age.unwrap(header, [OURS])


def test_mixed_header_that_was_changed_is_refused():
    _, file_key = age.wrap([OURS.recipient])
    mixed = format_header([OURS.recipient.wrap(file_key), HYBRID.recipient.wrap(file_key)], file_key)
    without = mixed.replace(mixed[mixed.index(b"-> mlkem") : mixed.index(b"---")], b"")

    with pytest.raises(age.HmacError):
        age.unwrap(without, [OURS])


def test_record_is_never_sealed_to_nobody():
    with pytest.raises(UsageError, match="expected one kind"):
        age.encrypt(b"filing", [])


def test_passphrase_beside_a_recipient_is_refused():
    _, file_key = age.wrap([OURS.recipient])
    passphrase = Stanza("scrypt", ("rF0/NwblUHHTpgQgRpe5CQ", "10"), bytes(32))
    header = format_header([OURS.recipient.wrap(file_key), passphrase], file_key)

    with pytest.raises(age.HeaderError, match="alone"):
        age.unwrap(header, [OURS])


def test_stanza_of_an_unknown_kind_is_passed_over():
    _, file_key = age.wrap([OURS.recipient])
    grease = Stanza("example.com/grease", ("a", "b"), bytes(48))
    header = format_header([grease, OURS.recipient.wrap(file_key)], file_key)

    assert age.unwrap(header, [OURS]) == file_key


def test_header_and_payload_kept_apart_are_one_age_file_when_joined():
    header, payload = age.encrypt(pattern(100_000), [OURS.recipient])
    apart = io.BytesIO(header + b"".join(payload))

    found = age.split(apart)
    file_key = age.unwrap(found, [OURS])

    assert found == header
    assert b"".join(age.decrypt_payload(file_key, apart)) == pattern(100_000)


def test_rotation_writes_a_new_header_and_leaves_the_payload_alone():
    header, payload = age.encrypt(b"filing", [OURS.recipient])
    sealed = b"".join(payload)

    rotated = age.rewrap(header, [OURS], [HYBRID.recipient])

    assert opened(rotated + sealed, HYBRID) == b"filing"
    with pytest.raises(age.NoIdentityMatchError):
        opened(rotated + sealed, OURS)
    with pytest.raises(age.NoIdentityMatchError):
        age.rewrap(header, [STRANGER], [STRANGER.recipient])


def test_header_of_another_record_does_not_open_the_payload():
    header, _ = age.wrap([OURS.recipient])
    sealed = seal(b"filing")
    payload = sealed[len(header) :]

    with pytest.raises(age.PayloadError, match="belongs to another header"):
        opened(header + payload)


@settings(deadline=None, max_examples=60)
@given(sizes=st.lists(st.integers(1, 4), max_size=4), rest=st.integers(0, 2 * CHUNK))
def test_sealing_block_by_block_gives_an_ordinary_age_file(sizes, rest):
    blocks = [pattern(size * CHUNK)[: size * CHUNK] for size in sizes]
    last = pattern(rest)[: rest or bool(blocks)]
    header, file_key = age.wrap([OURS.recipient])
    encryptor = age.PayloadEncryptor(file_key)
    out = memoryview(bytearray(4 * (CHUNK + 16)))

    sealed = encryptor.nonce
    for block in blocks:
        sealed += out[: encryptor.encrypt_into(memoryview(block), out, is_last=False)]
    sealed += out[: encryptor.encrypt_into(memoryview(last), out, is_last=True)]

    plain = b"".join(blocks) + last
    assert opened(header + sealed) == plain
    assert len(sealed) == age.payload_bytes(len(plain))


def test_sealer_that_goes_on_after_the_end_or_breaks_a_chunk_is_stopped():
    out = memoryview(bytearray(4 * CHUNK))
    _, file_key = age.wrap([OURS.recipient])
    encryptor = age.PayloadEncryptor(file_key)

    with pytest.raises(UsageError, match="whole chunks"):
        encryptor.encrypt_into(b"short", out, is_last=False)
    with pytest.raises(UsageError, match="whole chunks"):
        encryptor.encrypt_into(b"", out, is_last=False)
    with pytest.raises(UsageError, match="room"):
        encryptor.encrypt_into(bytes(CHUNK), out[:CHUNK], is_last=False)
    encryptor.encrypt_into(bytes(CHUNK), out, is_last=False)
    with pytest.raises(UsageError, match="empty after others"):
        encryptor.encrypt_into(b"", out, is_last=True)
    encryptor.encrypt_into(b"end", out, is_last=True)
    with pytest.raises(UsageError, match="after the last"):
        encryptor.encrypt_into(b"more", out, is_last=True)


def test_tampered_chunk_is_named_and_nothing_of_it_is_released():
    plain = pattern(40 * CHUNK)
    sealed = bytearray(seal(plain))
    sealed[-(len(plain) + 16 * 41) + 20 * (CHUNK + 16) + 5] ^= 1
    released = io.BytesIO()

    with pytest.raises(age.PayloadError, match="chunk 20 "):
        released.writelines(age.decrypt(bytes(sealed), [OURS]))

    assert released.getvalue() == plain[: 20 * CHUNK]


def test_chunks_that_change_places_are_found():
    header, payload = age.encrypt(pattern(3 * CHUNK)[: 3 * CHUNK], [OURS.recipient])
    nonce, first, second, third = payload

    with pytest.raises(age.PayloadError, match="chunk 0 "):
        opened(header + nonce + second + first + third)
    with pytest.raises(age.PayloadError, match="chunk 1 "):
        opened(header + nonce + first + third)


def test_file_cut_between_two_chunks_is_found():
    header, payload = age.encrypt(pattern(3 * CHUNK), [OURS.recipient])
    pieces = list(payload)

    with pytest.raises(age.PayloadError, match="the last"):
        opened(header + b"".join(pieces[:-1]))


@settings(deadline=None)
@given(st.data())
def test_one_changed_bit_anywhere_is_found(data):
    """Nothing that was sealed can be changed unnoticed, header or payload."""
    sealed = bytearray(seal(b"filing of 2014"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(AgeError):
        opened(bytes(sealed))


@settings(deadline=None)
@given(st.data())
def test_file_cut_anywhere_is_found(data):
    sealed = seal(pattern(CHUNK + 100))

    with pytest.raises(AgeError):
        opened(sealed[: data.draw(st.integers(0, len(sealed) - 1))])


@settings(deadline=None)
@given(st.binary(max_size=300), st.booleans())
def test_hostile_bytes_are_refused_by_name(noise, begins_well):
    start = b"age-encryption.org/v1\n" if begins_well else b""

    with pytest.raises(AgeError):
        opened(start + noise)


LINES = st.sampled_from(
    [b"-> X25519 ", b"-> scrypt ", b"-> mlkem768x25519 ", b"-> ", b"->", b"--- ", b"---", b"A" * 64, b"AAAA", b"AA=="]
)


@settings(deadline=None)
@given(st.lists(st.one_of(LINES, st.binary(max_size=8), st.just(b"\n")), max_size=30))
def test_hostile_header_made_of_real_pieces_is_refused_by_name(pieces):
    with pytest.raises(AgeError):
        opened(b"age-encryption.org/v1\n" + b"".join(pieces))


def test_header_without_an_end_is_refused_before_it_fills_the_memory():
    class Flood(Endless):
        def readline(self, size):
            return self.read(size).replace(b"\0", b"A")

    flood = Flood(10**12)
    many_lines = b"age-encryption.org/v1\n" + b"-> a\n\n" * MAX_HEADER_BYTES

    with pytest.raises(age.HeaderError):
        age.split(flood)
    with pytest.raises(age.HeaderError, match=str(MAX_HEADER_BYTES)):
        age.split(io.BytesIO(many_lines))
    with pytest.raises(age.HeaderError, match="at most"):
        age.unwrap(many_lines, [OURS])
    assert flood.left > 10**12 - MAX_HEADER_BYTES


def test_header_with_bytes_behind_its_mac_is_refused():
    header, _ = age.wrap([OURS.recipient])

    with pytest.raises(age.HeaderError, match="ends with"):
        age.unwrap(header + b"x", [OURS])
    with pytest.raises(age.HeaderError, match="ends with"):
        age.unwrap(header[:-1], [OURS])
