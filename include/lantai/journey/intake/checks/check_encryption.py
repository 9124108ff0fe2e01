"""Is what the unit sent encrypted, and did both sides agree that it is? Is it packed?

Source: R1-37; vault.md, "Sealed records"; rules N7, N8 (GD-3-8).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from lantai.edges.intake.closed_files import ForeignFile, judge_closed
from lantai.journey.intake.checks.read_catalogue import found_in
from lantai.journey.intake.checks.verify import Reader, Verified
from lantai.records.intake.finding import Finding, Severity

_CODE = "GD-3-8"


def check_encryption(verified: Verified, read: Reader, *, encrypts: bool | None) -> Iterator[Finding]:
    """Yield files that are encrypted though nobody agreed to it, or that none is though both agreed to it; and archives.

    An archive may be kept, and has to be unpacked before it is transferred.

    Args:
        verified: The package.
        read: Opens a received file by its number.
        encrypts: Whether the agreement in force says that the unit encrypts before sending; None where that is not known.

    Raises:
        ValidationUnavailableError: The files could not be looked at for a reason of ours.
        ReaderMisledError: What looks at them said what no file gives.
    """
    tools: dict[str, str] = {}
    packed: dict[str, str] = {}
    files = [ForeignFile(path, partial(read, received.file_no)) for path, received in verified.payload.items()]
    for judged in judge_closed(files):
        if judged.trouble is not None:
            yield Finding("file_unexamined", Severity.FAULT, judged.name, found_in(judged.trouble), _CODE)
        elif judged.encryption:
            tools[judged.name] = judged.encryption
        elif judged.compression:
            packed[judged.name] = judged.compression
    if encrypts:
        in_the_open = [path for path in verified.payload if tools.get(path, "PDF") == "PDF"]
        if in_the_open:
            values = {"found": str(len(in_the_open)), "expected": str(len(verified.payload))}
            yield Finding("not_encrypted_as_agreed", Severity.HOLD, in_the_open[0], values, _CODE)
        return
    for path, tool in tools.items():
        values = {"found": tool}
        if tool == "PDF":
            yield Finding("file_protected", Severity.WARNING, path, values, _CODE)
        else:
            yield Finding("file_encrypted", Severity.FAULT, path, values, _CODE)
    for path, tool in packed.items():
        yield Finding("file_compressed", Severity.WARNING, path, {"found": tool}, _CODE)
