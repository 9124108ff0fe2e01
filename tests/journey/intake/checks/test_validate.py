"""Packages validated whole.

Covers: edges.intake.closed_child, journey.intake.checks.look_into_files, journey.intake.list_records.
"""

from __future__ import annotations

import gzip
import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import xlsxwriter

from factories_bag import (
    FORM_VALUES,
    SENDER,
    arrive,
    carrier,
    context,
    csv_of,
    filing,
    order,
    row,
    rules,
    validated,
    verified,
    workbook_of,
)
from lantai.errors import UsageError
from lantai.journey.department.check_carrier import findings_of
from lantai.journey.department.pack import pack
from lantai.journey.intake.checks.validate import validate
from lantai.journey.intake.checks.verify import FORMS
from lantai.journey.intake.list_records import list_records
from lantai.records.centre.unit import DataForm
from lantai.records.custody.record import AccessLevel, Retention
from lantai.records.intake.carrier import BackupStrategy
from lantai.records.intake.finding import Finding, Severity, is_acceptable
from lantai.records.intake.ruling import Ruling, RulingChoice
from lantai.rules.intake.catalogue_entry import read_entries
from lantai.rules.intake.four_properties import Result

RULING = Ruling("SL2025-JY-E001-R1", RulingChoice.ACCEPT, "已核实", "p1", "王强", datetime(2026, 3, 2, tzinfo=UTC))


def snapshot(tmp_path, **changes):
    made = filing(tmp_path)
    known = {"data_form": DataForm.BUSINESS_DATA, "strategy": BackupStrategy.FULL, "retention": Retention.D30}
    return pack(made.folder, SENDER, order(**(known | changes)), None, tmp_path / "outbox")


def validated_snapshot(bag, **changes):
    found = verified(bag, data_form=DataForm.BUSINESS_DATA)
    return found, validate(found, arrive(bag).read, context(**changes))


def test_perfect_carrier_is_acceptable_without_a_remark(tmp_path):
    """R1-13, R1-30."""
    found = validated(carrier(tmp_path))

    assert found.findings == ()
    assert [entry.archival_code for entry in found.entries] == [f"Z109-WS·2025-D30-BGS-000{n}" for n in (1, 2, 3)]


def test_every_fault_of_a_catalogue_is_told_once_with_row_rule_and_check_code(tmp_path):
    """R1-13, R1-50."""
    rows = [
        row(1, title=""),
        row(2, archival_code="Z109-2"),
        row(3, archival_code="Z109-WS·2025-D30-BGS-0001", item_no="1"),
        row(4, retention="5年", page_count="0"),
        row(5, formed_on="2025年2月30日", files=("data/5.txt", "data/gone.txt")),
    ]
    made = filing(tmp_path, rows)
    (made.folder / "gone.txt").unlink()
    (made.folder / "loose.txt").write_text("x")
    bag = pack(made.folder, SENDER, order(), made.catalogue, tmp_path / "outbox")

    found = validated(bag).findings

    told = sorted((f.rule, f.record_no) for f in found if f.severity is Severity.FAULT and f.record_no)
    assert told == [
        ("archival_code_duplicate", 4),
        ("archival_code_malformed", 3),
        ("catalogue_file_missing", 6),
        ("date_unreadable", 6),
        ("field_missing", 2),
        ("page_count_invalid", 5),
        ("retention_unknown", 5),
    ]
    assert {"file_uncatalogued", "item_no_gap"} <= rules(found)
    assert all(f.check_code.startswith("GD-") for f in found)


def test_code_filled_down_over_all_rows_is_told_once(tmp_path):
    """R1-50: one slip of the mouse in a spreadsheet is one fault, however many rows it spoils."""
    rows = [row(n, archival_code="Z109-WS·2025-D30-BGS-0001", item_no="") for n in range(1, 41)]

    found = [f for f in validated(carrier(tmp_path, rows)).findings if f.rule == "archival_code_duplicate"]

    assert [f.values["rows"] for f in found] == [("2–41",)]


