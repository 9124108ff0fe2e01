"""Tables at every width of a window: what is shown is whole, or in another shape."""

from __future__ import annotations

import io

import pytest

from lantai.cli.terminal import screen

COLUMNS = (
    "heading.acceptance_no",
    "heading.package",
    "heading.state",
    "heading.records",
    "heading.received",
    "heading.unit",
)
ROWS = [
    ("SL2025-JY-D001-R1", "JY-2025-D-001", "已接收", "12", "2026-06-30", "JY 云溪县教育局"),
    ("SL2025-JY-D002-R1", "JY-2025-D-003", "暂存待定", "3", "2026-12-01", "JY 云溪县教育局"),
]


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_no_cell_is_cut_off_at_any_width(monkeypatch: pytest.MonkeyPatch, locale: str) -> None:
    """R1-50: two ids that are cut at the same place are one id to whoever reads them."""
    monkeypatch.setenv("LANTAI_LOCALE", locale)
    cut = []
    for width in range(40, 170):
        page = io.StringIO()
        monkeypatch.setattr(screen, "out", screen.Screen(file=page, highlight=False, width=width))

        screen.table("报送", COLUMNS, ROWS)

        shown = page.getvalue()
        cut += [(width, cell) for row in ROWS for cell in row if cell not in shown]

    assert cut == []
