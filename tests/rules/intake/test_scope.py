"""What may come through this channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from factories_bag import entry
from lantai.records.custody.record import DueDates, Retention
from lantai.records.intake.finding import Severity
from lantai.records.intake.sheet import PartNotes
from lantai.rules.intake import scope


@pytest.mark.parametrize(
    "mark",
    [
        "秘密",
        "机密",
        "绝密",
        "机密★20年",
        "秘密 1年",
        "机　密",
        "机\u200b密",
        "機密",
        "机\ufe0f密",
        "国家秘密",
        "绝密(长期)",
        "top secret",
        "Confidential",
    ],
)
def test_state_secret_is_refused(mark):
    """N11, GD-4-7, R1-40."""
    found = scope.check_classification(entry(1, classification=mark))

    assert [(f.rule, f.severity) for f in found] == [("classified_record", Severity.FAULT)]


@pytest.mark.parametrize("mark", ["", "无", "否", "公开", "普通", "内部", "非密", "非涉密", " 不涉密 ", "none", "／"])
def test_open_mark_passes(mark):
    """R1-40, N11."""
    assert scope.check_classification(entry(1, classification=mark)) == []


@pytest.mark.parametrize("mark", ["工作秘密", "商业秘密", "？", "涉密", "是", "10年", "密", "机"])
def test_mark_that_leaves_it_open_waits_for_a_person(mark):
    """R1-40, N11."""
    found = scope.check_classification(entry(1, classification=mark))

    assert [(f.rule, f.severity) for f in found] == [("classification_unclear", Severity.HOLD)]


@pytest.mark.parametrize(
    "text",
    [
        "秘密★1年",
        "机密 ★ 关于某事的请示",
        "绝密☆",
        "（机密）关于某事",
        "关于某事【秘密】",
        "〔绝密〕",
        "机密",
        "秘密 1年",
        "机密级",
        "绝密（长期）",
    ],
)
def test_mark_of_a_secret_in_any_cell_is_found(text):
    """R1-40: documents bear their mark on the page, and who types a title types it too."""
    (found,) = scope.MarkFinder("附件").look(7, ["", "某事", text])

    assert (found.rule, found.severity, found.sheet, found.record_no) == ("classified_mark", Severity.FAULT, "附件", 7)
    assert found.rule in scope.CLASSIFIED


@pytest.mark.parametrize(
    "heading", ["密级", "是否涉密", "Security Classification", "ｃｌａｓｓｉ ｆｉｃａｔｉｏｎ", "保密期限"]
)
@pytest.mark.parametrize("text", ["国家秘密", "top secret", "ＳＥＣＲＥＴ", "机　密，十年"])
def test_what_stands_below_a_heading_about_secrecy_is_judged_as_there_whatever_the_table_is(heading, text):
    """R1-40."""
    finder = scope.MarkFinder()
    above = [*finder.look(1, ["某局登记表"]), *finder.look(2, ["名称", heading])]

    below = [*finder.look(3, ["国家秘密", "公开"]), *finder.look(4, ["某事", text]), *finder.look(5, ["x", "工作秘密"])]

    assert (above, [(f.rule, f.record_no) for f in below]) == ([], [("classified_record", 4)])


@pytest.mark.parametrize(("rows_above", "is_heading"), [(9, True), (10, False)])
def test_heading_about_secrecy_stands_among_the_first_ten_rows_of_several_cells(rows_above, is_heading):
    """R1-40: a row with one cell is a title and counts for nothing."""
    finder = scope.MarkFinder()
    for row_no in range(1, rows_above + 1):
        finder.look(row_no, ["名称", "数量"])
        finder.look(row_no, ["某局", ""])
    finder.look(20, ["名称", "是否涉密"])

    found = finder.look(21, ["某事", "国家秘密级"])

    assert [f.rule for f in found] == (["classified_record"] if is_heading else [])


@pytest.mark.parametrize(
    ("heading", "is_heading"),
    [("密" + "级" * 39, True), ("密" + "级" * 40, False), ("密级为国家秘密的", False), ("名称", False)],
)
def test_sentence_about_secrecy_or_a_level_itself_is_no_heading(heading, is_heading):
    """R1-40."""
    finder = scope.MarkFinder()
    finder.look(1, ["名称", heading])

    found = finder.look(2, ["某事", "国家秘密级"])

    assert [f.rule for f in found] == (["classified_record"] if is_heading else [])


def test_sheet_whose_name_bears_a_mark_is_told_and_another_is_not():
    """R1-40."""
    (found,) = scope.MarkFinder("机密★").look_at_name()

    assert (found.rule, found.severity, found.record_no, found.sheet) == (
        "classified_mark",
        Severity.FAULT,
        None,
        "机密★",
    )
    assert scope.MarkFinder("保密工作").look_at_name() == []


def test_marks_beside_the_cells_are_faults_and_what_could_not_be_seen_is_a_remark():
    """R1-40."""
    marked = PartNotes("xl/comments1.xml", ["请审阅", "机密★1年"], 0, "", is_whole=True)
    unseen = PartNotes("xl/worksheets/sheet1.xml", [], 2, "B7", is_whole=True)
    cut = PartNotes("xl/drawing1.xml", [], 0, "", is_whole=False)

    found = list(scope.check_notes([marked, unseen, cut]))

    assert [(f.rule, f.severity, f.subject, f.values) for f in found] == [
        ("classified_note", Severity.FAULT, "xl/comments1.xml", {"found": "机密★1年"}),
        ("formula_not_seen", Severity.WARNING, "xl/worksheets/sheet1.xml", {"count": "2", "found": "B7"}),
        ("part_not_seen", Severity.WARNING, "xl/drawing1.xml", {}),
    ]


@pytest.mark.parametrize(
    "title",
    [
        "关于加强国家秘密载体管理的通知",
        "关于机密级计算机（涉密）报废的批复",
        "《绝密》影片放映许可",
        "秘密一年来工作总结",
        "保密工作★先进单位",
        "秘书处关于密码设备的函",
    ],
)
def test_title_that_only_speaks_of_secrets_passes(title):
    """R1-40."""
    assert scope.MarkFinder().look(1, [title]) == []


def test_mark_spread_over_neighbouring_cells_of_any_row_is_found():
    """R1-40: the word in one cell, its level in the next that holds anything."""
    found = scope.MarkFinder("目录").look(1, ["某局目录", "密 级", "", "国家秘密"])

    assert [(f.rule, f.values["found"], f.record_no) for f in found] == [("classified_mark", "密 级 国家秘密", 1)]


def test_mark_of_a_secret_in_the_name_of_a_file_or_folder_is_found():
    """R1-40: business data has no catalogue, and a file may not stand in it."""
    marked = [
        "data/机密★关于某事.pdf",
        "data/（秘密）/1.tif",
        "data/a/某事(机密).docx",
        "data/绝密★长期",
        "data/秘密/1.pdf",
        "data/机密_关于某事.pdf",
        "data/絕 密/1.pdf",
    ]
    plain = ["data/1.txt", "data/保密制度.pdf", "data/国家秘密目录.xls", "data/机密柜.png"]

    assert [f.subject for f in scope.check_names([*marked, *plain])] == marked


def test_record_due_for_the_archive_is_remarked_upon_from_its_day_on():
    """R1-05."""
    day = date(2026, 3, 1)
    due = replace(entry(1), retention_in_force=Retention.D30, due=DueDates(day, None))

    (told,) = scope.check_transfer_due(due, day)

    assert (told.rule, told.severity, told.values) == ("due_for_transfer", Severity.WARNING, {"found": "2026-03-01"})
    assert scope.check_transfer_due(due, date(2026, 2, 28)) == []


def test_record_that_no_archive_takes_over_or_whose_period_is_of_old_is_never_remarked_upon():
    """R1-05: what a period of old means is a person's decision."""
    day = date(2026, 3, 1)
    never = replace(entry(1), retention_in_force=Retention.D30, due=DueDates(None, day))
    of_old = replace(entry(1, retention="长期"), retention_in_force=Retention.D30, due=DueDates(day, None))

    assert [scope.check_transfer_due(each, day) for each in (never, of_old, entry(1))] == [[], [], []]
