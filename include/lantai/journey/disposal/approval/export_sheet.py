"""Export the worksheet of a list: what people fill in, with everything but their decisions locked.

Source: interfaces.md, "Papers"; reliability.md, "Security".
"""

from __future__ import annotations

from pathlib import Path

from lantai.edges.centre import Centre
from lantai.edges.disposal.paper_files import put_paper
from lantai.formats.workbooks.sheet_layout import RowAnswer
from lantai.formats.workbooks.worksheet import export
from lantai.locales import say
from lantai.records.disposal.laid_out_row import SheetHead
from lantai.records.disposal.lists import ListKind
from lantai.views.disposal.examined import Examined, examine

SHEET_NAMES = {
    ListKind.TRANSFER: f"{say('file_names.transfer_inventory', 'zh')}.xlsx",
    ListKind.DESTRUCTION: f"{say('titles.appraisal', 'zh')}.xlsx",
}


def export_sheet(centre: Centre, list_id: str, out: Path | None = None, person_id: str | None = None) -> Path:
    """Write the worksheet of a list, with nobody's decisions but those of the member named, and return where it is (P8).

    Args:
        centre: The centre.
        list_id: The list.
        out: The file; None is `papers/<list_id>/` with the sheet's own name.
        person_id: Whose decisions so far stand on it; None writes a blank one, so that no member copies another.

    Raises:
        NotFoundError: No such list.
        PlaceUnavailableError: The file cannot be written.
    """
    with centre.database.read() as connection:
        examined = examine(connection, centre.settings, list_id)
    target = out or centre.settings.papers / list_id / SHEET_NAMES[examined.chosen.kind]
    said = {
        one.row_no: RowAnswer(one.row_no, one.decision, one.extend_years, one.reason)
        for one in examined.decisions
        if one.person_id == person_id
    }
    laid_out, head = examined.laid_out, sheet_head(centre, examined)
    put_paper(
        target.parent,
        target.name,
        lambda file: export(laid_out.sheet_kind, head, laid_out.rows, said, locale=centre.settings.locale, out=file),
    )
    return target


def sheet_head(centre: Centre, examined: Examined) -> SheetHead:
    """Return the head of a worksheet, for writing it and for comparing what came back."""
    laid_out = examined.laid_out
    return SheetHead(
        list_id=laid_out.head.list_id,
        disposal=laid_out.head.disposal,
        units=laid_out.head.units,
        fonds_no=laid_out.head.fonds_no,
        on=laid_out.head.on,
        digest=laid_out.digest,
        prepared_on=examined.chosen.drafted_at.astimezone(centre.settings.zone).date(),
        today_is_set=centre.clock.is_set_by_hand,
    )
