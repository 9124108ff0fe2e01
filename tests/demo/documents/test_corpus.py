"""A folder of documents becomes filings; what cannot be filed is listed with its reason."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import replace
from datetime import date

import pytest

from lantai.demo.documents.corpus import Source, plan, retention_of, unit_code
from lantai.records.custody.record import Retention
from lantai.rules.intake import archival_code

TODAY = date(2026, 6, 30)


def source(**changes) -> Source:
    fields = {
        "row_no": 1,
        "issuing_body": "某县教育局",
        "title": "关于做好招生工作的通知",
        "doc_no": "云教〔2014〕3号",
        "date": "2014-05-20",
        "file": "某县教育局/通知.md",
        "sha256": "ab" * 32,
        "found_sha256": "ab" * 32,
    }
    return Source(**{**fields, **changes})


def test_every_document_of_a_body_and_year_goes_into_one_carrier_with_codes_that_read_back():
    sources = [source(), source(title="管理办法", file="a/办法.md"), source(date="2015-01-02", file="a/后.md")]

    made = plan(sources, TODAY)

    assert [(c.unit_code, c.year, len(c.documents)) for c in made.carriers] == [("B001", 2014, 2), ("B001", 2015, 1)]
    assert made.left_out == ()
    for carrier in made.carriers:
        for document in carrier.documents:
            code = archival_code.parse(document.archival_code)
            assert code is not None
            assert (code.fonds_no, code.year, code.retention) == (carrier.fonds_no, carrier.year, document.retention)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"date": "2014-13-40"}, "date"),
        ({"date": "20140520"}, "date"),
        ({"date": "2026-01-05"}, "year"),
        ({"date": "1911-10-10"}, "year"),
        ({"found_sha256": None}, "not there"),
        ({"found_sha256": "cd" * 32}, "sha256"),
        ({"issuing_body": ""}, "issuing body"),
        ({"title": ""}, "title"),
        ({"file": "../通知.md"}, "file name"),
        ({"file": "/etc/通知.md"}, "file name"),
        ({"title": "花名册"}, "retention table"),
    ],
)
def test_document_that_cannot_be_filed_is_listed_with_the_reason(changes, word):
    made = plan([source(**changes), source(file="good.md")], TODAY)

    [(left, reason)] = made.left_out
    assert left == source(**changes)
    assert word in reason
    assert sum(len(c.documents) for c in made.carriers) == 1


def test_file_listed_twice_is_filed_once_and_its_second_row_is_listed():
    made = plan([source(), source(row_no=2, title="另一个题名的通知")], TODAY)

    assert [d.source.row_no for c in made.carriers for d in c.documents] == [1]
    assert [s.row_no for s, _ in made.left_out] == [2]


def test_order_of_the_catalogue_does_not_change_codes():
    sources = [source(file=f"{n}.md", date=f"2014-05-{n:02d}", issuing_body=f"机关{n % 3}") for n in range(1, 20)]

    made, again = plan(sources, TODAY), plan(sources[::-1], TODAY)

    assert made == replace(again, left_out=made.left_out)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("中华人民共和国招标投标法", Retention.Y),
        ("宁波市学前教育促进条例（2012年修正）", Retention.Y),
        ("关于转发会议纪要的通知", Retention.D10),
        ("关于设立某开发区的批复", Retention.D30),
        ("行政执法决定书", Retention.Y),
        ("一份没有文种的东西", None),
    ],
)
def test_period_follows_from_the_kind_that_the_title_names(title, expected):
    assert retention_of(title) is expected


def test_codes_of_bodies_are_distinct_and_short():
    codes = [unit_code(number) for number in range(1, 5000)]

    assert codes[0] == "B001"
    assert len(set(codes)) == len(codes)
    assert {len(code) for code in codes} == {4}


@pytest.mark.shared
def test_whole_collection_of_real_documents_finds_its_carriers(shared_data):
    folder = shared_data / "filings-zh"
    with (folder / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sources = [
        Source(
            row_no=number,
            issuing_body=row["issuing_body"],
            title=row["title"],
            doc_no=row["doc_no"],
            date=row["date"],
            file=row["file"],
            sha256=row["sha256"],
            found_sha256=hashlib.sha256((folder / row["file"]).read_bytes()).hexdigest(),
        )
        for number, row in enumerate(rows, 1)
    ]

    made = plan(sources, TODAY)

    assert made.left_out == ()
    assert sum(len(c.documents) for c in made.carriers) == len(rows)
    assert len(made.bodies) == len({row["issuing_body"] for row in rows})
    assert len(made.carriers) == len({(row["issuing_body"], row["date"][:4]) for row in rows})
