"""The rows of a CSV file, everything as text.

What the columns mean is in `catalogue`. Run where foreign bytes may be looked
at, which is in a confined process of `edges.sheets.sheet`.

Source: reliability.md, "Facts" on CSV; RFC 4180.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from lantai.errors import CatalogueError

_MOST_FIELD_CHARACTERS = 1_000_000


def read_csv(content: bytes) -> Iterator[list[str]]:
    """Return the rows of a CSV file, everything as text.

    The encoding is UTF-8 with or without a byte order mark, UTF-16 with one, else GB18030; nothing is guessed or replaced.

    Raises:
        CatalogueError: The bytes are in none of these, or a quotation mark is never closed.
    """
    text = _decode(content)
    if "\0" in text:
        raise CatalogueError("catalogue: found NUL characters, expected a CSV text file", "csv_kind")
    csv.field_size_limit(_MOST_FIELD_CHARACTERS)
    first = text.split("\n", 1)[0]
    delimiter = max((",", "\t", "，"), key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise CatalogueError(f"catalogue: cannot be read as CSV ({error})", "csv_damaged") from error


def _decode(content: bytes) -> str:
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CatalogueError(
        f"catalogue: found bytes that are not {' or '.join(encodings)}; expected UTF-8 or GB18030", "csv_encoding"
    )
