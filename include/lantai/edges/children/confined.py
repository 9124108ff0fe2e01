"""A process that opens foreign bytes: with nothing to steal, nobody to talk to, nowhere to write, and as nobody.

Every parser of what a department sent that is more than a reader of lines runs
in such a process (ADR 19). It gets an empty environment: the passwords and keys
that a worker of Airflow carries there are not for whoever takes a parser over.
It has limits on memory, processor time, open files and written bytes, can gain
no privileges, start no process and, where Landlock is there, open no file. Under
root it becomes the user nobody; where the machine lets us it has a network of
its own with nothing in it. What it opens it is handed as open descriptors; what
it says is read as plain values, waited for only so long, and believed by nobody.

Source: reliability.md, "Facts" (parse in a child process).
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import BinaryIO, Self

from lantai.edges.children.frames import (
    BLOCK,
    HEAD,
    MESSAGE,
    MOST_BLOCK_BYTES,
    MOST_MESSAGE_BYTES,
    OUT_OF_MEMORY,
    fill,
    send_message,
)
from lantai.edges.children.unfiltered import tell_if_unfiltered
from lantai.errors import (
    ArchiveLimitError,
    CatalogueError,
    LantaiError,
    PackageError,
    ReaderMisledError,
    UnsafeNameError,
    ValidationUnavailableError,
)
from lantai.records.text.shown import on_one_line

_STARTER = Path(__file__).with_name("confined_child.py")
_PACKAGE_FOLDER = Path(__file__).parents[3]
_ENDS_WITHIN_SECONDS = 5.0
_COMPLAINT_BYTES = 65_536
_BROKEN = frozenset({signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGSYS})
TIMES_WAITED = 20
"""So many times its processor time a process is waited for: one that computes less than a part of so many stands still."""

_REFUSALS: dict[str, type[PackageError]] = {
    kind.__name__: kind for kind in (PackageError, ArchiveLimitError, CatalogueError, UnsafeNameError)
}
"""Errors by which a script may refuse what it was handed."""
_VALUES = frozenset({"name", "count", "most"})
"""What stands in the words of a reason."""
_MOST_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a process may cost.

    Attributes:
        memory_bytes: Its address space.
        seconds: Processor time; waited for it is `TIMES_WAITED` as long, all waits since `begin_anew` together.
        silence_seconds: So long it may say nothing while it does nothing.
    """

    memory_bytes: int = 1024 * 1024 * 1024
    seconds: int = 60
    silence_seconds: float = 30.0


