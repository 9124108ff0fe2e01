"""One year of a county, from the offices' folders to certificates of destruction, in one run.

Everything the centre does is done by its own DAGs, some of them woken by the
leader's signature; everything people do, they do with their own keys. What is
printed is read back from the registry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from lantai.demo.county import archive, desk
from lantai.demo.county.desk import Opinion, Shown
from lantai.demo.county.home import DemoHome, named
from lantai.demo.county.people import ARCHIVIST, PANEL, Player, responsible_person
from lantai.demo.county.units import COUNTY, UNITS
from lantai.demo.documents.flaws import put_in_outbox, spoil
from lantai.demo.documents.packages import PACKAGES, Flaw, Package, first_year_of
from lantai.demo.documents.packing import make_carrier
from lantai.demo.sftp.gateway import ARCHIVE, folder_of
from lantai.demo.telling import show, summary
from lantai.demo.telling.stage import Stage, raised
from lantai.demo.telling.teller import Teller
from lantai.journey.disposal.approval.export_sheet import export_sheet
from lantai.journey.disposal.hold import hold
from lantai.records.centre.unit import DataForm
from lantai.records.disposal.hold import HoldScope
from lantai.records.disposal.lists import DisposalList, ListKind, ListState
from lantai.records.intake.submission import carrier_id, submission_id

YEARS = (2005, 2014, 2025)
AUDITED = "NY"
"""An audit is under way at this office: what it filed for 2014 may not be destroyed, due or not."""


def run(home: DemoHome, teller: Teller) -> dict[str, Any]:
    """Play the year and return the summary, which also lies in the demo's folder.

    Args:
        home: A fresh home.
        teller: Where it is told.

    Raises:
        OrchestratorError: A run of a DAG ended otherwise than it should.
    """
    home = named(home, f"{COUNTY}档案登记备份中心", f"{COUNTY}档案馆")
    units = [
        (unit.as_unit(responsible_person(unit.unit_code), first_year_of(unit.unit_code)), unit.archivist, unit.leader)
        for unit in UNITS
    ]
    without = frozenset(package.unit_code for package in PACKAGES if package.flaw is Flaw.NO_AGREEMENT)
    with raised(home, teller, units, without, partial(_send_all, home)) as stage:
        _intake(stage)
        _disposal(stage)
        made = summary.summarise(stage.centre, teller.seconds)
        show.tell(stage.centre, teller, made, summary.write(home.folder, made))
    return made


def _send_all(home: DemoHome) -> None:
    for package in PACKAGES:
        _send(home, package, 1)


def _send(home: DemoHome, package: Package, round_no: int) -> None:
    work = home.folder / "offices" / f"{package.name}-{round_no}"
    bag = make_carrier(package, work, home.settings.today or date.min)
    spoil(bag, package.flaw)
    put_in_outbox(bag, folder_of(home, package.unit_code) / "outbox" / str(package.year), package.flaw)


def _intake(stage: Stage) -> None:
    teller = stage.teller
    with teller.step("open_year", "开年度，建立报送任务", "open the filing years"):
        stage.dag("open_filing_year", {"year": ", ".join(map(str, YEARS))})
    with teller.step("take_in", "接收：查看、收取、检验、校验、答复、封存、登记", "take in what has been filed"):
        stage.dag("take_in_filings", {"year": ", ".join(map(str, YEARS))})
    with teller.step("second_round", "被退回的单位补正后再报，第二轮", "what was returned comes again"):
        again = [package for package in PACKAGES if package.comes_again]
        for package in again:
            _send(stage.home, replace(package, flaw=Flaw.NONE), 2)
        stage.dag("take_in_filings", {"units": ", ".join(package.unit_code for package in again)})


def _disposal(stage: Stage) -> None:
    centre, teller = stage.centre, stage.teller
    with teller.step("appraise", "到期鉴定：列出应移交、可销毁的档案", "appraise what is due"):
        _place_hold(stage)
        stage.dag("appraise_records")
        drafted = [each for kind in ListKind for each in desk.lists_in(centre, kind, ListState.DRAFT)]
        for each in drafted:
            export_sheet(centre, each.list_id)
    with teller.step(
        "decide", "鉴定小组逐件填写鉴定表并签署，领导审批", "panel decides row by row and signs, then the leader"
    ):
        told = desk.refused_shortcut(centre, drafted[0])
        teller.say(
            f"鉴定小组成员试图代领导审批，被拒绝 · a member who tried to sign for the leader was refused: {told}"
        )
        for each in drafted:
            desk.decide_and_sign(centre, stage.home.desks, each, think)
        stage.approve(drafted)
        teller.say(
            f"{len(drafted)} 份清册，每份由 {len(PANEL)} 名鉴定小组成员和主管领导签署"
            f" · {len(drafted)} lists, each signed by {len(PANEL)} panel members and the leader"
        )
    with teller.step("transfer", "移交进馆：打包、送达、读回、取得档案馆回执", "transfer to the archive"):
        stage.woken("transfer_records", ListKind.TRANSFER)
        handed = [desk.hand_over(centre, each) for each in _waiting(stage, ListKind.TRANSFER)]
        taken = archive.receive(folder_of(stage.home, ARCHIVE))
        stage.dag("transfer_records")
        teller.say(
            f"移交 {sum(handed)} 件，取得档案馆回执 {len(taken)} 份"
            f" · {sum(handed)} records handed over, {len(taken)} receipts of the archive"
        )
    with teller.step("destroy", "销毁：两人监销、先写账后销毁、逐处核对、出具证明", "destroy under two witnesses"):
        stage.woken("destroy_records", ListKind.DESTRUCTION)
        for each in _waiting(stage, ListKind.DESTRUCTION):
            count, certificate = desk.destroy_under_witness(centre, each)
            teller.say(f"{each.list_id}：销毁 {count} 件，证明 {certificate or '—'} · {count} destroyed, certificate")
        stage.dag("destroy_records")


def _waiting(stage: Stage, kind: ListKind) -> Sequence[DisposalList]:
    return desk.lists_in(stage.centre, kind, ListState.AWAITING_CUSTODIAN)


def _place_hold(stage: Stage) -> None:
    audited = carrier_id(submission_id(AUDITED, 2014, DataForm.E_DOCUMENT, 1), 1)
    placed = hold(
        stage.centre, HoldScope.CARRIER, audited, "云审通〔2026〕7号：专项审计期间暂停处置", ARCHIVIST.person_id
    )
    stage.teller.say(
        f"审计期间冻结 {audited}，不列入销毁（{placed.hold.hold_id}） · held while under audit, so never proposed for destruction"
    )


def think(member: Player, kind: ListKind, shown: Shown) -> Opinion:
    """Return what a panel member thinks of a record; one of them wants a few kept.

    Args:
        member: Who.
        kind: Transfer or destruction.
        shown: The row as the worksheet shows it.
    """
    text = " ".join(shown.values())
    is_cautious = member is PANEL[1]
    if kind is ListKind.DESTRUCTION:
        if is_cautious and "通报" in text and "2014" in text:
            return Opinion(True, "数据可供年鉴编纂参考，延长保管", 10)
        return Opinion(False, "保管期满，无继续保存价值")
    if is_cautious and "任免" in text and "2014" in text:
        return Opinion(True, "涉及人事信息，待与组织部门核对后移交")
    return Opinion(False, "已满移交年限，同意移交")
