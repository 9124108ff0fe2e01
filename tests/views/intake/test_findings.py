"""The same said of many records is one line, and no place is left out."""

from __future__ import annotations

from dataclasses import replace

from lantai.records.intake.finding import Finding, Severity
from lantai.views.intake.findings import MOST_APART, in_order, opinion_lines


def fault(rule, row=None, subject="", **values):
    return Finding(rule, Severity.FAULT, subject, values, "GD-2-4", row)


def test_one_finding_is_one_line_as_it_is():
    """R1-50."""
    (line,) = opinion_lines([fault("retention_unknown", 3, "Z109-3", found="5年")], "zh")

    assert (line["where"], line["found"]) == ("第3行　Z109-3", "保管期限不规范：第 3 行保管期限为 5年。")


def test_same_column_blank_in_many_rows_is_one_line_with_all_rows():
    """R1-50."""
    blank = [fault("field_missing", n, f"Z109-{n}", column="author") for n in (*range(1, 301), 400)]

    one, other = opinion_lines([*blank, fault("field_missing", 2, "Z109-2", column="title")], "zh")

    assert one["where"] == "第 1–300、400 行（共 301 处）"
    assert one["found"] == "必填项空白：第 1–300、400 行缺少责任者。"
    assert other["found"] == "必填项空白：第 2 行缺少题名。"


def test_rows_of_two_sheets_are_two_lines_that_name_the_sheets():
    """R1-50."""
    blank = [replace(fault("field_missing", n, column="author"), sheet=s) for s in ("永久", "定期") for n in (2, 3)]

    one, other = opinion_lines(blank, "zh")

    assert (one["where"], other["where"]) == ("“永久”表 第 2–3 行（共 2 处）", "“定期”表 第 2–3 行（共 2 处）")
    assert other["found"] == "必填项空白：工作表“定期”：第 2–3 行缺少责任者。"


def test_values_found_are_listed_as_far_as_there_is_room():
    """R1-50."""
    wrong = [fault("archival_code_malformed", n, f"X-{n}", found=f"X-{n}") for n in range(1, 51)]

    (line,) = opinion_lines(wrong, "zh")

    assert line["found"] == ("档号不规范：第 1–50 行档号为 X-1、X-2、X-3、X-4、X-5、X-6、X-7、X-8、X-9、X-10、…。")


def test_files_without_a_row_are_named():
    """R1-50."""
    extra = [fault("file_uncatalogued", subject=f"data/{n}", found=f"data/{n}") for n in range(1, 4)]

    (line,) = opinion_lines(extra, "en")

    assert line["where"] == "data/1, data/2, data/3 (3 places)"


def test_faults_that_differ_stand_apart_until_there_are_too_many():
    """R1-50, R1-47: a digest that differs is named with both values, each on a line of its own."""
    damaged = [
        fault("digest_mismatch", subject=f"data/{n}", algorithm="sm3", expected=f"e{n}", found=f"f{n}", manifest="m")
        for n in range(MOST_APART + 1)
    ]

    apart, together = list(opinion_lines(damaged[:-1], "zh")), list(opinion_lines(damaged, "zh"))

    assert [line["expected"] for line in apart] == [f"e{n}" for n in range(MOST_APART)]
    assert len(together) == 1
    assert together[0]["found"].endswith("m 登记为 e0。另有 20 处同类问题，逐一见机读意见（opinions.json）。")
    assert all(f"data/{n}" in together[0]["where"] for n in range(MOST_APART + 1))
    assert together[0]["expected"] == "—"


def test_faults_and_remarks_of_a_rule_are_never_mixed():
    """R1-50."""
    remark = Finding("item_no_gap", Severity.WARNING, "x", {"found": "1", "count": "1"})

    assert [
        line["severity"]
        for line in opinion_lines([fault("item_no_gap", subject="x", found="1", count="1"), remark], "zh")
    ] == [
        "fault",
        "warning",
    ]


def test_faults_stand_before_what_the_centre_decides_and_both_before_remarks() -> None:
    """R1-50: what has to be mended is read first; within each they keep their order."""
    found = [
        Finding(rule, severity)
        for rule, severity in (
            ("a", Severity.WARNING),
            ("b", Severity.HOLD),
            ("c", Severity.FAULT),
            ("d", Severity.WARNING),
            ("e", Severity.FAULT),
        )
    ]

    assert [finding.rule for finding in in_order(found)] == ["c", "e", "b", "a", "d"]
