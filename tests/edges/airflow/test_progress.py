"""How far runs are, in one line of either language."""

from __future__ import annotations

from lantai.edges.airflow.api import DagRun
from lantai.edges.airflow.progress import progress
from lantai.locales import put


def run(**tasks: str) -> DagRun:
    return DagRun("open_filing_year", "r1", "running", tasks)


def test_no_run_is_said() -> None:
    assert (put(progress([]), "zh"), put(progress([]), "en")) == ("尚无运行", "no run yet")


def test_what_is_at_work_stands_before_what_is_done_in_the_order_of_states() -> None:
    told = progress([run(a="success", b="queued", c="running", d="None")])

    assert put(told, "en") == "running c; queued b; 1 of 4 tasks done"
    assert put(told, "zh") == "运行中 c；排队 b；已完成 1/4 个任务"


def test_many_tasks_are_counted_behind_the_first_four_and_a_strange_state_is_named_as_it_is() -> None:
    told = progress([run(**dict.fromkeys("abcdef", "upstream_failed"))])

    assert put(told, "en") == "upstream_failed a, b, c, d and others (6); 0 of 6 tasks done"
    assert put(told, "zh") == "upstream_failed a, b, c, d 等 (6)；已完成 0/6 个任务"
