"""What the demo prints while it runs, and how long each step took."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

SHORT_CELL = 16
"""A column whose cells are no longer is never folded: ids, states and numbers stay in one piece on 80 columns."""


class Teller:
    """Tells of one step after the other.

    Attributes:
        seconds: Seconds of every step that has ended, by its name in summary.json.
        steps: What each of them is called, by the same name.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self.seconds: dict[str, float] = {}
        self.steps: dict[str, str] = {}

    @contextmanager
    def step(self, name: str, zh: str, en: str) -> Iterator[None]:
        """Say what begins, and when it has ended how long it took."""
        self.steps[name] = f"{zh} · {en}"
        self._console.print(f"[bold]▶ {zh}[/] · {en}", soft_wrap=True)
        began = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - began, 1)
        self._console.print(f"  [dim]用时 {self.seconds[name]:.1f} 秒 · seconds[/]")

    def say(self, text: str) -> None:
        """Print a line below the step."""
        self._console.print(f"  {text}", markup=False, highlight=False, soft_wrap=True)

    def table(self, title: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[object]]) -> None:
        """Print a table; a column is its name in Chinese and in English, one below the other. Numbers stand at the right."""
        shown = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
        shown.padding = (0, 1, 0, 0)
        cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
        for place, (zh, en) in enumerate(columns):
            column = [line for row in cells for line in row[place].splitlines()]
            is_number = all(cell.replace(",", "").replace(".", "", 1).isdigit() for cell in column)
            shown.add_column(
                f"{zh}\n{en}",
                overflow="fold",
                no_wrap=max(map(cell_len, column), default=0) <= SHORT_CELL,
                justify="right" if is_number else "left",
            )
        for row in cells:
            shown.add_row(*map(escape, row))
        self._console.print(shown)
