"""`lantai init` and `lantai doctor`: set up and upgrade; what is wrong and what to do about it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.cells import cell_len

from lantai.cli.terminal.screen import FAULT, AsJson, answer, line, locale, opened, progress_bar, sign, word

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
        line(word("init.done", home=done.home, revision=done.revision))
        for path in done.made:
            line(f"  + {path}")
        line(word("init.next"))

    answer(payload, text, as_json=as_json)


def doctor(as_json: AsJson = False) -> None:
    """Say what is missing or wrong, and what to do."""
    from lantai.journey.centre.diagnose import diagnose

    with opened(checks_schema=False) as centre, progress_bar(word("doctor.progress"), as_json=as_json):
        found = diagnose(centre, locale())
    payload: list[dict[str, Any]] = [
        {"name": item.name, "state": item.state, "found": item.found, "advice": item.advice} for item in found
    ]

    def text() -> None:
        for item in found:
            state = word(f"diagnosis.{item.state}")
            state += " " * (WORD_CELLS - cell_len(state))
            line(
                f"{state}{item.title}{word('mark.colon')}{item.found}",
                "" if item.state == "ok" else STYLES[item.state],
            )
            if item.advice:
                line(f"{' ' * WORD_CELLS}{sign('→', '->')} {item.advice}")

    answer(payload, text, as_json=as_json)
    if "fault" in {item.state for item in found}:
        raise typer.Exit(FAULT)
