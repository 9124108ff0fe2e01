"""What is said when a task has failed for good: one line in its log, one notice in the registry."""

from __future__ import annotations

import hashlib
import logging

from lantai.edges.centre import open_centre
from lantai.edges.registry.notices import add_notice
from lantai.errors import LantaiError

KIND = "task_failed"
"""Kind of the notice."""

log = logging.getLogger(__name__)


def tell(dag_id: str, run_id: str, task: str, error: BaseException | None) -> bool:
    """Log what happened and what to do, and note it for whoever sends notices; never twice for the same task of a run.

    Args:
        dag_id: The DAG.
        run_id: The run.
        task: Task id, with the name of its map index where it has one.
        error: What ended the task; None when it was killed or ran out of time.

    Returns:
        Whether the notice was new.
    """
    name = type(error).__name__ if error is not None else "interrupted"
    advice = error if isinstance(error, LantaiError) else LantaiError
    log.error("%s %s: %s: %s", dag_id, task, name, error)
    log.error("%s", advice.hint_zh)
    log.error("%s", advice.hint)
    # A run id may be longer than a key; its digest is as good for "never twice".
    run = hashlib.sha256(run_id.encode()).hexdigest()[:16]
    with open_centre() as centre, centre.database.begin() as connection:
        key = f"{KIND}:{dag_id}:{run}:{task}:{name}"
        return add_notice(connection, key, KIND, dag_id, centre.clock.now_at())
