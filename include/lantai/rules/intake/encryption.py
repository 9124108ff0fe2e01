"""What it means that a file is encrypted or packed, with and without an agreement that it is.

Source: vault.md, "Sealed records"; DA/T 70-2018, item 3-8; 电子档案移交与接收办法 (2012), that a transfer holds nothing closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lantai.records.intake.closed_file import UNSEEN, LookedInto
from lantai.records.intake.finding import Finding, Severity

CHECK_CODE = "GD-3-8"
PROTECTED_ONLY = "PDF"
"""A PDF with an owner's password opens for everybody: it is protected, not closed."""


def check_encryption(files: Sequence[LookedInto], *, encrypts: bool | None) -> Iterator[Finding]:
    """Yield files that are encrypted though nobody agreed to it, or that none is though both agreed to it; and archives.

    An archive may be kept, and has to be unpacked before it is transferred. Of a file in which it does not show nothing is said
    but that.

    Args:
        files: Those that could be looked into.
        encrypts: Whether the agreement in force says that the unit encrypts before sending; None where that is not known.

    Source: R1-37.
    """
    for each in files:
        if each.encryption == UNSEEN:
            yield Finding("encryption_unseen", Severity.WARNING, each.name, {}, CHECK_CODE)
    seen = [each for each in files if each.encryption != UNSEEN]
    yield from _against_agreement(seen) if encrypts else _closed(seen)


def _against_agreement(seen: Sequence[LookedInto]) -> Iterator[Finding]:
    in_the_open = [each.name for each in seen if each.encryption in {"", PROTECTED_ONLY}]
    if in_the_open:
        values = {"found": str(len(in_the_open)), "expected": str(len(seen))}
        yield Finding("not_encrypted_as_agreed", Severity.HOLD, in_the_open[0], values, CHECK_CODE)


def _closed(seen: Sequence[LookedInto]) -> Iterator[Finding]:
    """Yield files that are encrypted or packed and have to be opened before they are transferred (N7)."""
    for each in seen:
        values = {"found": each.encryption}
        if each.encryption == PROTECTED_ONLY:
            yield Finding("file_protected", Severity.WARNING, each.name, values, CHECK_CODE)
        elif each.encryption:
            yield Finding("file_encrypted", Severity.FAULT, each.name, values, CHECK_CODE)
    for each in seen:
        if each.compression and not each.encryption:
            yield Finding("file_compressed", Severity.WARNING, each.name, {"found": each.compression}, CHECK_CODE)
