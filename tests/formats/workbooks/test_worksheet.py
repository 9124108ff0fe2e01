"""Worksheets that people decide on: what they may change, and what is refused when they come back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lantai.errors import WorksheetError
from lantai.formats.papers.columns import COLUMNS
from lantai.formats.workbooks.sheet_layout import META_SHEET, RowAnswer
from lantai.formats.workbooks.worksheet import cell_name, content_digest, import_decisions
from lantai.records.disposal.laid_out_row import ListHead
from lantai.records.disposal.lists import Decision, ListKind
from papers import record_row
from workbook_cells import cells_of
from worksheets import exported, head_of

KINDS = [
    ("appraisal", "destruction"),
    ("appraisal", "transfer"),
    ("transfer_inventory", "transfer"),
    ("destruction_register", "destruction"),
]
FIRST = 5
"""Index of the first record's row; headings end above it."""
COLUMN = {column.key: place for place, column in enumerate(COLUMNS["appraisal"], start=1)}


class Returned:
    """A worksheet of five records as a panel member sends it back."""

    def __init__(self, count: int = 5) -> None:
        self.rows = [record_row(number) for number in range(1, count + 1)]
        self.head = head_of(self.rows)
        self.sheets = cells_of(exported(self.rows, self.head))
        self.sheet = self.sheets["到期鉴定表"]

    def fill(self, row_no: int, /, **texts: str) -> None:
        for key, text in texts.items():
            self.sheet[FIRST + row_no - 1][COLUMN[key]] = text

    def answers(self) -> list[RowAnswer]:
        return import_decisions("appraisal", self.head, self.rows, self.sheets)


@pytest.fixture
def returned() -> Returned:
    return Returned()


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize(("kind", "disposal"), KINDS)
def test_decisions_come_back_as_they_were_written(kind: str, disposal: str, locale: str) -> None:
    """R9-19."""
    rows = [record_row(number) for number in range(1, 5)]
    head = head_of(rows, kind, disposal)
    years = 10 if disposal == "destruction" else None
    decisions = {
        2: RowAnswer(2, Decision.DISPOSE, None, "无保存价值"),
        3: RowAnswer(3, Decision.KEEP, years, "仍有查考价值"),
    }

    sheets = cells_of(exported(rows, head, kind, decisions=decisions, locale=locale))

    assert import_decisions(kind, head, rows, sheets) == list(decisions.values())


def test_reason_keeps_its_lines() -> None:
    """R9-19."""
    rows = [record_row(1)]
    decisions = {1: RowAnswer(1, Decision.DISPOSE, None, "已满十年\n无保存价值")}

    sheets = cells_of(exported(rows, head_of(rows), decisions=decisions))

    assert import_decisions("appraisal", head_of(rows), rows, sheets) == list(decisions.values())


def test_sheet_says_how_many_records_and_pages_it_has_and_who_signs() -> None:
    """Rules N3; R9-15, R9-16."""
    rows = [record_row(1, page_count=7), record_row(2, page_count=None)]

    of_destruction = cells_of(exported(rows, head_of(rows)))["到期鉴定表"]
    inventory = cells_of(exported(rows, head_of(rows, "transfer_inventory", "transfer"), "transfer_inventory"))
    of_transfer = inventory["电子档案移交清册"]

    assert of_destruction[FIRST + 2][1] == "合计：2件，共7页"
    signing = " ".join(row[1] for row in of_destruction[FIRST + 3 :])
    assert [signing.count(duty) for duty in ("编制人：", "鉴定小组组长：", "批准人：", "监销人：", "（单位公章）")] == [
        1,
        1,
        1,
        2,
        1,
    ]
    assert "一式两份" in of_transfer[FIRST + 2][1]
    assert "移交人（签名）：" in of_transfer[FIRST + 4][1]
    assert "接收人（签名）：" in of_transfer[FIRST + 4][1]


def test_sheet_of_a_demo_says_its_date() -> None:
    rows = [record_row(1)]

    sheet = cells_of(exported(rows, head_of(rows, today_is_set=True, prepared_on=date(2026, 6, 30))))["到期鉴定表"]

    assert sheet[3][1].endswith("演示文书：日期由 LANTAI_TODAY 设定为2026年6月30日")


def test_untouched_sheet_decides_nothing(returned: Returned) -> None:
    """R9-19: silence is refusal."""
    assert returned.answers() == []


