"""The one edge to great-expectations."""

from __future__ import annotations

import logging

import pytest

from factories_bag import row
from lantai.edges.sheets.expectations import CheckKind, ColumnCheck, Unmet, check_catalogue
from lantai.errors import ValidationUnavailableError

FILLED = ColumnCheck("field_missing", "title", CheckKind.FILLED)
UNIQUE = ColumnCheck("archival_code_duplicate", "archival_code", CheckKind.UNIQUE)
PAGES = ColumnCheck("page_count_invalid", "page_count", CheckKind.MATCHES, pattern=r"(?P<n>[1-9][0-9]*)")
KEPT = ColumnCheck("retention_unknown", "retention", CheckKind.ONE_OF, words=("永久", "30年", "10年"))
ALL = [FILLED, UNIQUE, PAGES, KEPT]


def test_catalogue_that_meets_every_check_has_none_unmet():
    assert check_catalogue([row(1), row(2)], ALL) == []


def test_rows_are_named_by_their_place_and_no_value_leaves():
    rows = [
        row(3, title="  "),
        row(7, page_count="12a"),
        row(9, retention="5年"),
        row(11, archival_code=row(7).archival_code),
    ]

    assert check_catalogue(rows, ALL) == [
        Unmet("field_missing", "title", (0,)),
        Unmet("archival_code_duplicate", "archival_code", (1, 3)),
        Unmet("page_count_invalid", "page_count", (1,)),
        Unmet("retention_unknown", "retention", (2,)),
    ]


def test_empty_catalogue_does_not_pass():
    assert check_catalogue([], ALL) == [Unmet("catalogue_empty", "", ())]


def test_blank_cells_are_a_matter_of_one_check_only():
    blank = row(1, title="", archival_code="", page_count="", retention="")

    assert check_catalogue([blank, row(2, archival_code="")], ALL) == [Unmet("field_missing", "title", (0,))]


def test_file_lists_count_as_text():
    check = ColumnCheck("field_missing", "files", CheckKind.FILLED)

    assert check_catalogue([row(1), row(2, files=())], [check]) == [Unmet("field_missing", "files", (1,))]


@pytest.mark.parametrize(
    "broken",
    [
        ColumnCheck("x", "title", CheckKind.MATCHES, pattern="("),
        ColumnCheck("x", "no_such_column", CheckKind.FILLED),
    ],
)
def test_outage_of_the_library_is_never_an_incomplete_package(broken):
    with pytest.raises(ValidationUnavailableError):
        check_catalogue([row(1)], [broken])


def test_several_carriers_in_one_process_are_judged_alike_and_quietly(caplog):
    with caplog.at_level(logging.INFO):
        results = [check_catalogue([row(1, title="")], [FILLED]) for _ in range(3)]

    assert results == [[Unmet("field_missing", "title", (0,))]] * 3
    assert [r for r in caplog.records if r.name.startswith("great_expectations") and r.levelno < logging.WARNING] == []
