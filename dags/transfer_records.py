"""移交档案馆 / Transfer records to the archive.

- **运行** 移交清册批准后即被唤醒；另每个工作日上午8时。
- **读取** 已批准的移交清册、其签字与等待期；唤醒信号本身不作依据。
- **写入** 台账检查点；等待期已满的清册转为“等待保管人”，本次运行即正常结束。
- **不可逆** 本流程无；移交发生在保管机上的 `lantai list run`，档案馆回执之后不可撤回。
- **无人答复** 清册一直等待，什么也不会移交。
- **重跑** 随时可重跑；保管人完成后，下次运行接着往下走。
- **求助** `lantai list show <清册号>`；批准失效的清册会使本次运行失败并列出清册号。

---

- **Runs** when a transfer list is approved, and every working day at 08:00.
- **Reads** approved transfer lists, their signatures and waiting times; what woke it proves nothing.
- **Writes** a checkpoint of the ledger; lists whose waiting time is over become `awaiting_custodian`, and the run ends green.
- **Irreversible from** nothing here; `lantai list run` on the custody host delivers, and the archive's receipt ends it.
- **On no answer** the list waits; nothing is transferred.
- **Rerun** at any moment; after the custodian has run the list, the next run goes on.
- **Help** `lantai list show LIST`; a list whose approval no longer holds makes the run red and is named.
"""

from __future__ import annotations

from typing import Any

from _shape import APPROVED_LISTS, shape
from airflow.sdk import Asset, AssetOrTimeSchedule, dag, task

from filing_calendar import WorkingDays


@dag(
    schedule=AssetOrTimeSchedule(timetable=WorkingDays(), assets=[Asset(APPROVED_LISTS)]),
    doc_md=__doc__,
    **shape("移交进馆 transfer_records", "处置 disposal", task_hours=4, run_hours=12),
)
def transfer_records() -> None:
    """Hand approved transfer lists to the custodian, and go on with what the custodian has done."""

    @task
    def check_form(params: Any = None) -> None:  # noqa: ANN401 - injected by Airflow
        from lantai.tasks import transfer_records as steps

        steps.check_form(params)

    @task
    def prepare() -> dict[str, list[str]]:
        from lantai.tasks import transfer_records as steps

        return steps.prepare()

    @task
    def conclude(prepared: dict[str, list[str]]) -> dict[str, int]:
        from lantai.tasks import transfer_records as steps

        return steps.conclude(prepared)

    prepared = prepare()
    check_form() >> prepared
    conclude(prepared)


transfer_records()
