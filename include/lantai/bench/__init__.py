"""Ours against the peers: how long the heavy steps take beside the ordinary tools for the same work.

`lantai bench [NAME]` runs ours and the peers that are installed alternately, on
data it makes, each run in a process of its own. A peer that does not treat the
same bytes ends the benchmark: a faster answer to another question counts for
nothing. No test of the project is timed.

Source: performance.md, "The benchmark".
"""
