"""The command `lantai`: everything a DAG does, by hand, on the same registry.

One module per group of commands, `commands` puts them together, `screen` is
what they share, `ending` how they end. What a command needs is imported when it
runs, so that `lantai --help` answers at once.
"""

from __future__ import annotations


def main() -> None:
    """Run the command and leave with its exit code."""
    from lantai.edges.files.streams import mend_streams

    mend_streams()
    from lantai.cli.commands import app

    app()