def test_words_of_the_drop_down_are_decisions(returned: Returned) -> None:
    """R9-19."""
    returned.fill(1, decision="销毁", reason="已满十年")
    returned.fill(4, decision=" 延期保管 ", extend_years="10.0", reason="仍有查考价值")

    assert returned.answers() == [
        RowAnswer(1, Decision.DISPOSE, None, "已满十年"),
        RowAnswer(4, Decision.KEEP, 10, "仍有查考价值"),
    ]


@pytest.mark.parametrize("key", [column.key for column in COLUMNS["appraisal"] if not column.is_decision])
def test_changed_cell_is_named_and_the_sheet_refused(returned: Returned, key: str) -> None:
    """P8."""
    returned.fill(3, decision="销毁")
    returned.fill(2, **{key: "改"})

    with pytest.raises(WorksheetError, match=f"{cell_name(FIRST + 1, COLUMN[key])}: found '改', expected"):
        returned.answers()


def test_every_changed_cell_is_named_not_the_first_only(returned: Returned) -> None:
    returned.fill(2, title="改")
    returned.fill(5, retention="30年")

    with pytest.raises(WorksheetError, match=r"D7: found '改'.*I10: found '30年', expected '10年'"):
        returned.answers()


def test_removed_row_is_refused(returned: Returned) -> None:
    """P8."""
    del returned.sheet[FIRST + 1]

    with pytest.raises(WorksheetError, match="A7"):
        returned.answers()


def test_added_row_is_refused(returned: Returned) -> None:
    """P8."""
    added = list(returned.sheet[FIRST])
    added[0] = "6:SL2014-JY-E001-R1-00006"
    returned.sheet.insert(FIRST + 5, added)

    with pytest.raises(WorksheetError, match="A11: found '6:SL2014-JY-E001-R1-00006'"):
        returned.answers()


def test_row_added_below_the_signatures_is_refused(returned: Returned) -> None:
    """P8."""
    returned.sheet.append(["", "6", "Z109-WS·2014-D10-BGS-0006"])

    with pytest.raises(WorksheetError, match="C15"):
        returned.answers()


def test_sorted_rows_are_refused(returned: Returned) -> None:
    """P8."""
    returned.sheet[FIRST : FIRST + 5] = reversed(returned.sheet[FIRST : FIRST + 5])

    with pytest.raises(
        WorksheetError, match="A6: found '5:SL2014-JY-E001-R1-00005', expected '1:SL2014-JY-E001-R1-00001'"
    ):
        returned.answers()


def test_decisions_pasted_one_row_down_together_with_the_titles_are_refused(returned: Returned) -> None:
    """P8."""
    for key in ("title", "decision"):
        returned.fill(2, **{key: returned.sheet[FIRST][COLUMN[key]] or "销毁"})

    with pytest.raises(WorksheetError, match="D7"):
        returned.answers()


def test_changed_heading_is_refused(returned: Returned) -> None:
    """P8."""
    returned.sheet[FIRST - 1][COLUMN["decision"]] = "意见"

    with pytest.raises(WorksheetError, match="M5: found '意见', expected '鉴定意见'"):
        returned.answers()


def test_note_in_a_new_column_is_refused(returned: Returned) -> None:
    """P8."""
    returned.sheet[FIRST].append("请领导定夺")

    with pytest.raises(WorksheetError, match="Q6: found '请领导定夺', expected"):
        returned.answers()


def test_sheet_of_another_list_is_refused(returned: Returned) -> None:
    """P8."""
    returned.head = head_of(returned.rows, list_id="D-2026-002")

    with pytest.raises(WorksheetError, match="lantai!B3: found 'D-2026-001', expected 'D-2026-002'"):
        returned.answers()


def test_sheet_of_a_list_that_changed_since_is_refused(returned: Returned) -> None:
    """P8."""
    returned.rows = returned.rows[:-1]
    returned.head = head_of(returned.rows)

    with pytest.raises(WorksheetError, match="lantai!B5: found"):
        returned.answers()


def test_sheet_of_another_kind_is_refused(returned: Returned) -> None:
    """P8."""
    head = head_of(returned.rows, "destruction_register")

    with pytest.raises(WorksheetError, match="lantai!B2: found 'appraisal', expected 'destruction_register'"):
        import_decisions("destruction_register", head, returned.rows, returned.sheets)


def test_workbook_that_is_not_ours_is_refused(returned: Returned) -> None:
    """P8."""
    del returned.sheets[META_SHEET]

    with pytest.raises(WorksheetError, match="expected a worksheet exported by the centre"):
        returned.answers()


def test_workbook_with_a_sheet_more_is_refused(returned: Returned) -> None:
    """P8."""
    returned.sheets["Sheet1"] = [["x"]]

    with pytest.raises(WorksheetError, match="Sheet1"):
        returned.answers()


