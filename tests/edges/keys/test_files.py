"""Key files: only ever made new, readable by their owner only."""

import resource
import stat
import subprocess

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lantai.edges.keys.files import (
    INTAKE,
    load_identities,
    load_recipients,
    load_signer,
    load_verifier,
    make_home_keys,
    new_identity,
    new_signer,
    public_path,
)
from lantai.errors import (
    AlreadyThereError,
    KeyMissingError,
    MalformedError,
    PlaceUnavailableError,
    SignatureInvalidError,
)


def test_signing_key_is_for_its_owner_only_and_never_overwritten(tmp_path):
    new_signer(tmp_path / "intake.pem", INTAKE)
    before = (tmp_path / "intake.pem").read_bytes()

    with pytest.raises(AlreadyThereError, match="never overwritten"):
        new_signer(tmp_path / "intake.pem", INTAKE)

    assert stat.S_IMODE((tmp_path / "intake.pem").stat().st_mode) == 0o600
    assert (tmp_path / "intake.pem").read_bytes() == before


def test_signature_verifies_with_openssl(tmp_path):
    signer = new_signer(tmp_path / "intake.pem", INTAKE)
    (tmp_path / "text").write_bytes(b"text")
    (tmp_path / "text.sig").write_bytes(signer.sign(b"text"))

    found = subprocess.run(
        [
            *("openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", public_path(tmp_path / "intake.pem")),
            *("-in", tmp_path / "text", "-sigfile", tmp_path / "text.sig"),
        ],
        check=True,
        capture_output=True,
    )

    assert b"Verified Successfully" in found.stdout


def test_public_half_is_enough_to_verify(tmp_path):
    signature = new_signer(tmp_path / "intake.pem", INTAKE).sign(b"text")
    (tmp_path / "intake.pem").unlink()
    verifier = load_verifier(INTAKE, tmp_path / "intake.pem")

    verifier.verify(b"text", signature)

    with pytest.raises(SignatureInvalidError):
        verifier.verify(b"other", signature)


def test_key_is_shown_by_no_repr(tmp_path):
    assert "PRIVATE" not in repr(new_signer(tmp_path / "k.pem", INTAKE)).upper()


def test_missing_key_is_named(tmp_path):
    for load in (load_recipients, load_identities, lambda path: load_signer(INTAKE, path)):
        with pytest.raises(KeyMissingError, match="absent"):
            load(tmp_path / "absent")


def test_empty_recipients_file_is_a_missing_key(tmp_path):
    (tmp_path / "r").write_text("# nobody yet\n\n")

    with pytest.raises(KeyMissingError, match="found no key"):
        load_recipients(tmp_path / "r")


def test_bad_line_is_told_by_its_number_and_a_secret_is_not_repeated(tmp_path):
    new_identity(tmp_path / "identity.txt")
    secret = (tmp_path / "identity.txt").read_text().splitlines()[1]
    mistyped = "Q" if secret.endswith("P") else "P"
    (tmp_path / "broken.txt").write_text(f"# comment\n{secret[:-1]}{mistyped}\n")

    with pytest.raises(MalformedError, match="line 2") as told:
        load_identities(tmp_path / "broken.txt")
    assert secret[20:40] not in str(told.value)


@pytest.mark.parametrize("hybrid", [False, True])
def test_identity_and_its_recipient_belong_together(tmp_path, hybrid):
    recipient = new_identity(tmp_path / "identity.txt", hybrid)

    (identity,) = load_identities(tmp_path / "identity.txt")

    assert identity.recipient == recipient
    assert str(recipient).startswith("age1pq1" if hybrid else "age1")
    assert stat.S_IMODE((tmp_path / "identity.txt").stat().st_mode) == 0o600


def test_key_of_another_kind_is_refused(tmp_path):
    subprocess.run(["openssl", "genpkey", "-algorithm", "x25519", "-out", tmp_path / "x.pem"], check=True)

    with pytest.raises(MalformedError, match="expected Ed25519"):
        load_signer(INTAKE, tmp_path / "x.pem")


def test_public_half_of_small_order_that_somebody_put_there_verifies_nothing(tmp_path):
    """A file that is swapped for such a key would make every manifest and checkpoint genuine."""
    neutral = Ed25519PublicKey.from_public_bytes((1).to_bytes(32, "little"))
    (tmp_path / "log.pub.pem").write_bytes(
        neutral.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )

    with pytest.raises(MalformedError, match=r"log\.pub\.pem: found a key of small order"):
        load_verifier("lantai-log", tmp_path / "log.pem")


def test_home_gets_its_keys_once(settings):
    make_home_keys(settings)
    before = {path: path.read_bytes() for path in settings.home.rglob("*") if path.is_file()}

    make_home_keys(settings)

    assert {path: path.read_bytes() for path in settings.home.rglob("*") if path.is_file()} == before
    assert load_identities(settings.keys / "identity.txt")[0].recipient == load_recipients(settings.recipients_file)[0]


def test_home_without_custody_has_no_key_that_opens_the_vault_or_signs_certificates(settings):
    """vault.md, "The ledger": the disposal key is the custodian's; P2: a worker holds no private key of the vault."""
    make_home_keys(settings, has_custody=False)

    assert sorted(path.name for path in settings.keys.iterdir()) == [
        "intake.pem",
        "intake.pub.pem",
        "log.pem",
        "log.pub.pem",
    ]
    assert not settings.recipients_file.exists()


def test_full_disk_leaves_no_half_key_behind(tmp_path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20, limits[1]))
        with pytest.raises(PlaceUnavailableError):
            new_identity(tmp_path / "identity.txt")
        with pytest.raises(PlaceUnavailableError):
            new_signer(tmp_path / "intake.pem", INTAKE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert list(tmp_path.iterdir()) == []


def test_set_up_that_stopped_between_identity_and_recipients_goes_on(settings):
    new_identity(settings.keys / "identity.txt")
    before = (settings.keys / "identity.txt").read_bytes()

    make_home_keys(settings)

    assert (settings.keys / "identity.txt").read_bytes() == before
    assert load_recipients(settings.recipients_file) == (load_identities(settings.keys / "identity.txt")[0].recipient,)
