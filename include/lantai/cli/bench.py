"""`lantai bench`: ours against the peers that are installed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from lantai.cli.screen import AsJson, answer, progress_bar, table

if TYPE_CHECKING:
    from lantai.bench.measure import Result

Name = Annotated[
    str | None,
    typer.Argument(
        help="collect、look、seal、store、scan、load、worksheet、validate；不写则全部 · One of these; all when left out"
    ),
]
Size = Annotated[
    str,
    typer.Option(help="small 约为 full 的二十分之一 · `small` is about a twentieth of `full`", metavar="small|full"),
]


def bench(name: Name = None, size: Size = "full", as_json: AsJson = False) -> None:
    """与本机已装的同类工具轮流运行，各至少五次，报告中位数；JSON 每行一项 · Ours and the installed peers in turn, medians."""
    from lantai.bench.names import BENCHMARKS, SHARES, measure
    from lantai.errors import UsageError

    if size not in SHARES:
        raise UsageError(f"size: found {size!r}, expected one of {', '.join(SHARES)}")
    for one in [name] if name is not None else list(BENCHMARKS):
        with progress_bar(one) as progress:
            for result in measure(one, SHARES[size], progress=progress):
                answer(result.as_json(), partial(_show, result), as_json=as_json)


def _show(result: Result) -> None:
    figures = {} if result.ours is None else {"我方 · ours": result.ours, **result.peers}
    rows: list[list[object]] = [
        [
            name,
            f"{figure.median_s:.3g}",
            f"{figure.min_s:.3g} – {figure.max_s:.3g}",
            f"{figure.peak_mib:.0f}",
            f"{result.ratio[name]:.2f}" if name in result.ratio else "",
        ]
        for name, figure in figures.items()
    ]
    rows += [[name, "未安装 · missing", "", "", ""] for name in result.missing]
    columns = ("", "中位数 · median s", "最小–最大 · range s", "内存峰值 · peak MiB", "我方/对方 · ours/peer")
    table(f"{result.name}：{result.size}", columns, rows)
