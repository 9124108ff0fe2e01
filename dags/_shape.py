"""The shape that every DAG has: owner, retries, timeouts, tags, failure notice.

Only what time can cure is tried again: an error of ours says so itself
(`retryable`); any other error gets the usual number of tries.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pendulum
from airflow.sdk import RetryPolicy
from airflow.sdk.definitions.retry_policy import RetryDecision

if TYPE_CHECKING:
    from collections.abc import Mapping

OWNER = "lantai"
RETRIES = 3
FIRST_DELAY = timedelta(minutes=2)
LONGEST_DELAY = timedelta(minutes=30)
APPROVED_LISTS = "lantai://lists/approved"
"""Asset that is announced when a list becomes approved; it wakes DAGs, it permits nothing."""

_ZONE = ZoneInfo("Asia/Shanghai")


class RetryWhatTimeCures(RetryPolicy):
    """Fails at once when the error says that trying again cannot help."""

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Mapping[str, Any] | None = None
    ) -> RetryDecision:
        """Return what the error says of itself; an error that says nothing gets the usual tries."""
        del try_number, max_tries, context
        if getattr(exception, "retryable", True) is False:
            return RetryDecision.fail(reason=getattr(exception, "hint", type(exception).__name__))
        return RetryDecision.default()


def tell_failure(context: Mapping[str, Any]) -> None:
    """Note that a task has failed for good; called by Airflow in the task's own process."""
    from lantai.tasks.failure import tell

    ti = context["task_instance"]
    name = getattr(ti, "rendered_map_index", None) or (ti.map_index if ti.map_index >= 0 else None)
    task = ti.task_id if name is None else f"{ti.task_id}[{name}]"
    tell(ti.dag_id, ti.run_id, task, context.get("exception"))


def tell_run_failure(context: Mapping[str, Any]) -> None:
    """Note that a run has failed; called by Airflow in the dag-processor, also for a run that its time limit ended."""
    from lantai.tasks.failure import tell_run

    tell_run(context["dag"].dag_id, context["run_id"], str(context.get("reason")))


def shape(title: str, *tags: str, task_hours: float, run_hours: float) -> dict[str, Any]:
    """Return the arguments that all DAGs share.

    Args:
        title: What the pages call the DAG, in Chinese and by its id.
        tags: Words that operators filter by, in both languages, besides `lantai`.
        task_hours: After so long one task counts as hung and is ended.
        run_hours: After so long the whole run does.
    """
    return {
        "dag_display_name": title,
        "start_date": pendulum.datetime(2026, 1, 1, tz=_ZONE),
        "catchup": False,
        "max_active_runs": 1,
        "dagrun_timeout": timedelta(hours=run_hours),
        "on_failure_callback": tell_run_failure,
        "tags": ["lantai", *tags],
        "default_args": {
            "owner": OWNER,
            "retries": RETRIES,
            "retry_delay": FIRST_DELAY,
            "retry_exponential_backoff": True,
            "max_retry_delay": LONGEST_DELAY,
            "retry_policy": RetryWhatTimeCures(),
            "execution_timeout": timedelta(hours=task_hours),
            "on_failure_callback": tell_failure,
        },
    }


def scheduled_on(dag_run: Any) -> str | None:  # noqa: ANN401 - Airflow's own class, not imported here
    """Return the local date of a scheduled run, None for a run by hand or by an asset."""
    if str(getattr(dag_run.run_type, "value", dag_run.run_type)) != "scheduled" or dag_run.logical_date is None:
        return None
    return dag_run.logical_date.astimezone(_ZONE).date().isoformat()
