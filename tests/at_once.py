"""Several workers on one registry, each with connections and a name of its own, who begin at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from lantai.edges.centre import Centre
from lantai.edges.database.database import Database
from lantai.errors import LantaiError

T = TypeVar("T")
PATIENCE_SECONDS = 60


@contextmanager
def crew(centre: Centre, count: int) -> Iterator[list[Centre]]:
    """Yield the centre as so many workers of other machines have it open."""
    workers = [
        replace(centre, database=Database(centre.settings.registry_url), holder=f"elsewhere:{number}:cccc")
        for number in range(count)
    ]
    yield workers
    for worker in workers:
        worker.database.close()


def at_once(steps: Sequence[Callable[[], T]]) -> list[T | LantaiError]:
    """Begin all steps at the same moment; return what each came to, an error of ours in its place. Any other is raised."""
    barrier = threading.Barrier(len(steps))

    def begin(step: Callable[[], T]) -> T | LantaiError:
        barrier.wait(PATIENCE_SECONDS)
        try:
            return step()
        except LantaiError as error:
            return error

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(begin, steps))
