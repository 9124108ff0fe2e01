"""开启归档年度 / Open the filing year.

- **运行** 每年1月2日上午8时；也可手工运行并填写年度。
- **读取** 单位名册及其报送的数据形式。
- **写入** 各单位、各数据形式的报送任务与截止日期（次年6月30日），台账一条“年度开启”。
- **不可逆** 无。已有任务不会改动，只补缺。
- **无人答复** 不需要答复。
- **重跑** 随时可重跑，结果相同；新增单位后重跑即可补上任务。
- **求助** `lantai year status <年度>`；单位未指定责任人时见返回值 units_without_person。

---

- **Runs** on 2 January at 08:00, and by hand for a given year.
- **Reads** the register of units and the forms they file.
- **Writes** a duty per unit and form with its deadline (30 June of the next year), one event `year_opened`.
- **Irreversible from** nothing: what is there stays, what is missing is added.
- **On no answer** nothing waits for one.
- **Rerun** at any moment, with the same result; after adding a unit, rerun to add its duties.
- **Help** `lantai year status <year>`; units without a responsible person are in the result.
"""

from __future__ import annotations

from typing import Any

from _form import year_field
from _shape import scheduled_on, shape
from airflow.sdk import dag, task

from filing_calendar import EveryYear


@dag(
    schedule=EveryYear(1, 2),
    doc_md=__doc__,
    params={"year": year_field("如 2025；空白为上一年 / e.g. 2025; empty is the year past")},
    **shape("开启归档年度 open_filing_year", "年度 year", task_hours=1, run_hours=6),
)
def open_filing_year() -> None:
    """Duties of every unit and form for the year past."""

    @task
    def check_form(params: Any = None, dag_run: Any = None) -> list[int]:  # noqa: ANN401 - injected by Airflow
        from lantai.tasks import open_filing_year as steps

        return steps.check_form(params, scheduled_on(dag_run))

    @task
    def open_year(years: list[int]) -> dict[str, Any]:
        from lantai.tasks import open_filing_year as steps

        return steps.open_year(years)

    open_year(check_form())


open_filing_year()
