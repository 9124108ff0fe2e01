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
        typer.Option(
            envvar="LANTAI_HOME", help="演示文件夹，可事后查看 · Folder that the demo leaves behind", metavar="FOLDER"
        ),
    ] = Path("lantai-home"),
    corpus: Annotated[
        Path | None,
        typer.Option(
            help="含 catalogue.csv 的文档文件夹 · Folder of real documents with its catalogue.csv",
            exists=True,
            file_okay=False,
            metavar="FOLDER",
        ),
    ] = None,
    today: Annotated[
        date | None,
        typer.Option(
            envvar="LANTAI_TODAY", parser=read_day, metavar="DATE", help="演示日期，默认 2026-06-30 · The demo's date"
        ),
    ] = None,
    locale: Annotated[
        Language, typer.Option(envvar="LANTAI_LOCALE", help="文书语言 · Language of papers", metavar="zh|en")
    ] = Language.ZH,
    as_json: AsJson = False,
) -> None:
    """演示完整年度：十二个单位从报送到移交、销毁，经真实流程，自行结束 · Play a whole year through the real DAGs; ends by itself."""
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
