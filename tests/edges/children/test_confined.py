"""What opens foreign bytes can steal nothing, tell nobody, and become nobody else.

Covers: edges.children.unfiltered, edges.children.confined_child, edges.children.frames.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any

import pytest

from confined_scripts import script_of
from lantai.edges.children import confined
from lantai.edges.children.confined import Bounds, Confined
from lantai.errors import (
    ArchiveLimitError,
    CatalogueError,
    LantaiError,
    ReaderMisledError,
    ValidationUnavailableError,
)

SHORT = Bounds(memory_bytes=256 * 1024 * 1024, seconds=2, silence_seconds=30.0)
IMPATIENT = Bounds(seconds=60, silence_seconds=2.0)
PROBE = """
asked, (fd,) = receive(line)
def works(act):
    try:
        act()
    except OSError:
        return False
    return True
send_message(line, {
    "environment": dict(os.environ),
    "reached": works(lambda: socket.socket().connect(("127.0.0.1", asked["port"]))),
    "opened": works(lambda: open(asked["secret"]).read()),
    "wrote": works(lambda: open(asked["folder"] + "/left-behind", "w").write("x")),
    "wrote_here": works(lambda: os.write(fd, b"x")),
    "forked": works(lambda: os.fork() or os._exit(0)),
    "read": os.pread(fd, 100, 0).decode(), "folder": os.getcwd(),
})
receive(line)
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a confined script says of itself, and the system of it, beside a secret in our environment and a server that listens."""
    monkeypatch.setenv("LANTAI_REGISTRY_URL", "postgresql://lantai:correct-horse@db/lantai")
    secret = tmp_path / "key"
    secret.write_text("ours")
    secret.chmod(0o600)
    with tempfile.TemporaryFile() as source, socket.create_server(("127.0.0.1", 0)) as server:
        source.write(b"foreign bytes")
        source.flush()
        asked = {"port": server.getsockname()[1], "secret": str(secret), "folder": str(tmp_path)}
        with Confined(script_of(tmp_path, PROBE), "probe", (), Bounds()) as child:
            child.tell(asked, [source.fileno()])
            said = child.hear()
            at = Path(f"/proc/{child.pid}")
            assert isinstance(said, dict)
            said["environ"] = (at / "environ").read_bytes()
            said["status"] = dict(line.split(":", 1) for line in (at / "status").read_text().splitlines())
            said["limits"] = {
                line[:26].strip(): line[26:].split()[:2] for line in (at / "limits").read_text().splitlines()
            }
    return said


def test_no_password_of_ours_is_in_its_environment(told: dict[str, Any]) -> None:
    """P5: python itself may add a word about the locale, nothing is handed on."""
    assert set(told["environment"]) <= {"LC_CTYPE"}
    assert told["environ"] == b""
    assert told["read"] == "foreign bytes"


def test_it_can_gain_no_privileges_and_is_not_root(told: dict[str, Any]) -> None:
    """P2."""
    uids, gids, groups = (told["status"][name].split() for name in ("Uid", "Gid", "Groups"))

    assert told["status"]["NoNewPrivs"].strip() == "1"
    assert told["folder"] == "/"
    assert "0" not in uids
    assert os.getuid() != 0 or (uids, gids, groups) == (["65534"] * 4, ["65534"] * 4, [])


def test_it_has_limits_on_memory_time_open_files_and_written_bytes(told: dict[str, Any]) -> None:
    assert told["limits"]["Max address space"] == [str(1024**3)] * 2
    assert told["limits"]["Max cpu time"] == ["60", "65"]
    assert told["limits"]["Max file size"] == ["0", "0"]
    assert told["limits"]["Max open files"] == ["192", "192"]
    assert told["limits"]["Max core file size"] == ["0", "0"]


def test_it_opens_no_file_writes_none_and_starts_no_process(told: dict[str, Any], tmp_path: Path) -> None:
    """P2: neither a key of ours by its name, nor the file that it was handed for reading."""
    did = {name: told[name] for name in ("opened", "wrote", "wrote_here", "forked")}

    assert did == dict.fromkeys(did, False)
    assert not (tmp_path / "left-behind").exists()


@pytest.mark.namespaces
def test_it_reaches_no_server(told: dict[str, Any]) -> None:
    """P5."""
    assert told["reached"] is False


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        ("x = bytearray(10**10)", ArchiveLimitError, "memory or time"),
        ("os._exit(71)", ArchiveLimitError, "memory or time"),
        ("while True: pass", ArchiveLimitError, "memory or time"),
        ("time.sleep(60)", ValidationUnavailableError, "stood still"),
        ("os.kill(os.getpid(), signal.SIGKILL)", ValidationUnavailableError, "was killed"),
        ("ctypes.string_at(0)", ArchiveLimitError, "broke down"),
        ("raise ValueError('a fault of ours')", ValidationUnavailableError, "a fault of ours"),
        ("os.write(0, b'\\x01\\0\\0\\0\\5half'); time.sleep(60)", ValidationUnavailableError, "stood still"),
        ("line.close(); time.sleep(60)", ReaderMisledError, "lives on"),
        ("os.write(0, b'\\x09\\xff\\xff\\xff\\xff')", ReaderMisledError, "kind 9"),
        ("os.write(0, b'\\x01\\xff\\xff\\xff\\xff')", ReaderMisledError, "4294967295"),
        ("os.write(0, b'\\x01' + (4 * 1024**2 + 1).to_bytes(4, 'big'))", ReaderMisledError, "4194305"),
        ("os.write(0, b'\\x01\\0\\0\\0\\x01{')", ReaderMisledError, "no message"),
        ("os.write(0, b'\\x01\\0\\1\\0\\0' + b'[' * 65536)", ReaderMisledError, "no message"),
        ("send_block(line, b'x')", ReaderMisledError, "1 bytes"),
        ("send_message(line, {'refused': ['KeyMissingError', '', '', {}]})", ReaderMisledError, "refusal"),
        ("send_message(line, {'refused': ['PackageError', '', 'known', {'self': ''}]})", ReaderMisledError, "refusal"),
        ("send_message(line, {'refused': ['PackageError', '', 'other', {}]})", ReaderMisledError, "refusal"),
        ("send_message(line, {'refused': ['CatalogueError', 'no', 'known', {'name': 'n'}]})", CatalogueError, "no"),
    ],
)
def test_whatever_it_dies_of_or_says_is_an_error_with_a_name(
    tmp_path: Path, body: str, error: type[LantaiError], words: str
) -> None:
    """P2: never a hang, and never nothing."""
    bounds = IMPATIENT if "sleep" in body else SHORT
    with (
        Confined(script_of(tmp_path, body), "probe", {"known"}, bounds) as child,
        pytest.raises(error, match=words) as raised,
    ):
        child.hear()

    assert raised.value.hint != LantaiError.hint


def test_process_for_which_there_is_no_room_is_told_and_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P2: nothing is opened in any other way instead."""
    monkeypatch.setattr(confined.sys, "executable", str(tmp_path / "none"))
    before = len(list(Path("/proc/self/fd").iterdir()))

    with (
        pytest.raises(ValidationUnavailableError, match="did not start"),
        Confined(script_of(tmp_path, ""), "probe", (), SHORT),
    ):
        pass

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_reader_that_complains_at_length_still_says_what_it_found(tmp_path: Path) -> None:
    """P2: nobody reads its complaints while it works; a full pipe would look like a machine without time, for ever."""
    body = "try:\n    os.write(2, b'x' * 2**20); sys.stderr.write('y' * 2**20)\nexcept BlockingIOError: pass\nsend_message(line, 'found')"
    with Confined(script_of(tmp_path, body), "probe", (), IMPATIENT) as child:
        assert child.hear() == "found"


