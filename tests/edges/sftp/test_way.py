"""The way to a path on a real server leads over real folders only, and is held while it is used."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lantai.edges.intake.outbox import look
from lantai.edges.intake.outbox_collect import collect
from lantai.edges.intake.quarantine import Quarantine
from lantai.edges.sftp.connect import connect
from lantai.edges.sftp.session import Session
from lantai.errors import DeliveryError, RemoteChangedError, RemotePathError
from lantai.formats.sftp import wire
from servers.openssh import OpenSsh

pytestmark = pytest.mark.server("sshd")

TIMES = (1_770_000_000, 1_770_000_000)


@pytest.fixture
def units(sshd: OpenSsh) -> Path:
    """The folders of two units on one server, that of GA with a filing and opinions."""
    for code, content in {"GA": b"their", "JY": b"ours!"}.items():
        for folder in ("outbox/2025/c1/data", "inbox/2025"):
            (sshd.files / code / folder).mkdir(parents=True)
        file = sshd.files / code / "outbox" / "2025" / "c1" / "data" / "a.txt"
        file.write_bytes(content)
        os.utime(file, TIMES)
        (sshd.files / code / "inbox" / "2025" / "001.opinions.json").write_bytes(content)
    return sshd.files


def link(units: Path, name: str) -> None:
    """Put a link to GA's folder in the place of JY's."""
    own = units / "JY" / name
    own.rename(units / "JY" / "put-aside")
    own.symlink_to(units / "GA" / name)


@pytest.mark.parametrize("name", ["outbox", "outbox/2025"])
def test_outbox_that_is_a_link_is_refused_by_name_and_never_empty(sshd: OpenSsh, units: Path, name: str) -> None:
    """S2, P12, I8: what lies behind it is not this unit's; that it has filed nothing is not known either."""
    link(units, name)

    with connect(sshd.connection("JY", units / "JY")) as session, pytest.raises(RemotePathError) as refused:
        look(session, [2025])

    assert f"{name}'" in str(refused.value)
    assert "found a link, expected a folder" in str(refused.value)


@pytest.mark.parametrize("name", ["inbox", "inbox/2025"])
def test_nothing_is_delivered_or_replaced_through_a_link(sshd: OpenSsh, units: Path, name: str) -> None:
    """S2, P12."""
    link(units, name)

    with connect(sshd.connection("JY", units / "JY")) as session:
        with pytest.raises(RemotePathError):
            session.mkdirs(b"inbox/2025")
        with pytest.raises(RemotePathError):
            session.deliver(b"inbox/2025/001.opinions.json", b"ours!", replace=True)

    left = {path.name: path.read_bytes() for path in (units / "GA" / "inbox" / "2025").iterdir()}
    assert left == {"001.opinions.json": b"their"}


@pytest.mark.parametrize("name", ["outbox/2025", "outbox/2025/c1", "outbox/2025/c1/data"])
def test_package_behind_a_link_made_since_the_look_is_not_brought_in(
    sshd: OpenSsh, units: Path, tmp_path: Path, name: str
) -> None:
    """P12, S2: GA's file has the size and the time that was seen of JY's."""
    with connect(sshd.connection("JY", units / "JY")) as session:
        [package] = look(session, [2025])[0]
        link(units, name)

        with pytest.raises(RemotePathError) as refused:
            collect(session, package, Quarantine(tmp_path / "q"), "SL2025-JY-E001-R1")

    assert f"{name}'" in str(refused.value)
    assert not any(path.read_bytes() == b"their" for path in (tmp_path / "q").rglob("*") if path.is_file())


@pytest.mark.parametrize("name", ["outbox/2025", "outbox/2025/c1", "outbox/2025/c1/data"])
def test_package_that_lies_behind_a_link_when_it_is_here_is_not_received(
    sshd: OpenSsh, units: Path, tmp_path: Path, name: str
) -> None:
    """P12, S2: the link was made while it was fetched."""
    with connect(sshd.connection("JY", units / "JY")) as session:
        [package] = look(session, [2025])[0]

        with pytest.raises((RemotePathError, RemoteChangedError)):
            collect(session, package, Quarantine(tmp_path), "SL2025-JY-E001-R1", on_local=lambda: link(units, name))


def test_link_in_the_place_of_a_file_is_not_read(sshd: OpenSsh, units: Path) -> None:
    """S2."""
    file = units / "JY" / "outbox" / "2025" / "c1" / "data" / "a.txt"
    file.unlink()
    file.symlink_to(units / "GA" / "outbox" / "2025" / "c1" / "data" / "a.txt")

    with (
        connect(sshd.connection("JY", units / "JY")) as session,
        pytest.raises(RemotePathError, match="expected a file"),
    ):
        session.read_small(b"outbox/2025/c1/data/a.txt", 100)


class Swapping:
    """What is sent to a real server; just before a request of a kind goes, a folder becomes a link."""

    def __init__(self, session: Session, kind: int, swap: Callable[[], None]) -> None:
        self._send, self._kind, self._swap = session._pipe._send, kind, swap
        self.has_swapped = False
        session._pipe._send = self

    def __call__(self, packets: bytes) -> None:
        if not self.has_swapped and packets[4] == self._kind:
            self.has_swapped = True
            self._swap()
        self._send(packets)


def list_year(session: Session) -> object:
    return session.list_tree(b"outbox/2025")


def read_file(session: Session) -> object:
    return session.read_small(b"outbox/2025/c1/data/a.txt", 100)


def deliver_over(session: Session) -> object:
    return session.deliver(b"inbox/2025/001.opinions.json", b"newer", replace=True)


@pytest.mark.parametrize(
    ("use", "kind", "name"),
    [
        (list_year, wire.OPENDIR, "outbox/2025"),
        (read_file, wire.OPEN, "outbox/2025"),
        (deliver_over, wire.OPEN, "inbox/2025"),
        (deliver_over, wire.WRITE, "inbox"),
    ],
)
def test_folder_that_becomes_a_link_while_it_is_used_is_noticed(
    sshd: OpenSsh, units: Path, use: Callable[[Session], object], kind: int, name: str
) -> None:
    """S2: between the look at the way and the use of it; what came is not believed, and nothing of GA gives way."""
    with connect(sshd.connection("JY", units / "JY")) as session:
        swapping = Swapping(session, kind, lambda: link(units, name))
        with pytest.raises((RemotePathError, DeliveryError)):
            use(session)

    assert swapping.has_swapped
    assert (units / "GA" / "inbox" / "2025" / "001.opinions.json").read_bytes() == b"their"


def test_folder_that_the_connection_names_may_lie_behind_a_link(sshd: OpenSsh, units: Path) -> None:
    """The connection is the centre's own word."""
    (units / "way").symlink_to(units / "JY")

    with connect(sshd.connection("JY", units / "way")) as session:
        packages, strays = look(session, [2025])

    assert [seen.package.raw_name for seen in packages] == [b"c1"]
    assert strays == []
