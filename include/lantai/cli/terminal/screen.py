"""What every command shares: the language of the screen, opening the centre, answering as text or as JSON, progress.

Code names its words by their keys in locales; they are put in here, or by `word`. How a command ends, how its help is worded and
how errors are told, is in `exit`.

Source: interfaces.md, "The command".
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from lantai.errors import InputFileError, PlaceUnavailableError
from lantai.locales import say
from lantai.records.text.shown import in_json, on_its_lines, on_one_line
from lantai.settings import screen_locale

if TYPE_CHECKING:
    from lantai.edges.centre import Centre

DONE, FINDINGS, USAGE, FAULT = 0, 1, 2, 3
"""Done or warnings only; findings; the command cannot be carried out as it was given; something failed or was refused."""

SMALL_FILE_BYTES = 16 * 1024 * 1024
"""The largest file of rows that a command reads; a register of 1,000 units is about 100 KiB."""

AsJson = Annotated[bool, typer.Option("--json", help="given.as_json")]

COUNT = re.compile(r"(0|[1-9][0-9]*)?")
"""A cell that is a count, to be set at the right; one with a leading zero is a number of something."""

PLAIN_WIDTH = 160
"""Columns of a table that goes to a file or another program, where no window sets the width."""

BETWEEN_COLUMNS = 3
"""Cells that stand between two columns: a blank on either side, and the rule's place."""
SHORT_CELL = 24
"""A column whose cells are no longer than this is never folded: ids, dates and states stay in one piece."""


class Language(StrEnum):
    """Languages of screens, forms and findings."""

    ZH = "zh"
    EN = "en"


class Screen(Console):
    """A console whose reader may go away: that ends the command quietly, see `exit`."""

    def on_broken_pipe(self) -> NoReturn:
        """Let `exit` see it."""
        raise BrokenPipeError

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield what is printed, with nothing in it that acts: whoever forgot to make a text safe is covered here."""
        for segment in super().render(renderable, options):
            is_ours = segment.control is not None or segment.text.isprintable()
            yield segment if is_ours else Segment(on_its_lines(segment.text), segment.style)


out = Screen(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
err = Screen(stderr=True, highlight=False)


def locale() -> str:
    """Return the language of the screen: `zh` or `en`; English where the terminal cannot write the name of the other."""
    asked = screen_locale()
    return asked if _has(say("language.name", asked)) else "en"


def sign(character: str, instead: str) -> str:
    """Return a character, or what stands for it where the terminal does not have it."""
    return character if _has(character) else instead


def _has(character: str) -> bool:
    try:
        character.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def word(key: str, **values: object) -> str:
    """Return the words under a key in the language of the screen, with values put in, each on one line.

    Raises:
        KeyError: There are none.
    """
    return say(key, locale(), **values)


def listed(names: Iterable[object]) -> str:
    """Return names in one line, as the language of the screen sets them apart."""
    return word("separators.of_list").join(map(str, names))


@contextmanager
def opened(*, checks_schema: bool = True) -> Iterator[Centre]:
    """Open the centre for one command."""
    # Imported here: the database's library takes half a second, which `--help` should not.
    from lantai.edges.centre import open_centre

    with open_centre(checks_schema=checks_schema) as centre:
        yield centre


def given(path: Path, most_bytes: int = SMALL_FILE_BYTES) -> bytes:
    """Return the content of a small file that the user named.

    Raises:
        InputFileError: It cannot be read, or is larger.
    """
    from lantai.edges.files.folder import read_bytes

    try:
        return read_bytes(path, most_bytes)
    except PlaceUnavailableError as error:
        raise InputFileError(str(error)) from error


def answer(payload: Any, text: Callable[[], None], *, as_json: bool) -> None:  # noqa: ANN401 - anything that JSON can hold
    """Print the answer of a command: as JSON on one line, or by calling `text`."""
    if as_json:
        print_json(payload)
    else:
        text()


def print_json(payload: Any) -> None:  # noqa: ANN401 - anything that JSON can hold
    """Print one line of JSON; characters that act on a screen, or that the stream cannot take, are escaped, so that nothing is lost."""
    line = in_json(json.dumps(payload, ensure_ascii=False, default=_plain))
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        line = json.dumps(payload, default=_plain)
    sys.stdout.write(line + "\n")


def line(text: str, style: str = "") -> None:
    """Print a line; it is never folded, so that a path can be copied from it, and stays one line whatever stands in it."""
    out.print(Text(on_one_line(text), style), soft_wrap=True)


def note(text: str) -> None:
    """Print a line on standard error, beside the answer and never part of it."""
    err.print(Text(on_one_line(text)), soft_wrap=True)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table: of columns where the window is wide enough, else of one block a row, so that nothing is cut off.

    Args:
        title: As it is to be read.
        columns: Headings, each a key of locales.
        rows: Cells; None and "" are blank, a list takes a line for each of its parts.
    """
    if not rows:
        line(word("terminal.none", title=title))
        return
    headings = [word(column) for column in columns]
    cells = [["\n".join(map(on_one_line, _parts(cell))) for cell in row] for row in rows]
    widest = [max(cell_len(part) for row in cells for part in row[at].split("\n")) for at in range(len(headings))]
    folded = [
        max(min(width, SHORT_CELL), _longest_word(heading)) for width, heading in zip(widest, headings, strict=True)
    ]
    if sum(folded) + BETWEEN_COLUMNS * (len(folded) - 1) > out.width:
        _blocks(title, headings, cells)
    else:
        _columns(title, headings, cells, widest)


