"""到期鉴定 / Appraise what is due.

- **运行** 每年9月1日上午8时；也可手工运行并填写日期、种类、单位。
- **读取** 登记库中到期的记录、冻结、未办结的清册。
- **写入** 每个单位一份移交或销毁清册草稿（连同台账事件），供鉴定小组逐件填写；其他一概不动。
- **不可逆** 无。草稿可撤回；沉默不产生任何后果，不填等于未决定。
- **无人答复** 清册停在草稿状态，什么也不会发生。
- **重跑** 随时可重跑；同一天不会重复列入，冻结的记录不会列入。
- **求助** `lantai list show <清册号>`、`lantai list export <清册号> -o X.xlsx`；须有人任“编制人”。

---

- **Runs** on 1 September at 08:00; by hand for a day, a kind and units.
- **Reads** records that are due, holds, lists that are still open.
- **Writes** one draft list per unit for transfer or destruction, with its event; nothing else.
- **Irreversible from** nothing: a draft can be withdrawn, and nothing follows from silence.
- **On no answer** the list stays a draft.
- **Rerun** at any moment: nothing is listed twice, nothing under a hold is listed.
- **Help** `lantai list show LIST`, `lantai list export LIST -o X.xlsx`; somebody has to be appointed preparer.
"""

from __future__ import annotations

from typing import Any

from _form import SECTION, day_field, units_field
from _shape import scheduled_on, shape
from airflow.sdk import Param, dag, task

from filing_calendar import EveryYear


@dag(
    schedule=EveryYear(9, 1),
    doc_md=__doc__,
    params={
        "on": day_field("空白为运行当日 / empty is the day of the run"),
        "kind": Param(
            None,
            type=["null", "string"],
            enum=[None, "transfer", "destruction"],
            title="种类 kind",
            section=SECTION,
            description="空白为移交和销毁 / empty is both",
            values_display={"None": "移交和销毁 both", "transfer": "移交 transfer", "destruction": "销毁 destruction"},
        ),
        "units": units_field(),
    },
    **shape("到期鉴定 appraise_records", "处置 disposal", task_hours=2, run_hours=12),
)
def appraise_records() -> None:
    """Draft lists of what is due for transfer or destruction."""

    @task
    def check_form(params: Any = None, dag_run: Any = None) -> list[dict[str, Any]]:  # noqa: ANN401 - injected by Airflow
        from lantai.tasks import appraise_records as steps

        return steps.check_form(params, scheduled_on(dag_run))

    @task(map_index_template="{{ task.op_kwargs['wanted']['label'] }}")
    def appraise(wanted: dict[str, Any]) -> list[str]:
        from lantai.tasks import appraise_records as steps

        return steps.appraise(wanted)

    appraise.expand(wanted=check_form())


appraise_records()
