"""Why units were not seen to, in words: the cells of a table, and the table as plain text for a log."""

from __future__ import annotations

from collections.abc import Sequence

from lantai.formats.papers.text_table import text_table
from lantai.locales import explain, say
from lantai.records.intake.visit import Trouble

COLUMNS = ("code", "unit", "what", "hint")


def trouble_cells(trouble: Trouble, locale: str) -> tuple[str, str, str, str]:
    """Return one row: code, name, what happened, what to do.

    Args:
        trouble: Of one unit.
        locale: `zh` or `en`.
    """
    words = explain(trouble.reason, locale)
    stage = say(f"stage.{trouble.stage.value}", locale)
    happened = say("visit.trouble", locale, stage=stage, what=words.what, message=words.message).rstrip()
    return (trouble.unit_code, trouble.unit_name, happened, words.hint)


def trouble_table(troubles: Sequence[Trouble], locale: str) -> str:
    """Return a table of one row per unit, in the order given."""
    headings = [say(f"trouble_column.{name}", locale) for name in COLUMNS]
    return text_table(headings, [trouble_cells(trouble, locale) for trouble in troubles])
