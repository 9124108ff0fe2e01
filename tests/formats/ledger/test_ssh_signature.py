"""Lists signed with people's SSH keys: here and by ssh-keygen, and everything that differs named."""

import base64
import struct
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.errors import MalformedError, SignatureInvalidError
from lantai.formats.ledger import ssh_signature

SPACE = "lantai-list"
MESSAGE = "销毁清册 2025-001\nsha256 of the list\n".encode()
PEM, LINE = ssh_signature.generate_key("panel member 1")
OTHER_PEM, OTHER_LINE = ssh_signature.generate_key()
KEY = ssh_signature.load_private_key(PEM)
SIGNATURE = ssh_signature.sign(MESSAGE, KEY, SPACE)


def blob_of(armored):
    return base64.b64decode("".join(armored.split("\n")[1:-2]))


def armored(blob):
    return f"-----BEGIN SSH SIGNATURE-----\n{base64.b64encode(blob).decode()}\n-----END SSH SIGNATURE-----\n"


def string(field):
    return struct.pack(">I", len(field)) + field


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "key"
    path.write_bytes(PEM)
    path.chmod(0o600)
    return path


@pytest.fixture
def allowed_signers(tmp_path):
    path = tmp_path / "allowed_signers"
    path.write_text(f"member@example {LINE}\n")
    return path


def verified_by_ssh_keygen(tmp_path, allowed_signers, signature, space, message):
    path = tmp_path / "list.sig"
    path.write_text(signature)
    command = ["ssh-keygen", "-Y", "verify", "-f", allowed_signers, "-I", "member@example", "-n", space, "-s", path]
    return subprocess.run(command, input=message, capture_output=True, check=False).returncode == 0


def test_signature_holds_for_its_text_key_and_purpose():
    assert ssh_signature.verify(MESSAGE, SIGNATURE, LINE, SPACE) is None


def test_changed_text_is_named():
    with pytest.raises(SignatureInvalidError, match="the text is not the one"):
        ssh_signature.verify(MESSAGE + b" ", SIGNATURE, LINE, SPACE)


def test_signature_of_somebody_else_is_named_with_both_keys():
    with pytest.raises(SignatureInvalidError) as refusal:
        ssh_signature.verify(MESSAGE, SIGNATURE, OTHER_LINE, SPACE)

    assert ssh_signature.fingerprint(LINE) in str(refusal.value)
    assert ssh_signature.fingerprint(OTHER_LINE) in str(refusal.value)


def test_signature_for_another_purpose_is_named():
    with pytest.raises(SignatureInvalidError, match="purpose b'lantai-list', expected 'git'"):
        ssh_signature.verify(MESSAGE, SIGNATURE, LINE, "git")


def test_key_swapped_into_a_signature_does_not_make_it_his():
    mine, his = (base64.b64decode(line.split()[1]) for line in (LINE, OTHER_LINE))

    swapped = armored(blob_of(SIGNATURE).replace(mine, his))

    with pytest.raises(SignatureInvalidError, match="the text is not the one"):
        ssh_signature.verify(MESSAGE, swapped, OTHER_LINE, SPACE)


def test_signature_over_another_kind_of_hash_is_read_only_if_it_is_strong():
    weak = armored(blob_of(SIGNATURE).replace(string(b"sha512"), string(b"sha1")))

    with pytest.raises(SignatureInvalidError, match="expected sha512 or sha256"):
        ssh_signature.verify(MESSAGE, weak, LINE, SPACE)


def test_private_key_survives_its_file_and_others_are_refused():
    ecdsa = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())

    assert ssh_signature.format_public_key_line(KEY.public_key(), "panel member 1") == LINE
    with pytest.raises(MalformedError, match="expected ssh-ed25519"):
        ssh_signature.load_private_key(ecdsa)
    with pytest.raises(MalformedError, match="cannot be read"):
        ssh_signature.load_private_key(b"not a key")


def test_comment_is_kept_beside_the_key():
    parsed = ssh_signature.parse_public_key_line(f"  {LINE}\n")

    assert parsed.comment == "panel member 1"
    assert parsed.key.public_bytes_raw() == KEY.public_key().public_bytes_raw()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 AAAA!",
        pytest.param("ssh-rsa " + LINE.split()[1], id="a key that is called another kind"),
        "ssh-ed25519 " + base64.b64encode(string(b"ssh-rsa") + string(bytes(32))).decode(),
        "ssh-ed25519 " + base64.b64encode(string(b"ssh-ed25519") + string(bytes(31))).decode(),
        "ssh-ed25519 " + base64.b64encode(string(b"ssh-ed25519") + string(bytes(32)) + b"x").decode(),
        "ssh-ed25519 键",
        "ssh-ed25519\ud800 AAAA",
    ],
)
def test_unusable_public_key_is_refused(line):
    with pytest.raises(MalformedError):
        ssh_signature.parse_public_key_line(line)


