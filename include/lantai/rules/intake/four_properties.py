"""The four-property test (四性检测) of a filing: every item with its result, from findings and checks that were done.

Nothing is tested here; a result follows from what other modules found. An item
that nobody looked at is never passed, nor is one that nothing can fail.

Source: DA/T 70-2018.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lantai.records.intake.finding import Finding, Severity


class Result(StrEnum):
    """What an item came to."""

    PASS = "pass"  # noqa: S105 - the word of the test, no password
    FAIL = "fail"
    NOT_APPLICABLE = "n/a"
    PENDING_MANUAL = "pending_manual"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One item with its result; `remark` is `not_verified` where the standard's own text was not read, else empty."""

    code: str
    aspect: str
    name_zh: str
    name_en: str
    result: Result
    remark: str = ""


def evaluate(
    items: Iterable[Mapping[str, str]],
    findings: Collection[Finding],
    done: Collection[str],
    not_applicable: Collection[str] = (),
    not_checked: Collection[str] = (),
) -> list[ItemResult]:
    """Return the result of every item, in the order given, those that do not apply included.

    Args:
        items: Rows with code, property, decided, needs, name_zh and name_en (`lantai.profiles.four_property_items`).
        findings: All findings of the package; a fault or hold with an item's code fails it.
        done: Names of the checks that were carried out: manifest, catalogue, forms, formats, scan, registry.
        not_applicable: Names of checks that do not concern this package, e.g. `catalogue` for business data.
        not_checked: Codes of items that nothing in this package could have failed.

    Returns:
        Fail where a finding says so, else n/a or not_checked, pass where its check was done, else pending_manual.

    Source: rules N8.
    """
    failed = {f.check_code for f in findings if f.severity is not Severity.WARNING}
    return [
        ItemResult(
            code=item["code"],
            aspect=item["property"],
            name_zh=item["name_zh"],
            name_en=item["name_en"],
            result=_result(item, failed, done, not_applicable, not_checked),
            remark="not_verified" if item["decided"] == "unverified" else "",
        )
        for item in items
    ]


def _result(
    item: Mapping[str, str],
    failed: Collection[str],
    done: Collection[str],
    not_applicable: Collection[str],
    not_checked: Collection[str],
) -> Result:
    """Return what an item came to: what nobody looked at is left to a person, never passed. Source: R1-46."""
    if item["code"] in failed:
        return Result.FAIL
    if item["decided"] == "unverified" or item["needs"] in not_applicable:
        return Result.NOT_APPLICABLE
    if item["decided"] == "not_checked" or item["code"] in not_checked:
        return Result.NOT_CHECKED
    if item["decided"] == "yes" and item["needs"] in done:
        return Result.PASS
    return Result.PENDING_MANUAL
