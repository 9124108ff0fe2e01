"""The system's errors about files end here: a full disk, or a place that does not answer, by its name."""

from __future__ import annotations

import errno
import os

import pytest

from lantai.edges.files.system_error import translated
from lantai.errors import DiskFullError, FixityError, LantaiError, PlaceUnavailableError


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, DiskFullError),
        (errno.EDQUOT, DiskFullError),
        (errno.EFBIG, DiskFullError),
        (errno.EIO, PlaceUnavailableError),
        (errno.ESTALE, PlaceUnavailableError),
        (errno.EACCES, PlaceUnavailableError),
        (errno.EROFS, PlaceUnavailableError),
    ],
)
def test_error_is_told_by_kind_place_and_file(number: int, kind: type[LantaiError]) -> None:
    with pytest.raises(kind) as told, translated("vault"):
        raise OSError(number, os.strerror(number), "/srv/vault/pack.tar")

    assert type(told.value) is kind
    assert f"vault: {os.strerror(number)} (/srv/vault/pack.tar)" in str(told.value)
    assert isinstance(told.value.__cause__, OSError)


def test_error_without_a_file_or_a_number_says_what_there_is() -> None:
    with pytest.raises(PlaceUnavailableError, match=r"copy: torn line \(open file\)"), translated("copy"):
        raise OSError("torn line")


def test_what_is_no_error_of_files_passes_as_it_is() -> None:
    with pytest.raises(FixityError), translated("vault"):
        raise FixityError("vault: found 1, expected 2")
