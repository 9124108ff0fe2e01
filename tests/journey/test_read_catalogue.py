"""Catalogues whatever they were written with. Covers R1-13, R1-14, R1-50."""

from __future__ import annotations

import io

import pytest

from factories_bag import csv_of, row
from lantai.journey import read_catalogue as module
from lantai.journey.read_catalogue import read_catalogue
from lantai.locales import describe


def test_rows_of_a_csv_are_read():
    rows, findings = read_catalogue(io.BytesIO(csv_of([row(1), row(2)])), "metadata/目录.CSV")

    assert ([r.title for r in rows], findings) == ([row(1).title, row(2).title], [])


@pytest.mark.parametrize(
    ("name", "content", "reason", "words"),
    [
        ("a.xlsx", b"no workbook", "workbook_kind", "不是 xlsx 工作簿，或文件不完整"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook_kind", "不是 xlsx 工作簿，或文件不完整"),
        ("a.csv", b"\xff\xff\xff", "csv_encoding", "既不是 UTF-8 也不是 GBK/GB18030 编码"),
        ("a.csv", b'\xe6\xa1\xa3\xe5\x8f\xb7,"b\n', "csv_damaged", "引号不成对，无法按 csv 读取"),
        ("a.csv", b"a\0b", "csv_kind", "不是文本文件"),
    ],
)
def test_what_is_no_catalogue_is_refused_in_words_of_the_unit(name, content, reason, words):
    """R1-50."""
    rows, (finding,) = read_catalogue(io.BytesIO(content), name)

    assert (rows, finding.rule, finding.values["reason"]) == ([], "catalogue_unreadable", reason)
    assert describe(finding, "zh").message == f"{name}：{words}。"


def test_csv_over_its_limit_is_refused_before_it_is_read_whole(monkeypatch):
    monkeypatch.setattr(module, "MOST_CSV_BYTES", 1000)

    rows, (finding,) = read_catalogue(io.BytesIO(bytes(2000)), "a.csv")

    assert (rows, finding.rule, finding.values["most"]) == ([], "catalogue_over_limit", "1000")
    assert describe(finding, "zh").message == "a.csv：超过上限 1000 字节。"
