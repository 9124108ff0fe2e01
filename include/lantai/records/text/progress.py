"""How long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called now and then with what is worked on (a file, a unit, a step), how much is done, and how much there is; in bytes or in pieces."""