def facts(title: str, pairs: Sequence[tuple[str, object]]) -> None:
    """Print what is known of one thing: names, each a key of locales, with values; a sequence takes a line for each of its parts."""
    line(title, "bold")
    names = [word(name) for name, _ in pairs]
    widest = max(map(cell_len, names))
    for name, (_, value) in zip(names, pairs, strict=True):
        texts = list(map(on_one_line, _parts(value))) or [""]
        out.print(
            Text.assemble((f"  {name}", "dim"), " " * (widest - cell_len(name) + 2), texts[0] or sign("—", "-")),
            soft_wrap=True,
        )
        for text in texts[1:]:
            line(" " * (widest + 4) + text)


class InterruptedHalfwayError(KeyboardInterrupt):
    """What was interrupted keeps what it has done, and goes on there when it is run again."""


@contextmanager
def kept_when_interrupted() -> Iterator[None]:
    """Say of an interruption in this block that a rerun goes on where it stopped: only for work whose steps are kept in rows."""
    try:
        yield
    except KeyboardInterrupt as stop:
        raise InterruptedHalfwayError from stop


@contextmanager
def progress_bar(label: str, *, as_json: bool, in_bytes: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """Show progress on the error stream while a block runs; nothing when it is no terminal.

    Args:
        label: What is done, as it is to be read.
        as_json: Whether the answer is JSON: then nothing is shown.
        in_bytes: Whether what is counted are bytes.

    Yields:
        A callable that takes what is worked on, how much is done and how much there is. Until it is called the bar swings.
    """
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.table import Column

    words = TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis"))
    counted = DownloadColumn(binary_units=True) if in_bytes else MofNCompleteColumn()
    bar = Progress(
        words,
        BarColumn(bar_width=20),
        counted,
        TimeElapsedColumn(),
        console=err,
        disable=as_json or not err.is_terminal,
        transient=True,
    )
    with bar:
        task = bar.add_task(label, total=None)

        def advance(what: str, done: int, total: int) -> None:
            bar.update(task, description=on_one_line(f"{label} {what}"), completed=done, total=total)

        yield advance


def _columns(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], widest: Sequence[int]) -> None:
    from rich import box
    from rich.table import Table

    line(title, "bold")
    shown = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for at, heading in enumerate(headings):
        is_number = all(COUNT.fullmatch(row[at]) for row in rows)
        shown.add_column(
            Text(heading), overflow="fold", no_wrap=widest[at] <= SHORT_CELL, justify="right" if is_number else "left"
        )
    for row in rows:
        shown.add_row(*map(Text, row))
    out.print(shown)


def _blocks(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    line(title, "bold")
    for row in rows:
        line("")
        line(row[0].replace("\n", " ") or sign("—", "-"), "bold")
        for heading, cell in zip(headings[1:], row[1:], strict=True):
            if cell:
                first, *others = cell.split("\n")
                line(f"  {heading}{word('mark.colon')}{first}")
                for other in others:
                    line(f"    {other}")


def _parts(value: object) -> list[str]:
    parts = [value] if isinstance(value, str) or not isinstance(value, Sequence) else value
    return ["" if part is None else str(part) for part in parts]


def _longest_word(heading: str) -> int:
    return max(cell_len(word) for word in heading.split(" "))


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)
