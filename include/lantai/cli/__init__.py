"""The command `lantai`: everything a DAG does, by hand, on the same registry.

One module per group of commands; this one puts them together. A module is
imported only when one of its commands is asked for, so that `lantai --help`
answers at once.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command and leave with its exit code."""
    from lantai.cli.commands import app
    from lantai.cli.screen import ending

    sys.exit(ending(lambda: app(standalone_mode=True)))