def test_library_and_rules_agree_on_every_column_they_both_look_at(tmp_path, monkeypatch):
    """R1-13, R1-50."""
    rows = [row(1, title="", author=""), row(2, archival_code="bad", page_count="x"), row(3, retention="?")]
    bag = carrier(tmp_path, rows)
    monkeypatch.setattr("lantai.rules.intake.completeness.check", lambda *_: [])

    by_library = {(f.rule, f.record_no, f.values.get("column")) for f in validated(bag).findings}

    assert by_library == {
        ("field_missing", 2, "title"),
        ("field_missing", 2, "author"),
        ("archival_code_malformed", 3, "archival_code"),
        ("page_count_invalid", 3, "page_count"),
        ("retention_unknown", 4, "retention"),
    }


ODD_CELLS = {
    "archival_code": (
        "", "bad", "Z109-WS·2025-D30-BGS-0001", "Ｚ109-WS·2025-D30-BGS-0002", "Z109-WS.2025-D30-BGS-0003", "Z109-WS·2025-D30-BGS-1", "Z109-WS·2025-D30-BGS-0004 ",
        "z109-WS·2025-D30-BGS-0005", "Z109-WS·2025-D30-BGS-0006\u200b", "Z109–WS·2025–D30–BGS–0007", "Z109-WS·2025-D30-BGS-000７",
    ),
    "title": ("", " ", "\u3000", "\u00a0", "\u200b", "0", "-"),
    "author": ("", "\t", "无"),
    "formed_on": ("", " ", "2025-02-30", "20250301", "2025年3月1日"),
    "retention": ("", "30 年", "三十年", "D30", "d30", "永久", "Y", "5年", "长期", "10年 ", "\u300030年"),
    "page_count": ("", "0", "01", "1 ", "２", "3页", "-1", "1.0", "1e3", "十", "999999999999", "\u0661"),
    "item_no": ("", " ", "1", "0001"),
    "files": ((), ("data/1.txt",), ("data/none.txt",)),
}  # fmt: skip
"""What people leave, mistype and paste, by column."""


@pytest.mark.parametrize("seed", range(4))
def test_rules_alone_find_all_that_the_library_finds(tmp_path, seed):
    """R1-13, R1-50."""
    chance = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
    bag = carrier(tmp_path)
    rows = [
        row(number, **{column: chance.choice(cells) for column, cells in ODD_CELLS.items() if chance.random() < 0.3})
        for number in range(1, 300)
    ]
    (bag / "metadata/catalogue.csv").write_bytes(csv_of(rows))

    at_a_department, at_the_centre = (validated(bag, has_expectations=asks) for asks in (False, True))

    assert len(rules(at_the_centre.findings) & {"field_missing", "archival_code_malformed", "page_count_invalid"}) == 3
    assert at_a_department.findings == at_the_centre.findings


def test_department_is_not_made_to_load_what_only_the_centre_has(tmp_path, monkeypatch):
    """R1-50."""
    monkeypatch.setattr("lantai.edges.sheets.expectations._libraries", lambda: pytest.fail("it was loaded"))

    assert findings_of(carrier(tmp_path, [row(1, page_count="x")]), date(2026, 3, 2), "city") != ()


def packed_as_workbook(tmp_path, first, second):
    made = filing(tmp_path, [*first, *second])
    book = made.catalogue.with_suffix(".xlsx")
    book.write_bytes(workbook_of({"永久": first, "定期": second}))
    return validated(pack(made.folder, SENDER, order(), book, tmp_path / "outbox"))


def test_catalogue_on_two_sheets_is_one_catalogue(tmp_path):
    """R1-50: the second sheet's files were told as not catalogued."""
    found = packed_as_workbook(tmp_path, [row(1), row(2)], [row(3)])

    assert (found.findings, [each.archival_code[-4:] for each in found.entries]) == ((), ["0001", "0002", "0003"])


