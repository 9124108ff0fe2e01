"""What the demo prints while it runs, and how long each step took."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table


class Teller:
    """Tells of one step after the other.

    Attributes:
        seconds: Seconds of every step that has ended, by its name in summary.json.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str, zh: str, en: str) -> Iterator[None]:
        """Say what begins, and when it has ended how long it took."""
        self._console.print(f"[bold]▶ {zh}[/] · {en}", soft_wrap=True)
        began = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - began, 1)
        self._console.print(f"  [dim]{self.seconds[name]:.1f} s[/]")

    def say(self, text: str) -> None:
        """Print a line below the step."""
        self._console.print(f"  {text}", markup=False, highlight=False, soft_wrap=True)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Print a table."""
        shown = Table(title=title, title_justify="left", show_lines=False)
        for column in columns:
            shown.add_column(column, overflow="fold")
        for row in rows:
            shown.add_row(*("" if cell is None else str(cell) for cell in row))
        self._console.print(shown)
