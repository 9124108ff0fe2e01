"""What confines a process before it runs a script that opens foreign bytes: run by `confined`, never imported.

In this order: load what the script needs, leave the network, become nobody,
give up any way to more privileges, then run the script. What the machine does
not allow (a network of its own takes root or user namespaces) is left out;
becoming nobody is not: who is root and cannot, does not run the script.

Source: see `confined`; prctl(2), unshare(2).
"""

from __future__ import annotations

import ast
import ctypes
import importlib
import os
import sys
from pathlib import Path

_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_NOBODY = 65534


def imports_of(source: bytes) -> set[str]:
    """Return the modules that a script imports anywhere: as nobody it may not be able to read where Python is installed."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
            found.add(node.module)
    return found


def confine() -> None:
    """Take from this process what a parser has no use for.

    Raises:
        OSError: It cannot give up root, or the way to privileges.
    """
    system = ctypes.CDLL(None, use_errno=True)
    for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET):
        if os.geteuid() == 0 and flags & _CLONE_NEWUSER:
            break  # Root in a namespace of its own could not become nobody any more.
        if system.unshare(flags) == 0:
            break
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    if system.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs")


def main() -> None:
    """Confine this process, then run the script that the arguments name as if it had been started itself."""
    script, *words = sys.argv[1:]
    source = Path(script).read_bytes()
    program = compile(source, script, "exec")
    for name in imports_of(source):
        importlib.import_module(name)
    confine()
    sys.argv = [script, *words]
    exec(program, {"__name__": "__main__"})  # noqa: S102 - a script of ours, read while we still may


if __name__ == "__main__":
    main()
