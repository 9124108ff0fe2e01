"""Running a script of ours that opens foreign bytes: with nothing to steal, nobody to talk to, and as nobody.

The script gets an empty environment: the passwords and keys that a worker of
Airflow carries there are not for whoever takes a parser over. It can gain no
new privileges anywhere. Where the machine lets us, it has a network of its own
with nothing in it, and under root it becomes the user nobody.

Source: reliability.md, "Facts" (parse in a child process); security properties 2 and 5.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

_STARTER = Path(__file__).with_name("confined_child.py")


def run_confined(
    script: Path, words: Sequence[object], source: IO[bytes], seconds: float
) -> subprocess.CompletedProcess[bytes]:
    """Run a script in a process of its own and return how it ended, with what it wrote.

    Args:
        script: Ours; what it imports, also inside its functions, is loaded while it is still us.
        words: Its arguments.
        source: Its standard input, a real file.
        seconds: It is killed after so long.

    Raises:
        subprocess.TimeoutExpired: It was killed.
        OSError: It did not start.
    """
    return subprocess.run(  # noqa: S603 - our own scripts, and the caller's numbers
        [sys.executable, "-I", str(_STARTER), str(script), *map(str, words)],
        stdin=source,
        capture_output=True,
        timeout=seconds,
        check=False,
        env={},
        cwd="/",
        start_new_session=True,
    )