def test_faults_of_a_sheet_are_told_with_its_name_by_rules_and_library_alike(tmp_path, monkeypatch):
    """R1-50: two rows of two sheets have the same number, and neither hides the other's fault."""
    first = [row(1, title=""), row(2)]
    second = [row(3, retention="?"), row(4, archival_code="Z109-WS·2025-D30-BGS-0002", item_no="2")]

    told = packed_as_workbook(tmp_path / "rules", first, second).findings
    monkeypatch.setattr("lantai.rules.intake.completeness.check", lambda *_: [])
    by_library = packed_as_workbook(tmp_path / "library", first, second).findings

    places = {(f.rule, f.sheet, f.record_no) for f in told if f.severity is Severity.FAULT and f.record_no}
    assert places == {
        ("field_missing", "永久", 2),
        ("retention_unknown", "定期", 2),
        ("archival_code_duplicate", "定期", 3),
    }
    assert [f.values["rows"] for f in told if f.rule == "archival_code_duplicate"] == [("3", "“永久”3")]
    assert places <= {(f.rule, f.sheet, f.record_no) for f in by_library}


def test_mark_in_a_second_catalogue_is_found_although_only_one_is_read(tmp_path):
    """R1-40."""
    bag = carrier(tmp_path)
    (bag / "metadata/目录.csv").write_bytes(csv_of([row(1, classification="机密")]))

    (bag / "metadata/机读目录.csv").write_bytes(csv_of([row(1, classification="待定")]))
    (bag / "metadata/归档文件目录.csv").write_text("序号,金额\n1,3\n", encoding="utf-8")

    found = validated(bag).findings

    assert rules(found) == {"catalogue_twice", "classified_record"}


def test_formula_in_a_second_catalogue_that_shows_nothing_yet_is_told_as_not_seen(tmp_path):
    """R1-40: a remark on one catalogue is a remark on the other."""
    bag = carrier(tmp_path)
    with xlsxwriter.Workbook(bag / "metadata/目录.xlsx") as book:
        book.add_worksheet().write_formula("B7", "=A1", None, "")

    found = validated(bag).findings

    assert [f.values["found"] for f in found if f.rule == "formula_not_seen"] == ["B7"]


@pytest.mark.parametrize("mark", ["秘密", "机密★10年", "绝密", "SECRET"])
def test_classified_record_is_refused(tmp_path, mark):
    """R1-40."""
    found = validated(carrier(tmp_path, [row(1, classification=mark)])).findings

    assert [(f.rule, f.record_no) for f in found if f.severity is Severity.FAULT] == [("classified_record", 2)]


def test_catalogue_in_gbk_and_with_a_byte_order_mark_is_read(tmp_path):
    """R1-13."""
    for name, content in (
        ("gbk", csv_of([row(1)]).decode().encode("gbk")),
        ("bom", b"\xef\xbb\xbf" + csv_of([row(1)])),
    ):
        made = filing(tmp_path / name, [row(1)])
        made.catalogue.write_bytes(content)
        bag = pack(made.folder, SENDER, order(), made.catalogue, tmp_path / name / "outbox")

        assert validated(bag).findings == ()


def test_wrong_columns_are_named(tmp_path):
    """R1-13, R1-50."""
    made = filing(tmp_path, [row(1)])
    made.catalogue.write_text("序号,题名,日期,备注,金额\n1,x,2025-01-01,,3\n", encoding="utf-8")
    bag = pack(made.folder, SENDER, order(), made.catalogue, tmp_path / "outbox")

    found = validated(bag).findings
    (finding,) = [f for f in found if f.rule == "catalogue_columns"]

    assert rules(found, Severity.FAULT) == {"catalogue_columns"}
    assert finding.values["expected"] == ("档号", "责任者", "保管期限", "文件")


def test_catalogue_without_a_row_is_told_as_empty(tmp_path):
    """R1-13."""
    made = filing(tmp_path, [row(1)])
    made.catalogue.write_bytes(csv_of([]))

    bag = pack(made.folder, SENDER, order(), made.catalogue, tmp_path / "outbox")

    assert {"catalogue_empty", "file_uncatalogued"} <= rules(validated(bag).findings, Severity.FAULT)