@pytest.mark.parametrize(
    ("texts", "cell"),
    [
        ({"decision": "同意"}, "M6"),
        ({"reason": "没有意见"}, "M6"),
        ({"extend_years": "10"}, "M6"),
        ({"decision": "延期保管"}, "N6"),
        ({"decision": "延期保管", "extend_years": "101"}, "N6"),
        ({"decision": "延期保管", "extend_years": "0"}, "N6"),
        ({"decision": "延期保管", "extend_years": "十年"}, "N6"),
        ({"decision": "销毁", "extend_years": "10"}, "N6"),
    ],
)
def test_decision_that_cannot_be_read_is_refused_by_its_cell(
    returned: Returned, texts: dict[str, str], cell: str
) -> None:
    """P8, R9-19."""
    returned.fill(1, **texts)

    with pytest.raises(WorksheetError, match=f"{cell}: found"):
        returned.answers()


@pytest.mark.parametrize("years", [1, 100])
def test_shortest_and_longest_new_period_are_taken(returned: Returned, years: int) -> None:
    """R9-19."""
    returned.fill(2, decision="延期保管", extend_years=f"{years}年")

    assert returned.answers() == [RowAnswer(2, Decision.KEEP, years, "")]


def test_row_that_ends_before_its_blank_cells_is_undecided(returned: Returned) -> None:
    """P8, R9-19: programs leave out what is blank at the end of a row."""
    for place, key in enumerate(("decision", "extend_years", "reason", "remarks")):
        returned.sheet[FIRST + place] = returned.sheet[FIRST + place][: COLUMN[key]]

    assert returned.answers() == []


def test_workbook_without_its_sheet_of_records_is_refused(returned: Returned) -> None:
    """P8."""
    del returned.sheets["到期鉴定表"]

    with pytest.raises(WorksheetError, match="expected 到期鉴定表 and no other"):
        returned.answers()


def test_thousand_changed_cells_are_counted(returned: Returned) -> None:
    """P8."""
    returned, as_many_as_are_named = Returned(400), Returned(100)
    for row_no in range(1, 401):
        returned.fill(row_no, title="改")
    for row_no in range(1, 101):
        as_many_as_are_named.fill(row_no, title="改")

    with pytest.raises(WorksheetError, match="and 300 more cells"):
        returned.answers()
    with pytest.raises(WorksheetError) as told:
        as_many_as_are_named.answers()
    assert str(told.value).count("found '改'") == 100
    assert "more cells" not in str(told.value)


def test_digest_is_of_the_content_and_not_of_the_decisions() -> None:
    """P8, R9-19."""
    rows = [record_row(1), record_row(2)]
    plain = content_digest("appraisal", head_of(rows), rows)

    decided = content_digest(
        "appraisal", head_of(rows), [replace(row, decision=Decision.DISPOSE, reason="x") for row in rows]
    )

    assert decided == plain


@pytest.mark.parametrize(
    "change", [{"title": "改"}, {"page_count": 13}, {"remarks": " "}, {"record_id": "x"}, {"archival_code": None}]
)
def test_digest_changes_with_any_cell(change: dict[str, Any]) -> None:
    """P8."""
    rows = [record_row(1), record_row(2)]

    changed = content_digest("appraisal", head_of(rows), [rows[0], replace(rows[1], **change)])

    assert changed != content_digest("appraisal", head_of(rows), rows)


def test_digest_of_a_list_that_was_signed_is_what_it_was() -> None:
    """P8: it is recomputed for as long as the list is kept, so nothing may be counted otherwise than here."""
    row = record_row(1, page_count=None, title="标题")
    of_head = [1, "destruction_register", "D-2026-001", "destruction", "江源市教育局", "2026-09-01"]
    named = ("1", "SL2014-JY-E001-R1-00001", "Z109-WS·2014-D10-BGS-0001", "江教〔2014〕1号", "江源市教育局", "标题")
    of_row = [*named, "2014-05-06", "10年", "11年", "", "", ""]
    head = ListHead("D-2026-001", ListKind.DESTRUCTION, "江源市教育局", "Z109", date(2026, 9, 1))
    written = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in (of_head, of_row))

    found = content_digest("destruction_register", head, [row])

    assert found == hashlib.sha256(written.encode()).hexdigest()


def test_digest_tells_cells_apart_that_read_the_same_when_joined() -> None:
    """P8."""
    one = [record_row(1, author="甲", doc_no="乙丙")]
    other = [record_row(1, author="甲乙", doc_no="丙")]

    assert content_digest("appraisal", head_of(one), one) != content_digest("appraisal", head_of(one), other)
