"""The far end of a line: one session with one server, and the questions that may be asked of it.

Runs in a child of the nursery and touches nothing but the server, the
quarantine and the line: no registry, no key, no setting. What it is asked it
answers or refuses by type; what it dies of is told by the nursery.

Source: ADR 18.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection as Line
from pathlib import Path
from time import monotonic
from typing import Any

from lantai.edges.bulkhead.messages import Answer, ProgressTold, Question, receive_question, send
from lantai.edges.files.disk_room import require_reserve
from lantai.edges.intake import outbox, outbox_collect
from lantai.edges.intake.outbox import PackageSeen
from lantai.edges.intake.outbox_whole import still_missing
from lantai.edges.intake.quarantine import Quarantine
from lantai.edges.sftp.connect import connect
from lantai.edges.sftp.listing import Allowance
from lantai.edges.sftp.session import Session
from lantai.errors import LantaiError, UnexpectedError, UnitLimitError
from lantai.records.intake.package import Package
from lantai.records.text.words import Words

TELL_SECONDS = 0.2
"""So often, at most, a child says how far it is; it then waits for our end, so that it does nothing while that stands still."""


def serve(line: Line) -> None:
    """Say that we live, then answer questions until our end is gone; the first has to be `open`.

    Whatever a server makes of it is the answer to that one question, by type (S5).
    """
    send(line, Answer())
    with ExitStack() as stack:
        end: _FarEnd | None = None
        while True:
            try:
                question = receive_question(line)
            except (EOFError, OSError):
                return
            if question is None:
                continue
            try:
                if end is None:
                    end = _FarEnd(line, stack.enter_context(connect(**question.arguments)))
                    answer = Answer()
                else:
                    answer = Answer(end.ask(question))
            except LantaiError as error:
                error.__cause__ = error.__context__ = None
                answer = Answer(error=error)
            except MemoryError:
                answer = Answer(error=UnitLimitError("the server sent more than the memory of one unit holds"))
            except Exception as error:  # noqa: BLE001 - whatever it was is told, and ends this unit's line alone
                answer = Answer(error=UnexpectedError(f"{question.verb}: {type(error).__name__}: {error}"))
            try:
                send(line, answer)
            except OSError:
                return
            if end is None:
                return


class _FarEnd:
    """One session, and who is told how far it is."""

    def __init__(self, line: Line, session: Session) -> None:
        self._line, self._session = line, session
        self._names = self._bytes = 0
        self._told_at = monotonic()

    def ask(self, question: Question) -> Any:  # noqa: ANN401 - what the verb returns
        """Answer one question; its verb is the name of a method below."""
        verbs: Mapping[str, Callable[..., Any]] = {
            "look": self.look,
            "still_missing": self.still_missing,
            "read_small": self.read_small,
            "collect": self.collect,
            "mkdirs": self._session.mkdirs,
            "deliver": self._session.deliver,
        }
        return verbs[question.verb](**question.arguments)

    def look(
        self,
        filing_years: Sequence[int],
        known_years: Collection[int],
        known_states: Mapping[Package, bool] | None,
    ) -> tuple[list[PackageSeen], list[bytes], dict[Package, Words | None]]:
        """Return packages, strays, and what packages that are news still lack.

        `known_states` None returns packages with their files, and asks no second question; otherwise the names of files stay
        here, and only states that are not in it are asked about.
        """
        packages, strays = outbox.look(self._session, filing_years, known_years, self._allowance())
        if known_states is None:
            return packages, strays, {}
        lacks = {seen.package: self.still_missing(seen) for seen in packages if seen.package not in known_states}
        return [seen.without_files() for seen in packages], strays, lacks

    def still_missing(self, seen: PackageSeen) -> Words | None:
        """Return what a package still lacks; see `outbox_whole`."""
        return still_missing(seen, self.read_small)

    def read_small(self, path: bytes, limit_bytes: int) -> bytes:
        """Return the whole of a small file; see `Session.read_small`."""
        return self._session.read_small(path, limit_bytes, self._on_bytes)

    def collect(
        self,
        seen: PackageSeen,
        quarantine: Path,
        carrier_id: str,
        only: Collection[bytes] | None,
        reserve_bytes: int,
    ) -> None:
        """Bring a package into the quarantine; see `outbox_collect`. The reserve of its disk is never written into."""

        def on_bytes(more: int) -> None:
            if self._on_bytes(more):
                require_reserve(quarantine, reserve_bytes)

        wanted = None if only is None else only.__contains__
        outbox_collect.collect(
            self._session,
            seen,
            Quarantine(quarantine),
            carrier_id,
            on_bytes,
            wanted,
            self._allowance(),
            lambda: self._say(is_local=True),
        )

    def _allowance(self) -> Allowance:
        return Allowance(on_names=self._on_names)

    def _on_names(self, more: int) -> None:
        self._names += more
        self._tell()

    def _on_bytes(self, more: int) -> bool:
        self._bytes += more
        return self._tell()

    def _tell(self) -> bool:
        """Say how far this is, now and then, and wait for a word; return whether it was time to."""
        if monotonic() - self._told_at < TELL_SECONDS:
            return False
        self._say(is_local=False)
        return True

    def _say(self, *, is_local: bool) -> None:
        send(self._line, ProgressTold(self._names, self._bytes, is_local=is_local))
        self._names = self._bytes = 0
        receive_question(self._line)
        self._told_at = monotonic()
