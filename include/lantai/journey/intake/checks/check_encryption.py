"""Is what the unit sent encrypted, and did both sides agree that it is? Is it packed?

Source: vault.md, "Sealed records"; DA/T 70-2018, item 3-8.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from lantai.edges.intake.closed_files import ForeignFile, Judged, judge_closed
from lantai.formats.intake.closed_file import UNSEEN
from lantai.journey.intake.checks.read_catalogue import found_in
from lantai.journey.intake.checks.verify import Reader, Verified
from lantai.records.intake.finding import Finding, Severity

_CODE = "GD-3-8"


def check_encryption(verified: Verified, read: Reader, *, encrypts: bool | None) -> Iterator[Finding]:
    """Yield files that are encrypted though nobody agreed to it, or that none is though both agreed to it; and archives.

    An archive may be kept, and has to be unpacked before it is transferred. Of a file that could not be looked at
    nothing is said but that; after some such files the others are left, and counted. Source: R1-37.

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
            yield Finding("file_unexamined", Severity.FAULT, each.name, found_in(each.trouble), _CODE)
    if left_count := len(files) - len(looked):
        values = {"found": str(left_count), "expected": str(len(files))}
        yield Finding("files_left_unexamined", Severity.WARNING, "", values, _CODE)
    for each in looked:
        if each.encryption == UNSEEN:
            yield Finding("encryption_unseen", Severity.WARNING, each.name, {}, _CODE)
    judged = [each for each in looked if each.trouble is None and each.encryption != UNSEEN]
    yield from _against_agreement(judged) if encrypts else _closed(judged)


def _against_agreement(judged: Sequence[Judged]) -> Iterator[Finding]:
    in_the_open = [each.name for each in judged if each.encryption in {"", "PDF"}]
    if in_the_open:
        values = {"found": str(len(in_the_open)), "expected": str(len(judged))}
        yield Finding("not_encrypted_as_agreed", Severity.HOLD, in_the_open[0], values, _CODE)


def _closed(judged: Sequence[Judged]) -> Iterator[Finding]:
    """Yield files that are encrypted or packed and have to be opened before they are transferred (N7)."""
    for each in judged:
        values = {"found": each.encryption}
        if each.encryption == "PDF":
            yield Finding("file_protected", Severity.WARNING, each.name, values, _CODE)
        elif each.encryption:
            yield Finding("file_encrypted", Severity.FAULT, each.name, values, _CODE)
    for each in judged:
        if each.compression and not each.encryption:
            yield Finding("file_compressed", Severity.WARNING, each.name, {"found": each.compression}, _CODE)
