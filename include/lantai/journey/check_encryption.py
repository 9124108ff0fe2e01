"""Is what the unit sent encrypted, and did both sides agree that it is? Is it packed?

Source: R1-37; vault.md, "Sealed records"; rules N7, N8 (GD-3-8).
"""

from __future__ import annotations

from collections.abc import Iterator

from lantai.formats.closed_file import compressed_by, encrypted_by
from lantai.journey.verify import Reader, Verified
from lantai.records.finding import Finding, Severity

_CODE = "GD-3-8"


def check_encryption(verified: Verified, read: Reader, *, encrypts: bool | None) -> Iterator[Finding]:
    """Yield files that are encrypted though nobody agreed to it, or that none is though both agreed to it; and archives.

    An archive may be kept, and has to be unpacked before it is transferred.

    Args:
        verified: The package.
        read: Opens a received file by its number.
        encrypts: Whether the agreement in force says that the unit encrypts before sending; None where that is not known.
    """
    tools: dict[str, str] = {}
    packed: dict[str, str] = {}
    for path, received in verified.payload.items():
        with read(received.file_no) as stream:
            tool = encrypted_by(stream, path)
            packing = compressed_by(stream)
        if tool:
            tools[path] = tool
        elif packing:
            packed[path] = packing
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
