"""Public holidays and make-up workdays that the package ships.

One row per day that differs from Monday to Friday, as the State Council's
yearly notices set them. A centre whose region differs points
LANTAI_WORKDAYS_FILE to a table of its own, in the same shape.

Source: notices of the General Office of the State Council on holidays for 2025 and 2026.
"""

from __future__ import annotations

from importlib.resources import files


def shipped_table() -> str:
    """Return the shipped table as CSV text with the columns day, is_working and reason."""
    return files(__name__).joinpath("workdays.csv").read_text(encoding="utf-8")
