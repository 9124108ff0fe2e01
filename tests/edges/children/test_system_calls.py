"""Whoever takes over what opens foreign bytes can ask the system for nothing but to compute, and to be heard."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from confined_scripts import script_of

COLUMN = {"x86_64": 0, "aarch64": 1}.get(os.uname().machine)
pytestmark = pytest.mark.skipif(COLUMN is None, reason="no numbers of system calls are known for this processor")

REFUSED: tuple[tuple[str, int | None, int, tuple[object, ...]], ...] = (
    ("shmget", 29, 194, (0, 4096, 0o1600)),
    ("shmat", 30, 196, (-1, 0, 0)),
    ("shmctl", 31, 195, (-1, 2, 0)),
    ("msgget", 68, 186, (0, 0o1600)),
    ("semget", 64, 190, (0, 1, 0o1600)),
    ("mq_open", 240, 180, ("lantai", 0o102, 0o600, 0)),
    ("socket", 41, 198, (1, 1, 0)),
    ("socketpair", 53, 199, (1, 1, 0, 0)),
    ("connect", 42, 203, (-1, 0, 0)),
    ("bind", 49, 200, (-1, 0, 0)),
    ("accept4", 288, 242, (-1, 0, 0, 0)),
    ("openat", 257, 56, (-100, "/", 0, 0)),
    ("openat of nothing", 257, 56, (-100, "/is-not-there", 0, 0)),
    ("statx", 332, 291, (-100, "/is-not-there", 0, 0, 0)),
    ("newfstatat of a name", 262, 79, (-100, "/is-not-there", 0, 0)),
    ("unlinkat", 263, 35, (-100, "/is-not-there", 0)),
    ("truncate", 76, 45, ("/is-not-there", 0)),
    ("fchmodat", 268, 53, (-100, "/is-not-there", 0o777)),
    ("fchmod", 91, 52, (-1, 0o777)),
    ("fchownat", 260, 54, (-100, "/is-not-there", -1, -1, 0)),
    ("utimensat", 280, 88, (-100, "/is-not-there", 0, 0)),
    ("setxattr", 188, 5, ("/is-not-there", "user.x", "x", 1, 0)),
    ("removexattr", 197, 14, ("/is-not-there", "user.x")),
    ("ioctl", 16, 29, (0, 0x5401, 0)),
    ("fcntl", 72, 25, (0, 3, 0)),
    ("prlimit64", 302, 261, ("parent", 4, 0, 0)),
    ("setpriority", 141, 140, (0, 0, 1)),
    ("sched_setaffinity", 203, 122, ("parent", 0, 0)),
    ("sched_setscheduler", 144, 119, ("parent", 0, 0)),
    ("ioprio_set", 251, 30, (1, 0, 0x6000)),
    ("unshare", 272, 97, (0,)),
    ("unshare of a user", 272, 97, (0x10000000,)),
    ("setns", 308, 268, (-1, 0)),
    ("clone3", 435, 435, (0, 0)),
    ("chdir", 80, 49, ("/is-not-there",)),
    ("process_vm_readv", 310, 270, ("self", 0, 0, 0, 0, 0)),
    ("kill of its parent", 62, 129, ("parent", 0)),
    ("kill of its group", 62, 129, (0, 0)),
    ("kill of all", 62, 129, (-1, 0)),
    ("pidfd_open", 434, 434, ("parent", 0)),
    ("add_key", 248, 217, ("user", "lantai", "x", 1, -2)),
    ("keyctl", 250, 219, (0, -3, 0)),
    ("userfaultfd", 323, 282, (1,)),
    ("io_uring_setup", 425, 425, (0, 0)),
    ("memfd_create", 319, 279, ("x", 0)),
    ("inotify_init1", 294, 26, (0,)),
    ("personality", 135, 92, (0xFFFFFFFF,)),
    ("prctl", 157, 167, (1, 0, 0, 0, 0)),
    ("seccomp", 317, 277, (2, 0, 0)),
    ("execve", 59, 221, ("/is-not-there", 0, 0)),
    ("write by its x32 number", 0x40000001, None, (-1, 0, 0)),
)
"""By what it is, with its numbers, and words which the system without a filter would take, or refuse in another way than EPERM."""

BODY = """
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
stands_for = {"parent": os.getppid(), "self": os.getpid()}
asked, _ = receive(line)
said = {}
for name, number, words in asked:
    words = [stands_for.get(word, word) for word in words]
    words = [word.encode() if isinstance(word, str) else ctypes.c_long(word) for word in words]
    ctypes.set_errno(0)
    said[name] = [libc.syscall(ctypes.c_long(number), *words), ctypes.get_errno()]
