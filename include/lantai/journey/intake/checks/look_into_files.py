"""Look into the files of a package: is one encrypted or packed? What that means is in `rules.intake.encryption`.

Source: vault.md, "Sealed records"; DA/T 70-2018, item 3-8.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from lantai.edges.intake.closed_files import ForeignFile, judge_closed
from lantai.journey.intake.checks.read_catalogue import found_in
from lantai.journey.intake.checks.verify import Reader, Verified
from lantai.records.intake.closed_file import LookedInto
from lantai.records.intake.finding import Finding, Severity
from lantai.rules.intake.encryption import CHECK_CODE, check_encryption


def look_into_files(verified: Verified, read: Reader, *, encrypts: bool | None) -> Iterator[Finding]:
    """Yield what is wrong with files that are encrypted or packed, and which could not be looked into.

    Of a file that could not be looked at nothing is said but that; after some such files the others are left, and counted.
    Source: R1-37.

    Args:
        verified: The package.
        read: Opens a received file by its number.
        encrypts: Whether the agreement in force says that the unit encrypts before sending; None where that is not known.

    Raises:
        ValidationUnavailableError: The files could not be looked at for a reason of ours.
        ReaderMisledError: What looks at them said what no file gives.
    """
    files = [ForeignFile(path, partial(read, received.file_no)) for path, received in verified.payload.items()]
    looked = list(judge_closed(files))
    for each in looked:
        if each.trouble is not None:
            yield Finding("file_unexamined", Severity.FAULT, each.name, found_in(each.trouble), CHECK_CODE)
    if left_count := len(files) - len(looked):
        values = {"found": str(left_count), "expected": str(len(files))}
        yield Finding("files_left_unexamined", Severity.WARNING, "", values, CHECK_CODE)
    seen = [LookedInto(each.name, each.encryption, each.compression) for each in looked if each.trouble is None]
    yield from check_encryption(seen, encrypts=encrypts)
