"""What a workbook shows beside the values of its cells: comments, headers, text boxes, number formats, properties.

A part is told by its elements and not by its name, which anybody may choose. Not
here: the values of cells, which a reader of tables gives; pictures; what a
formula without a kept value would come to, which is only counted.

Source: ECMA-376-1, 18.3 (sheets), 18.7 (comments), 18.8.30 (number formats), 21.1 (drawings); ECMA-376-2, 11 (properties).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

_MOST_NOTES = 10_000
_MOST_CHARACTERS = 4 * 1024 * 1024
_MOST_NOTE_CHARACTERS = 32_767
"""As many as Excel takes in a cell or a comment."""
_SHEET = re.compile(rb"<(?:[\w.-]+:)?worksheet[\s>]")
_WORTH_READING = re.compile(rb"<(?:[\w.-]+:)?(?:f[\s/>]|headerFooter[\s>])")
"""What a sheet may hold that is looked for here; of the sheets without it no cell is gone through twice."""
_CELLS_ELSEWHERE = re.compile(rb"<(?:[\w.-]+:)?sst[\s>]")
_HEAD_BYTES = 4096
_HEADERS = frozenset({"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"})
_PROPERTIES = frozenset(
    {"title", "subject", "keywords", "category", "description", "contentStatus", "lpwstr", "Company", "Manager"}
)
_NOTES = _HEADERS | _PROPERTIES | {"comment", "threadedComment", "p", "textbox"}
_HEADER_CODE = re.compile(r'&(?:"[^"]*"|[0-9]+|K[0-9A-Fa-f+-]{6}|([LCR])|[A-Za-z])')
_FORMAT_CODE = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].|[A-Za-z0#?@.,/:%\s+-]', re.DOTALL)
"""What in a number format is a literal (the groups), and what is code and not shown as it stands."""


@dataclass(slots=True)
class Notes:
    """What one part shows.

    Attributes:
        texts: As a reader sees them, without codes of formatting; at most 10,000 of at most
            32,767 characters, and 4 Mi characters in all.
        unseen_formulas: Cells whose formula has no value kept with it.
        first_unseen: The first of them, e.g. `B7`; empty when there is none.
        is_whole: False when the part could not be read to its end.
    """

    texts: list[str] = field(default_factory=list)
    unseen_formulas: int = 0
    first_unseen: str = ""
    is_whole: bool = True


def read_notes(part: bytes) -> Notes:
    """Return what a part of a workbook shows beside values of cells; nothing for a picture or another part without text."""
    start = part[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    is_wide = part.startswith((b"\xff\xfe", b"\xfe\xff")) or part[:2] in {b"<\0", b"\0<"}
    if not is_wide:
        if not start.startswith(b"<") or _CELLS_ELSEWHERE.search(start):
            return Notes()
        if _SHEET.search(start) and not _WORTH_READING.search(part):
            return Notes()
    return _Reading().read(part)


class _Reading:
    """One pass over the elements of a part."""

    def __init__(self) -> None:
        self._notes, self._room = Notes(), _MOST_CHARACTERS
        self._open: list[list[str]] = []
        self._cell, self._is_text, self._has_formula, self._value = "", False, False, ""
        self._is_in_value = self._has_value = False

    def read(self, part: bytes) -> Notes:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(part, True)
        except expat.ExpatError:
            self._notes.is_whole = False
        return self._notes

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._cell, self._is_text = attributes.get("r", ""), attributes.get("t") == "str"
            self._has_formula = self._has_value = False
        elif local == "f":
            self._has_formula = True
        elif local == "v":
            self._is_in_value, self._has_value = True, self._is_text
        elif local == "numFmt":
            self._note(_FORMAT_CODE.sub(lambda m: m[1] or m[2] or m[3] or "", attributes.get("formatCode", "")))
        elif local in _NOTES:
            self._open.append([])
        elif local == "br" and self._open:
            self._open[-1].append("\n")

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "c" and self._has_formula and not self._has_value:
            self._notes.unseen_formulas += 1
            self._notes.first_unseen = self._notes.first_unseen or self._cell
        elif local == "v":
            self._is_in_value = False
        elif local in _NOTES and self._open:
            text = "".join(self._open.pop())
            if local in _HEADERS:
                text = _HEADER_CODE.sub(lambda m: "\n" if m[1] else "", text.replace("&&", "＆"))
            self._note(text)

    def _text(self, text: str) -> None:
        if self._is_in_value:
            self._has_value = True
        if self._open:
            self._open[-1].append(text)

    def _note(self, text: str) -> None:
        if text.strip():
            self._room -= len(text)
            if len(self._notes.texts) >= _MOST_NOTES or len(text) > _MOST_NOTE_CHARACTERS or self._room < 0:
                self._notes.is_whole = False
            else:
                self._notes.texts.append(text)
