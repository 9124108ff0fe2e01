"""Permit: everything that has to be true, now, before records of a list may be disposed of.

Called inside the transaction that begins the act, so that nothing can change
between the look and the act. Every shortfall is named, never the first only;
what is lacking is judged by `lantai.rules.disposal.next_step`.

Source: 档案法 (2020); 档案法实施条例 (2024); 浙江办法 (2017) art. 21; 机关档案管理规定 (2018); vault.md, destruction 1.
"""

from __future__ import annotations

from sqlalchemy import Connection

from lantai.edges.centre import Centre
from lantai.edges.registry.disposal.holds import held_on_list, keep_as_they_are
from lantai.journey.disposal.approval.refuse import refuse_if, refuse_if_held
from lantai.rules.disposal.next_step import act_shortfalls
from lantai.views.disposal.examined import Examined, circumstances


def permit(connection: Connection, centre: Centre, examined: Examined) -> None:
    """Refuse unless the list may be carried out now (I3, N1).

    Raises:
        NotPermittedError: Something is missing; the message names all of it.
        HeldError: Nothing is missing, but a record is under a hold.
    """
    keep_as_they_are(connection)
    now_at, today = centre.clock.now_at(), centre.clock.today_on()
    known = circumstances(connection, centre.settings, examined, now_at, today)
    refuse_if(examined.chosen.list_id, act_shortfalls(examined.dossier, known))
    held = held_on_list(connection, examined.chosen.list_id)
    refuse_if_held(
        examined.chosen.list_id, [(row.row_no, row.hold_id) for row in held if examined.is_going(row.row_no)]
    )
