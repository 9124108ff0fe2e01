"""What the demo prints at its end: the boards, the papers, what was transferred and destroyed, and the times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lantai.demo.telling import summary
from lantai.demo.telling.corpus_report import ACCEPTED, Outcome
from lantai.demo.telling.teller import Teller
from lantai.edges.centre import Centre
from lantai.locales import say
from lantai.views.year.board import BoardRow

_SILENT = ("overdue", "open")
_LISTED = 20

_PAPERS = (
    ("*.receipt.pdf", "接收检验表", "receipt"),
    ("*.opinions.pdf", "修改意见", "opinions"),
    ("*.notice.pdf", "受理通知", "notice of receipt"),
    ("到期鉴定表.xlsx", "到期鉴定表", "appraisal worksheet"),
    ("移交清册.xlsx", "移交清册（填写）", "transfer worksheet"),
    ("移交清册.pdf", "移交清册（批准）", "transfer inventory"),
    ("电子档案移交与接收登记表.pdf", "移交与接收登记表", "transfer register"),
    ("销毁清册.pdf", "销毁清册（批准）", "destruction register"),
    ("销毁证明.pdf", "销毁证明", "certificate"),
)
"""Name of the files, what they are in Chinese and in English; in the order in which a year brings them."""


def tell(centre: Centre, teller: Teller, made: Mapping[str, Any], path: Path) -> None:
    """Print what happened.

    Args:
        centre: The centre.
        teller: Where it is told.
        made: The summary.
        path: Where the summary lies.
    """
    locale = centre.settings.locale
    for year, rows in summary.boards(centre).items():
        _board(teller, year, rows, locale)
    _lists(centre, teller)
    _papers(centre, teller)
    _totals(teller, made, path)


def tell_corpus(centre: Centre, teller: Teller, made: Mapping[str, Any], path: Path) -> None:
    """Print what happened to a corpus: its lists and totals; its boards and papers would fill hundreds of pages."""
    drafts = sum(each.state == "draft" for each in summary.lists(centre))
    _lists(centre, teller, left_out="draft")
    teller.say(f"另有 {drafts} 份清册草稿等待鉴定小组 · more lists wait as drafts for the panel")
    teller.say(f"文书 {len(made['papers'])} 份，在 {centre.settings.papers} · papers")
    _totals(teller, made, path)


def tell_report(teller: Teller, lines: Sequence[Outcome], path: Path) -> None:
    """Print how many documents ended where, and the first that were not accepted."""
    ends = Counter(line.outcome for line in lines)
    teller.table("文件去向 · Documents", (("结果", "Outcome"), ("份", "Count")), sorted(ends.items()))
    refused = [line for line in lines if line.outcome != ACCEPTED]
    if refused:
        cells = [(line.row_no, line.title, line.outcome, line.reason) for line in refused[:_LISTED]]
        columns = (("行", "Row"), ("题名", "Title"), ("结果", "Outcome"), ("原因", "Why"))
        teller.table("未接收 · Not accepted", columns, cells)
    teller.say(f"逐份去向 every document: {path}")


def _totals(teller: Teller, made: Mapping[str, Any], path: Path) -> None:
    counted = made["submissions"]
    teller.table(
        "总计 · Totals",
        (("项目", "What"), ("数量", "Number")),
        (
            ("接收载体 carriers accepted", counted["accepted"]),
            ("接收档案（件）records accepted", made["accepted"]),
            ("接收文件 files", f"{made['files']:,}"),
            ("接收数据量（字节）bytes", f"{made['bytes']:,}"),
            ("读回核对的副本 copies read back", made["copies_verified"]),
            ("零报告 zero reports", counted["zero_report"]),
            ("退回补正 returned", counted["returned"]),
            ("暂存待定 held", counted["held"]),
            ("逾期未报 overdue", counted["overdue"]),
            ("移交进馆（件）records transferred", made["transferred"]),
            ("销毁（件）records destroyed", made["destroyed"]),
            ("移交与销毁证明 certificates", made["certificates"]),
        ),
    )
    seconds = made["seconds"]
    times = [(teller.steps.get(name, name), f"{taken:.1f}") for name, taken in seconds.items()]
    times.append(("合计 · all together", f"{sum(seconds.values()):.1f}"))
    teller.table("用时 · How long each step took", (("步骤", "Step"), ("秒", "Seconds")), times)
    teller.say(
        f"系统日期 {made['today']}，由 LANTAI_TODAY 设定，印在每份文书上 · the demo's date, printed on every paper"
    )
    teller.say(f"汇总 · summary    {path}")
    teller.say("查看网页 · web pages over this folder    make serve")


def _board(teller: Teller, year: int, rows: list[BoardRow], locale: str) -> None:
    shown = [row for row in rows if row.state not in _SILENT]
    silent = [row for row in rows if row.state in _SILENT]
    cells = [
        (
            f"{row.unit_code} {row.unit_name}",
            say(f"values.data_form.{row.data_form}", locale),
            say(f"board_state.{row.state}", locale),
            row.round_no or "",
            row.record_count or "",
            row.fault_count or "",
            row.submission_id or "",
            row.package_name,
        )
        for row in shown
    ]
    columns = (
        ("单位", "Unit"),
        ("数据形式", "Data form"),
        ("状态", "State"),
        ("轮次", "Round"),
        ("件数", "Records"),
        ("问题", "Faults"),
        ("受理号", "Acceptance no."),
        ("包名", "Package"),
    )
    due = rows[0].deadline_on
    teller.table(f"{year}年度报送情况，{due} 截止 · Filing year {year}, due {due}", columns, cells)
    for state in _SILENT:
        names = [
            f"{row.unit_code} {say(f'values.data_form.{row.data_form}', locale)}"
            for row in silent
            if row.state == state
        ]
        if names:
            teller.say(f"{say(f'board_state.{state}', locale)} {len(names)}：{'、'.join(names)}")


def _lists(centre: Centre, teller: Teller, left_out: str = "") -> None:
    kinds = {"transfer": "移交 transfer", "destruction": "销毁 destruction"}
    locale = centre.settings.locale
    cells = [
        (
            each.list_id,
            kinds[each.kind],
            each.unit_code,
            say(f"list_state.{each.state}", locale),
            each.disposed,
            each.kept,
        )
        for each in summary.lists(centre)
        if each.state != left_out
    ]
    columns = (
        ("清册", "List"),
        ("种类", "Kind"),
        ("单位", "Unit"),
        ("状态", "State"),
        ("已处置", "Disposed"),
        ("留存", "Kept"),
    )
    teller.table("移交与销毁（件）· Transfer and destruction, records", columns, cells)


def _papers(centre: Centre, teller: Teller) -> None:
    """Print of every kind of paper how many there are and where; summary.json names each."""
    folder = centre.settings.papers
    found = summary.papers(folder)
    cells = []
    for pattern, zh, en in _PAPERS:
        paths = [path.relative_to(folder) for path in found if path.match(pattern)]
        if paths:
            cells.append((f"{zh}\n{en}", len(paths), paths[0].as_posix()))
    teller.table("文书 · Papers", (("文书", "Paper"), ("份数", "Count"), ("如", "For example")), cells)
    teller.say(f"目录 · folder    {folder}")
