"""What transfer_records and destroy_records have in common: hand approved lists to the custodian, and say which cannot go on.

No worker holds a private key. The keyed step is `lantai list run` on the custody host.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from lantai.edges.centre import open_centre
from lantai.errors import NotPermittedError
from lantai.journey.disposal.acts.prepare import prepare as prepare_lists
from lantai.locales import LOCALES, say
from lantai.records.disposal.lists import ListKind
from lantai.tasks.form import refuse_other_fields

log = logging.getLogger(__name__)


def check_form(form: Mapping[str, object]) -> None:
    """Refuse a configuration of the run: there is nothing to choose, and which lists are meant is what the rows say.

    Raises:
        UsageError: The run was given one.
    """
    refuse_other_fields(form, ())


def prepare(kind: ListKind) -> dict[str, list[str]]:
    """Do for every approved list what needs no private key.

    The announcement that woke the run is not looked at: what is approved is
    what the rows say.

    Returns:
        Ids of lists: `ready` wait for the custodian, `waiting` for time to pass, `blocked` for somebody to look.
    """
    with open_centre() as centre:
        prepared = prepare_lists(centre, kind)
    return {"ready": list(prepared.ready), "waiting": list(prepared.waiting), "blocked": list(prepared.blocked)}


def conclude(prepared: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Say who has to act next, then fail when a list is blocked.

    Returns:
        How many lists are ready and waiting.

    Raises:
        NotPermittedError: The approval of a list no longer holds; the message names the lists.
    """
    for list_id in prepared["ready"]:
        log.warning(" · ".join(say("waiting.for_the_custodian", locale, list_id=list_id) for locale in LOCALES))
    for list_id in prepared["waiting"]:
        log.info(" · ".join(say("waiting.for_the_waiting_time", locale, list_id=list_id) for locale in LOCALES))
    if prepared["blocked"]:
        raise NotPermittedError(f"lists {', '.join(prepared['blocked'])}: the approval no longer holds")
    return {"ready": len(prepared["ready"]), "waiting": len(prepared["waiting"])}