os.kill(os.getpid(), 0)
send_message(line, said)
receive(line)
"""

READER = """
import json, sys
from pathlib import Path
from lantai.edges.children.confined import Bounds, Confined
with Confined(Path(sys.argv[1]), "probe", (), Bounds()) as child:
    child.tell(json.loads(sys.argv[2]))
    said = child.hear()
    status = dict(line.split(":", 1) for line in Path(f"/proc/{child.pid}/status").read_text().splitlines())
print(json.dumps([said, {name: value.split() for name, value in status.items()}]))
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder into which any user may look."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


AS_OTHER = (
    "setpriv",
    "--reuid=1234",
    "--regid=1234",
    "--clear-groups",
    *(f"--{kind}-caps=+dac_read_search" for kind in ("inh", "ambient")),
)
"""Start as a user who is nobody in particular, but reads the Python of whoever runs the tests."""


@pytest.mark.parametrize(
    "start",
    [
        pytest.param((), id="as we are"),
        pytest.param(AS_OTHER, id="as another user", marks=[pytest.mark.root, pytest.mark.server(AS_OTHER[0])]),
    ],
)
def test_taken_over_reader_is_refused_whatever_reaches_beyond_it(open_folder: Path, start: tuple[str, ...]) -> None:
    """P2: nothing that outlives it, no socket, no file, no process of others, no namespace; as root and as any other user."""
    assert COLUMN is not None
    numbers = {name: each[COLUMN] for name, *each, _ in REFUSED}
    asked = [(name, numbers[name], words) for name, *_, words in REFUSED if numbers[name] is not None]
    words = [*start, sys.executable, "-c", READER, str(script_of(open_folder, BODY)), json.dumps(asked)]

    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)

    assert done.returncode == 0, done.stderr
    said, status = json.loads(done.stdout)
    assert {name: result for name, result in said.items() if result != [-1, 1]} == {}
    assert len(said) == len(asked)
    assert status["Seccomp"] == ["2"]
    assert not start or status["Uid"] == ["1234"] * 4


WITHOUT_FILTERS = """
import ctypes, json, logging, struct, sys
from pathlib import Path
from lantai.edges.children.confined import Bounds, Confined
logging.basicConfig(format="%(levelname)s %(message)s")
system = ctypes.CDLL(None, use_errno=True)
steps = [(0x20, 0, 0, 0), (0x15, 0, 3, int(sys.argv[2])), (0x20, 0, 0, 16), (0x15, 0, 1, 22), (6, 0, 0, 0x50016), (6, 0, 0, 0x7FFF0000)]
if int(sys.argv[2]):
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    assert system.prctl(38, 1, 0, 0, 0) == 0
    assert system.prctl(22, 2, struct.pack("@HP", len(steps), ctypes.addressof(program)), 0, 0) == 0
for _ in range(2):
    with Confined(Path(sys.argv[1]), "probe", (), Bounds()) as child:
        print(child.hear())
"""
"""A reader on whose machine nobody may install a filter, when it is told the number of prctl; with 0 it is as any."""


@pytest.mark.parametrize("is_forbidden", [True, False])
def test_machine_without_filters_reads_all_the_same_and_says_so_once(open_folder: Path, is_forbidden: bool) -> None:
    assert COLUMN is not None
    prctl = (157, 167)[COLUMN] if is_forbidden else 0
    words = [
        sys.executable,
        "-c",
        WITHOUT_FILTERS,
        str(script_of(open_folder, "send_message(line, 'read')")),
        str(prctl),
    ]

    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)

    assert done.stdout.splitlines() == ["read", "read"], done.stderr
    assert done.stderr.count("WARNING What reads foreign files runs without a filter") == int(is_forbidden)
    assert len(done.stderr.splitlines()) == int(is_forbidden)
