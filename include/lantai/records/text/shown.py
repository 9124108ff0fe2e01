"""Text of strangers as it may be shown: on a screen, in a log, in an error, in an answer in JSON.

A name of a file, a field of a form, the words of a server are data. Raw they
could move the cursor, rename the window, turn what follows around or begin a
line of a log of their own. Whatever shows text goes through here; what is kept
and compared stays as it came.

Control characters are shown as their pictures (U+2400 and on), all else that
has no shape of its own (the second set of controls, marks of direction,
separators of lines) as the escape that Python and JSON write for it.

Source: reliability.md, "Security properties" and facts; Unicode TR 36, 3.1.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from types import MappingProxyType

PICTURES = MappingProxyType({code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421})
"""For each control character of ASCII its picture, as `str.translate` takes it."""

_SHAPELESS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that act instead of being seen; a wide blank, or a character of one office's own font, is not among them."""


def on_one_line(text: str) -> str:
    """Return a text on one line, in which nothing acts on whatever shows it."""
    return text if text.isprintable() else "".join(map(_shown, text))


def on_its_lines(text: str) -> str:
    """Return a text of ours that has lines by intent, in which nothing else acts."""
    return "\n".join(map(on_one_line, text.split("\n")))


def in_json(document: str) -> str:
    """Return a JSON document in which every character that acts is written as JSON's own escape; its meaning is the same."""
    return document if document.isprintable() else "".join(map(_escaped, document))


@cache
def _shown(character: str) -> str:
    if unicodedata.category(character) not in _SHAPELESS:
        return character
    picture = PICTURES.get(ord(character))
    return chr(picture) if picture is not None else _escape(character)


@cache
def _escaped(character: str) -> str:
    return character if unicodedata.category(character) not in _SHAPELESS else _escape(character)


def _escape(character: str) -> str:
    r"""Return `\uXXXX`, two of them for what lies beyond U+FFFF."""
    return re.sub("....", r"\\u\g<0>", character.encode("utf-16-be", "surrogatepass").hex())
