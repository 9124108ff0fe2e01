"""Other people's age programs read what we seal, and we read what they seal."""

import subprocess

import pyrage
import pytest

from lantai.formats.age import file as age

SIZES = [0, 1, age.CHUNK_BYTES, age.CHUNK_BYTES * 17 + 3]


def pattern(size):
    return (bytes(range(253)) * (size // 253 + 1))[:size]


@pytest.fixture
def identity():
    return age.generate_identity()


@pytest.fixture
def key_file(tmp_path, identity):
    path = tmp_path / "identity.txt"
    path.write_text(f"{identity}\n")
    return path


@pytest.mark.parametrize("size", SIZES)
def test_pyrage_reads_header_and_payload_joined(identity, size):
    header, payload = age.encrypt(pattern(size), [identity.recipient, age.generate_identity().recipient])

    plain = pyrage.decrypt(header + b"".join(payload), [pyrage.x25519.Identity.from_str(str(identity))])

    assert plain == pattern(size)


@pytest.mark.parametrize("size", SIZES)
def test_file_sealed_by_pyrage_opens(identity, size):
    sealed = pyrage.encrypt(pattern(size), [pyrage.x25519.Recipient.from_str(str(identity.recipient))])

    plain = b"".join(age.decrypt(sealed, [identity]))

    assert plain == pattern(size)


def test_keys_made_here_and_by_pyrage_are_the_same_keys(identity):
    theirs = pyrage.x25519.Identity.from_str(str(identity))
    stranger = pyrage.x25519.Identity.generate()

    assert str(theirs.to_public()) == str(identity.recipient)
    assert str(age.parse_identity(str(stranger)).recipient) == str(stranger.to_public())


@pytest.mark.server("age")
@pytest.mark.parametrize("size", SIZES)
def test_stock_age_reads_header_and_payload_stored_apart(tmp_path, identity, key_file, size):
    """By hand, as vault.md says: `cat R.hdr R.payload | age -d -i key` (L1)."""
    header, payload = age.encrypt(pattern(size), [identity.recipient])
    (tmp_path / "R.hdr").write_bytes(header)
    (tmp_path / "R.payload").write_bytes(b"".join(payload))

    joined = (tmp_path / "R.hdr").read_bytes() + (tmp_path / "R.payload").read_bytes()
    run = subprocess.run(["age", "-d", "-i", key_file], input=joined, capture_output=True, check=True)

    assert run.stdout == pattern(size)


@pytest.mark.server("age")
def test_stock_age_reads_a_header_made_by_rotation(identity, key_file):
    old = age.generate_identity()
    header, payload = age.encrypt(b"filing", [old.recipient])

    rotated = age.rewrap(header, [old], [identity.recipient])
    run = subprocess.run(
        ["age", "-d", "-i", key_file], input=rotated + b"".join(payload), capture_output=True, check=True
    )

    assert run.stdout == b"filing"


@pytest.mark.server("age")
@pytest.mark.parametrize("size", SIZES)
def test_file_sealed_by_stock_age_opens(identity, size):
    run = subprocess.run(["age", "-r", str(identity.recipient)], input=pattern(size), capture_output=True, check=True)

    plain = b"".join(age.decrypt(run.stdout, [identity]))

    assert plain == pattern(size)


@pytest.mark.server("age")
def test_armored_and_passphrase_files_are_refused_with_a_reason(identity):
    armored = subprocess.run(
        ["age", "-a", "-r", str(identity.recipient)], input=b"filing", capture_output=True, check=True
    ).stdout
    by_passphrase = pyrage.passphrase.encrypt(b"filing", "secret")

    with pytest.raises(age.HeaderError, match="armored"):
        age.decrypt(armored, [identity])
    with pytest.raises(age.NoIdentityMatchError, match="scrypt"):
        age.decrypt(by_passphrase, [identity])


@pytest.mark.server("age-keygen")
def test_key_made_by_age_keygen_is_read(tmp_path):
    path = tmp_path / "key.txt"
    subprocess.run(["age-keygen", "-o", path], capture_output=True, check=True)
    *comments, secret = path.read_text().split("\n")[:-1]

    identity = age.parse_identity(secret)

    assert str(identity.recipient) in "\n".join(comments)
