"""Keys under which a signature may be believed."""

from __future__ import annotations

import base64
import struct

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lantai.errors import MalformedError
from lantai.formats.ledger import ssh_signature
from lantai.formats.ledger.ed25519_key import read_key
from lantai.formats.ledger.signed_note import parse_verifier_key

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
EIGHT = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
SMALL = [
    (ordinate | sign << 255).to_bytes(32, "little")
    for ordinate in (0, 1, P - 1, EIGHT, P - EIGHT, P, P + 1)
    for sign in (0, 1)
]
"""All eight points, with both signs of the abscissa, and the ordinates that have a second form."""


def doubled(point: tuple[int, int]) -> tuple[int, int]:
    """RFC 8032, 5.1.4, in affine form."""
    x, y = point
    product = D * x * x * y * y % P
    return 2 * x * y * pow(1 + product, -1, P) % P, (y * y + x * x) * pow(1 - product, -1, P) % P


def line_of(raw: bytes) -> str:
    fields = (b"ssh-ed25519", raw)
    blob = b"".join(struct.pack(">I", len(field)) + field for field in fields)
    return f"ssh-ed25519 {base64.b64encode(blob).decode()} somebody"


def test_points_of_order_eight_are_those_that_the_standard_leads_to() -> None:
    """RFC 8032, 5.1: three doublings lead to the neutral element, two do not."""
    square = (EIGHT * EIGHT - 1) * pow(D * EIGHT * EIGHT + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    root = root if root * root % P == square else root * pow(2, (P - 1) // 4, P) % P
    point = (root, EIGHT)

    twice, thrice = doubled(doubled(point)), doubled(doubled(doubled(point)))

    assert (twice == (0, 1), thrice) == (False, (0, 1))


@pytest.mark.parametrize("raw", SMALL, ids=bytes.hex)
def test_key_of_small_order_is_read_by_nobody(raw: bytes) -> None:
    """P3."""
    for read in (read_key, lambda raw: ssh_signature.parse_public_key_line(line_of(raw))):
        with pytest.raises(MalformedError, match=r"small order|canonical form"):
            read(raw)


def test_one_signature_for_every_text_verifies_under_a_small_order_key_unless_it_is_refused() -> None:
    """What makes it dangerous: the library itself agrees, for texts that nobody signed."""
    neutral = (1).to_bytes(32, "little")
    signature = neutral + bytes(32)
    for text in (b"destroy all", b"or none"):
        Ed25519PublicKey.from_public_bytes(neutral).verify(signature, text)
    made = ssh_signature.sign(b"x", Ed25519PrivateKey.generate(), "lantai-list")
    blob = base64.b64decode("".join(made.splitlines()[1:-1]))
    forged = blob[:10] + b"".join(
        struct.pack(">I", len(field)) + field
        for field in (
            base64.b64decode(line_of(neutral).split()[1]),
            b"lantai-list",
            b"",
            b"sha512",
            b"".join(struct.pack(">I", len(part)) + part for part in (b"ssh-ed25519", signature)),
        )
    )
    armored = f"-----BEGIN SSH SIGNATURE-----\n{base64.b64encode(forged).decode()}\n-----END SSH SIGNATURE-----\n"

    with pytest.raises(MalformedError, match="small order"):
        ssh_signature.verify(b"destroy all", armored, line_of(neutral), "lantai-list")


@pytest.mark.parametrize("raw", [(2).to_bytes(32, "little"), (P + 3).to_bytes(32, "little"), b"\xff" * 32, b"short"])
def test_bytes_that_are_no_point_are_no_key(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        read_key(raw)


def test_keys_that_people_make_are_read() -> None:
    for _ in range(200):
        raw = Ed25519PrivateKey.generate().public_key().public_bytes_raw()

        assert read_key(raw).public_bytes_raw() == raw


def test_log_key_of_small_order_is_refused_where_others_configure_it() -> None:
    neutral = Ed25519PublicKey.from_public_bytes((1).to_bytes(32, "little"))
    from lantai.formats.ledger.signed_note import format_verifier_key

    with pytest.raises(MalformedError, match="small order"):
        parse_verifier_key(format_verifier_key("lantai-log", neutral))


@pytest.mark.parametrize("behind", ["\nssh-ed25519 AAAA somebody", "\r", "\x1b[2J"])
def test_line_with_another_line_behind_it_is_no_public_key(behind: str) -> None:
    """One key is enrolled, the one whose fingerprint was seen."""
    _, line = ssh_signature.generate_key("甲")

    with pytest.raises(MalformedError, match="one line"):
        ssh_signature.parse_public_key_line(f"{line}{behind}x")
