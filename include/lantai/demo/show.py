"""What the demo prints at its end: the boards, the papers, what was transferred and destroyed, and the times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lantai.demo import summary
from lantai.demo.corpus_report import ACCEPTED, Outcome
from lantai.demo.teller import Teller
from lantai.edges.centre import Centre
from lantai.journey.board import BoardRow
from lantai.locales import say

_SILENT = ("overdue", "open")
_LISTED = 20


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
    teller.table("文件去向 · Documents", ("结果 Outcome", "份 Count"), sorted(ends.items()))
    refused = [line for line in lines if line.outcome != ACCEPTED]
    if refused:
        cells = [(line.row_no, line.title, line.outcome, line.reason) for line in refused[:_LISTED]]
        teller.table("未接收 · Not accepted", ("行 Row", "题名 Title", "结果 Outcome", "原因 Why"), cells)
    teller.say(f"逐份去向 every document: {path}")


def _totals(teller: Teller, made: Mapping[str, Any], path: Path) -> None:
    counted = made["submissions"]
    teller.say(
        f"接收 {counted['accepted']} 个载体 {made['accepted']} 件 {made['files']} 个文件 {made['bytes']:,} 字节，"
        f"零报告 {counted['zero_report']}，退回 {counted['returned']}，逾期未报 {counted['overdue']} · accepted, zero, returned, overdue"
    )
    teller.say(
        f"移交进馆 {made['transferred']} 件，销毁 {made['destroyed']} 件，证明 {made['certificates']} 份，"
        f"读回核对的副本 {made['copies_verified']} 份 · transferred, destroyed, certificates, copies read back"
    )
    teller.table("用时 · Seconds", ("步骤 Step", "秒 s"), list(made["seconds"].items()))
    teller.say(f"系统日期 {made['today']}（LANTAI_TODAY，印在每份文书上）· the demo's date, printed on every paper")
    teller.say(f"汇总 summary: {path}")
    teller.say("查看网页：make serve · web pages over this folder")


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
        )
        for row in shown
    ]
    columns = ("单位 Unit", "形式 Form", "状态 State", "轮 Round", "件 Records", "问题 Faults", "受理号 No.")
    teller.table(f"{year} 年度 · Filing year {year}（期限 due {rows[0].deadline_on}）", columns, cells)
    if silent:
        state = say(f"board_state.{silent[0].state}", locale)
        names = "、".join(f"{row.unit_code} {say(f'values.data_form.{row.data_form}', locale)}" for row in silent)
        teller.say(f"{state}：{names}")


def _lists(centre: Centre, teller: Teller, left_out: str = "") -> None:
    kinds = {"transfer": "移交 transfer", "destruction": "销毁 destruction"}
    cells = [
        (each.list_id, kinds[each.kind], each.unit_code, each.state, each.disposed, each.kept)
        for each in summary.lists(centre)
        if each.state != left_out
    ]
    columns = ("清册 List", "种类 Kind", "单位 Unit", "状态 State", "已处置 Disposed", "留存 Kept")
    teller.table("移交与销毁 · Transfer and destruction", columns, cells)


def _papers(centre: Centre, teller: Teller) -> None:
    folder = centre.settings.papers
    found = summary.papers(folder)
    groups: dict[Path, list[str]] = {}
    for paper in found:
        groups.setdefault(paper.parent, []).append(paper.name)
    cells = [(place.relative_to(folder).as_posix() or ".", "\n".join(names)) for place, names in groups.items()]
    teller.table(f"文书 · Papers（{folder}）", ("目录 Folder", "文件 Files"), cells)
