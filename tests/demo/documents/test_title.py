"""Titles of official documents are broken as GB/T 9704 wants it."""

from __future__ import annotations

import pytest

from lantai.demo.county.units import UNITS
from lantai.demo.documents.filings import BORN_DIGITAL, filing
from lantai.demo.documents.title import LINE_EMS, ems, title_lines


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于做好2025年部门预算编制工作的通知", ["关于做好2025年部门预算编制工作的通知"]),
        ("关于2025年第三季度部门预算编制工作情况的通报", ["关于2025年第三季度", "部门预算编制工作情况的通报"]),
        ("关于要求解决耕地保护责任目标考核工作经费的请示", ["关于要求解决耕地保护责任目标考核", "工作经费的请示"]),
        ("甲" * 30, ["甲" * 15, "甲" * 15]),
    ],
)
def test_long_title_is_broken_between_words_into_lines_of_about_the_same_length(title: str, lines: list[str]) -> None:
    assert title_lines(title) == lines


def test_every_title_of_the_demo_fits_into_its_lines() -> None:
    titles = [
        made.title for unit in UNITS for year in (2005, 2014, 2025) for made in filing(unit, year, BORN_DIGITAL, 9)
    ]

    assert [title for title in titles if max(map(ems, title_lines(title))) > LINE_EMS] == []
    assert all("".join(title_lines(title)) == title for title in titles)
