"""`lantai serve`: the web pages over a home, until Ctrl-C."""

from __future__ import annotations

import signal
import time
from types import FrameType
from typing import Annotated

import typer

from lantai.cli.screen import facts, line, opened, said
from lantai.settings import from_env

PORT = 8080
PAUSE_SECONDS = 1.0


def serve(
    port: Annotated[
        int, typer.Option(help="端口，0 为任选 · Port on loopback; 0 takes a free one", min=0, max=65535)
    ] = PORT,
    for_seconds: Annotated[
        int | None, typer.Option("--for", help="多少秒后自行结束 · End by itself after so many seconds", min=1)
    ] = None,
) -> None:
    """在本机启动网页和全部流程，按 Ctrl-C 结束 · Run the web pages and all DAGs over this home until Ctrl-C."""
    from lantai.demo.airflow_home import USER, prepare
    from lantai.demo.airflow_process import started
    from lantai.demo.home import variables_of

    with opened() as centre:
        settings = centre.settings
    # A demo's home keeps the date and the waiting times it was made with; without them its pages would tell of another day.
    variables = variables_of(settings.home) | {"LANTAI_HOME": str(settings.home)}
    home = prepare(from_env(variables) if len(variables) > 1 else settings, port or None)
    signal.signal(signal.SIGTERM, _leave)
    line(said("启动中，约需一分钟……", "Starting, this takes about a minute ..."))
    try:
        with started(home, variables) as airflow:
            pairs: list[tuple[str, object]] = [
                ("网页 · Web pages", home.address),
                ("用户 · User", USER),
                ("密码 · Password", home.password),
                ("目录 · Home", settings.home),
            ]
            facts(said("按 Ctrl-C 结束", "Ctrl-C ends"), pairs)
            until = time.monotonic() + for_seconds if for_seconds else None
            while until is None or time.monotonic() < until:
                airflow.components.require_alive()
                time.sleep(PAUSE_SECONDS)
    except KeyboardInterrupt:
        line(said("已停止", "Stopped"))


def _leave(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt
