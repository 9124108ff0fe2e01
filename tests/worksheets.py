"""Worksheets of lists, written the way the centre does."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from lantai.formats.workbooks.sheet_layout import RowAnswer
from lantai.formats.workbooks.worksheet import content_digest, export


def head_of(
    rows: list[dict[str, Any]], kind: str = "appraisal", disposal: str = "destruction", **changes: Any
) -> dict[str, Any]:
    head = {
        "list_id": "D-2026-001",
        "disposal": disposal,
        "units": "江源市教育局",
        "fonds_no": "Z109",
        "on": date(2026, 9, 1),
    }
    head |= changes
    return head | {"digest": content_digest(kind, head, rows)}


def exported(
    rows: list[dict[str, Any]],
    head: dict[str, Any],
    kind: str = "appraisal",
    *,
    decisions: dict[int, RowAnswer] | None = None,
    locale: str = "zh",
) -> bytes:
    out = io.BytesIO()
    export(kind, head, rows, decisions, locale=locale, out=out)
    return out.getvalue()
