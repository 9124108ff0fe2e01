"""Where the papers of a package lie: catalogue, written materials, the statement of a zero report.

Source: interfaces.md, "A carrier".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePosixPath

from lantai.records.intake.finding import Finding, Severity

FORMS = {
    "backup_statement": "backup-statement",
    "management_register": "management-register",
    "acceptance_inspection": "acceptance-inspection",
}
"""The three written materials, by kind, with the name each has in `metadata/`."""

_CATALOGUE_STEMS = frozenset({"catalogue", "catalog", "机读目录", "目录", "归档文件目录"})
_TABLE_SUFFIXES = (".xlsx", ".csv", ".xls", ".xlsm", ".et", ".ods")
"""Tables that only xlsx and csv are read of: the others are a catalogue that cannot be read, not one that is missing."""


def locate_documents(paths: Collection[str], *, is_bag: bool) -> tuple[str, dict[str, str], list[Finding]]:
    """Return the path of the catalogue (empty when there is none), those of the forms by kind, and what is odd.

    Args:
        paths: All paths of the package.
        is_bag: In a bag papers lie in `metadata/`; otherwise also at the top or, for the catalogue, one folder below it.
    """
    catalogue_path, findings = _find_catalogue(paths, is_bag=is_bag)
    return catalogue_path, _find_forms(paths, is_bag=is_bag), findings


def judge_zero_report(
    tags: Sequence[tuple[str, str]], paths: Collection[str], payload: Collection[str]
) -> Iterator[Finding]:
    """Yield what a zero report lacks: the statement, who signs it, and that there are no documents (R1-22)."""
    given = {label.lower() for label, value in tags if value}
    if payload:
        yield Finding("zero_report_with_payload", Severity.FAULT, "", {"found": str(len(payload))}, "GD-2-11")
    lacking = [label for label in ("Zero-Report-Statement", "Zero-Report-Signed-By") if label.lower() not in given]
    if lacking:
        yield Finding("zero_report_unsigned", Severity.FAULT, "", {"expected": ", ".join(lacking)}, "GD-2-5")
    if not any(path.startswith("metadata/zero-report.") for path in paths):
        yield Finding("zero_report_statement_missing", Severity.FAULT, "metadata/zero-report", {}, "GD-2-5")


def find_catalogues(paths: Collection[str], *, is_bag: bool) -> list[str]:
    """Return every path that a catalogue has: in `metadata/` of a bag, at the top or one folder below it otherwise.

    Source: R1-13, R1-14.
    """
    candidates = []
    for path in sorted(paths):
        pure = PurePosixPath(path)
        is_placed = pure.parent.as_posix() == "metadata" if is_bag else len(pure.parts) <= 2  # noqa: PLR2004 - said above
        if is_placed and pure.suffix.lower() in _TABLE_SUFFIXES and pure.stem.lower() in _CATALOGUE_STEMS:
            candidates.append(path)
    return candidates


def _find_catalogue(paths: Collection[str], *, is_bag: bool) -> tuple[str, list[Finding]]:
    candidates = find_catalogues(paths, is_bag=is_bag)
    if len(candidates) > 1:
        values = {"found": tuple(candidates)}
        return candidates[0], [Finding("catalogue_twice", Severity.FAULT, candidates[1], values, "GD-1-12")]
    return (candidates[0] if candidates else ""), []


def _find_forms(paths: Collection[str], *, is_bag: bool) -> dict[str, str]:
    """Return the path of each written material that is there, by kind (R1-30)."""
    places = ("metadata/",) if is_bag else ("metadata/", "")
    named = {f"{place}{name}.xlsx": kind for kind, name in FORMS.items() for place in places}
    return {kind: path for path, kind in named.items() if path in paths}
