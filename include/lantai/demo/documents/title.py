"""Where the title of an official document is broken: into lines of about the same length, never inside a word.

Source: GB/T 9704-2012, 7.3.1 (回行时，要做到词意完整，排列对称，长短适宜).
"""

from __future__ import annotations

import re

LINE_EMS = 20.0
"""Chinese letters in a line of a title; a Latin letter or a figure is half as wide."""

_BREAKS = re.compile("(?<=年)|(?<=季度)|(?<=月)|(?<=和)|(?<=解决)|(?<=提供)|(?=工作)|(?=有关)|(?=情况)")


def title_lines(title: str, line_ems: float = LINE_EMS) -> list[str]:
    """Return a title in one or two lines.

    Args:
        title: As the catalogue has it.
        line_ems: What fits into a line.
    """
    whole = ems(title)
    if whole <= line_ems:
        return [title]
    places = [found.start() for found in _BREAKS.finditer(title) if 0 < found.start() < len(title)]
    fitting = [at for at in places if max(ems(title[:at]), ems(title[at:])) <= line_ems]
    at = min(fitting or [len(title) // 2], key=lambda at: abs(ems(title[:at]) - whole / 2))
    return [title[:at], title[at:]]


def ems(text: str) -> float:
    """Return the width of a text in Chinese letters."""
    return sum(0.5 if letter.isascii() else 1.0 for letter in text)
