"""Ed25519 public keys that a signature may be believed under.

A point of small order is no key of anybody: one signature made without any
secret verifies under it for every text, and OpenSSL and `ssh-keygen` agree. A
key whose bytes are not the canonical ones, or no point of the curve, is none
either. Every public key that comes from outside is read here.

Source: RFC 8032, 5.1.3 and 5.1.7; Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs" (2020), 3.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lantai.errors import MalformedError

KEY_BYTES = 32
_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_ORDER_EIGHT = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
"""Smaller half of the two ordinates of the points of order eight; the other is its negative."""
_SMALL_ORDER = frozenset({0, 1, _P - 1, _ORDER_EIGHT, _P - _ORDER_EIGHT})
"""Ordinates of the eight points whose order divides the cofactor: orders four, one, two, eight and eight."""


def read_key(raw: bytes) -> Ed25519PublicKey:
    """Return a public key from its 32 bytes.

    Raises:
        MalformedError: Another length, not the canonical bytes of a point of the curve, or a point of small order.
    """
    if len(raw) != KEY_BYTES:
        raise MalformedError(f"found a key of {len(raw)} bytes, expected {KEY_BYTES}")
    ordinate = int.from_bytes(raw, "little") & (2**255 - 1)
    if ordinate in _SMALL_ORDER:
        raise MalformedError("found a key of small order, under which anybody's signature verifies for every text")
    if ordinate >= _P or not _is_on_curve(ordinate):
        raise MalformedError("found 32 bytes that are no point of the curve in canonical form, expected an Ed25519 key")
    return Ed25519PublicKey.from_public_bytes(raw)


def require_believable(key: Ed25519PublicKey) -> Ed25519PublicKey:
    """Return a key that another reader has read, or refuse it as `read_key` does.

    Raises:
        MalformedError: As there.
    """
    return read_key(key.public_bytes_raw())


def _is_on_curve(ordinate: int) -> bool:
    # x squared is (y^2 - 1) / (d y^2 + 1); by Euler's criterion it is a square, or it is none.
    square = ordinate * ordinate % _P
    candidate = (square - 1) * pow(_D * square + 1, -1, _P) % _P
    return pow(candidate, (_P - 1) // 2, _P) in (0, 1)
