"""`lantai bench`: ours against the peers that are installed."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from lantai.cli.terminal.screen import AsJson, answer, progress_bar, table, word

if TYPE_CHECKING:
    from lantai.bench.measure import Result

NAMES = ("collect", "look", "seal", "store", "scan", "load", "worksheet", "validate")
"""Those of `lantai.bench.names`, which imports everything that it measures."""

Name = Annotated[
    str | None,
    typer.Argument(metavar="NAME"),
]


class Size(StrEnum):
    """How large the samples are made."""

    SMALL = "small"
    FULL = "full"


HowLarge = Annotated[
    Size,
    typer.Option(metavar="small|full"),
]


def bench(name: Name = None, size: HowLarge = Size.FULL, as_json: AsJson = False) -> None:
    """Ours and the installed peers in turn, medians."""
    from lantai.bench.names import SHARES, measure

    for one in [name] if name is not None else NAMES:
        with progress_bar(one, as_json=as_json) as progress:
            for result in measure(one, SHARES[size], progress=progress):
                answer(result.as_json(), partial(_show, result), as_json=as_json)


def _show(result: Result) -> None:
    figures = {} if result.ours is None else {word("bench.ours"): result.ours, **result.peers}
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
    rows += [[name, word("bench.not_installed"), "", "", ""] for name in result.missing]
    columns = (
        "heading.contender",
        "heading.median",
        "heading.range",
        "heading.peak",
        "heading.ratio",
    )
    table(word("bench.title", name=result.name, size=result.size), columns, rows)