@pytest.mark.parametrize("space", ["", "half\ud800"])
def test_signature_without_a_purpose_is_not_made(space):
    with pytest.raises(MalformedError, match="namespace"):
        ssh_signature.sign(MESSAGE, KEY, space)
    with pytest.raises(MalformedError, match="namespace"):
        ssh_signature.verify(MESSAGE, SIGNATURE, LINE, space)


@settings(deadline=None)
@given(st.data())
def test_one_changed_bit_of_a_signature_is_found(data):
    blob = bytearray(blob_of(SIGNATURE))
    blob[data.draw(st.integers(0, len(blob) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    # The reserved field is empty and not signed over; a bit of its length makes what follows unreadable.
    with pytest.raises(SignatureInvalidError):
        ssh_signature.verify(MESSAGE, armored(bytes(blob)), LINE, SPACE)


@settings(deadline=None)
@given(noise=st.binary(max_size=200), begins_well=st.booleans())
def test_hostile_signatures_are_refused_by_name(noise, begins_well):
    blob = (b"SSHSIG" + struct.pack(">I", 1) if begins_well else b"") + noise

    with pytest.raises(SignatureInvalidError, match="cannot be read"):
        ssh_signature.verify(MESSAGE, armored(blob), LINE, SPACE)


@settings(deadline=None)
@given(st.text(max_size=100))
def test_hostile_text_is_refused_by_name(text):
    with pytest.raises(SignatureInvalidError):
        ssh_signature.verify(MESSAGE, text, LINE, SPACE)
    with pytest.raises(SignatureInvalidError):
        ssh_signature.verify(MESSAGE, SIGNATURE[:40] + text + SIGNATURE[-40:], LINE, SPACE)


def test_endless_signature_is_refused():
    with pytest.raises(SignatureInvalidError, match="at most 65536"):
        ssh_signature.verify(MESSAGE, SIGNATURE + " " * 70_000, LINE, SPACE)


@pytest.mark.server("ssh-keygen")
def test_ssh_keygen_accepts_our_signature_and_refuses_a_changed_text(tmp_path, allowed_signers):
    """A sign-off can be checked without us, by `ssh-keygen -Y verify`."""
    assert verified_by_ssh_keygen(tmp_path, allowed_signers, SIGNATURE, SPACE, MESSAGE)
    assert not verified_by_ssh_keygen(tmp_path, allowed_signers, SIGNATURE, SPACE, MESSAGE + b" ")
    assert not verified_by_ssh_keygen(tmp_path, allowed_signers, SIGNATURE, "other", MESSAGE)


@pytest.mark.server("ssh-keygen")
@pytest.mark.parametrize("algorithm", ["sha512", "sha256"])
def test_signature_made_by_ssh_keygen_is_accepted(tmp_path, key_file, algorithm):
    """People sign with the tool that they have: `ssh-keygen -Y sign`."""
    path = tmp_path / "list.json"
    path.write_bytes(MESSAGE)
    command = ["ssh-keygen", "-Y", "sign", "-f", key_file, "-n", SPACE, "-O", f"hashalg={algorithm}", path]
    subprocess.run(command, capture_output=True, check=True)
    signature = path.with_suffix(".json.sig").read_text()

    assert string(algorithm.encode()) in blob_of(signature)
    assert ssh_signature.verify(MESSAGE, signature, LINE, SPACE) is None
    with pytest.raises(SignatureInvalidError, match="the text is not the one"):
        ssh_signature.verify(MESSAGE + b" ", signature, LINE, SPACE)


@pytest.mark.server("ssh-keygen")
def test_fingerprint_and_key_files_are_those_of_ssh_keygen(tmp_path, key_file):
    theirs = tmp_path / "theirs"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "archivist", "-f", theirs], check=True)
    listed = subprocess.run(["ssh-keygen", "-l", "-f", key_file], capture_output=True, text=True, check=True).stdout
    line = theirs.with_suffix(".pub").read_text()

    private_key = ssh_signature.load_private_key(theirs.read_bytes())

    assert ssh_signature.fingerprint(LINE) in listed
    assert ssh_signature.format_public_key_line(private_key.public_key(), "archivist") == line.strip()


@pytest.mark.server("ssh-keygen")
def test_key_under_a_passphrase_opens_only_with_it(tmp_path):
    path = tmp_path / "locked"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "correct", "-f", path], check=True)
    line = path.with_suffix(".pub").read_text()

    private_key = ssh_signature.load_private_key(path.read_bytes(), b"correct")

    assert ssh_signature.verify(MESSAGE, ssh_signature.sign(MESSAGE, private_key, SPACE), line, SPACE) is None
    with pytest.raises(MalformedError, match="cannot be read"):
        ssh_signature.load_private_key(path.read_bytes())
    with pytest.raises(MalformedError, match="cannot be read"):
        ssh_signature.load_private_key(path.read_bytes(), b"wrong")
