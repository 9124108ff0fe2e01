"""The centre's SSH key: a real ssh-keygen reads it, and it is never overwritten."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest

from lantai.edges.keys.files import new_signer
from lantai.edges.keys.ssh_key import new_ssh_key, ssh_public_line
from lantai.errors import AlreadyThereError, KeyMissingError, MalformedError


@pytest.mark.server("ssh-keygen")
def test_key_is_one_that_openssh_reads(tmp_path: Path) -> None:
    line = new_ssh_key(tmp_path / "key", "lantai-centre")

    told = subprocess.run(["ssh-keygen", "-y", "-f", tmp_path / "key"], check=True, capture_output=True, text=True)

    assert told.stdout.split()[:2] == line.split()[:2]
    assert line == ssh_public_line(tmp_path / "key", "lantai-centre")
    assert line.endswith(" lantai-centre")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_key_that_is_there_is_kept(tmp_path: Path) -> None:
    new_ssh_key(tmp_path / "key", "one")
    before = (tmp_path / "key").read_bytes()

    with pytest.raises(AlreadyThereError):
        new_ssh_key(tmp_path / "key", "two")

    assert (tmp_path / "key").read_bytes() == before


def test_what_is_no_ssh_key_is_told(tmp_path: Path) -> None:
    new_signer(tmp_path / "other.pem", "other")
    (tmp_path / "rubbish").write_text("rubbish")

    with pytest.raises(KeyMissingError, match="No such file"):
        ssh_public_line(tmp_path / "missing", "x")
    for name in ("rubbish", "other.pem"):
        with pytest.raises(MalformedError, match="expected an SSH key without passphrase"):
            ssh_public_line(tmp_path / name, "x")
