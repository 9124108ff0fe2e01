"""Dates as they are typed: `2026-03-02`, or as Chinese papers write them."""

from __future__ import annotations

from datetime import date

import typer

from lantai.rules.year.calendar import read_date


def read_day(text: str) -> date:
    """Return the date that was typed.

    Raises:
        BadParameter: It is no date.
    """
    day = read_date(text)
    if day is None:
        raise typer.BadParameter(f"found {text!r}, expected a date like 2026-03-02")
    return day
