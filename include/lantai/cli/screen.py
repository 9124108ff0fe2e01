"""What every command shares: opening the centre, answering as text or JSON, and how a command ends.

Exit codes: 0 done or warnings only, 1 findings, 2 usage, 3 fault.
Source: interfaces.md, "The command".
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from lantai.edges.centre import Centre, open_centre
from lantai.errors import LantaiError, NotFoundError, SettingsError, UsageError

DONE, FINDINGS, USAGE, FAULT = 0, 1, 2, 3

SMALL_FILE_BYTES = 16 * 1024 * 1024
"""The largest file of rows that a command reads; a register of 1,000 units is about 100 KiB."""

AsJson = Annotated[bool, typer.Option("--json", help="答复为 JSON · Answer as JSON")]

PLAIN_WIDTH = 160
"""Columns of a table that goes to a file or another program, where no window sets the width."""

SHORT_CELL = 24
"""A column whose cells are no longer than this is never folded: ids, dates and states stay in one piece."""

out = Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
err = Console(stderr=True, highlight=False)


@contextmanager
def opened(*, checks_schema: bool = True) -> Iterator[Centre]:
    """Open the centre for one command."""
    with open_centre(checks_schema=checks_schema) as centre:
        yield centre


def answer(payload: Any, text: Callable[[], None], *, as_json: bool) -> None:  # noqa: ANN401 - anything that JSON can hold
    """Print the answer of a command: as JSON on one line, or by calling `text`."""
    if as_json:
        sys.stdout.write(json.dumps(payload, ensure_ascii=False, default=_plain) + "\n")
    else:
        text()


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; an empty one says so."""
    if not rows:
        out.print(f"{title}：无 · none")
        return
    shown = Table(title=title, title_justify="left", show_lines=False)
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    for number, column in enumerate(columns):
        widest = max(cell_len(line) for row in cells for line in (row[number].splitlines() or [""]))
        shown.add_column(column, overflow="fold", no_wrap=widest <= SHORT_CELL)
    for row in cells:
        shown.add_row(*map(escape, row))
    out.print(shown)


@contextmanager
def progress_bar(label: str, *, is_shown: bool = True) -> Iterator[Callable[[str, int, int], None]]:
    """Show progress on the error stream; the callable takes what is worked on, how much is done and how much there is."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        disable=not is_shown or not err.is_terminal,
        transient=True,
    )
    with bar:
        task = bar.add_task(label, total=None)

        def advance(what: str, done: int, total: int) -> None:
            bar.update(task, description=f"{label} {what}", completed=done, total=total)

        yield advance


def ending(command: Callable[[], object]) -> int:
    """Run a command and return its exit code; errors of ours are told with what to do."""
    try:
        command()
    except LantaiError as error:
        tell(error)
        return USAGE if isinstance(error, UsageError | SettingsError | NotFoundError) else FAULT
    return DONE


def tell(error: LantaiError) -> None:
    """Print an error and its hint, in both languages."""
    err.print(f"[bold red]{type(error).__name__}[/]: ", end="")
    err.print(str(error), markup=False)
    err.print(f"  {error.hint_zh}\n  {error.hint}", markup=False)


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)
