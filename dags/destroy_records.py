"""销毁到期档案 / Destroy what was approved for destruction.

- **运行** 销毁清册批准后即被唤醒；另每个工作日上午8时。
- **读取** 已批准的销毁清册、各方签字、鉴定工作报告、等待期、冻结；唤醒信号本身不作依据。
- **写入** 台账检查点；等待期已满的清册转为“等待保管人”，本次运行即正常结束。
- **不可逆** 本流程无；销毁发生在保管机上的 `lantai list run`：两名监销人到场签字，写入“销毁中”事件之后不可撤回。
- **无人答复** 清册一直等待，什么也不会销毁；沉默即拒绝。
- **重跑** 随时可重跑；任一字节删除之前会重新核对全部签字与冻结。
- **求助** `lantai list show <清册号>`、`lantai hold list`；批准失效的清册会使本次运行失败并列出清册号。

---

- **Runs** when a destruction list is approved, and every working day at 08:00.
- **Reads** approved destruction lists, their signatures, appraisal reports, waiting times, holds; what woke it proves nothing.
- **Writes** a checkpoint of the ledger; lists whose waiting time is over become `awaiting_custodian`, and the run ends green.
- **Irreversible from** nothing here; `lantai list run` on the custody host does it, with two witnesses, from the event `destroying` on.
- **On no answer** the list waits and nothing is destroyed: silence is refusal.
- **Rerun** at any moment; signatures and holds are looked at again before any byte goes.
- **Help** `lantai list show LIST`, `lantai hold list`; a list whose approval no longer holds makes the run red and is named.
"""

from __future__ import annotations

from typing import Any

from _shape import APPROVED_LISTS, shape
from airflow.sdk import Asset, AssetOrTimeSchedule, dag, task

from filing_calendar import WorkingDays


@dag(
    schedule=AssetOrTimeSchedule(timetable=WorkingDays(), assets=[Asset(APPROVED_LISTS)]),
    doc_md=__doc__,
    **shape("销毁到期档案 destroy_records", "处置 disposal", task_hours=4, run_hours=12),
)
def destroy_records() -> None:
    """Hand approved destruction lists to the custodian, and go on with what the custodian has done."""

    @task
    def check_form(params: Any = None) -> None:  # noqa: ANN401 - injected by Airflow
        from lantai.tasks import destroy_records as steps

        steps.check_form(params)

    @task
    def prepare() -> dict[str, list[str]]:
        from lantai.tasks import destroy_records as steps

        return steps.prepare()

    @task
    def conclude(prepared: dict[str, list[str]]) -> dict[str, int]:
        from lantai.tasks import destroy_records as steps

        return steps.conclude(prepared)

    prepared = prepare()
    check_form() >> prepared
    conclude(prepared)


destroy_records()
