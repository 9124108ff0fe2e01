"""Recipients and identities: their text, their names in manifests, and what is refused."""

import hashlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lantai.errors import MalformedError
from lantai.formats.age import bech32
from lantai.formats.age import file as age


def test_keys_of_the_specification_belong_together():
    """The two example keys printed in age-encryption.org/v1."""
    x25519 = age.parse_identity("AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX")
    hybrid = age.parse_identity("AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR")

    recipient = str(hybrid.recipient)

    assert str(x25519.recipient) == "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
    assert recipient.startswith("age1pq1x34nzsvr0rxjsgdn8zgyhfe8j7ceq5r9rdelkjuh3y235jzxshfg87pzf5zrqtzdxz95paef6caq5")
    assert recipient.endswith("zv49zc0k")


@pytest.mark.parametrize("hybrid", [False, True])
def test_identity_and_recipient_survive_their_text(hybrid):
    identity = age.generate_identity(hybrid=hybrid)

    again = age.parse_identity(f" {identity}\n")
    recipient = age.parse_recipient(f"{identity.recipient}\n")

    assert again == identity
    assert recipient == identity.recipient
    assert str(identity).startswith("AGE-SECRET-KEY-PQ-1" if hybrid else "AGE-SECRET-KEY-1")
    assert str(recipient).startswith("age1pq1" if hybrid else "age1")


def test_secret_never_shows_where_an_identity_is_printed():
    identity = age.generate_identity()

    shown = f"{identity!r} {[identity]}"

    assert str(identity)[20:] not in shown
    assert identity.secret.hex() not in shown


def test_recipient_is_named_by_the_digest_of_its_text():
    recipient = age.generate_identity().recipient

    name = age.recipient_id(recipient)

    assert name == hashlib.sha256(str(recipient).encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "no printable prefix"),
        ("age1", "0 letters"),
        ("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwk", "checksum"),
        ("age1Zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj", "mixed case"),
        (bech32.encode("age", bytes(31)), "31 bytes"),
        (bech32.encode("age1pq", bytes(1215)), "1215 bytes"),
        (bech32.encode("age1pq", bytes(1216)), "hybrid key"),
        (bech32.encode("age", bytes(32)), "low order"),
        (bech32.encode("age1pq", b"\xff" * 1216), "hybrid key"),
    ],
)
def test_unusable_recipient_is_refused_when_it_is_enrolled(text, found):
    with pytest.raises(MalformedError, match=found):
        age.parse_recipient(text)


def test_secret_key_given_as_a_recipient_is_refused_and_not_repeated():
    secret = str(age.generate_identity())

    with pytest.raises(MalformedError) as refusal:
        age.parse_recipient(secret)

    assert secret not in str(refusal.value)
    assert secret.lower() not in str(refusal.value)


def test_recipient_given_as_an_identity_is_refused():
    with pytest.raises(MalformedError, match="AGE-SECRET-KEY"):
        age.parse_identity(str(age.generate_identity().recipient))


@settings(deadline=None)
@given(st.text(max_size=120))
@example("\u0130" * 10)
@example("1qqqqqq")
def test_hostile_key_text_is_refused_by_name(text):
    with pytest.raises(MalformedError):
        age.parse_identity(text)
    with pytest.raises(MalformedError):
        age.parse_recipient(text)


@given(prefix=st.text("abcdefghijklmnopqrstuvwxyz-1", min_size=1, max_size=20), payload=st.binary(max_size=80))
def test_bech32_text_gives_its_bytes_back_in_either_case(prefix, payload):
    text = bech32.encode(prefix, payload)

    assert bech32.decode(text) == bech32.decode(text.upper()) == (prefix, payload)


@given(payload=st.binary(min_size=1, max_size=60), place=st.integers(0, 10**6), letter=st.sampled_from("qpzry9x8"))
def test_one_mistyped_letter_of_a_key_is_found(payload, place, letter):
    text = bech32.encode("age", payload)
    start = len("age1")
    place = start + place % (len(text) - start)
    mistyped = text[:place] + (letter if text[place] != letter else "l") + text[place + 1 :]

    with pytest.raises(MalformedError):
        bech32.decode(mistyped)
