"""Text that a cell of a workbook can hold, and what is shown of text that it cannot.

XML has no place for control characters and a cell none for more than 32,767
UTF-16 units. Control characters are shown as their pictures (U+2400 and on),
other code points that XML refuses as U+FFFD, and a text that is too long is cut
with a mark saying how much is left out. The same text always gives the same
cell, so a cell that comes back can be compared with what was written.

Source: reliability.md, workbook facts.
"""

from __future__ import annotations

import re

from lantai.records.text.shown import PICTURES

CELL_UNITS = 32_767
"""UTF-16 code units in one cell of an xlsx workbook."""

_SHORT = 8_000
_REFUSED_BY_XML = re.compile("[\x80-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def cell_text(value: object, left_out: str = "…[{count}]") -> str:
    """Return what a cell shows of a value.

    Args:
        value: Text, a number or a date; None gives a blank cell. Nothing is reformatted: `007` stays `007`.
        left_out: Mark behind a text that is too long; `{count}` is the number of characters left out.

    Source: P7.
    """
    if value is None:
        return ""
    text = str(value)
    # One C call settles nearly every cell of a list of 100,000 rows.
    if text.isprintable() and len(text) <= _SHORT:
        return text
    text = _REFUSED_BY_XML.sub("\ufffd", text.translate(PICTURES))
    if len(text.encode("utf-16-le", "replace")) // 2 <= CELL_UNITS:
        return text
    kept = text.encode("utf-16-le")[: 2 * (CELL_UNITS - 64)].decode("utf-16-le", "ignore")
    return kept + left_out.format(count=len(text) - len(kept))
