"""The published age vectors get their verdicts (C2SP/CCTV testkit in ../shared/data/age)."""

import hashlib
import io
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lantai.errors import AgeError
from lantai.formats.age import file as age

pytestmark = pytest.mark.shared

VERDICTS = {
    "header failure": age.HeaderError,
    "no match": age.NoIdentityMatchError,
    "HMAC failure": age.HmacError,
    "payload failure": age.PayloadError,
}


@dataclass
class Vector:
    verdict: str
    file: bytes
    payload_sha256: str | None = None
    is_armored: bool = False
    takes_passphrase: bool = False
    identities: list[str] = field(default_factory=list)


def read_vector(path: Path) -> Vector:
    head, file = path.read_bytes().split(b"\n\n", 1)
    vector = Vector("", file)
    for line in head.decode().splitlines():
        name, value = line.split(": ", 1)
        if name == "expect":
            vector.verdict = value
        elif name == "payload":
            vector.payload_sha256 = value
        elif name == "identity":
            vector.identities.append(value)
        vector.is_armored |= name == "armored"
        vector.takes_passphrase |= name == "passphrase"
        if name == "compressed":
            vector.file = zlib.decompress(file)
    return vector


def vectors(shared_data: Path) -> dict[str, Vector]:
    folder = shared_data / "age" / "cctv-testkit"
    return {path.name: read_vector(path) for path in sorted(folder.iterdir())}


def verdict_of(vector: Vector) -> str:
    released = hashlib.sha256()
    try:
        for piece in age.decrypt(io.BytesIO(vector.file), vector.identities):
            released.update(piece)
    except AgeError as error:
        return next(verdict for verdict, kind in VERDICTS.items() if type(error) is kind)
    assert released.hexdigest() == vector.payload_sha256
    return "success"


def test_every_vector_without_armor_and_passphrase_gets_its_verdict(shared_data):
    plain = {
        name: vector
        for name, vector in vectors(shared_data).items()
        if not vector.is_armored and not vector.takes_passphrase
    }

    verdicts = {name: verdict_of(vector) for name, vector in plain.items()}

    assert len(plain) == 44
    assert sum(name.startswith("hybrid") for name in plain) == 9
    assert verdicts == {name: vector.verdict for name, vector in plain.items()}


def test_passphrase_vectors_are_refused_for_the_right_reason(shared_data):
    """We take no passphrases: a well-made scrypt header is nobody's of ours, a malformed one is still malformed."""
    sealed_by_passphrase = {name: vector for name, vector in vectors(shared_data).items() if vector.takes_passphrase}
    expected = {
        name: "no match" if vector.verdict == "success" else vector.verdict
        for name, vector in sealed_by_passphrase.items()
    }

    verdicts = {name: verdict_of(vector) for name, vector in sealed_by_passphrase.items()}

    assert len(sealed_by_passphrase) == 13
    assert verdicts == expected


def test_armored_files_are_refused_as_no_age_header(shared_data):
    """Whoever armors a file gets text; the vault keeps bytes, and every armored file is refused in the same way."""
    armored = {name: vector for name, vector in vectors(shared_data).items() if vector.is_armored}

    verdicts = {name: verdict_of(vector) for name, vector in armored.items()}

    assert len(armored) == 17
    assert set(verdicts.values()) == {"header failure"}


def test_split_stops_at_the_payload_in_every_sound_vector(shared_data):
    sound = [
        vector
        for vector in vectors(shared_data).values()
        if vector.verdict in {"success", "payload failure", "no match"} and not vector.is_armored
    ]

    for vector in sound:
        stream = io.BytesIO(vector.file)
        header = age.split(stream)
        assert header + stream.read() == vector.file
    assert len(sound) > 20