def test_gap_that_is_declared_is_a_remark_and_another_stays_a_gap(tmp_path):
    """R1-13."""
    codes = {number: f"Z109-WS·2025-D30-BGS-{number:04d}" for number in (2, 4)}
    rows = [row(1), row(3), row(5)]

    both, one = (
        rules(validated(carrier(tmp_path / str(len(gaps)), rows, declared_gaps=gaps)).findings)
        for gaps in (tuple(codes.values()), (codes[2],))
    )

    assert (both, one) == ({"item_no_gap_declared"}, {"item_no_gap_declared", "item_no_gap"})


def test_document_without_a_byte_is_told_and_a_record_due_for_the_archive_is_remarked_upon(tmp_path):
    """R1-05, R1-13."""
    made = filing(tmp_path, [row(1), row(2, files=("data/2.txt",))])
    (made.folder / "2.txt").write_bytes(b"")
    bag = pack(made.folder, SENDER, order(), made.catalogue, tmp_path / "outbox")

    now, later = (validated(bag, today=today).findings for today in (date(2026, 3, 2), date(2046, 1, 1)))

    assert [(f.rule, f.record_no) for f in now] == [("file_empty", 3)]
    assert [f.record_no for f in later if f.rule == "due_for_transfer"] == [2, 3]


def test_old_period_waits_for_a_person(tmp_path):
    """R1-44."""
    code = "Z109-WS·2025-C-BGS-0001"
    found = validated(carrier(tmp_path, [row(1, retention="长期", archival_code=code)])).findings

    assert [(f.rule, f.severity) for f in found] == [("legacy_retention", Severity.HOLD)]


def test_package_without_agreement_is_held(tmp_path):
    """R1-37."""
    found = validated(carrier(tmp_path), has_agreement=False).findings

    assert [(f.rule, f.severity) for f in found] == [("no_agreement", Severity.HOLD)]


def test_encrypted_file_that_nobody_agreed_to_is_a_fault_and_a_protected_pdf_a_remark(tmp_path):
    """R1-37, N7: what cannot be opened in 30 years is no record; many a PDF only forbids printing."""
    rows = [row(1, files=("data/1.age",)), row(2, files=("data/2.pdf",)), row(3, files=("data/3.txt",))]
    made = filing(tmp_path, rows)
    (made.folder / "1.age").write_bytes(b"age-encryption.org/v1\n-> X25519 ...")
    (made.folder / "2.pdf").write_bytes(b"%PDF-1.7\ntrailer << /Encrypt 9 0 R >>\nstartxref\n0\n%%EOF\n")
    bag = pack(made.folder, SENDER, order(), made.catalogue, tmp_path / "outbox")

    without, with_it = (validated(bag, encrypts=agreed).findings for agreed in (False, True))

    assert [(f.rule, f.severity, f.subject) for f in without] == [
        ("file_encrypted", Severity.FAULT, "data/1.age"),
        ("file_protected", Severity.WARNING, "data/2.pdf"),
    ]
    assert [(f.rule, f.severity, f.values["found"]) for f in with_it] == [
        ("not_encrypted_as_agreed", Severity.HOLD, "2")
    ]


def test_office_without_a_registry_is_not_told_to_decrypt_what_may_be_agreed(tmp_path):
    """R1-37: the agreement is known at the centre only; an obedient office would have sent it in the clear."""
    made = filing(tmp_path, [row(1, files=("data/1.age",))])
    (made.folder / "1.age").write_bytes(b"age-encryption.org/v1\n-> X25519 ...")
    bag = pack(made.folder, SENDER, order(), made.catalogue, tmp_path / "outbox")

    told = validated(bag, has_registry=False).findings

    assert [(f.rule, f.severity) for f in told] == [("encryption_at_centre", Severity.WARNING)]


def test_archive_among_the_files_is_a_remark_that_it_has_to_be_unpacked_before_transfer(tmp_path):
    """N7, GD-3-8: intake judges the same bytes as the transfer."""
    made = filing(tmp_path, [row(1, files=("data/1.dat",))])
    (made.folder / "1.dat").write_bytes(gzip.compress(b"x"))
    bag = pack(made.folder, SENDER, order(), made.catalogue, tmp_path / "outbox")

    assert [(f.rule, f.severity, f.subject, f.values["found"]) for f in validated(bag, encrypts=False).findings] == [
        ("file_compressed", Severity.WARNING, "data/1.dat", "gzip")
    ]


