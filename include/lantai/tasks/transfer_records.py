"""Tasks of the DAG transfer_records."""

from __future__ import annotations

from lantai.records.disposal.lists import ListKind
from lantai.tasks import approved_lists
from lantai.tasks.approved_lists import check_form, conclude

__all__ = ["check_form", "conclude", "prepare"]


def prepare() -> dict[str, list[str]]:
    """Hand approved lists of this kind to the custodian; return their ids by what they wait for."""
    return approved_lists.prepare(ListKind.TRANSFER)
