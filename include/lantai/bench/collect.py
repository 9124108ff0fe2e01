"""Bringing a package in over SFTP with both digests of every file: ours, and the ordinary tools one after another.

A fair peer fetches and digests. Ours also lists, compares the listing again
afterwards, and has every file and its journal on the disk before it ends; the
peers need not.

Source: performance.md, "Collect".
"""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lantai.bench.measure import Comparison, Contender, Result, compare, find_program, without
from lantai.bench.samples import Bench, digest_of_digests, files_below, in_words, make_large_file, make_small_files
from lantai.bench.servers import LOOPBACK, SshServer, ssh_server
from lantai.bench.stopwatch import Stopwatch
from lantai.records.text.progress import Progress

NAME = "collect"
FILE_COUNT, FILE_BYTES, LARGE_BYTES = 20_000, 8 * 1024, 1 << 30
_YEAR, _CARRIER = 2025, "B-001"
_DIGESTS = (
    'find "$1" -type f -print0 | xargs -0 sha256sum',
    'find "$1" -type f -print0 | xargs -0 openssl dgst -sm3 -r',
)
_CIPHER = "aes128-gcm@openssh.com"


def results(bench: Bench, progress: Progress | None) -> Iterator[Result]:
    """Measure many small files, then one large one."""
    count, large_bytes = bench.count(FILE_COUNT), bench.count(LARGE_BYTES)
    sizes = {"small": f"{count} x {in_words(FILE_BYTES)}", "large": f"1 x {in_words(large_bytes)}"}
    if lacking := [program for program in ("sshd", "ssh-keygen") if find_program(program) is None]:
        yield from (without(NAME, size, lacking) for size in sizes.values())
        return
    make_small_files(_package(bench.folder / "small"), count, FILE_BYTES)
    make_large_file(_package(bench.folder / "large") / "large.bin", large_bytes)
    with ssh_server(bench.folder / "sshd") as server:
        for name, size in sizes.items():
            yield compare(_comparison(bench.folder / name, size, server), bench.folder, bench.runs, progress)


def ours(watch: Stopwatch, folder: Path, root: str, key_file: str, port: int, login: str, host_key: str) -> Any:  # noqa: ANN401 - JSON
    """Look and collect as the journey does."""
    from lantai.edges.connections import Connection
    from lantai.edges.intake import outbox, outbox_collect
    from lantai.edges.intake.quarantine import Quarantine
    from lantai.edges.sftp.connect import connect

    kind, key = host_key.split()
    connection = Connection(
        "sftp_B", LOOPBACK, port, login, kind, base64.b64decode(key), root.encode(), key_file=Path(key_file)
    )
    with watch, connect(connection) as session:
        [package], _ = outbox.look(session, [_YEAR])
        received = outbox_collect.collect(session, package, Quarantine(folder), _CARRIER)
    digests = [file.digest for file in received]
    return _amount([one.size_bytes for one in digests], [one.sha256 for one in digests], [one.sm3 for one in digests])


def program(watch: Stopwatch, folder: Path, command: list[str]) -> Any:  # noqa: ANN401 - JSON
    """Fetch with a program into the folder, then digest with two more."""
    into, log = folder / "files", folder / "log"
    into.mkdir()
    told = []
    with watch:
        with log.open("wb") as out:
            subprocess.run([*command, str(into)], check=True, stdin=subprocess.DEVNULL, stdout=out, stderr=out)  # noqa: S603 - a peer's own command
        for digest in _DIGESTS:
            done = subprocess.run(["/bin/sh", "-c", digest, "sh", str(into)], check=True, capture_output=True)  # noqa: S603 - fixed words
            told.append(done.stdout)
    sha256, sm3 = ([line.split(b" ", 1)[0].decode() for line in listed.splitlines()] for listed in told)
    return _amount([path.stat().st_size for path in files_below(into)], sha256, sm3)


def _comparison(root: Path, size: str, server: SshServer) -> Comparison:
    entry = {"root": str(root), "key_file": str(server.key_file), "port": server.port, "login": server.login}
    run = f"{__name__}:program"
    needed = ("sha256sum", "openssl", "find", "xargs")
    return Comparison(
        NAME,
        size,
        Contender("ours", f"{__name__}:ours", {**entry, "host_key": server.host_key}),
        (
            Contender("rclone copy + digests", run, {"command": _rclone(root, server)}, ("rclone", *needed)),
            Contender("sftp -r + digests", run, {"command": _sftp(root, server)}, ("sftp", *needed)),
        ),
    )


def _rclone(root: Path, server: SshServer) -> list[str]:
    # Its own comparison of digests would need a shell on the server; it is off, which only makes it faster.
    remote = (
        f":sftp,host={LOOPBACK},port={server.port},user={server.login},key_file='{server.key_file}',"
        f"known_hosts_file='{server.known_hosts}',disable_hashcheck=true,shell_type=none:{_package(root)}"
    )
    return ["rclone", "copy", "--config", os.devnull, "--transfers", "8", "--checkers", "8", remote]


def _sftp(root: Path, server: SshServer) -> list[str]:
    options = (f"UserKnownHostsFile={server.known_hosts}", f"IdentityFile={server.key_file}", f"Ciphers={_CIPHER}")
    words = [word for option in (*options, "IdentitiesOnly=yes", "BatchMode=yes") for word in ("-o", option)]
    return ["sftp", "-q", "-r", "-P", str(server.port), *words, f"{server.login}@{LOOPBACK}:{_package(root)}"]


def _package(root: Path) -> Path:
    return root / "outbox" / str(_YEAR) / _CARRIER


def _amount(sizes: list[int], sha256: list[str], sm3: list[str]) -> dict[str, Any]:
    return {
        "files": len(sizes),
        "bytes": sum(sizes),
        "sha256": digest_of_digests(sha256),
        "sm3": digest_of_digests(sm3),
    }
