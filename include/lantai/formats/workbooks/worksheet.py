"""Worksheets of disposal lists that people decide on, and what comes back from them.

Every cell but the decision columns is locked, and nothing rests on the lock: a
sheet that comes back is compared cell by cell with what was written, and
refused when anything but a decision differs. A blank decision is undecided,
never consent.

Source: interfaces.md, "Papers"; reliability.md, "Security properties".
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, BinaryIO

from lantai.errors import WorksheetError
from lantai.formats.papers.columns import COLUMNS
from lantai.formats.papers.wording import Wording
from lantai.formats.workbooks.sheet_layout import FORMAT, META_SHEET, Layout, RowAnswer
from lantai.locales import LOCALES
from lantai.records.disposal.laid_out_row import LaidOutRow, ListHead, SheetHead
from lantai.records.disposal.lists import LONGEST_EXTENSION_YEARS, Decision, ListKind

MAX_NAMED = 100
"""Changed cells named in one refusal; how many more there are is said."""

_YEARS = re.compile(r"([0-9]{1,3})(?:\.0+)?\s*年?")


def content_digest(kind: str, head: ListHead, rows: Iterable[LaidOutRow]) -> str:
    """Return the sha256 in hex of what a list says, whatever is decided on it.

    Every value counts as text, in full, even where a sheet shows less of it.

    Args:
        kind: `appraisal`, `transfer_inventory` or `destruction_register`.
        head: The list's own fields; its fonds number does not count.
        rows: The rows in order.

    Raises:
        KeyError: The kind is unknown.

    Source: P8.
    """
    keys = (
        "row_no",
        "record_id",
        *(column.key for column in COLUMNS[kind] if not column.is_decision and column.key != "row_no"),
    )
    of_head = [FORMAT, kind, head.list_id, head.disposal.value, head.units, str(head.on)]
    sha256 = hashlib.sha256(_line(of_head))
    for row in rows:
        values = (getattr(row, key) for key in keys)
        sha256.update(_line(["" if value is None else str(value) for value in values]))
    return sha256.hexdigest()


def export(
    kind: str,
    head: SheetHead,
    rows: Iterable[LaidOutRow],
    decisions: Mapping[int, RowAnswer] | None,
    *,
    locale: str,
    out: BinaryIO,
    work_dir: Path | None = None,
) -> int:
    """Write a worksheet to `out`, row by row, and return how many rows it has.

    Args:
        kind: `appraisal`, `transfer_inventory` or `destruction_register`.
        head: Its `digest` is the `content_digest` of the same rows.
        rows: Rows in order; read once, so a generator will do.
        decisions: What is already decided, by row number; None for nothing.
        locale: `zh` or `en`.
        out: Where the workbook goes; written from its present position.
        work_dir: Folder for XlsxWriter's scratch file, which holds titles in plain text; None is the system's.

    Raises:
        KeyError: The kind is unknown.
        ValueError: The locale is unknown.
    """
    # XlsxWriter is loaded only by who writes a workbook.
    from lantai.formats.workbooks import sheet_style

    layout = Layout(kind, head, Wording(locale))
    return sheet_style.write(layout, rows, decisions or {}, out, work_dir)


def import_decisions(
    kind: str, head: SheetHead, rows: Iterable[LaidOutRow], sheets: Mapping[str, Sequence[Sequence[str]]]
) -> list[RowAnswer]:
    """Return the decisions on a sheet that came back; a blank row is undecided and is not among them.

    The language is the one the sheet was written in.

    Args:
        kind: Kind of list that is expected.
        head: As given to `export` for the list as it stands in the registry now, `digest` too.
        rows: Rows as they stand in the registry now, in order.
        sheets: Cells of the workbook as text, by name of sheet, from its first row and column on; short rows count as padded with blanks.

    Raises:
        WorksheetError: It is another list or another state of it, or anything but a decision was changed, or a decision cannot be read;
            the message names the cells with found and expected.

    Source: P8.
    """
    layout = Layout(kind, head, Wording(_sheet_locale(sheets)))
    faults = _Faults(head.list_id)
    faults.compare_meta(sheets[META_SHEET], layout.meta_rows())
    strangers = sorted(sheets.keys() - {META_SHEET, layout.sheet_name})
    if layout.sheet_name not in sheets or strangers:
        raise WorksheetError(
            f"worksheet {head.list_id}: found sheets {sorted(sheets)}, expected {layout.sheet_name} and no other"
        )
    answers = []
    expected_rows = layout.expected_rows(rows)
    for number, (found, expected) in enumerate(zip_longest(sheets[layout.sheet_name], expected_rows, fillvalue=())):
        row_no, cells = expected or (None, [])
        if faults.compare_row(number, found, cells, layout.decision_places if row_no else {}) and row_no:
            answer = _answer(layout, number, row_no, found, faults)
            if answer is not None:
                answers.append(answer)
    faults.refuse()
    return answers


class _Faults:
    """The changed cells of one sheet, found so far."""

    def __init__(self, list_id: str) -> None:
        self.list_id = list_id
        self.named: list[str] = []
        self.count = 0

    def name(self, cell: str, found: str, expected: str) -> None:
        self.count += 1
        if self.count <= MAX_NAMED:
            self.named.append(f"{cell}: found {_short(found)}, expected {_short(expected)}")

    def compare_meta(self, found: Sequence[Sequence[str]], expected: Sequence[Sequence[str]]) -> None:
        """Refuse at once a sheet of another list or another state: comparing its rows would say nothing."""
        for number, cells in enumerate(expected):
            self.compare_row(number, found[number] if number < len(found) else (), cells, {}, sheet=f"{META_SHEET}!")
        self.refuse()

    def compare_row(
        self, number: int, found: Sequence[str], expected: Sequence[str], free: Mapping[int, str], *, sheet: str = ""
    ) -> bool:
        """Name every locked cell that differs; return whether the row is the expected one at all, by its hidden id."""
        for place, (left, right) in enumerate(zip_longest(found, expected, fillvalue="")):
            if left != right and place not in free and left.strip() != right.strip():
                self.name(sheet + cell_name(number, place), left, right)
                if place == 0:
                    return False
        return True

    def refuse(self) -> None:
        """Raise when anything was named."""
        if self.count:
            more = f"; and {self.count - MAX_NAMED} more cells" if self.count > MAX_NAMED else ""
            raise WorksheetError(f"worksheet {self.list_id}: {'; '.join(self.named)}{more}")


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell as spreadsheets show it; both counted from 0, e.g. (6, 2) is `C7`."""
    letters = ""
    rest = column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def _answer(layout: Layout, number: int, row_no: int, found: Sequence[str], faults: _Faults) -> RowAnswer | None:
    """Return what a row decides; None where nothing is chosen, which is no consent. Source: R9-19."""
    cells = {
        key: (place, found[place].strip() if place < len(found) else "")
        for place, key in layout.decision_places.items()
    }
    place, word = cells["decision"]
    reason = cells["reason"][1]
    years_place, years = cells.get("extend_years", (place, ""))
    decision = {layout.words["dispose"]: Decision.DISPOSE, layout.words["keep"]: Decision.KEEP}.get(word)
    if decision is None:
        if word or years or reason:
            faults.name(cell_name(number, place), word, " / ".join([layout.words["dispose"], layout.words["keep"]]))
        return None
    is_extended = decision is Decision.KEEP and layout.head.disposal is ListKind.DESTRUCTION
    match = _YEARS.fullmatch(years)
    extend_years = int(match[1]) if match else 0
    if is_extended and not 1 <= extend_years <= LONGEST_EXTENSION_YEARS:
        faults.name(cell_name(number, years_place), years, f"1 to {LONGEST_EXTENSION_YEARS}")
    elif not is_extended and years:
        faults.name(cell_name(number, years_place), years, "")
    return RowAnswer(row_no, decision, extend_years if is_extended else None, reason)


def _sheet_locale(sheets: Mapping[str, Sequence[Sequence[str]]]) -> str:
    said = [row[1] for row in sheets.get(META_SHEET, ()) if len(row) > 1 and row[0] == "locale"]
    if said and said[0] in LOCALES:
        return said[0]
    raise WorksheetError(f"workbook with sheets {sorted(sheets)}: expected a worksheet exported by the centre")


def _short(text: str) -> str:
    shown = text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 (enough to recognise a cell by)
    return repr(shown) if shown else "(blank)"


def _line(values: list[Any]) -> bytes:
    # Surrogates that came out of undecodable names have to count too, so no encoding error here.
    return json.dumps(values, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
