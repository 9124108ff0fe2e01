"""Encrypted and packed files, with and without an agreement."""

from __future__ import annotations

import pytest

from lantai.records.intake.closed_file import UNSEEN, LookedInto
from lantai.records.intake.finding import Severity
from lantai.rules.intake.encryption import check_encryption

OPEN, AGE, PDF, ZIP = (
    LookedInto("a.txt"),
    LookedInto("b.age", "age"),
    LookedInto("c.pdf", "PDF"),
    LookedInto("d.zip", "", "zip"),
)
BOTH, HIDDEN = LookedInto("e.zip", "zip", "zip"), LookedInto("f.pdf", UNSEEN)


def told(*files: LookedInto, encrypts: bool | None) -> list[tuple[str, Severity, str]]:
    return [(each.rule, each.severity, each.subject) for each in check_encryption(files, encrypts=encrypts)]


@pytest.mark.parametrize("encrypts", [False, None])
def test_without_an_agreement_what_is_closed_is_a_fault_and_what_is_packed_or_protected_a_remark(
    encrypts: bool | None,
) -> None:
    """R1-37, N7."""
    assert told(OPEN, AGE, PDF, ZIP, BOTH, encrypts=encrypts) == [
        ("file_encrypted", Severity.FAULT, "b.age"),
        ("file_protected", Severity.WARNING, "c.pdf"),
        ("file_encrypted", Severity.FAULT, "e.zip"),
        ("file_compressed", Severity.WARNING, "d.zip"),
    ]


def test_with_an_agreement_what_is_in_the_open_waits_for_a_person_and_is_counted() -> None:
    """R1-37: a protected PDF opens for everybody."""
    (found,) = check_encryption([AGE, OPEN, PDF], encrypts=True)

    assert (found.rule, found.severity, found.subject) == ("not_encrypted_as_agreed", Severity.HOLD, "a.txt")
    assert found.values == {"found": "2", "expected": "3"}
    assert told(AGE, BOTH, encrypts=True) == []


@pytest.mark.parametrize("encrypts", [True, False])
def test_file_in_which_it_does_not_show_is_neither_open_nor_closed(encrypts: bool) -> None:
    """R1-37."""
    assert told(HIDDEN, encrypts=encrypts) == [("encryption_unseen", Severity.WARNING, "f.pdf")]
