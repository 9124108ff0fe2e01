"""Small files with secrets: for their owner only, replaced whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lantai.edges.files.private_file import read_if_there, replace_private
from lantai.errors import InputFileError


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_file_is_for_its_owner_only_whatever_others_were_allowed(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "login.json"
    path.write_text("old")
    path.chmod(0o644)
    before = os.umask(umask)
    try:
        replace_private(path, "新的")
    finally:
        os.umask(before)

    assert path.stat().st_mode & 0o777 == 0o600
    assert read_if_there(path) == "新的"
    assert [found.name for found in tmp_path.iterdir()] == ["login.json"]


def test_what_a_killed_writer_left_beside_it_is_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / "login.json"
    path.with_name("login.json.new").write_text("half, and longer than the whole")

    replace_private(path, "whole")

    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [("login.json", "whole")]


def test_link_that_somebody_laid_beside_it_is_not_written_through(tmp_path: Path) -> None:
    others = tmp_path / "others"
    others.write_text("theirs")
    (tmp_path / "login.json.new").symlink_to(others)

    replace_private(tmp_path / "login.json", "ours")

    assert others.read_text() == "theirs"
    assert not (tmp_path / "login.json").is_symlink()


def test_file_that_is_not_there_is_empty_and_one_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "gbk").write_bytes("兰台".encode("gbk"))

    assert read_if_there(tmp_path / "absent") == ""
    with pytest.raises(InputFileError, match="gbk: found no UTF-8"):
        read_if_there(tmp_path / "gbk")


def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match=r"absent/login\.json: found No such file or directory"):
        replace_private(tmp_path / "absent" / "login.json", "text")
