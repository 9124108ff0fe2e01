"""Canonical JSON: one way to write a value, so that its digest and signature mean something.

UTF-8, keys sorted by code point, no spaces, nothing escaped that need not be;
objects, arrays, strings, integers, true, false, null. No fractions: no two
writers agree on them. What is stored is these bytes, never serialised again.

Source: vault.md, "The ledger" and "Where things lie".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NoReturn, TypeAlias

from lantai.errors import MalformedError

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"

# Deeper than any paper of ours; far below what would exhaust the interpreter's stack.
_MOST_LEVELS = 64
# What every reader holds exactly: signed 64 bits.
_LARGEST = 2**63 - 1


def dumps(value: object) -> bytes:
    """Return the canonical bytes of a value.

    Args:
        value: Mappings with string keys, lists, tuples (written as lists), strings, integers of at most 64 bits,
            booleans and None, at most 64 levels deep.

    Raises:
        MalformedError: anything else, first of all a float; the message says where.
    """
    _refuse_foreign(value, "$", 0)
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedError(f"a string holds half a surrogate pair at character {error.start}") from error


def loads(payload: bytes, *, strict: bool = True) -> Json:
    """Read JSON that a reader can take in one way only.

    Args:
        payload: UTF-8 JSON.
        strict: The bytes must be the canonical ones; otherwise other spacing, order and escapes pass.

    Raises:
        MalformedError: not JSON, a key twice, a fraction, a number out of range, too deep, or not canonical.
    """
    try:
        value: Json = json.loads(
            payload.decode("utf-8"),
            object_pairs_hook=_distinct,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"not JSON that can be read: {error}") from error
    written = dumps(value)
    if strict and written != payload:
        raise MalformedError(f"JSON is not in canonical form: found {payload[:80]!r}, expected {written[:80]!r}")
    return value


def is_ledger_safe(body: object) -> bool:
    """Say whether a value may be a leaf of the ledger: a mapping of strings to strings and integers, nothing nested.

    Booleans are refused as well: readers disagree on whether they are numbers.
    """
    return (
        isinstance(body, Mapping)
        and all(isinstance(name, str) for name in body)
        and all(isinstance(fact, (str, int)) and not isinstance(fact, bool) for fact in body.values())
    )


def _refuse_foreign(value: object, place: str, level: int) -> None:
    if level > _MOST_LEVELS:
        raise MalformedError(f"{place[:80]} lies deeper than {_MOST_LEVELS} levels")
    match value:
        case None | bool() | str():
            return
        case int():
            if not -_LARGEST - 1 <= value <= _LARGEST:
                raise MalformedError(f"{place} is an integer of {value.bit_length()} bits, expected at most 64, signed")
        case dict():
            for name, inner in value.items():
                if not isinstance(name, str):
                    raise MalformedError(f"{place} has the key {name!r}, expected only strings as keys")
                _refuse_foreign(inner, f"{place}.{name}", level + 1)
        case list() | tuple():
            for position, inner in enumerate(value):
                _refuse_foreign(inner, f"{place}[{position}]", level + 1)
        case _:
            raise MalformedError(
                f"{place} is a {type(value).__name__}, expected an object, array, string, integer, boolean or null"
            )


def _distinct(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise MalformedError(
            f"key {next(name for name in names if names.count(name) > 1)!r} stands twice in one object"
        )
    return members


def _refuse_number(text: str) -> NoReturn:
    raise MalformedError(f"found the number {text[:80]}, expected only integers")