def test_encrypted_archive_is_told_as_encrypted_and_not_as_packed_too(tmp_path):
    """R1-37, N7: whoever decrypts it will see what it is."""
    made = filing(tmp_path, [row(1, files=("data/1.zip",))])
    (made.folder / "1.zip").write_bytes(b"PK\x03\x04\x14\x00\x01\x00\x08\x00")
    bag = pack(made.folder, SENDER, order(), made.catalogue, tmp_path / "outbox")

    assert [(f.rule, f.values["found"]) for f in validated(bag, encrypts=False).findings] == [("file_encrypted", "zip")]


def test_file_that_is_cut_is_neither_told_as_encrypted_nor_counted_as_in_the_open(tmp_path):
    """R1-37, GD-3-8."""
    made = filing(tmp_path, [row(1, files=("data/1.docx",)), row(2, files=("data/2.txt",))])
    (made.folder / "1.docx").write_bytes(b"PK\x03\x04\x14\x00\x00\x08\x08\x00")
    bag = pack(made.folder, SENDER, order(), made.catalogue, tmp_path / "outbox")

    without, with_it = (validated(bag, encrypts=agreed).findings for agreed in (False, True))

    assert [(f.rule, f.severity, f.subject) for f in without] == [
        ("encryption_unseen", Severity.WARNING, "data/1.docx")
    ]
    assert [(f.rule, f.values.get("found"), f.values.get("expected")) for f in with_it] == [
        ("encryption_unseen", None, None),
        ("not_encrypted_as_agreed", "1", "1"),
    ]


def test_blank_form_cells_and_missing_forms_are_named(tmp_path):
    """R1-44, R1-25, R1-26, R1-28, R1-30."""
    bag = carrier(tmp_path, form_values=FORM_VALUES | {"archivist": "", "filled_on": "soon"})
    (bag / "metadata" / "acceptance-inspection.xlsx").unlink()

    found = validated(bag).findings

    incomplete = {f.subject: f.values["expected"] for f in found if f.rule == "form_incomplete"}
    assert incomplete == {"metadata/management-register.xlsx": ("form.management_register.archivist",)}
    assert [f.subject for f in found if f.rule == "form_missing"] == ["metadata/acceptance-inspection.xlsx"]
    assert len([f for f in found if f.rule == "form_value_invalid"]) == 2


def test_data_without_papers_and_papers_without_data_are_no_filing(tmp_path):
    """R1-39, R1-30, R1-44."""
    without_papers, without_data = carrier(tmp_path / "a"), carrier(tmp_path / "b")
    for form in FORMS.values():
        (without_papers / "metadata" / f"{form}.xlsx").unlink()
    for document in (without_data / "data").iterdir():
        document.unlink()

    papers, data = (validated(bag).findings for bag in (without_papers, without_data))

    missing = [f.subject for f in papers if f.rule == "form_missing" and f.severity is Severity.FAULT]
    assert missing == [f"metadata/{form}.xlsx" for form in FORMS.values()]
    assert rules(data, Severity.FAULT) == {"payload_missing"}
    assert not is_acceptable(list(papers))
    assert not is_acceptable(list(data))


def test_digest_on_the_forms_is_held_against_the_carrier(tmp_path):
    """R1-27, R1-45, R1-47."""
    bag = carrier(tmp_path)
    manifest = bag / "manifest-sha256.txt"
    manifest.write_bytes(b"".join(reversed(manifest.read_bytes().splitlines(keepends=True))))

    found = [f for f in validated(bag).findings if f.rule == "carrier_digest_mismatch"]

    assert {f.subject for f in found} == {"metadata/backup-statement.xlsx", "metadata/acceptance-inspection.xlsx"}
    assert {f.values["carrier"] for f in found} == {"001"}
    assert all(f.values["found"] != f.values["expected"] and f.values["algorithm"] == "SHA-256" for f in found)


