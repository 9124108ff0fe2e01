"""Who acts: the option `--as`, and the person behind the name that is given there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lantai.edges.centre import Centre

SYSTEM = "system"
"""Who acts when nobody is named: the work is what the scheduled run does."""

Actor = Annotated[str, typer.Option("--as", help="given.actor", metavar="PERSON")]


def person(centre: Centre, name: str) -> str:
    """Return the staff id behind a staff id or an account; `system` is itself.

    Raises:
        NotFoundError: Nobody has that id or account.
    """
    from lantai.edges.registry.disposal.sign_offs import person_behind

    if name == SYSTEM:
        return SYSTEM
    with centre.database.read() as connection:
        return person_behind(connection, name)
