"""The process in which one contender runs once: `python -m lantai.bench.child` with the order as JSON on its input.

The order names a function `module:name`, called with a stopwatch, a folder of
its own and its arguments; it returns what it worked on, which has to be the
same for every contender. Nothing else is imported here, so that a contender's
memory is its own.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

from lantai.bench.stopwatch import Stopwatch


def main() -> None:
    """Run the contender, and print seconds, peak and what it worked on as the last line."""
    order = json.load(sys.stdin)
    module, _, name = order["run"].partition(":")
    watch = Stopwatch()
    worked_on = getattr(importlib.import_module(module), name)(watch, Path(order["folder"]), **order["arguments"])
    sys.stdout.write(
        "\n" + json.dumps({"seconds": watch.seconds, "peak_mib": watch.peak_mib, "worked_on": worked_on}) + "\n"
    )


if __name__ == "__main__":
    main()
