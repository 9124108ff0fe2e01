"""Our end of a line to one unit's server: questions, answers, and how long they are waited for.

The session itself lives in a child of the nursery. Here nothing of what a
server sends is parsed, and no wait is without end: whatever the child does not
answer in time, or dies of, is an error of this unit, in words.

Source: ADR 18.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import socket
import struct
from collections.abc import Callable, Collection, Mapping, Sequence
from multiprocessing.connection import Connection as Wire
from pathlib import Path
from time import monotonic
from typing import Any

from lantai.edges.bulkhead.messages import NOT_BORN, Answer, ProgressTold, Question, receive, send
from lantai.edges.bulkhead.patience import (
    NAMES_PER_SECOND,
    Pace,
    Window,
)
from lantai.edges.children.frames import OUT_OF_MEMORY
from lantai.edges.connections import Connection
from lantai.edges.intake.outbox import PackageSeen
from lantai.edges.intake.outbox_whole import LACKS
from lantai.errors import (
    LantaiError,
    LineInterruptedError,
    PlaceUnavailableError,
    ReaderMisledError,
    ServerTooSlowError,
    ServerUnreachableError,
    UnexpectedError,
    UnitLimitError,
)
from lantai.records.intake.package import Package
from lantai.records.text.words import Words

_STANDSTILL = struct.pack("ll", 30, 0)
"""Seconds and microseconds that a child may stand still within a message."""


class UnitLine:
    """A session with one unit's server, in a child process; from `Lines.open`.

    Every method raises what the session raises, and besides:
    ServerTooSlowError, when less comes than `Pace` waits for; UnitLimitError, when the child may not hold what comes;
    LineInterruptedError, when the child is gone for a reason of ours. After one of these three the line is over.
    """

    def __init__(self, wire: Wire, deaths: int, connection: Connection, pace: Pace, window_seconds: float) -> None:
        """Take over our end of a line to a child that has just begun."""
        with socket.socket(fileno=os.dup(wire.fileno())) as end:
            # Once a word has begun, or room for one is there, it goes through at once or never.
            for way in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                end.setsockopt(socket.SOL_SOCKET, way, _STANDSTILL)
        self._wire, self._deaths = wire, deaths
        self._connection, self._pace, self._window = connection, pace, window_seconds
        self._waited_seconds = 0.0
        self._ended_by: BaseException | None = None

    def look(
        self,
        filing_years: Sequence[int],
        known_years: Collection[int] | None = None,
        known_states: Mapping[Package, bool] | None = None,
    ) -> tuple[list[PackageSeen], list[bytes], dict[Package, Words | None]]:
        """Return what lies in the outbox: packages, strays, and what packages still lack.

        Args:
            filing_years: Which years' folders.
            known_years: Years that were ever opened; None is `filing_years`.
            known_states: Packages that need no second question, each with whether it is whole. None returns the packages with
                their files, and asks no second question of any.

        Returns:
            Packages; names of what nobody takes; what each package that is news still lacks, None for a whole one.
        """
        found: tuple[list[PackageSeen], list[bytes], dict[Package, Words | None]] = self.ask(
            "look", filing_years=filing_years, known_years=known_years, known_states=known_states
        )
        for lack in found[2].values():
            self._require_known(lack)
        return found

    def still_missing(self, seen: PackageSeen) -> Words | None:
        """Return what a package still lacks, None for a whole one; see `outbox_whole`."""
        found: Words | None = self.ask("still_missing", seen=seen)
        self._require_known(found)
        return found

    def read_small(self, path: bytes, limit_bytes: int) -> bytes:
        """Return the whole of a small file; see `Session.read_small`."""
        content: bytes = self.ask("read_small", path=path, limit_bytes=limit_bytes)
        return content

    def collect(
        self,
        seen: PackageSeen,
        quarantine: Path,
        carrier_id: str,
        *,
        only: Collection[bytes] | None = None,
        reserve_bytes: int = 0,
        on_progress: Callable[[int], None] | None = None,
    ) -> None:
        """Bring a package into the quarantine; see `outbox_collect.collect`.

        Args:
            seen: As a look saw it, with its files.
            quarantine: Its root.
            carrier_id: Our id, the name of its folder there.
            only: Raw names that are brought in; None brings all.
            reserve_bytes: So much of the quarantine's disk is never written into.
            on_progress: Told how many more bytes are here. What it raises ends the line.
        """
        self.ask(
            "collect",
            on_progress,
            seen=seen,
            quarantine=quarantine,
            carrier_id=carrier_id,
            only=only,
            reserve_bytes=reserve_bytes,
        )

    def mkdirs(self, path: bytes) -> None:
        """Make a folder and those above it, where they are not there yet."""
        self.ask("mkdirs", path=path)

    def deliver(self, path: bytes, content: bytes, *, replace: bool = False) -> str:
        """Put a file there, whole or not at all, and return its SHA-256; see `Session.deliver`."""
        sha256: str = self.ask("deliver", path=path, content=content, replace=replace)
        return sha256

    def ask(self, verb: str, on_progress: Callable[[int], None] | None = None, **arguments: Any) -> Any:  # noqa: ANN401 - of the verb
        """Ask the child one thing and return its answer; of a line that has ended nothing is believed any more (S3)."""
        if self._ended_by is not None:
            raise ServerUnreachableError(f"{self._place}: {verb}: not asked, for the line had ended: {self._ended_by}")
        began = monotonic()
        window = Window(self._window, self._pace.bytes_per_second)
        try:
            answer = self._answer(window, verb, on_progress, arguments)
        except BaseException as error:
            # An answer that is still on its way must never be taken for that to the next question.
            self._ended_by = error
            self._wire.close()
            raise
        finally:
            self._waited_seconds += monotonic() - began - window.local_seconds()
        if answer.error is not None:
            raise self._placed(answer.error)
        return answer.result

    def _require_known(self, lack: Words | None) -> None:
        """Refuse words that a package cannot lack anything by: a child that a server has taken over says what it likes (S5)."""
        if lack is None or (lack.key in LACKS and all(isinstance(value, str | int) for _, value in lack.values)):
            return
        raise ReaderMisledError(f"{self._place}: found the words {str(lack.key)[:80]!r} for what a package lacks")

    def _answer(
        self, window: Window, verb: str, on_progress: Callable[[int], None] | None, arguments: Mapping[str, Any]
    ) -> Answer:
        try:
            send(self._wire, Question(verb, arguments))
            while isinstance(message := self._next(verb, window), ProgressTold):
                window.count(message)
                if on_progress is not None and message.size_bytes:
                    on_progress(message.size_bytes)
                send(self._wire, None)
        except BlockingIOError as error:
            raise LineInterruptedError(
                f"{self._place}: {verb}: its process stood still in the middle of a word"
            ) from error
        except pickle.UnpicklingError as error:
            raise UnexpectedError(f"{self._place}: {verb}: {error}") from error
        except (EOFError, OSError) as error:
            raise self._death(verb) from error
        return message

    def _placed(self, error: LantaiError) -> LantaiError:
        """Return an error of the far end with the server's name before it; what our own disk refuses has none."""
        said = str(error)
        if not isinstance(error, PlaceUnavailableError) and not said.startswith(self._place):
            error.args = (f"{self._place}: {said}", *error.args[1:])
        return error

    def _next(self, verb: str, window: Window) -> Answer | ProgressTold:
        """Return what the child says next, as long as enough comes (C2)."""
        share = self._pace.share_seconds
        until, expected = window.ends_at, self._expected()
        if share is not None and not window.is_local:
            share_ends_at = window.began + share - self._waited_seconds + window.local_seconds()
            of_share = share_ends_at, f"expected the end within {share:.0f} s, for others wait"
            until, expected = min((until, expected), of_share)
        if not self._wire.poll(max(0.0, until - monotonic())):
            raise ServerTooSlowError(f"{self._place}: {verb}: found {window.shown()}, {expected}")
        return receive(self._wire)

    def _expected(self) -> str:
        return (
            f"expected an answer, or at least {self._pace.bytes_per_second} bytes or {NAMES_PER_SECOND} names a second "
            f"over {self._window:.0f} s"
        )

    def _death(self, verb: str) -> LantaiError:
        """Return in words what the child died of, as the unknown of this unit alone (S5)."""
        status = ""
        with contextlib.suppress(OSError):
            if select.select([self._deaths], [], [], 5)[0]:
                status = os.read(self._deaths, 16).decode()
        if status == str(-signal.SIGKILL):
            # Whom the system picks when memory runs out need not be whom it ran out for.
            return LineInterruptedError(
                f"{self._place}: {verb}: its process was killed, as the system does when its memory runs out"
            )
        if status == NOT_BORN:
            return LineInterruptedError(f"{self._place}: {verb}: the system has no room for one more process")
        if status == str(OUT_OF_MEMORY):
            return UnitLimitError(f"{self._place}: {verb}: what came was more than the memory of one unit holds")
        if status in {str(-signal.SIGSEGV), str(-signal.SIGABRT), str(-signal.SIGBUS)}:
            return UnitLimitError(
                f"{self._place}: {verb}: its process broke down ({signal.Signals(-int(status)).name}) under what the server sent"
            )
        return LineInterruptedError(f"{self._place}: {verb}: its process ended ({status or 'nobody knows how'})")

    @property
    def _place(self) -> str:
        return f"{self._connection.connection_id} ({self._connection.host}:{self._connection.port})"
