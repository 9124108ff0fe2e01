"""Bech32, the spelling of age keys: a prefix, a `1`, five-bit letters, six letters of checksum.

Without the length limit of the original, as age uses it; upper or lower case,
never both. Not here: what the bytes mean (age_keys).

Source: BIP 173; age-encryption.org/v1, "Conventions".
"""

from __future__ import annotations

from collections.abc import Iterable

from lantai.errors import MalformedError

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_LETTERS = 6
_FIRST_PRINTABLE, _LAST_PRINTABLE = "!", "~"


def encode(prefix: str, payload: bytes) -> str:
    """Return `payload` as lower-case Bech32 under a lower-case `prefix`."""
    values = _regroup(payload, 8, 5, is_padded=True)
    check = _polymod([*_expand(prefix), *values, *([0] * _CHECKSUM_LETTERS)]) ^ 1
    values += [check >> 5 * (_CHECKSUM_LETTERS - 1 - place) & 31 for place in range(_CHECKSUM_LETTERS)]
    return f"{prefix}1{''.join(_LETTERS[value] for value in values)}"


def decode(text: str) -> tuple[str, bytes]:
    """Return the prefix, in lower case, and the bytes of a Bech32 string.

    The text itself never appears in an error, because it may be a secret key.

    Raises:
        MalformedError: mixed case, a foreign letter, a wrong checksum, or bits left over.
    """
    if text not in {text.lower(), text.upper()}:
        raise MalformedError("a key in Bech32 is found in mixed case, expected all upper or all lower case")
    prefix, separator, letters = text.lower().rpartition("1")
    if not separator or not prefix or any(not _FIRST_PRINTABLE <= sign <= _LAST_PRINTABLE for sign in prefix):
        raise MalformedError("a key in Bech32 has no printable prefix followed by a 1")
    if len(letters) < _CHECKSUM_LETTERS or any(letter not in _VALUES for letter in letters):
        raise MalformedError(f"a key in Bech32 has {len(letters)} letters after its 1, or letters that it cannot have")
    values = [_VALUES[letter] for letter in letters]
    if _polymod([*_expand(prefix), *values]) != 1:
        raise MalformedError("the checksum of a key in Bech32 is wrong: a letter was lost or mistyped")
    return prefix, bytes(_regroup(values[:-_CHECKSUM_LETTERS], 5, 8, is_padded=False))


def _expand(prefix: str) -> list[int]:
    return [ord(sign) >> 5 for sign in prefix] + [0] + [ord(sign) & 31 for sign in prefix]


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, term in enumerate(_GENERATOR):
            if top >> place & 1:
                check ^= term
    return check


def _regroup(values: Iterable[int], from_bits: int, to_bits: int, *, is_padded: bool) -> list[int]:
    held = held_bits = 0
    regrouped = []
    for value in values:
        held = held << from_bits | value
        held_bits += from_bits
        while held_bits >= to_bits:
            held_bits -= to_bits
            regrouped.append(held >> held_bits)
            held &= (1 << held_bits) - 1
    if is_padded and held_bits:
        regrouped.append(held << to_bits - held_bits)
    elif not is_padded and (held or held_bits >= from_bits):
        raise MalformedError("a key in Bech32 has bits left over after its last whole byte, expected zeros, at most 4")
    return regrouped
