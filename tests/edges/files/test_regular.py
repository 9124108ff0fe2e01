"""A file that somebody names is read only if it is a regular one; a pipe held the command for ever."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from lantai.cli.terminal.screen import given
from lantai.edges.files.private_file import read_if_there
from lantai.edges.keys.files import INTAKE, load_identities, load_verifier
from lantai.edges.keys.ssh_key import ssh_public_line
from lantai.errors import LantaiError

READERS: dict[str, Callable[[Path], object]] = {
    "given": given,
    "identities": load_identities,
    "verifier": lambda path: load_verifier(INTAKE, path),
    "ssh": lambda path: ssh_public_line(path, "x"),
    "environment": read_if_there,
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", ["pipe", "device", "socket", "folder"])
def test_what_is_no_regular_file_is_refused_at_once_in_words(tmp_path: Path, reader: str, kind: str) -> None:
    path = tmp_path / "named"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/zero")
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
    else:
        path.mkdir()

    with pytest.raises(LantaiError) as told:
        READERS[reader](path)

    assert str(path) in str(told.value)


def test_register_of_units_that_is_a_pipe_is_named(tmp_path: Path) -> None:
    """R1-01."""
    path = tmp_path / "units.csv"
    os.mkfifo(path)

    with pytest.raises(LantaiError, match=r"units\.csv: cannot be read \(it is a pipe.*expected a regular file"):
        given(path)


def test_key_behind_a_link_is_read(tmp_path: Path) -> None:
    (tmp_path / "real.env").write_text("A=1\n")
    (tmp_path / "link.env").symlink_to(tmp_path / "real.env")

    assert read_if_there(tmp_path / "link.env") == "A=1\n"