def test_fewer_than_half_of_last_year_is_remarked_upon(tmp_path):
    """R1-13."""
    found = validated(carrier(tmp_path), last_year_count=7).findings

    assert [(f.rule, f.severity) for f in found] == [("count_dropped", Severity.WARNING)]


def test_zero_report_needs_neither_catalogue_nor_forms(tmp_path):
    """R1-22."""
    bag = pack(None, SENDER, order(zero_signed_by="王强"), None, tmp_path)

    found = validated(bag)

    assert (found.findings, found.entries) == ((), ())
    assert list_records(verified(bag), found.entries, context(), "SL2025-JY-E001-R1") == []


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("catalogue.csv", csv_of([row(1, classification="机密")]), "classified_record"),
        ("catalogue.csv", b'"', "catalogue_unreadable"),
        ("catalogue.xls", b"no workbook", "catalogue_unreadable"),
    ],
)
def test_catalogue_that_a_filing_needs_not_is_looked_through_for_marks_all_the_same(tmp_path, name, content, told):
    """R1-40, I8: beside business data and zero reports nobody opened one, and the package was sealed."""
    zero = pack(None, SENDER, order(zero_signed_by="王强"), None, tmp_path)
    business = snapshot(tmp_path)
    for bag in (zero, business):
        (bag / "metadata" / name).write_bytes(content)

    found = validated(zero), validated_snapshot(business)[1]

    assert all(told in rules(each.findings, Severity.FAULT) for each in found)


def test_snapshot_is_one_record_with_all_its_files(tmp_path):
    """R1-12."""
    found, checked = validated_snapshot(snapshot(tmp_path, description="户籍库快照"))

    (record,) = list_records(found, checked.entries, context(), "SL2025-JY-B001-R1")

    assert checked.findings == ()
    assert (record.record_id, record.archival_code) == ("SL2025-JY-B001-R1-00001", "SL2025-JY-B001-R1-00001")
    assert record.title == "户籍库快照"
    assert [f.path for f in record.files] == ["data/1.txt", "data/2.txt", "data/3.txt"]
    assert record.destroy_due_on == date(2056, 1, 1)


def test_incremental_snapshot_needs_its_accepted_base(tmp_path):
    """R1-12, R1-15."""
    bag = snapshot(tmp_path, strategy=BackupStrategy.INCREMENTAL, base_carrier="000")

    assert rules(validated_snapshot(bag)[1].findings, Severity.FAULT) == {"base_carrier_missing"}
    assert validated_snapshot(bag, full_backups={"000": "SL2024-GT-B001-R1"})[1].findings == ()


def test_shrunk_snapshot_is_remarked_upon(tmp_path):
    """R1-16."""
    assert rules(validated_snapshot(snapshot(tmp_path), last_snapshot_bytes=10**6)[1].findings) == {"snapshot_shrunk"}


def test_snapshot_of_half_the_size_has_not_shrunk_and_one_that_builds_on_another_may_be_small(tmp_path):
    """R1-16."""
    full = snapshot(tmp_path / "a")
    size = sum(path.stat().st_size for path in (full / "data").iterdir())
    more = snapshot(tmp_path / "b", strategy=BackupStrategy.DIFFERENTIAL, base_carrier="000")

    half = validated_snapshot(full, last_snapshot_bytes=2 * size)[1]
    small = validated_snapshot(more, last_snapshot_bytes=10**6, full_backups={"000": "SL2024-GT-B001-R1"})[1]

    assert (half.findings, small.findings) == ((), ())


@pytest.mark.parametrize(
    ("base", "backups", "found", "expected"),
    [("", {}, "-", "-"), ("009", {"000": "SL2024-GT-B001-R1", "001": "SL2025-GT-B001-R1"}, "009", ("000", "001"))],
)
def test_base_that_is_missing_is_told_with_those_that_there_are(tmp_path, base, backups, found, expected):
    """R1-12, R1-15."""
    bag = snapshot(tmp_path, strategy=BackupStrategy.INCREMENTAL, base_carrier=base)

    (finding,) = validated_snapshot(bag, full_backups=backups)[1].findings

    assert finding.values == {"found": found, "expected": expected}


