"""`lantai serve`: the web pages, all DAGs, and in a demo's home the departments' SFTP server, until Ctrl-C."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from lantai.cli.terminal.screen import facts, line, locale, note, opened, word
from lantai.errors import ConnectionConfigError, UsageError
from lantai.locales import put
from lantai.settings import Settings, from_env

if TYPE_CHECKING:
    from lantai.demo.county.home import DemoHome
    from lantai.edges.airflow.process import AirflowProcess
    from lantai.edges.airflow.waiting import Patience

PORT = 8080
PAUSE_SECONDS = 1.0

DEPARTMENTS = "heading.departments_servers"

Facts = list[tuple[str, object]]


def serve(
    port: Annotated[int, typer.Option(min=0, max=65535)] = PORT,
    for_seconds: Annotated[int | None, typer.Option("--for", min=1)] = None,
) -> None:
    """Run the web pages and all DAGs over this home, in a demo's home the departments' SFTP server too, until Ctrl-C."""
    from lantai.edges.airflow.signals import ended_as_by_ctrl_c
    from lantai.edges.airflow.waiting import Patience

    with opened() as centre:
        settings = centre.settings
    with suppress(KeyboardInterrupt), ended_as_by_ctrl_c():
        _serve(settings, port, for_seconds, Patience(lambda words: note(put(words, locale()))))
    line(word("serve.stopped"))


def _serve(settings: Settings, port: int, for_seconds: int | None, patience: Patience) -> None:
    from lantai.demo.county.home import DemoHome, variables_of
    from lantai.edges.airflow.home import is_free, prepare
    from lantai.edges.airflow.occupied import occupied
    from lantai.edges.airflow.process import started

    # A demo's home keeps the date and the waiting times it was made with; without them its pages would tell of another day.
    left = variables_of(settings.home)
    variables = left | {"LANTAI_HOME": str(settings.home)}
    demo = DemoHome(settings.home, variables, from_env(variables)) if left else None
    with ExitStack() as stack:
        lock = stack.enter_context(occupied(settings.home))
        if port and not is_free(port):
            raise UsageError(f"--port {port}: found another program on it, expected a free one; --port 0 takes any")
        line(word("serve.starting"))
        servers = _departments(stack, demo, patience) if demo else _elsewhere(settings)
        home = prepare(demo.settings if demo else settings, port or None)
        airflow = stack.enter_context(started(home, variables, patience, lock))
        facts(word("serve.running"), [*_pages(airflow, settings), *servers])
        _stay(airflow, for_seconds)


def _departments(stack: ExitStack, demo: DemoHome, patience: Patience) -> Facts:
    """Start the SFTP server that the demo's departments had, and return what it is."""
    from lantai.demo.sftp.gateway import gateway_again
    from lantai.edges.airflow.home import LOOPBACK

    port = stack.enter_context(gateway_again(demo, patience))
    if port is None:
        return [(DEPARTMENTS, word("serve.demo_unfinished"))]
    return [(DEPARTMENTS, f"SFTP {LOOPBACK}:{port}, {demo.departments}")]


def _elsewhere(settings: Settings) -> Facts:
    """Say that the departments' servers are their own, and which of them are known."""
    from lantai.edges.connections import PREFIX, read_connections

    path = settings.connections_file
    try:
        count = sum(name.startswith(PREFIX) for name in read_connections(path))
    except ConnectionConfigError as error:
        return [(DEPARTMENTS, word("serve.not_started", reason=error))]
    return [(DEPARTMENTS, word("serve.named_in", path=path, count=count))]


def _pages(airflow: AirflowProcess, settings: Settings) -> Facts:
    """Wait until every DAG has been read, and return where the pages are and what runs."""
    from lantai.edges.airflow.home import PASSWORDS, USER, dag_ids

    for dag_id in dag_ids():
        airflow.wait_for_dag(dag_id)
    dags = airflow.api.dags()
    paused = sorted(dag.dag_id for dag in dags if dag.is_paused)
    home = airflow.home
    return [
        ("heading.web_pages", home.address),
        ("heading.user", USER),
        (
            "heading.password",
            word("serve.password", password=home.password, path=home.folder / PASSWORDS),
        ),
        ("heading.home", settings.home),
        ("heading.logs", home.folder / "logs"),
        ("heading.components", ", ".join(airflow.components.sessions)),
        ("heading.dags", word("serve.dags", count=len(dags))),
        *([("heading.paused_dags", paused)] if paused else []),
    ]


def _stay(airflow: AirflowProcess, for_seconds: int | None) -> None:
    until = time.monotonic() + for_seconds if for_seconds else None
    while until is None or time.monotonic() < until:
        airflow.components.require_alive()
        time.sleep(PAUSE_SECONDS)
