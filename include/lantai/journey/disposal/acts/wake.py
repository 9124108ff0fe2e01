"""Wake the DAGs that wait for approved lists, once a list has been approved and its row is there to be found.

Nothing depends on it: what is approved is what the rows say, and every working
day the DAGs look at them by themselves. So a bell that nobody hears is told to
whoever signed, and undoes nothing.

Source: airflow.md, "Approvals"; interfaces.md, "DAGs"; ADR 2.
"""

from __future__ import annotations

from lantai.edges.centre import Centre
from lantai.errors import LantaiError


def wake(centre: Centre, list_id: str) -> LantaiError | None:
    """Ring for a list that has just been approved; call it after the transaction, or the DAG may find nothing.

    Args:
        centre: The centre; one without an Airflow rings nothing.
        list_id: The list.

    Returns:
        Why nobody heard, None when Airflow did or when the settings name none.
    """
    try:
        if centre.bell is not None:
            centre.bell.ring(list_id)
    except LantaiError as unheard:
        return unheard
    return None
