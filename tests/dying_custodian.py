"""A custodian's process that dies, without cleaning up, at its n-th change of a file or the registry.

Run as a script: LANTAI_* as in the test, arguments list id and n; n = 0 never dies and prints how many changes there were.
"""

from __future__ import annotations

import os
import sys

from sqlalchemy.engine import Transaction

from factories_disposal import witness
from lantai.edges.centre import open_centre
from lantai.edges.custody.file_place import FilePlace
from lantai.journey.disposal.acts.destroy import destroy

KILLED = 137


def main(list_id: str, step: int) -> None:
    """Carry a destruction list out to its end, or die on the way."""
    count = 0

    def counted(call):
        def change(*args, **kwargs):
            nonlocal count
            count += 1
            if count == step:
                os._exit(KILLED)
            return call(*args, **kwargs)

        return change

    for name in ("write_new", "remove"):
        setattr(FilePlace, name, counted(getattr(FilePlace, name)))
    Transaction.commit = counted(Transaction.commit)
    with open_centre() as centre:
        centre.holder = "test:1:aaaa"  # The same worker as the test's: its lease is renewed, not waited for.
        destroy(centre, list_id, "C01")
        witness(centre, list_id)
        destroy(centre, list_id, "C01")
    sys.stdout.write(str(count))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
