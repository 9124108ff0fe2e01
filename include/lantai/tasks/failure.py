"""What is said when a task or a run has failed for good: lines in a log, one notice in the registry.

A task tells of itself, in its own process. One that was killed cannot, and a
run that its time limit ends has no task that failed: of these the
dag-processor tells, when Airflow has ended the run.
"""

from __future__ import annotations

import hashlib
import logging

from lantai.edges.centre import open_centre
from lantai.edges.registry.disposal.notices import add_notice, has_notice
from lantai.errors import TaskInterruptedError, UnitsUnfinishedError
from lantai.locales import LOCALES, explain
from lantai.records.intake.reason import Reason

TASK_KIND, RUN_KIND = "task_failed", "run_failed"
"""Kinds of the notices."""

A_TASK_FAILED = "task_failure"
"""Airflow's word for a run that failed because a task did; any other (`timed_out`, `all_tasks_deadlocked`) no task can tell."""

log = logging.getLogger(__name__)


def tell(dag_id: str, run_id: str, task: str, error: BaseException | None) -> bool:
    """Log what happened and what to do, and note it for whoever sends notices; never twice for the same task of a run.

    Args:
        dag_id: The DAG.
        run_id: The run.
        task: Task id, with the name of its map index where it has one.
        error: What ended the task, also a time limit; None when its process was killed.

    Returns:
        Whether the notice was new.
    """
    reason = Reason.of(error) if isinstance(error, Exception) else _interrupted(error)
    is_table = isinstance(error, UnitsUnfinishedError)
    first = reason.message.partition("\n")[0] if is_table else reason.message
    _log(f"{dag_id} {task}", Reason(reason.error_class, first))
    if is_table:
        # Airflow writes a trace behind the error, and folds up what comes after it. Whoever opens the log stands at its end:
        # the group is closed, and what the error said in full, a table, is what they see.
        log.info("::endgroup::")
        log.error("%s", error)
    return _note(TASK_KIND, dag_id, run_id, f"{task}:{reason.error_class}")


def tell_run(dag_id: str, run_id: str, airflows_reason: str) -> bool:
    """Log that a run has failed, and note it, unless a task of the run has told of itself.

    Args:
        dag_id: The DAG.
        run_id: The run.
        airflows_reason: `task_failure`, `timed_out`, or another word of Airflow's.

    Returns:
        Whether the notice was new.
    """
    _log(f"{dag_id} {run_id}", Reason(TaskInterruptedError.__name__, airflows_reason))
    if airflows_reason == A_TASK_FAILED:
        with open_centre() as centre, centre.database.read() as connection:
            if has_notice(connection, _key(TASK_KIND, dag_id, run_id)):
                return False
    return _note(RUN_KIND, dag_id, run_id, airflows_reason)


def _interrupted(error: BaseException | None) -> Reason:
    """Return the reason of a task that did not fail by itself: Airflow's time limit and its end on request are no Exception."""
    return Reason(TaskInterruptedError.__name__, "" if error is None else f"{type(error).__name__}: {error}")


def _log(what: str, reason: Reason) -> None:
    for locale in LOCALES:
        words = explain(reason, locale)
        log.error("%s: %s %s", what, words.what, words.message)
        log.error("%s", words.hint)


def _note(kind: str, dag_id: str, run_id: str, what: str) -> bool:
    with open_centre() as centre, centre.database.begin() as connection:
        return add_notice(connection, _key(kind, dag_id, run_id) + what, kind, dag_id, centre.clock.now_at())


def _key(kind: str, dag_id: str, run_id: str) -> str:
    # A run id may be longer than a key; its digest is as good for "never twice".
    return f"{kind}:{dag_id}:{hashlib.sha256(run_id.encode()).hexdigest()[:16]}:"
