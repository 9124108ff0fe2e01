"""Airflow on one machine while a block runs, and everything that is waited for in it.

What runs is in `airflow_components`, what can be asked in `airflow_api`. Nothing
here has a deadline: a wait lasts as long as what it waits for moves, see
`lantai.edges.airflow.waiting`.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from lantai.edges.airflow.api import ENDED, FAILED, HEALTHY, AirflowApi, DagRun, if_answered
from lantai.edges.airflow.components import API_SERVER, DAG_PROCESSOR, MIGRATE, SCHEDULER, TRIGGERER, Components
from lantai.edges.airflow.home import DATABASE, AirflowHome
from lantai.edges.airflow.occupied import occupied
from lantai.edges.airflow.progress import progress
from lantai.edges.airflow.sessions import child_work_of, task_work_of, work_of
from lantai.edges.airflow.signals import undisturbed
from lantai.edges.airflow.waiting import Patience, Seen
from lantai.errors import OrchestratorError
from lantai.records.text.words import Words

SHOWN = {"metadatabase": API_SERVER, "scheduler": SCHEDULER, "dag_processor": DAG_PROCESSOR, "triggerer": TRIGGERER}
"""What the pages show a mark for, and the component that the mark says something about."""

ROUNDS = 3
"""A DAG that is not there after a neighbour has been read so often is not in the folder."""

UNHEARD_SECONDS = 600
"""An approval starts its run within seconds; after so long without one, and nothing moving, nobody heard."""


class AirflowProcess:
    """A running Airflow; made by `started`.

    Attributes:
        home: Where it lives.
        api: What can be asked of it.
        components: Its processes.
    """

    def __init__(self, home: AirflowHome, variables: Mapping[str, str], lock: int, patience: Patience) -> None:
        self.home = home
        self.api = AirflowApi(home)
        # Tasks import the very package that starts them, also where it is not installed.
        package = Path(__file__).resolve().parents[3]
        seen = {**variables, "AIRFLOW_HOME": str(home.folder), "PYTHONPATH": str(package)}
        self.components = Components(home, seen, lock)
        self._patience = patience

    @property
    def sessions(self) -> tuple[int, ...]:
        """Ids of the sessions that the components lead."""
        return tuple(self.components.sessions.values())

    def migrate(self) -> None:
        """Make or upgrade Airflow's own database.

        Raises:
            OrchestratorError: It could not be made; the message names the log.
        """
        self.components.spawn(MIGRATE, "db", "migrate")
        session = self.components.sessions[MIGRATE]
        missing, logs = Words.of("waiting.airflow_database"), self._logs(MIGRATE)
        self._patience.until(lambda: Seen(self.components.has_ended(MIGRATE), work_of(session), missing, logs))
        end_jobs_of_the_dead(self.home.folder / DATABASE)

    def start(self) -> None:
        """Start the components and wait until all are healthy.

        Raises:
            OrchestratorError: One ended, or nothing moved any more; the message names the log.
        """
        self.components.start()
        self._patience.until(self._see_health)

    def wait_for_dag(self, dag_id: str) -> None:
        """Wait until the dag-processor has read a DAG.

        Raises:
            OrchestratorError: Its file could not be imported, or it is not in the folder.
        """
        rounds: defaultdict[str, set[str]] = defaultdict(set)
        self._patience.until(lambda: self._see_dag(dag_id, rounds))

    def wait(self, dag_id: str, run_id: str) -> DagRun:
        """Wait until a run has ended, well or not, and return it.

        Raises:
            OrchestratorError: A component ended, or nothing moved any more.
        """
        runs: list[DagRun] = []
        self._patience.until(lambda: self._see_runs(dag_id, lambda: [run_id], runs))
        return runs[0]

    def wait_for_woken(self, dag_id: str, is_done: Callable[[], bool]) -> list[DagRun]:
        """Wait until what approved lists asked for is done, or a run that they started has failed; return these runs.

        Raises:
            OrchestratorError: A component ended, or no run came.
        """
        runs: list[DagRun] = []

        def are_enough() -> bool:
            return any(run.state == FAILED for run in runs) or is_done()

        patience = replace(self._patience, give_up_seconds=min(UNHEARD_SECONDS, self._patience.give_up_seconds))
        patience.until(lambda: self._see_runs(dag_id, partial(self.api.woken_runs, dag_id), runs, are_enough))
        return runs

    def stop(self) -> None:
        """Stop the components and all they started."""
        with undisturbed():
            self.components.stop()

    def _see_health(self) -> Seen:
        self._require_going_on()
        health = if_answered(self.api.health)
        if health is None:
            missing, said = [API_SERVER], Words.of("waiting.no_answer")
        else:
            missing = [component for name, component in SHOWN.items() if health.get(name) != HEALTHY]
            said = Words.of("waiting.not_ready", components=tuple(missing))
        moving = tuple(work_of(self.components.sessions[name]) for name in missing)
        return Seen(not missing, moving, Words.of("waiting.airflow_starts", missing=said), self._logs(*missing))

    def _see_dag(self, dag_id: str, rounds: defaultdict[str, set[str]]) -> Seen:
        self._require_going_on()
        logs = self._logs(DAG_PROCESSOR)
        for dag in if_answered(self.api.dags) or ():
            rounds[dag.dag_id].add(dag.read_at)
        if dag_id not in rounds:
            for name, why in (if_answered(self.api.import_errors) or {}).items():
                if Path(name).stem == dag_id:
                    raise OrchestratorError(f"DAG {dag_id}: {name} could not be imported: {why}")
            if any(len(times) > ROUNDS for times in rounds.values()):
                raise OrchestratorError(f"DAG {dag_id}: not there, found {sorted(rounds)}; see {logs[0]}")
        moving = (len(rounds), child_work_of(self.components.sessions[DAG_PROCESSOR]))
        return Seen(dag_id in rounds, moving, Words.of("waiting.dag_read", dag_id=dag_id), logs)

    def _see_runs(
        self, dag_id: str, names: Callable[[], list[str]], runs: list[DagRun], is_done: Callable[[], bool] | None = None
    ) -> Seen:
        """Look at runs of a DAG; those that were seen are left in `runs`, as they were last."""
        self._require_going_on()
        answered = if_answered(lambda: [self.api.run(dag_id, run_id) for run_id in names()])
        if answered is not None:
            runs[:] = answered
        are_over = bool(answered) and all(run.state in ENDED for run in runs)
        folders = (self.home.folder / "logs" / f"dag_id={dag_id}" / f"run_id={run.run_id}" for run in runs)
        told = Words.of("waiting.runs", dag_id=dag_id, progress=progress(runs))
        moving: Hashable = (
            tuple((run.run_id, run.state, *sorted(run.tasks.items())) for run in runs),
            task_work_of(self.components.sessions[SCHEDULER]),
        )
        logs = (*folders, *self._logs(SCHEDULER))
        return Seen(are_over and (is_done is None or is_done()), moving, told, logs)

    def _require_going_on(self) -> None:
        self.components.require_alive()
        for pid in self.components.continue_forgotten():
            self._patience.tell(Words.of("waiting.process_continued", pid=pid))

    def _logs(self, *names: str) -> tuple[Path, ...]:
        return tuple(self.components.log(name) for name in names)


@contextmanager
def started(
    home: AirflowHome, variables: Mapping[str, str], patience: Patience | None = None, lock: int | None = None
) -> Iterator[AirflowProcess]:
    """Run Airflow while the block runs.

    Args:
        home: Where it lives, from `lantai.edges.airflow.home.prepare`.
        variables: LANTAI_* variables that tasks are to see, by name.
        patience: How long is waited, and who is told; None tells nobody.
        lock: Says that this home is in use, from `lantai.edges.airflow.occupied`; None takes it here.

    Raises:
        HomeInUseError: Another Airflow runs there.
        OrchestratorError: It did not start.
    """
    with ExitStack() as stack:
        held = lock if lock is not None else stack.enter_context(occupied(home.folder.parent))
        airflow = AirflowProcess(home, variables, held, patience or Patience())
        stack.callback(airflow.stop)
        airflow.migrate()
        airflow.start()
        yield airflow


def end_jobs_of_the_dead(path: Path) -> None:
    """Note in Airflow's database that no component runs, which the lock proves.

    One that was killed stands there as running: until its last sign of life is old enough the pages would show it as
    healthy, and its tasks would not be given to anybody else.
    """
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE job SET state = 'failed', end_date = CURRENT_TIMESTAMP WHERE state = 'running'")