def test_records_follow_the_catalogue_with_ids_dates_and_digests(tmp_path):
    """R9-10, N2."""
    bag = carrier(tmp_path, [row(1), row(2, retention="永久", archival_code="Z109-WS·2025-Y-BGS-0002", page_count="")])
    checked = validated(bag)
    one, two = list_records(verified(bag), checked.entries, context(), "SL2025-JY-E001-R1")

    assert is_acceptable(list(checked.findings))
    assert (one.record_id, two.record_id) == ("SL2025-JY-E001-R1-00001", "SL2025-JY-E001-R1-00002")
    assert (one.transfer_due_on, one.destroy_due_on) == (date(2045, 3, 1), date(2056, 1, 1))
    assert (two.retention, two.destroy_due_on, two.page_count) == (Retention.Y, None, 0)
    assert one.access_level is AccessLevel.OPEN
    arrived = {f.path: f for f in arrive(bag).files}
    assert [(f.path, f.sha256, f.sm3) for f in one.files] == [
        ("data/1.txt", arrived["data/1.txt"].digest.sha256, arrived["data/1.txt"].digest.sm3)
    ]


def test_rules_about_transfer_are_read_once_for_all_records():
    """Every record of a catalogue asks them, some catalogues hold thousands."""
    assert context().transfer_rules
    assert context().transfer_rules is context().transfer_rules


def test_faulty_package_has_no_records(tmp_path):
    """R1-13."""
    bag = carrier(tmp_path, [row(1, formed_on="?")])
    checked = validated(bag)

    with pytest.raises(UsageError, match="faults"):
        list_records(verified(bag), checked.entries, context(), "SL2025-JY-E001-R1")


@pytest.mark.parametrize(
    "changes", [{"formed_on": "?"}, {"files": ()}, {"files": ("data/1.txt", "data/gone.txt")}, {"access_level": "?"}]
)
def test_row_with_a_fault_is_no_record_whatever_the_fault_is(tmp_path, changes):
    """R1-13, N2."""
    whole, held = verified(carrier(tmp_path, [row(1)])), context()
    entries = read_entries([row(1, **changes)], whole.payload, held.retention_rules)

    with pytest.raises(UsageError, match="faults"):
        list_records(whole, entries, held, "SL2025-JY-E001-R1")


def test_old_period_is_read_as_todays_when_the_centre_has_accepted_it_and_never_before(tmp_path):
    """R9-10."""
    whole, rows = verified(carrier(tmp_path, [row(1)])), [row(1, retention="长期"), row(1), row(1, retention="永久")]
    accepted, returned = (replace(RULING, choice=choice) for choice in (RulingChoice.ACCEPT, RulingChoice.RETURN))

    def records_by(ruling):
        held = context(ruling=ruling)
        return list_records(whole, read_entries(rows, whole.payload, held.retention_rules), held, "SL2025-JY-E001-R1")

    records = records_by(accepted)

    assert [record.retention for record in records] == [Retention.D30, Retention.D30, Retention.Y]
    for ruling in (None, returned):
        with pytest.raises(UsageError, match="a person decides what an old one means"):
            records_by(ruling)


def test_four_properties_leave_open_what_nobody_looked_at(tmp_path):
    """GD-4-2 (left open), GD-4-5 (left open), R1-46."""
    perfect = {r.code: r.result for r in validated(carrier(tmp_path / "a")).four_properties}
    faulty = {r.code: r for r in validated(carrier(tmp_path / "b", [row(1, title="")])).four_properties}

    assert (perfect["GD-1-1"], perfect["GD-2-4"]) == (Result.PASS, Result.PASS)
    assert (perfect["GD-4-2"], perfect["GD-4-5"]) == (Result.PENDING_MANUAL, Result.PENDING_MANUAL)
    assert faulty["GD-2-4"].result is Result.FAIL
    assert faulty["GD-1-9"].remark == "not_verified"


def test_finding_carries_no_more_than_strings(tmp_path):
    """R1-50."""
    found = validated(carrier(tmp_path, [row(1, title="", page_count="x")])).findings

    assert found
    assert all(isinstance(v, str) for f in found if isinstance(f, Finding) for v in f.values.values())
