"""Read the machine-readable catalogue of a package, whatever it was written with.

Source: R1-13, R1-14; interfaces.md, metadata/catalogue.
"""

from __future__ import annotations

from typing import BinaryIO

from lantai.edges.sheet import read_cells
from lantai.errors import ArchiveLimitError, CatalogueError, PackageError
from lantai.formats.catalogue import parse_table, read_csv
from lantai.records.finding import Finding, Severity
from lantai.records.record import CatalogueRow

MOST_CSV_BYTES = 64 * 1024 * 1024
"""As much as a workbook may hold unpacked: 200,000 rows of 300 bytes. Read, it takes five times that in memory."""


def read_catalogue(stream: BinaryIO, name: str) -> tuple[list[CatalogueRow], list[Finding]]:
    """Return the rows of a catalogue and what is wrong with it as a table.

    Args:
        stream: The file; seekable.
        name: Its name: `.csv` is read as text, anything else as a workbook.

    Returns:
        No rows when it cannot be read; the fault says why.

    Raises:
        ValidationUnavailableError: It could not be read for a reason of ours.
    """
    try:
        if name.lower().endswith(".csv"):
            return parse_table(read_csv(_content(stream)))
        return parse_table(read_cells(stream))
    except ArchiveLimitError as error:
        return [], [Finding("catalogue_over_limit", Severity.FAULT, name, found_in(error), "GD-3-1")]
    except CatalogueError as error:
        return [], [Finding("catalogue_unreadable", Severity.FAULT, name, found_in(error), "GD-3-1")]


def found_in(error: PackageError) -> dict[str, str]:
    """Return what an error says, as the values of a finding: in our words, and by the name of the words a unit reads."""
    return {**error.values, "found": str(error), "reason": error.reason}


def _content(stream: BinaryIO) -> bytes:
    content = stream.read(MOST_CSV_BYTES + 1)
    if len(content) > MOST_CSV_BYTES:
        raise ArchiveLimitError(f"catalogue: expected at most {MOST_CSV_BYTES} bytes", "csv_large", most=MOST_CSV_BYTES)
    return content
