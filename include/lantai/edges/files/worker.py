"""The name of a worker, and the proof that it has died: whoever left a lease, or half a file, may be replaced at once.

The proof is which boot of which kernel, which namespace of processes, which
process, begun when. A host's name proves nothing, because containers and clones
repeat it.

Source: vault.md, "What a hard second look ... showed"; kopia/kopia#1087; proc_pid_stat(5).
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

_HOST_CHARACTERS = 64
"""Of a host's name so much stands in a holder's: the longest that Linux allows."""


def holder_name() -> str:
    """Return this process's name in leases: host, pid, a random part, and what proves its death later.

    The proof is the boot id, the namespaces of processes and of clocks, and when the process began (ticks since the boot); it
    is left out where the system does not tell, and such a holder is waited for.
    """
    host = socket.gethostname()[:_HOST_CHARACTERS].replace(":", "_")
    return f"{host}:{os.getpid()}:{os.urandom(4).hex()}{proof_of(os.getpid())}"


def has_died(holder: str) -> bool:
    """Return whether a holder is proved to be dead; of another boot, or another namespace, nothing is known (K1, K3)."""
    _, pid, *rest = [*holder.split(":"), "", ""][:6]
    proof = "".join(f":{part}" for part in rest[1:])
    here = proof_of(os.getpid())
    # All but the last part says where; the last part is when the process began, which is our own in `here`.
    if not pid.isdigit() or proof.rpartition(":")[0] != here.rpartition(":")[0]:
        return False
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:
        pass
    now = proof_of(int(pid))
    # Another process has its number now; where that cannot be told, it is taken for alive.
    return bool(now) and now != proof


def proof_of(pid: int) -> str:
    """Return `:boot:namespaces:began` of a process that is seen from here, empty where the system does not tell or it is gone."""
    try:
        # /proc of another namespace would speak of other processes.
        if Path("/proc/self").readlink().name != str(os.getpid()):
            return ""
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip().replace("-", "")
        spaces = [str(Path(f"/proc/self/ns/{kind}").readlink()) for kind in ("pid", "time")]
        status = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    numbers = "-".join("".join(filter(str.isdigit, space)) for space in spaces)
    # The second field, the program's name, may hold anything; the twentieth behind it is the start. Source: proc_pid_stat(5).
    return f":{boot}:{numbers}:{status.rpartition(')')[2].split()[19]}"
