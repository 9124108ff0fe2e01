"""`lantai init` and `lantai doctor`: set up and upgrade; what is wrong and what to do about it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.cells import cell_len

from lantai.cli.terminal.screen import FAULT, AsJson, answer, line, locale, opened, progress_bar, said, sign
from lantai.locales import say

WORD_CELLS = 7
"""Cells of the first column."""

STYLES = {"ok": "green", "warning": "yellow", "fault": "bold red"}


def init(
    with_custody: Annotated[
        bool,
        typer.Option(
            "--with-custody/--without-custody",
        ),
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Make or upgrade registry, keys and places; safe to run again."""
    from lantai.journey.centre.set_up import set_up

    with opened(checks_schema=False) as centre:
        done = set_up(centre, has_custody=with_custody)
    payload = {"revision": done.revision, "made": [str(path) for path in done.made], "home": str(done.home)}

    def text() -> None:
        line(
            said(
                f"本中心在 {done.home}，登记库版本 {done.revision}",
                f"The centre is in {done.home}, registry schema {done.revision}",
            )
        )
        for path in done.made:
            line(f"  + {path}")
        line(
            said(
                "下一步：lantai people add，lantai units import，lantai year open",
                "Next: lantai people add, lantai units import, lantai year open",
            )
        )

    answer(payload, text, as_json=as_json)


def doctor(as_json: AsJson = False) -> None:
    """Say what is missing or wrong, and what to do."""
    from lantai.journey.centre.diagnose import diagnose

    with opened(checks_schema=False) as centre, progress_bar("检查 · look", as_json=as_json):
        found = diagnose(centre, locale())
    payload: list[dict[str, Any]] = [
        {"name": item.name, "state": item.state, "found": item.found, "advice": item.advice} for item in found
    ]

    def text() -> None:
        for item in found:
            word = say(f"diagnosis.{item.state}", locale())
            word += " " * (WORD_CELLS - cell_len(word))
            line(
                f"{word}{item.title}{said('：', ': ')}{item.found}",
                "" if item.state == "ok" else STYLES[item.state],
            )
            if item.advice:
                line(f"{' ' * WORD_CELLS}{sign('→', '->')} {item.advice}")

    answer(payload, text, as_json=as_json)
    if "fault" in {item.state for item in found}:
        raise typer.Exit(FAULT)