@pytest.mark.parametrize("way", ["complaint", "refusal"])
def test_nothing_that_it_says_acts_on_a_screen_or_a_log(tmp_path: Path, way: str) -> None:
    """P2: neither its last words nor a refusal with a name from the file can move a cursor or turn a line around."""
    said = "bad \\x1b]0;owned\\x07 \\u202e evil\\x9b"
    body = {
        "complaint": f"os.write(2, '{said}'.encode()); os._exit(1)",
        "refusal": f"send_message(line, {{'refused': ['CatalogueError', '{said}', 'known', {{'name': '{said}'}}]}})",
    }[way]
    with (
        Confined(script_of(tmp_path, body), "probe", {"known"}, SHORT) as child,
        pytest.raises((ValidationUnavailableError, CatalogueError)) as raised,
    ):
        child.hear()

    told = [str(raised.value), *getattr(raised.value, "values", {}).values()]
    assert [text for text in told if not text.isprintable()] == []
    assert all("evil" in text and "\\u202e" in text for text in told)
    assert len(told) == {"complaint": 1, "refusal": 2}[way]


def test_word_made_of_nothing_but_brackets_does_not_fill_the_memory_of_who_hears_it(tmp_path: Path) -> None:
    """P2: parsed, such a word is twenty times as large, and a worker has no limit of its own."""
    script = script_of(
        tmp_path, "line.sendall(b'\\1' + (12582912).to_bytes(4, 'big') + b'[' + b'[],' * 4194303 + b'1]')\n"
    )
    reader = (
        "import resource, sys; from pathlib import Path; from lantai.edges.children.confined import Bounds, Confined\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n"
        "    with Confined(Path(sys.argv[1]), 'probe', (), Bounds()) as child: child.hear()\n"
        "except Exception as error: print(type(error).__name__)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )

    done = subprocess.run([sys.executable, "-c", reader, str(script)], capture_output=True, text=True, check=True)

    error, grown_kilobytes = done.stdout.split()
    assert error == "ReaderMisledError"
    assert int(grown_kilobytes) < 16 * 1024


def test_process_that_goes_on_too_slowly_says_nothing_about_what_it_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P2: it never computes and never stands still; a slow disk does that."""
    monkeypatch.setattr(confined, "TIMES_WAITED", 1, raising=False)
    script = script_of(tmp_path, "while True:\n    send_message(line, 1)\n    time.sleep(0.2)")

    with (
        Confined(script, "probe", (), Bounds(seconds=1)) as child,
        pytest.raises(ValidationUnavailableError, match="too slowly"),
    ):
        deque(iter(child.hear, None), maxlen=0)


def test_process_ends_with_a_reader_that_is_killed(tmp_path: Path) -> None:
    """K1: nobody is left who would read on, and nothing is left that somebody would have to remove."""
    script = script_of(tmp_path, "send_message(line, 1)\nwhile True: pass")
    reader = (
        "import sys, time; from pathlib import Path; from lantai.edges.children.confined import Bounds, Confined\n"
        "with Confined(Path(sys.argv[1]), 'probe', (), Bounds()) as child:\n"
        "    child.hear(); print(child.pid, flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", reader, str(script)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())

        process.kill()
        process.wait()

    assert is_gone_within(pid, 20)
    assert [each.name for each in tmp_path.iterdir()] == ["script.py"]


def is_gone_within(pid: int, seconds: float) -> bool:
    """Return whether a process ends; one that nobody has buried yet has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_process_is_gone_when_its_reader_has_let_go(tmp_path: Path) -> None:
    with Confined(script_of(tmp_path, "send_message(line, 1)\nwhile True: pass"), "probe", (), Bounds()) as child:
        pid = child.pid
        child.hear()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
