"""What confines a process before it runs a script that opens foreign bytes: run by `confined`, never imported.

In this order: load what the script needs, leave the network, become nobody,
give up any way to more privileges, to more files, to more of the machine and to
most calls of the system, then run the script. What the machine does not allow (a
network of its own takes root or user namespaces, closing all files takes Landlock,
refusing calls takes seccomp) is left out; becoming nobody is not: who is root and
cannot, does not run the script.

Source: see `confined`; prctl(2), unshare(2), landlock(7), getrlimit(2).
"""

from __future__ import annotations

import ast
import codecs
import ctypes
import importlib
import os
import resource
import signal
import struct
import sys
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_NOBODY = 65534
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT, _LANDLOCK_VERSION = 444, 446, 1
"""Numbers of the system calls, the same on every kind of processor, and the flag that asks for the version."""

_LANDLOCK_FILES = ((1, 13), (2, 14), (3, 15), (5, 16))
"""From this version of Landlock on, so many rights over files can be given up."""
_LANDLOCK_NET_FROM, _LANDLOCK_SCOPES_FROM = 4, 6
_TCP_BIND_AND_CONNECT = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11

_CODECS = ("cp437", "gb18030", "utf-16", "utf-8-sig")
"""Of names and tables. Python loads a codec when it is first used, and by then no file can be opened any more."""

_MOST_OPEN_FILES = 192
"""Those that are handed over with one message, and some of the script's own."""

_GRACE_SECONDS = 5
"""So long after its signal about processor time a process that holds on to life is killed."""


def imports_of(source: bytes) -> set[str]:
    """Return the modules that a script imports anywhere: as nobody it may not be able to read where Python is installed."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
            found.add(node.module)
    return found


def confine(memory_bytes: int, seconds: int) -> None:
    """Take from this process what a parser has no use for.

    Args:
        memory_bytes: Address space that it may have.
        seconds: Processor time that it may use.

    Raises:
        OSError: It cannot give up root, or the way to privileges.
    """
    system = ctypes.CDLL(None, use_errno=True)
    for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET):
        if os.geteuid() == 0 and flags & _CLONE_NEWUSER:
            break  # Root in a namespace of its own could not become nobody any more.
        if system.unshare(flags) == 0:
            break
    _become_nobody()
    if system.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs")
    # After becoming another user, which would undo it. Where it does not reach, the end of the line ends the process too.
    system.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _give_up_files(system)
    for limit, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_NOFILE, _MOST_OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _limit(limit, most, most)
    # The first of the two is a signal that tells what it died of; the second is the end for whoever catches it.
    _limit(resource.RLIMIT_CPU, seconds, seconds + _GRACE_SECONDS)


def _become_nobody() -> None:
    """Give up root with all its groups: nothing that is ours alone can be opened any more (P2)."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)


def _limit(limit: int, soft: int, hard: int) -> None:
    _, now = resource.getrlimit(limit)
    if now != resource.RLIM_INFINITY:
        soft, hard = min(soft, now), min(hard, now)
    resource.setrlimit(limit, (soft, hard))


def _give_up_files(system: ctypes.CDLL) -> None:
    """Open no file by name any more, as whatever user: what is open already stays so. No memory of other processes either."""
    version = system.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    if version < 1:
        return
    rights = max(count for since, count in _LANDLOCK_FILES if since <= version)
    wanted = [(1 << rights) - 1]
    if version >= _LANDLOCK_NET_FROM:
        wanted.append(_TCP_BIND_AND_CONNECT)
    if version >= _LANDLOCK_SCOPES_FROM:
        wanted.append(_ABSTRACT_SOCKETS_AND_SIGNALS)
    attributes = struct.pack(f"={len(wanted)}Q", *wanted)
    rules = system.syscall(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    if rules < 0 or system.syscall(_LANDLOCK_RESTRICT, rules, 0) != 0:
        raise OSError(ctypes.get_errno(), "landlock")
    os.close(rules)


def main() -> None:
    """Confine this process, then run the script that the arguments name as if it had been started itself."""
    script, package_folder, memory_bytes, seconds, *words = sys.argv[1:]
    source = Path(script).read_bytes()
    program = compile(source, script, "exec")
    sys.path.insert(0, package_folder)
    # Found only now: this script is no part of the package when it starts.
    from lantai.edges.children.system_calls import filter_system_calls

    for name in imports_of(source):
        importlib.import_module(name)
    for name in _CODECS:
        codecs.lookup(name)
    confine(int(memory_bytes), int(seconds))
    # The last, for it refuses what the others took. Whoever started us sees in /proc whether it is there.
    filter_system_calls(ctypes.CDLL(None, use_errno=True))
    sys.argv = [script, *words]
    exec(program, {"__name__": "__main__"})  # noqa: S102 - a script of ours, read while we still may


if __name__ == "__main__":
    main()
