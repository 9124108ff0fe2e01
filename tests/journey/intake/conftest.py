"""What tests of taking in begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from filing_house import FilingHouse
from lantai.edges.centre import Centre
from servers.openssh import OpenSsh


@pytest.fixture
def house(centre: Centre, sshd: OpenSsh, tmp_path: Path) -> FilingHouse:
    """A centre on an SSH server, without departments yet."""
    return FilingHouse(centre, sshd, tmp_path / "work")