class Confined:
    """A script of ours in a confined process; a context manager, on leaving which the process is gone.

    Args:
        script: Ours; it talks over its standard input. What it imports, also inside its functions, is loaded while it is
            still us.
        what: What it opens, for messages.
        reasons: The reasons for which it may refuse; each has words in `locales/findings.*.toml`.
        bounds: What it may cost.
    """

    def __init__(self, script: Path, what: str, reasons: Collection[str], bounds: Bounds) -> None:
        self._process: subprocess.Popen[bytes]
        self._script, self._what, self._reasons, self._bounds = script, what, reasons, bounds
        self._waited_seconds = self._used_before = 0.0
        self._has_spoken = False

    def __enter__(self) -> Self:
        """Start the process, with nothing of our environment in its own (P5), under what confines it (P2).

        Raises:
            ValidationUnavailableError: The system has no room for it.
        """
        ours, its = socket.socketpair()
        self._complaints, its_complaints = os.pipe()
        for end in (self._complaints, its_complaints):
            # Nobody reads while it works: what is more than the pipe takes is lost, and it works on.
            os.set_blocking(end, False)
        bounds = self._bounds
        words = [str(self._script), str(_PACKAGE_FOLDER), str(bounds.memory_bytes), str(bounds.seconds)]
        with its, open(its_complaints, "wb", buffering=0) as stderr:  # noqa: PTH123 - it has no path
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own scripts, and numbers
                    [sys.executable, "-I", str(_STARTER), *words],
                    stdin=its.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=stderr,
                    env={},
                    cwd="/",
                    start_new_session=True,
                )
            except OSError as error:
                ours.close()
                os.close(self._complaints)
                raise ValidationUnavailableError(
                    f"{self._what}: the reading process did not start ({error})"
                ) from error
        self._line = ours
        ours.settimeout(bounds.silence_seconds)
        self._poll = (
            select.poll()
        )  # Not select(), which takes no descriptor above 1023: there may be a line for each of many units.
        self._poll.register(ours, select.POLLIN)
        return self

    def __exit__(self, *exc: object) -> None:
        """End the process, whatever it is at."""
        self._line.close()
        self._process.kill()
        self._process.wait()
        os.close(self._complaints)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def tell(self, message: object, fds: Sequence[int] = ()) -> None:
        """Tell the process something, and hand it open files, at most `frames.MOST_FILES`.

        Raises:
            As `hear`.
        """
        try:
            send_message(self._line, message, fds)
        except TimeoutError as error:
            raise self._silent() from error
        except OSError as error:
            raise self._death() from error

    def hear(self) -> object:
        """Return the next message.

        Raises:
            PackageError: The script refuses what it was handed, by one of the allowed reasons.
            ArchiveLimitError: What it was handed takes more memory or processor time than is allowed, or broke it.
            ValidationUnavailableError: It was killed by somebody, waited for too long, or failed in a way of ours.
            ReaderMisledError: It said what no reading gives.
        """
        heard = self.hear_any()
        if isinstance(heard, memoryview):
            raise self.misled(f"{len(heard)} bytes where a message is due")
        return heard

    def hear_any(self) -> object:
        """Return the next message, or the next block of bytes as a view that nobody changes any more; raises as `hear`."""
        kind, content = self._frame()
        if kind == BLOCK:
            return memoryview(content)
        try:
            message: object = json.loads(content.decode("utf-8", "surrogatepass"))
        except (ValueError, RecursionError) as error:
            raise self.misled("what is no message") from error
        if isinstance(message, dict) and "refused" in message:
            raise self._refusal(message["refused"])
        return message

    def begin_anew(self) -> None:
        """Count waits from here: what is asked for now is another thing."""
        self._waited_seconds = 0.0

    def misled(self, found: str) -> ReaderMisledError:
        """Return the error for something that a script of ours never says."""
        shown = on_one_line(found)
        return ReaderMisledError(f"{self._what}: the process that reads it said {shown}; nothing of it was taken over")

    def _frame(self) -> tuple[int, bytearray]:
        began = monotonic()
        self._await_word(began)
        if not self._has_spoken:
            # Its first word comes after all that confines it, and before that it has opened nothing.
            self._has_spoken = True
            tell_if_unfiltered(self.pid)
        try:
            kind, count = HEAD.unpack(fill(self._line, HEAD.size))
            most = {MESSAGE: MOST_MESSAGE_BYTES, BLOCK: MOST_BLOCK_BYTES}.get(kind, -1)
            if count > most:
                raise self.misled(f"a frame of kind {kind} with {count} bytes")
            content = fill(self._line, count)
        except TimeoutError as error:
            raise self._silent() from error
        except (EOFError, OSError) as error:
            raise self._death() from error
        self._waited_seconds += monotonic() - began
        if self._waited_seconds > TIMES_WAITED * self._bounds.seconds:
            raise self._silent()
        return kind, content

    def _await_word(self, began: float) -> None:
        """Wait for the beginning of a frame as long as the process is at work, for its processor time ends by itself."""
        while not self._poll.poll(self._bounds.silence_seconds * 1000):
            if self._waited_seconds + monotonic() - began > TIMES_WAITED * self._bounds.seconds:
                raise self._silent()
            # Looked at in silence only: a look at each frame would cost more than the frame.
            used, before = self._used_seconds(), self._used_before
            self._used_before = used
            if used - before < self._bounds.silence_seconds / TIMES_WAITED:
                raise self._silent()

    def _silent(self) -> ValidationUnavailableError:
        """Return that it stands still: a parser that waits for nothing does so because of the machine, not of the file."""
        return ValidationUnavailableError(
            f"{self._what}: the process that reads it stood still or went on too slowly; this machine or its disk has no time for it"
        )

    def _used_seconds(self) -> float:
        """Return the processor time that it has used. Source: proc(5), fields 14 and 15 of stat."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_bytes().rpartition(b")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _death(self) -> LantaiError:
        """Return in words what the process died of."""
        self._line.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_ENDS_WITHIN_SECONDS)
        code, complaint = self._process.poll(), self._complaint()
        if code is None:
            return self.misled("good-bye, and lives on")
        if code in {OUT_OF_MEMORY, -signal.SIGXCPU} or b"memory allocation" in complaint or b"MemoryError" in complaint:
            return ArchiveLimitError(f"{self._what}: took more memory or time than is allowed", "reader_limit")
        if -code in _BROKEN or b"PanicException" in complaint:
            return ArchiveLimitError(f"{self._what}: the process that reads it broke down under it", "reader_broke")
        if code == -signal.SIGKILL:
            # Whom the system picks when memory runs out need not be whom it ran out for.
            return ValidationUnavailableError(
                f"{self._what}: the process that reads it was killed, as the system does when its memory runs out"
            )
        last = (complaint.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"exit {code}"])[0]
        return ValidationUnavailableError(f"{self._what}: the process that reads it failed ({on_one_line(last[:200])})")

    def _complaint(self) -> bytes:
        with contextlib.suppress(BlockingIOError):  # It lives on, and has said nothing.
            return os.read(self._complaints, _COMPLAINT_BYTES)
        return b""

    def _refusal(self, said: object) -> LantaiError:
        match said:
            case [str(kind), str(message), str(reason), dict(values)] if kind in _REFUSALS and reason in self._reasons:
                texts = {name: value for name, value in values.items() if isinstance(value, str)}
                if len(texts) == len(values) and texts.keys() <= _VALUES:
                    short = {name: on_one_line(value[:_MOST_CHARACTERS]) for name, value in texts.items()}
                    return _REFUSALS[kind](on_one_line(message[:_MOST_CHARACTERS]), reason, **short)
        return self.misled("a refusal that is none")


@contextlib.contextmanager
def handed_over(source: BinaryIO) -> Iterator[int]:
    """Give a stream as an open file that a process can be handed; what is in memory stays there.

    Args:
        source: A seekable stream.
    """
    try:
        fd = source.fileno()
    except io.UnsupportedOperation:
        # In memory alone: a catalogue that is read where it lies may bear a mark, and then nothing of it may be on a disk of ours.
        with open(os.memfd_create("foreign"), "w+b") as kept:  # noqa: PTH123 - it has no path
            source.seek(0)
            while block := source.read(MOST_BLOCK_BYTES):
                kept.write(block)
            kept.flush()
            yield kept.fileno()
    else:
        yield fd
