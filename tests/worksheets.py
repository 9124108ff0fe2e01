"""Worksheets of lists, written the way the centre does."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from lantai.formats.workbooks.sheet_layout import RowAnswer
from lantai.formats.workbooks.worksheet import content_digest, export
from lantai.records.disposal.laid_out_row import LaidOutRow, SheetHead
from lantai.records.disposal.lists import ListKind


def head_of(
    rows: Sequence[LaidOutRow], kind: str = "appraisal", disposal: str = "destruction", **changes: Any
) -> SheetHead:
    head = SheetHead("D-2026-001", ListKind(disposal), "江源市教育局", "Z109", date(2026, 9, 1), "")
    head = replace(head, **changes)
    return replace(head, digest=content_digest(kind, head, rows))


def exported(
    rows: Sequence[LaidOutRow],
    head: SheetHead,
    kind: str = "appraisal",
    *,
    decisions: dict[int, RowAnswer] | None = None,
    locale: str = "zh",
) -> bytes:
    out = io.BytesIO()
    export(kind, head, rows, decisions, locale=locale, out=out)
    return out.getvalue()
