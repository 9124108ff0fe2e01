"""Import a filled-in worksheet: it counts for the person who imports it, and can change nothing but decisions.

Source: reliability.md, "Security"; interfaces.md, "The command".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from lantai.edges.centre import Centre
from lantai.edges.files.folder import open_file
from lantai.edges.sheets.sheet import read_workbook
from lantai.errors import WorksheetError
from lantai.formats.workbooks.sheet_layout import META_SHEET
from lantai.formats.workbooks.worksheet import import_decisions
from lantai.journey.disposal.approval.decide import DecidedList, decide
from lantai.journey.disposal.approval.export_sheet import sheet_head
from lantai.views.disposal.examined import examine

LIST_ID = re.compile(r"[TD]-[0-9]{4}-[A-Z][A-Z0-9]{0,15}-[0-9]{3,}")


def import_sheet(centre: Centre, path: Path, person_id: str, on_behalf_of: str | None = None) -> DecidedList:
    """Take the decisions of a returned worksheet as those of one panel member, and nothing else of it (P8).

    Args:
        centre: The centre.
        path: The xlsx file.
        person_id: Staff id of the member; nothing in the file says who filled it in.
        on_behalf_of: Staff id of the member who delegated, None for one's own duty.

    Raises:
        WorksheetError: It is not ours, or changes anything but decisions; nothing is taken.
        CatalogueError: It is no workbook.
        NotPermittedError: See `decide`.
    """
    with open_file(path) as stream:
        sheets = read_workbook(stream)
    list_id = _list_id(sheets)
    with centre.database.read() as connection:
        examined = examine(connection, centre.settings, list_id)
    laid_out = examined.laid_out
    said = import_decisions(laid_out.sheet_kind, sheet_head(centre, examined), laid_out.rows, sheets)
    return decide(centre, list_id, person_id, said, on_behalf_of)


def _list_id(sheets: Mapping[str, Sequence[Sequence[str]]]) -> str:
    said = [row[1] for row in sheets.get(META_SHEET, ()) if len(row) > 1 and row[0] == "list_id"]
    if len(said) != 1 or not LIST_ID.fullmatch(said[0]):
        raise WorksheetError(f"workbook: found list {said}, expected a worksheet exported by the centre")
    return said[0]
