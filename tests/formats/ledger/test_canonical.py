"""Canonical JSON: one value, one way to write it."""

import enum
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lantai.errors import MalformedError
from lantai.formats.ledger import canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


class Kind(enum.StrEnum):
    SEALED = "carrier_sealed"


def test_value_has_its_keys_sorted_and_nothing_that_need_not_be_there():
    written = canonical.dumps({"题名": "通知", "b": [1, True, None], "B": {"y": 1, "x": -2}, "a": 'q"\n'})

    expected = '{"B":{"x":-2,"y":1},"a":"q\\"\\n","b":[1,true,null],"题名":"通知"}'
    assert written == expected.encode()


def test_words_of_a_list_and_tuples_are_written_as_what_they_say():
    assert canonical.dumps({"kind": Kind.SEALED, "ids": ("a", "b")}) == b'{"ids":["a","b"],"kind":"carrier_sealed"}'


@given(VALUES)
def test_every_value_comes_back_from_its_bytes(value):
    written = canonical.dumps(value)

    assert canonical.loads(written) == value
    assert json.loads(written) == value


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (1.0, r"\$ is a float"),
        ({"a": [0, float("nan")]}, r"\$\.a\[1\] is a float"),
        ({"a": b"bytes"}, r"\$\.a is a bytes"),
        ({1: "a"}, "the key 1"),
        ({"a": {None: 1}}, r"\$\.a has the key None"),
        ({"a", "b"}, "is a set"),
        (2**63, "64 bits"),
        (-(2**63) - 1, "64 bits"),
        pytest.param(10**6000, "bits, expected at most 64", id="enormous"),
        ("\ud800", "surrogate"),
        ({"\udfff": 1}, "surrogate"),
    ],
)
def test_what_has_no_one_spelling_is_refused_with_its_place(value, found):
    with pytest.raises(MalformedError, match=found):
        canonical.dumps(value)


def test_bottomless_value_is_refused():
    endless = []
    endless.append(endless)

    with pytest.raises(MalformedError, match="deeper than 64"):
        canonical.dumps(endless)
    with pytest.raises(MalformedError):
        canonical.loads(b"[" * 100_000 + b"]" * 100_000)
    with pytest.raises(MalformedError, match="deeper than 64"):
        canonical.loads(b"[" * 100 + b"]" * 100)


@pytest.mark.parametrize(
    "payload",
    [
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":9223372036854775808}',
        b"1" * 5000,
        b'"\\ud800"',
        b'"\xff"',
        b"\xef\xbb\xbf{}",
        b"{} {}",
        b"",
        b"{",
        b"'a'",
    ],
)
@pytest.mark.parametrize("strict", [True, False])
def test_json_that_readers_take_differently_is_refused(payload, strict):
    with pytest.raises(MalformedError):
        canonical.loads(payload, strict=strict)


@pytest.mark.parametrize("payload", [b'{"b":1,"a":2}', b'{"a": 1}', b'"\\u0041"', b'"\\/"', b"{}\n", b"-0", b" 1"])
def test_other_spellings_pass_only_where_they_are_asked_for(payload):
    assert canonical.loads(payload, strict=False) == json.loads(payload)
    with pytest.raises(MalformedError, match="canonical form"):
        canonical.loads(payload)


@given(st.one_of(st.binary(max_size=60), st.text('{}[]":,0123456789.eE+-tfn\\u \n', max_size=60).map(str.encode)))
@example(b"[1]")
def test_hostile_bytes_are_refused_by_name_or_are_canonical(payload):
    try:
        value = canonical.loads(payload)
    except MalformedError:
        return

    assert canonical.dumps(value) == payload


@pytest.mark.parametrize(
    ("body", "is_safe"),
    [
        ({}, True),
        ({"carrier": "c1", "records": 3}, True),
        ({"is_held": True}, False),
        ({"note": None}, False),
        ({"ratio": 0.5}, False),
        ({"ids": ["a"]}, False),
        ({"inner": {}}, False),
        ({1: "a"}, False),
        ([("a", 1)], False),
        ("text", False),
    ],
)
def test_leaf_of_the_ledger_holds_integers_and_strings_only(body, is_safe):
    assert canonical.is_ledger_safe(body) is is_safe
