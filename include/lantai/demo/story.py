"""One year of a county, from the offices' folders to certificates of destruction, in one run.

Everything the centre does is done by its own DAGs; everything people do, they do
with their own keys. What is printed is read back from the registry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from lantai.demo import archive, desk, show, summary
from lantai.demo.airflow_home import prepare
from lantai.demo.airflow_process import AirflowProcess, started
from lantai.demo.desk import Opinion, Shown
from lantai.demo.flaws import put_in_outbox, spoil
from lantai.demo.gateway import ARCHIVE, folder_of, gateway
from lantai.demo.home import DemoHome
from lantai.demo.packages import PACKAGES, Flaw, Package
from lantai.demo.packing import make_carrier
from lantai.demo.people import ARCHIVIST, PANEL, Player, responsible_person, settle_in
from lantai.demo.teller import Teller
from lantai.demo.units import UNITS
from lantai.edges.centre import Centre, open_centre
from lantai.edges.registry.units import put_unit
from lantai.errors import OrchestratorError
from lantai.journey.agree import agree
from lantai.journey.hold import hold
from lantai.journey.set_up import set_up
from lantai.records.agreement import Agreement
from lantai.records.disposal import ListKind, ListState
from lantai.records.hold import HoldScope

YEARS = (2005, 2014, 2025)
CUSTODY = "中心数字证书由保管人保管"


@dataclass
class Stage:
    """What is there once the county is set up."""

    home: DemoHome
    centre: Centre
    airflow: AirflowProcess
    teller: Teller


def run(home: DemoHome, teller: Teller) -> dict[str, Any]:
    """Play the year and return the summary, which also lies in the demo's folder.

    Args:
        home: A fresh home.
        teller: Where it is told.

    Raises:
        OrchestratorError: A run of a DAG ended otherwise than it should.
    """
    with ExitStack() as stack:
        centre = stack.enter_context(open_centre(home.settings, checks_schema=False))
        with teller.step("set_up", "建立登记备份中心", "set the centre up"):
            _set_up(centre)
        offices = stack.enter_context(ThreadPoolExecutor(1))
        packed = offices.submit(_send_all, home)
        with teller.step(
            "start", "启动 SFTP 服务器与 Airflow，同时各单位整理打包", "start SFTP and Airflow while offices pack"
        ):
            port = stack.enter_context(gateway(home, [unit.unit_code for unit in UNITS]))
            airflow = stack.enter_context(started(prepare(home.settings), home.variables))
            packed.result()
            teller.say(
                f"SFTP 127.0.0.1:{port}　{len(PACKAGES)} 个载体（包）已放入各单位发件箱 · carriers in the outboxes"
            )
        stage = Stage(home, centre, airflow, teller)
        _intake(stage)
        _disposal(stage)
        made = summary.summarise(centre, teller.seconds)
        path = summary.write(home.folder, made)
        show.tell(centre, teller, made, path)
    return made


def dag(stage: Stage, dag_id: str, form: Mapping[str, str] | None = None) -> None:
    """Run a DAG as somebody does who presses its button, and wait for its end.

    Raises:
        OrchestratorError: The run failed; the message names the tasks.
    """
    api = stage.airflow.api
    api.wait_for_dag(dag_id)
    done = api.wait(dag_id, api.trigger(dag_id, form))
    if done.state != "success":
        raise OrchestratorError(f"DAG {dag_id}, run {done.run_id}: {done.state}: {dict(done.tasks)}")
    stage.teller.say(f"DAG {dag_id} {dict(form or {}) or ''} ✓ {len(done.tasks)} 个任务 · tasks")


def _set_up(centre: Centre) -> None:
    set_up(centre, keeps_identity=True)
    with centre.database.begin() as connection:
        for unit in UNITS:
            put_unit(connection, unit.as_unit(responsible_person(unit.unit_code)))
    settle_in(centre)
    without = {package.unit_code for package in PACKAGES if package.flaw is Flaw.NO_AGREEMENT}
    for unit in UNITS:
        if unit.unit_code in without:
            continue
        for form in unit.forms:
            signed = (unit.leader, ARCHIVIST.name)
            agree(
                centre,
                Agreement("", unit.unit_code, form, False, "age X25519", unit.archivist, CUSTODY,
                          "期满经鉴定后由中心销毁，出具销毁证明", date(2004, 1, 1), None, *signed),
            )  # fmt: skip


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
        for year in YEARS:
            dag(stage, "open_filing_year", {"year": str(year)})
    with teller.step("take_in", "接收：查看、收取、检验、校验、答复、封存、登记", "take in what has been filed"):
        dag(stage, "take_in_filings", {"year": ", ".join(map(str, YEARS))})
    with teller.step("second_round", "被退回的单位补正后再报，第二轮", "what was returned comes again"):
        again = [package for package in PACKAGES if package.comes_again]
        for package in again:
            _send(stage.home, replace(package, flaw=Flaw.NONE), 2)
        dag(stage, "take_in_filings", {"units": ", ".join(package.unit_code for package in again)})


def _disposal(stage: Stage) -> None:
    centre, teller = stage.centre, stage.teller
    with teller.step("appraise", "到期鉴定：列出应移交、可销毁的档案", "appraise what is due"):
        _place_hold(stage)
        dag(stage, "appraise_records")
    with teller.step(
        "decide", "鉴定小组逐件填写鉴定表并签署，领导审批", "panel decides row by row and signs, then the leader"
    ):
        drafted = [each for kind in ListKind for each in desk.lists_in(centre, kind, ListState.DRAFT)]
        teller.say(f"被拒绝的越权签署 · a shortcut that was refused: {desk.refused_shortcut(centre, drafted[0])}")
        for each in drafted:
            desk.decide_and_sign(centre, stage.home.desks, each, think)
        teller.say(
            f"{len(drafted)} 份清册、{len(PANEL)} 名鉴定人员、每份 4 个签名 · lists, panel members, signatures each"
        )
    with teller.step("transfer", "移交进馆：打包、送达、读回、取得档案馆回执", "transfer to the archive"):
        dag(stage, "transfer_records")
        handed = [desk.hand_over(centre, each) for each in _waiting(stage, ListKind.TRANSFER)]
        taken = archive.receive(folder_of(stage.home, ARCHIVE))
        dag(stage, "transfer_records")
        teller.say(f"移交 {sum(handed)} 件，档案馆回执 {len(taken)} 份 · records handed over, receipts of the archive")
    with teller.step("destroy", "销毁：两人监销、先写账后销毁、逐处核对、出具证明", "destroy under two witnesses"):
        dag(stage, "destroy_records")
        for each in _waiting(stage, ListKind.DESTRUCTION):
            count, certificate = desk.destroy_under_witness(centre, each)
            teller.say(f"{each.list_id}：销毁 {count} 件 · destroyed，证明 certificate {certificate or '—'}")
        dag(stage, "destroy_records")


def _waiting(stage: Stage, kind: ListKind) -> Sequence[Any]:
    return desk.lists_in(stage.centre, kind, ListState.AWAITING_CUSTODIAN)


def _place_hold(stage: Stage) -> None:
    """An audit is under way: one office's records of 2014 may not be destroyed, due or not."""
    audited = f"{AUDITED}-2014-E-001-R1"
    placed = hold(
        stage.centre, HoldScope.CARRIER, audited, "云审通〔2026〕7号：专项审计期间暂停处置", ARCHIVIST.person_id
    )
    stage.teller.say(f"冻结 hold {placed.hold_id}：{audited}（审计期间）· under audit")


AUDITED = "NY"


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
