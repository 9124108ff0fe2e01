"""Attend to a unit: take in what it has filed, and remember how that began and ended.

What `take_in` raises is gone with its process; the row that is kept here lets
the end of a night, the board and the next day say why a unit was not taken in,
also when the process was killed. It permits nothing and decides nothing.

Source: interfaces.md, "DAGs" (one unit's failure stops no other).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from lantai.edges.centre import Centre
from lantai.edges.registry.intake.visits import begin_take_in, end_take_in
from lantai.errors import LantaiError, LeaseLostError
from lantai.journey.intake.take_in import TakenIn, take_in
from lantai.records.intake.reason import Reason
from lantai.records.text.progress import Progress


def attend(
    centre: Centre,
    unit_code: str,
    years: Sequence[int] | None = None,
    progress: Progress | None = None,
    carriers: Sequence[str] | None = None,
    share_seconds: float | None = None,
) -> TakenIn:
    """Take in a unit as `take_in` does, and remember how it ended (I8), unless that is for another worker to say (K3).

    Raises:
        LeaseLostError: Another worker is at this unit; how that ends is for it to say, so nothing is noted.
        LantaiError: As `take_in`; the reason is kept.
    """

    def begin() -> None:
        with centre.database.begin() as connection:
            begin_take_in(connection, unit_code, centre.clock.now_at())

    try:
        taken = take_in(centre, unit_code, years, progress, carriers, share_seconds, begin)
    except LeaseLostError:
        raise
    except Exception as error:
        # What went wrong first is what has to be told, also when the registry cannot be written now.
        with suppress(LantaiError):
            _end(centre, unit_code, Reason.of(error))
        raise
    _end(centre, unit_code, None)
    return taken


def _end(centre: Centre, unit_code: str, failed_for: Reason | None) -> None:
    with centre.database.begin() as connection:
        end_take_in(connection, unit_code, centre.clock.now_at(), failed_for)
