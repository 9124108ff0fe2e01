"""接收归档数据 / Take in filings.

- **运行** 3月1日至7月31日每夜2时；6月24日至30日每小时；其余每周一夜间；也可手工运行并填写年度、单位代码、包名。
- **读取** 各单位发件箱 `outbox/<年度>/`，从不删除其中的文件；目录或文件名有密级的不收取；未传全的包不动，`LANTAI_STALLED_DAYS` 天毫无变化的按现状收取并退回。
- **写入** 隔离区、保管库与副本、登记库、单位收件箱中的回执或意见单；最后写台账检查点。
- **不可逆** 回执发出以后：已接收的载体不再重收，更正须按下一轮或注销办理。
- **无人答复** 连不上的单位为“未知”，绝不视为“未报送”；其余单位照常接收，之后再次查看；仍未办完的，本次运行以失败结束，`conclude` 的日志逐单位列出原因和办法。暂存待定的一直等待，由中心人员 `lantai decide` 登记处理意见，下一次运行照办。
- **重跑** 随时可重跑。只重跑一个单位：表单填 JY，或清除该单位的映射任务，或 `lantai collect --unit JY`，效果相同；只看未知的：清除 `look_again` 及下游；只收一个包：填包名，或 `--carrier`。
- **求助** 先看 `conclude` 的日志；`lantai year status <年度>`、`lantai submissions --unit JY`、`lantai findings <受理号>`；docs/runbook.md。

---

- **Runs** nightly at 02:00 from 1 March to 31 July, hourly from 24 to 30 June, Mondays otherwise; by hand for years, units and packages.
- **Reads** the outbox of every unit; deletes nothing there, and picks nothing up that is marked as a secret. Half an upload is left alone, until it has not changed for `LANTAI_STALLED_DAYS`.
- **Writes** quarantine, vault and copies, registry, a receipt or a list of opinions in each inbox; a checkpoint at the end.
- **Irreversible from** the receipt: what is accepted is not taken in again.
- **On no answer** a unit that cannot be looked at is *unknown*, never "filed nothing"; the others go on, then it is looked at again. Units that are still not done make the run red; the log of `conclude` says of each why, and what to do. What is held waits for `lantai decide`; the next run acts on it.
- **Rerun** at any moment. One unit: JY in the form, or clear its map index, or `lantai collect --unit JY`: the same effect. The unknown ones: clear `look_again` and downstream. One package: its name, or `--carrier`.
- **Help** the log of `conclude` first; `lantai year status YEAR`, `lantai submissions --unit JY`, `lantai findings SUBMISSION`; docs/runbook.md.
"""

from __future__ import annotations

from typing import Any

from _form import carrier_field, units_field, year_field
from _shape import shape
from airflow.sdk import dag, task

from filing_calendar import FilingWindow


@dag(
    schedule=FilingWindow(),
    doc_md=__doc__,
    params={
        "year": year_field("如 2025 或 2024, 2025；空白为全部 / e.g. 2024, 2025; empty is all"),
        "units": units_field(),
        "carrier": carrier_field(),
    },
    **shape("接收归档数据 take_in_filings", "接收 intake", task_hours=12, run_hours=24),
)
def take_in_filings() -> None:
    """Look, collect, verify, validate, answer, seal, store and register what departments have filed; then look again at the rest."""

    @task
    def check_form(params: Any = None) -> dict[str, Any]:  # noqa: ANN401 - injected by Airflow
        from lantai.tasks import take_in_filings as steps

        return steps.check_form(params).as_xcom()

    @task
    def look(wanted: dict[str, Any], ti: Any = None, params: Any = None) -> list[dict[str, Any]]:  # noqa: ANN401 - injected by Airflow
        from lantai.tasks import take_in_filings as steps

        return steps.look_and_tell(wanted, params, ti.xcom_push)

    @task(map_index_template="{{ task.op_kwargs['group']['label'] }}")
    def take_in(group: dict[str, Any], ti: Any = None, params: Any = None) -> None:  # noqa: ANN401 - injected by Airflow
        from lantai.tasks import take_in_filings as steps

        steps.take_in_and_tell(group, params, ti.task_id, ti.xcom_push)

    @task(trigger_rule="all_done")
    def look_again(ti: Any = None, params: Any = None) -> list[dict[str, Any]]:  # noqa: ANN401 - injected by Airflow
        from lantai.tasks import take_in_filings as steps

        return steps.look_again_and_tell(ti.xcom_pull, params, ti.xcom_push)

    @task(trigger_rule="all_done")
    def conclude(ti: Any = None) -> dict[str, int]:  # noqa: ANN401 - injected by Airflow
        from lantai.tasks import take_in_filings as steps

        return steps.conclude(*steps.passes(ti.xcom_pull))

    take_in.expand(group=look(check_form())) >> (again := look_again())
    take_in.override(task_id="take_in_again").expand(group=again) >> conclude()


take_in_filings()
