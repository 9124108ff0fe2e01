"""Signed notes and checkpoints: who signed what, and everything that is not so."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.errors import MalformedError, SignatureInvalidError
from lantai.formats.ledger import merkle, signed_note

LOG = Ed25519PrivateKey.generate()
WITNESS = Ed25519PrivateKey.generate()
STRANGER = Ed25519PrivateKey.generate()
KEYS = {"lantai.example/log": LOG.public_key(), "lantai.example/witness": WITNESS.public_key()}
TEXT = "登记备份 2025\n\n第二段\n"

# The example of Go's package golang.org/x/mod/sumdb/note: key, seed of the signer, text and signature.
NEUMANN_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
NEUMANN_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NEUMANN_NOTE = (
    NEUMANN_TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def signed(text=TEXT):
    return signed_note.sign(text, "lantai.example/log", LOG)


def line_of(name, payload):
    return f"— {name} {base64.b64encode(payload).decode()}\n"


def test_note_of_another_implementation_is_verified_and_made_byte_for_byte():
    name, key = signed_note.parse_verifier_key(NEUMANN_KEY)
    secret = Ed25519PrivateKey.from_private_bytes(base64.b64decode(NEUMANN_SEED)[1:])

    assert signed_note.verify(NEUMANN_NOTE, {name: key}) == (NEUMANN_TEXT, ("PeterNeumann",))
    assert signed_note.sign(NEUMANN_TEXT, name, secret) == NEUMANN_NOTE
    assert signed_note.format_verifier_key(name, key) == NEUMANN_KEY


def test_note_gives_its_text_and_all_known_signers():
    note = signed_note.add_signature(signed(), "lantai.example/witness", WITNESS)

    text, names = signed_note.verify(note, KEYS)

    assert text == TEXT
    assert names == ("lantai.example/log", "lantai.example/witness")


def test_signature_of_an_unknown_key_is_ignored_but_does_not_count():
    note = signed_note.add_signature(signed(), "elsewhere.example", STRANGER)
    only_stranger = signed_note.sign(TEXT, "elsewhere.example", STRANGER)

    assert signed_note.verify(note, KEYS) == (TEXT, ("lantai.example/log",))
    with pytest.raises(SignatureInvalidError, match=r"elsewhere\.example.*expected one of lantai"):
        signed_note.verify(only_stranger, KEYS)
    with pytest.raises(SignatureInvalidError, match="expected one of none"):
        signed_note.verify(note, {})


def test_known_name_with_another_key_is_not_the_known_signer():
    note = signed_note.sign(TEXT, "lantai.example/log", STRANGER)

    with pytest.raises(SignatureInvalidError):
        signed_note.verify(note, KEYS)


def test_one_wrong_signature_of_a_known_key_spoils_the_note():
    key_id = signed_note.key_id_of("lantai.example/log", LOG.public_key())
    note = signed_note.sign(TEXT, "lantai.example/witness", WITNESS)

    with pytest.raises(SignatureInvalidError, match=r"lantai\.example/log"):
        signed_note.verify(note + line_of("lantai.example/log", key_id + bytes(64)), KEYS)
    with pytest.raises(SignatureInvalidError, match=r"lantai\.example/log"):
        signed_note.verify(note + line_of("lantai.example/log", key_id + b"short"), KEYS)


def test_name_that_signed_twice_is_listed_once():
    note = signed_note.add_signature(signed(), "lantai.example/log", LOG)

    assert signed_note.verify(note, KEYS)[1] == ("lantai.example/log",)


@settings(deadline=None)
@given(st.data())
def test_one_changed_character_of_the_text_is_found(data):
    note = signed()
    place = data.draw(st.integers(0, len(TEXT) - 2))
    letter = data.draw(
        st.characters(min_codepoint=33, exclude_categories=["Cs"]).filter(lambda one: one != note[place])
    )

    with pytest.raises((SignatureInvalidError, MalformedError)):
        signed_note.verify(note[:place] + letter + note[place + 1 :], KEYS)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "text only\n",
        "text\n\n",
        "\n\n— name AAAAAAAA\n",
        "text\n\n- name AAAAAAAA\n",
        "text\n\n— name\n",
        "text\n\n— na+me AAAAAAAA\n",
        "text\n\n— na\u00a0me AAAAAAAA\n",
        "text\n\n— name AAAA\n",
        "text\n\n— name AAAAAAAA",
        "text\n\n— name AAAAAAA\n",
        "text\n\n— name AAAAAAAB==\n",
        "text\n\n— name AAAAAA!A\n",
        "text\t\n\n— name AAAAAAAA\n",
        "text\r\n\r\n— name AAAAAAAA\r\n",
        "te\ud800xt\n\n— name AAAAAAAA\n",
        "text\n\n" + "— name AAAAAAAA\n" * 101,
        "a" * 1_000_001,
    ],
)
def test_what_is_no_note_is_refused(note):
    with pytest.raises(MalformedError):
        signed_note.verify(note, KEYS)


@pytest.mark.parametrize("text", ["", "\n", "no end", "bell\a\n", "cr\r\n", "\ud800\n"])
def test_text_that_cannot_stand_in_a_note_is_not_signed(text):
    with pytest.raises(MalformedError):
        signed_note.sign(text, "lantai.example/log", LOG)


@pytest.mark.parametrize("name", ["", "with space", "with+plus", "wide\u3000space", "line\nfeed", "half\ud800"])
def test_name_that_cannot_stand_in_a_note_does_not_sign(name):
    with pytest.raises(MalformedError, match="cannot name a key"):
        signed_note.sign(TEXT, name, LOG)
    with pytest.raises(MalformedError, match="cannot name a key"):
        signed_note.format_verifier_key(name, LOG.public_key())


def test_full_note_takes_no_further_signature():
    note = "text\n\n" + "— name AAAAAAAA\n" * 100

    with pytest.raises(MalformedError, match="100 signatures"):
        signed_note.add_signature(note, "lantai.example/log", LOG)


@settings(deadline=None)
@given(st.text(max_size=40), st.text("— name+AB=/ \n", max_size=60))
def test_hostile_notes_are_refused_by_name(text, below):
    with pytest.raises((MalformedError, SignatureInvalidError)):
        signed_note.verify(f"{text}\n\n{below}", KEYS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        NEUMANN_KEY.replace("c74f20a3", "c74f20a4"),
        NEUMANN_KEY.replace("Peter", "Paul"),
        NEUMANN_KEY[:-4],
        NEUMANN_KEY.replace("+AR", "+AB"),
        NEUMANN_KEY.replace("+AR", "+BR"),
        NEUMANN_KEY + "!",
    ],
)
def test_mistyped_verifier_key_is_refused(text):
    with pytest.raises(MalformedError):
        signed_note.parse_verifier_key(text)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_hostile_verifier_keys_are_refused_by_name(text):
    with pytest.raises(MalformedError):
        signed_note.parse_verifier_key(text)


def test_checkpoint_of_the_specification_is_read():
    """The example printed in c2sp.org/tlog-checkpoint."""
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

    checkpoint = signed_note.Checkpoint.parse(text)

    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert checkpoint.root.hex().startswith("0ac5186a")
    assert checkpoint.encode() == text


def test_signed_checkpoint_carries_the_root_of_the_ledger():
    tree = merkle.Frontier()
    tree.append(merkle.leaf_hash(b"event"))
    checkpoint = signed_note.Checkpoint("lantai.example/log", tree.size, tree.root)

    text, _ = signed_note.verify(signed(checkpoint.encode()), KEYS)

    assert signed_note.Checkpoint.parse(text) == checkpoint


@given(
    size=st.integers(0, 10**19 - 1),
    root=st.binary(min_size=32, max_size=32),
    extensions=st.lists(st.text("abc 一", min_size=1)),
)
def test_checkpoint_survives_its_text(size, root, extensions):
    checkpoint = signed_note.Checkpoint("lantai.example/log", size, root, tuple(extensions))

    assert signed_note.Checkpoint.parse(checkpoint.encode()) == checkpoint


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        "origin\n1\n",
        f"origin\n01\n{ROOT}\n",
        f"origin\n-1\n{ROOT}\n",
        f"origin\n+1\n{ROOT}\n",
        f"origin\n１\n{ROOT}\n",
        f"origin\n{'9' * 5000}\n{ROOT}\n",
        f"origin\n1\n{ROOT}",
        f"origin\n1\n{ROOT}\n\n",
        f"origin\n1\n{ROOT[:-4]}\n",
        f"origin\n1\n{ROOT[:-1]}\n",
        f"\n1\n{ROOT}\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(MalformedError):
        signed_note.Checkpoint.parse(text)


@pytest.mark.parametrize(
    "checkpoint",
    [
        signed_note.Checkpoint("", 1, bytes(32)),
        signed_note.Checkpoint("two\nlines", 1, bytes(32)),
        signed_note.Checkpoint("origin", -1, bytes(32)),
        signed_note.Checkpoint("origin", 1, bytes(31)),
        signed_note.Checkpoint("origin", 1, bytes(32), ("",)),
        signed_note.Checkpoint("origin", 1, bytes(32), ("two\nlines",)),
        signed_note.Checkpoint("origin\t", 1, bytes(32)),
    ],
)
def test_checkpoint_that_could_not_be_read_again_is_not_written(checkpoint):
    with pytest.raises(MalformedError):
        checkpoint.encode()
