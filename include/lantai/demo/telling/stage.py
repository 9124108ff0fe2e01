"""What both demos stand on: a centre with its people, a gateway with the offices' folders, and a running Airflow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date

from lantai.demo.county import desk
from lantai.demo.county.home import DemoHome
from lantai.demo.county.people import ARCHIVIST, settle_in
from lantai.demo.sftp.gateway import gateway
from lantai.demo.telling.teller import Teller
from lantai.edges.airflow.api import DagRun
from lantai.edges.airflow.home import prepare
from lantai.edges.airflow.occupied import occupied
from lantai.edges.airflow.process import AirflowProcess, started
from lantai.edges.airflow.signals import ended_as_by_ctrl_c
from lantai.edges.airflow.waiting import Patience
from lantai.edges.centre import Centre, open_centre
from lantai.errors import OrchestratorError
from lantai.journey.centre.agree import agree
from lantai.journey.centre.register_units import register_units
from lantai.journey.centre.set_up import set_up
from lantai.locales import put
from lantai.records.centre.agreement import Agreement
from lantai.records.centre.unit import Unit
from lantai.records.disposal.lists import DisposalList, ListKind, ListState

AGREED_FROM = date(1980, 1, 1)
DESTRUCTION_CLAUSE = "保管期满经鉴定后由中心销毁，并出具销毁证明"


@dataclass
class Stage:
    """What is there once everything has started.

    Attributes:
        is_heard: Whether Airflow has heard of a signature.
    """

    home: DemoHome
    centre: Centre
    airflow: AirflowProcess
    teller: Teller
    is_heard: bool = False

    def dag(self, dag_id: str, form: Mapping[str, str] | None = None) -> None:
        """Run a DAG as somebody does who presses its button, and wait for its end.

        Raises:
            OrchestratorError: The run failed; the message names the tasks.
        """
        self.airflow.wait_for_dag(dag_id)
        done = self.airflow.wait(dag_id, self.airflow.api.trigger(dag_id, form))
        _require_success(done)
        said = "，".join(f"{name}={value}" for name, value in (form or {}).items() if value)
        with_form = f"（{said[:80]}）" if said else ""
        self.teller.say(f"✓ DAG {dag_id}{with_form}：{len(done.tasks)} 个任务全部成功 · all tasks succeeded")

    def approve(self, chosen: Iterable[DisposalList]) -> None:
        """Let the leader sign lists; each signature wakes Airflow, and one that nobody hears is told."""
        for each in chosen:
            unheard = desk.approve(self.centre, each)
            self.is_heard |= unheard is None
            if unheard is not None:
                self.teller.say(f"{each.list_id}：未能唤醒 Airflow · Airflow was not woken: {unheard}")

    def woken(self, dag_id: str, kind: ListKind) -> None:
        """Wait for the runs that the leader's signatures started, until every approved list of a kind is with the custodian.

        One run may serve several signatures, and the last one may find nothing left to do. Where nobody heard, the DAG
        is run as on the next working day.

        Raises:
            OrchestratorError: A run failed; the message names its tasks.
        """
        if not self.is_heard:
            self.dag(dag_id)
            return
        try:
            runs = self.airflow.wait_for_woken(dag_id, lambda: not desk.lists_in(self.centre, kind, ListState.APPROVED))
        except OrchestratorError as silence:
            self.teller.say(f"没有自行启动，按下一工作日办理 · not woken, so run as on the next working day: {silence}")
            self.dag(dag_id)
            return
        for done in runs:
            _require_success(done)
        self.teller.say(f"DAG {dag_id}（领导签批即自动启动 · woken by the signature）✓ {len(runs)} 次运行 · runs")


@contextmanager
def raised(
    home: DemoHome,
    teller: Teller,
    units: Sequence[tuple[Unit, str, str]],
    without_agreement: frozenset[str],
    send: Callable[[], None],
) -> Iterator[Stage]:
    """Set the centre up, start the servers while the offices pack, and yield the stage.

    Args:
        home: A fresh home.
        teller: Where it is told.
        units: Every office with the names of its part-time archivist and of its leader.
        without_agreement: Codes of offices that never signed an agreement.
        send: Packs and lays into the outboxes what the offices file; runs beside the start of the servers.

    Raises:
        OrchestratorError: Airflow did not start.
    """
    patience = Patience(lambda words: teller.say(f"… {put(words, 'zh')} · {put(words, 'en')}"))
    with ExitStack() as stack:
        # Airflow and the SFTP server are processes of their own: a plain end on SIGTERM would leave them behind.
        stack.enter_context(ended_as_by_ctrl_c())
        lock = stack.enter_context(occupied(home.folder))
        centre = stack.enter_context(open_centre(home.settings, checks_schema=False))
        with teller.step("set_up", "建立登记备份中心：密钥、登记库、单位、人员、协议", "set the centre up"):
            _set_up(centre, units, without_agreement)
        with teller.step(
            "start", "启动 SFTP 服务器与 Airflow，同时各单位整理打包", "start SFTP and Airflow while offices pack"
        ):
            port = stack.enter_context(gateway(home, [unit.unit_code for unit, _, _ in units], patience))
            offices = stack.enter_context(ThreadPoolExecutor(1))
            packed = offices.submit(send)
            airflow = stack.enter_context(started(prepare(home.settings), home.variables, patience, lock))
            packed.result()
            teller.say(f"SFTP 127.0.0.1:{port}，Airflow {airflow.home.address}")
        yield Stage(home, centre, airflow, teller)


def _require_success(done: DagRun) -> None:
    if done.state != "success":
        raise OrchestratorError(f"DAG {done.dag_id}, run {done.run_id}: {done.state}: {dict(done.tasks)}")


def _set_up(centre: Centre, units: Sequence[tuple[Unit, str, str]], without_agreement: frozenset[str]) -> None:
    set_up(centre, has_custody=True)
    register_units(centre, [unit for unit, _, _ in units])
    settle_in(centre, {unit.responsible_person: archivist for unit, archivist, _ in units if unit.responsible_person})
    for unit, archivist, leader in units:
        for form in () if unit.unit_code in without_agreement else unit.data_forms:
            agree(
                centre,
                Agreement(
                    agreement_id="",
                    unit_code=unit.unit_code,
                    data_form=form,
                    encrypts_before_sending=False,
                    algorithm="",
                    unit_key_custodian=archivist,
                    centre_key_custodian=ARCHIVIST.name,
                    destruction_clause=DESTRUCTION_CLAUSE,
                    from_on=AGREED_FROM,
                    to_on=None,
                    signed_by_unit=leader,
                    signed_by_centre=ARCHIVIST.name,
                ),
            )
