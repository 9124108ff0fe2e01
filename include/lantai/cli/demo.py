"""`lantai demo`: the whole cycle on filings of its own making, or on a folder of real documents."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from lantai.cli.screen import out


def demo(
    home: Annotated[
        Path, typer.Option(envvar="LANTAI_HOME", help="演示文件夹，可事后查看 · Folder that the demo leaves behind")
    ] = Path("lantai-home"),
    corpus: Annotated[
        Path | None,
        typer.Option(help="含 catalogue.csv 的文档文件夹 · Folder of real documents with its catalogue.csv"),
    ] = None,
    today: Annotated[
        datetime | None,
        typer.Option(envvar="LANTAI_TODAY", formats=["%Y-%m-%d"], help="演示日期 · The demo's date, 2026-06-30"),
    ] = None,
    locale: Annotated[str, typer.Option(envvar="LANTAI_LOCALE", help="zh 或 en · Language of papers")] = "zh",
) -> None:
    """演示完整年度：十二个单位从报送到移交、销毁，经真实流程，自行结束 · Play a whole year through the real DAGs; ends by itself."""
    from lantai.demo.home import TODAY, make_home
    from lantai.demo.teller import Teller

    made = make_home(home, today.date() if today else TODAY, locale)
    teller = Teller(out)
    if corpus is None:
        from lantai.demo.story import run

        run(made, teller)
    else:
        from lantai.demo.corpus_story import run_corpus

        run_corpus(made, corpus, teller)
