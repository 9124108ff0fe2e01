"""What a confined process may still ask of the system: compute, use what is open, talk over its line, and end.

A list of what is allowed, for whoever takes a parser over will ask for what
nobody thought of: shared memory that outlives the process, a socket, another
process, the mode of a file, a namespace. All else is answered with EPERM and not
with death, which would look like a file that broke its reader. Numbers of system
calls differ by processor; on one that is not in the table nothing is filtered.
Used by `confined_child` alone.

Source: reliability.md, "Facts" (parse in a child process); seccomp(2), syscalls(2),
asm/unistd_64.h (x86_64), asm-generic/unistd.h (aarch64), linux/audit.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from types import MappingProxyType

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
"""BPF: a word of what is asked, a comparison with jumps by yes and by no, and the answer."""
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_NUMBER, _PROCESSOR, _ARGUMENTS = 0, 4, 16
"""Where each lies in `struct seccomp_data`; an argument has 8 bytes, of which the first four are the lower half."""

_PROCESSORS = MappingProxyType({"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)})
"""The column of the tables, and what the kernel calls the processor: calls of 32-bit programs come by another name."""

_ALLOWED: tuple[tuple[str, int, int | None], ...] = (
    ("read", 0, 63),
    ("write", 1, 64),
    ("pread64", 17, 67),
    ("lseek", 8, 62),
    ("recvfrom", 45, 207),
    ("recvmsg", 47, 212),
    ("sendto", 44, 206),
    ("sendmsg", 46, 211),
    ("futex", 202, 98),
    ("mmap", 9, 222),
    ("munmap", 11, 215),
    ("mremap", 25, 216),
    ("mprotect", 10, 226),
    ("madvise", 28, 233),
    ("brk", 12, 214),
    ("close", 3, 57),
    ("fstat", 5, 80),
    ("getsockname", 51, 204),
    ("getsockopt", 55, 209),
    ("poll", 7, None),
    ("ppoll", 271, 73),
    ("clock_gettime", 228, 113),
    ("clock_getres", 229, 114),
    ("gettimeofday", 96, 169),
    ("nanosleep", 35, 101),
    ("clock_nanosleep", 230, 115),
    ("sched_yield", 24, 124),
    ("restart_syscall", 219, 128),
    ("getrandom", 318, 278),
    ("getcwd", 79, 17),
    ("getpid", 39, 172),
    ("getppid", 110, 173),
    ("gettid", 186, 178),
    ("getuid", 102, 174),
    ("geteuid", 107, 175),
    ("getgid", 104, 176),
    ("getegid", 108, 177),
    ("getrusage", 98, 165),
    ("rt_sigaction", 13, 134),
    ("rt_sigprocmask", 14, 135),
    ("rt_sigreturn", 15, 139),
    ("sigaltstack", 131, 132),
    ("exit", 60, 93),
    ("exit_group", 231, 94),
)
"""By number on x86_64 and on aarch64; None is not there. 32-bit numbers on x86_64 (x32) are others, and so refused."""

_KILL, _TGKILL, _NEWFSTATAT = (62, 129), (234, 131), (262, 79)
_AT_EMPTY_PATH = 0x1000


def filter_system_calls(system: ctypes.CDLL) -> bool:
    """Have the kernel refuse this process, for good, what is not allowed; return whether it does.

    It does not where the kernel has no filters or somebody forbids them, and on a processor that is not in the table.

    Args:
        system: The C library; this process can gain no privileges any more.
    """
    processor = os.uname().machine
    if processor not in _PROCESSORS or struct.calcsize("P") != 8:  # noqa: PLR2004 - bytes; a 32-bit Python makes other calls
        return False
    program = _program(*_PROCESSORS[processor])
    steps = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: how many steps of 8 bytes, and where they lie.
    head = struct.pack("@HP", len(program) // 8, ctypes.addressof(steps))
    return bool(system.prctl(_PR_SET_SECCOMP, _MODE_FILTER, head, 0, 0) == 0)


def _program(column: int, processor: int) -> bytes:
    steps = [
        _step(_LOAD, _PROCESSOR),
        _step(_EQUAL, processor, 1, 0),
        _step(_RETURN, _REFUSE),
        _step(_LOAD, _NUMBER),
    ]
    for _, *numbers in _ALLOWED:
        if (number := numbers[column]) is not None:
            steps += [_step(_EQUAL, number, 0, 1), _step(_RETURN, _ALLOW)]
    own = os.getpid()
    for numbers_of_call, argument, value in (
        (_KILL, 0, own),  # To itself, as abort() does; not to its group, to all, or to a process that is named.
        (_TGKILL, 0, own),
        (_NEWFSTATAT, 3, _AT_EMPTY_PATH),  # How the C library looks at an open file.
    ):
        steps += [
            _step(_EQUAL, numbers_of_call[column], 0, 4),
            _step(_LOAD, _ARGUMENTS + 8 * argument),
            _step(_EQUAL, value, 0, 1),
            _step(_RETURN, _ALLOW),
            _step(_RETURN, _REFUSE),
        ]
    return b"".join([*steps, _step(_RETURN, _REFUSE)])


def _step(code: int, value: int, if_equal: int = 0, if_other: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_equal, if_other, value)
