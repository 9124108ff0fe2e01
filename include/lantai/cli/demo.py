"""`lantai demo`: the whole cycle on filings of its own making, or on a folder of real documents."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from lantai.cli.terminal.days import read_day
from lantai.cli.terminal.screen import AsJson, Language, err, out, print_json


def demo(
    home: Annotated[
        Path,
        typer.Option(envvar="LANTAI_HOME", metavar="FOLDER"),
    ] = Path("lantai-home"),
    corpus: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            file_okay=False,
            metavar="FOLDER",
        ),
    ] = None,
    today: Annotated[
        date | None,
        typer.Option(envvar="LANTAI_TODAY", parser=read_day, metavar="DATE"),
    ] = None,
    locale: Annotated[Language, typer.Option(envvar="LANTAI_LOCALE", metavar="zh|en")] = Language.ZH,
    as_json: AsJson = False,
) -> None:
    """Play a whole year through the real DAGs; ends by itself."""
    from lantai.demo.county.home import TODAY, make_home
    from lantai.demo.telling.teller import Teller

    made = make_home(home, today or TODAY, locale.value)
    # The answer in JSON is the summary alone; what happens meanwhile is told beside it.
    teller = Teller(err if as_json else out)
    if corpus is None:
        from lantai.demo.telling.story import run

        summary = run(made, teller)
    else:
        from lantai.demo.telling.corpus_story import run_corpus

        summary = run_corpus(made, corpus, teller)
    if as_json:
        print_json(summary)
