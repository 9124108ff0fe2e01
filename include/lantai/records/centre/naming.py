"""Names that people at the centre give to units and to people: what a register takes.

They stand on papers, in lists and in the ledger's facts for thirty years, so
nothing is taken that cannot be read aloud or does not fit.
"""

from __future__ import annotations

from lantai.records.text.shown import on_one_line


def refuse_unsound(what: str, name: str, most: int) -> None:
    """Refuse a name that is empty, too long, begins or ends with a blank, or holds a character that acts instead of being seen.

    Args:
        what: What it is the name of, for the message.
        name: The name.
        most: Characters that it may have, 1 or more.

    Raises:
        ValueError: It is none; the message says why, with what acts made visible.
    """
    shown = on_one_line(name)
    if not name.strip():
        raise ValueError(f"{what}: found nothing, expected one")
    if shown != name or name != name.strip():
        raise ValueError(f"{what} '{shown}': expected no control characters, and no blanks before or behind it")
    if len(name) > most:
        raise ValueError(f"{what} '{shown[:20]}...': found {len(name)} characters, expected {most} at most")
