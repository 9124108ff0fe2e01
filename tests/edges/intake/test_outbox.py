"""An outbox is looked at without a change to it: what is there, what has settled, and what cannot be taken.

Covers: edges.intake.outbox_collect.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lantai.demo.sftp.files import AccountFiles
from lantai.edges.bulkhead.looks import look_all
from lantai.edges.bulkhead.open_lines import Lines
from lantai.edges.connections import Connection
from lantai.edges.intake.outbox import PackageSeen, look
from lantai.edges.intake.outbox_collect import collect
from lantai.edges.intake.outbox_whole import is_whole, still_missing
from lantai.edges.intake.quarantine import Quarantine
from lantai.edges.sftp.connect import connect
from lantai.errors import (
    ConnectionConfigError,
    HostKeyMismatchError,
    LoginRefusedError,
    OutboxMissingError,
    RemoteChangedError,
    RemoteMissingError,
    RemotePermissionError,
    ServerUnreachableError,
)
from lantai.formats.sftp import wire
from lantai.locales import put
from lantai.records.intake.carrier import Packaging
from servers.hostile_sftp import LOGIN, PASSWORD, HostileSftp
from servers.openssh import OpenSsh

CARRIER = "SL2025-JY-E001-R1"


def _bag(folder: Path, contents: dict[str, bytes]) -> Path:
    """Lay a bag with its manifest and its amount."""
    lines = []
    for name, content in contents.items():
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        lines.append(f"{hashlib.sha256(content).hexdigest()}  data/{name}\n")
    total = sum(map(len, contents.values()))
    (folder / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    (folder / "bag-info.txt").write_text(f"Unit-Code: JY\nPayload-Oxum: {total}.{len(contents)}\n")
    (folder / "manifest-sha256.txt").write_text("".join(lines), "utf-8")
    return folder


def _unit(files: Path) -> Path:
    """Make a unit's folder and return its outbox of 2025."""
    outbox = files / "outbox" / "2025"
    outbox.mkdir(parents=True)
    (files / "inbox").mkdir()
    return outbox


def _seen(connection: Connection) -> list[PackageSeen]:
    with connect(connection) as session:
        return look(session, [2025])[0]


def _missing(connection: Connection) -> str | None:
    with connect(connection) as session:
        [package] = look(session, [2025])[0]
        assert is_whole(package, session.read_small) is (still_missing(package, session.read_small) is None)
        found = still_missing(package, session.read_small)
        return None if found is None else put(found, "en")


@pytest.mark.server("sshd")
def test_packages_of_every_kind_are_seen_and_other_years_are_not(sshd: OpenSsh) -> None:
    """R1-24, I8."""
    outbox = _unit(sshd.files)
    _bag(outbox / "档案-1", {"a.txt": b"a"})
    gbk = Path(os.fsdecode(os.fsencode(outbox) + b"/" + "备份二".encode("gb18030")))
    gbk.mkdir()
    (outbox / "three.zip").write_bytes(b"zip")
    (outbox / "four.TAR").write_bytes(b"tar")
    (outbox / "four.ready").touch()
    (outbox / "five.zip.filepart").write_bytes(b"half")
    (outbox / "five.zip.ready").touch()
    (outbox / "readme.txt").write_bytes(b"no package")
    _bag(sshd.files / "outbox" / "2024" / "old", {"a.txt": b"a"})

    packages = {seen.package.raw_name: seen for seen in _seen(sshd.connection())}

    assert set(packages) == {
        "档案-1".encode(),
        "备份二".encode("gb18030"),
        b"three.zip",
        b"four.TAR",
        b"five.zip.filepart",
    }
    assert packages["档案-1".encode()].package.packaging is Packaging.FOLDER
    assert [file.name for file in packages["档案-1".encode()].files][-1] == b"manifest-sha256.txt"
    assert packages[b"three.zip"].package.packaging is Packaging.ZIP
    assert packages[b"four.TAR"].package.packaging is Packaging.TAR
    assert [name for name, package in packages.items() if package.has_ready] == [b"four.TAR"]


def test_each_thing_in_an_outbox_is_a_package_or_belongs_to_one_or_is_a_stray(tmp_path: Path) -> None:
    """R1-42: what is ready is told by a word beside it, never of what is still on its way."""
    outbox = _unit(tmp_path / "files")
    for folder in ("ready", "not ready", "empty", "odd"):
        (outbox / folder).mkdir()
    for name in ("ready/a.txt", "not ready/data/a.txt", "not ready/b.txt", "odd/a.txt"):
        (outbox / name).parent.mkdir(exist_ok=True)
        (outbox / name).write_bytes(b"a")
    (outbox / "odd" / "link").symlink_to("a.txt")
    (outbox / "link").symlink_to("ready")
    archives = ("by name.zip", "by stem.tar", "unsaid.zip", "part.zip.filepart")
    for name in (*archives, "readme.txt", "readme.txt.filepart"):
        (outbox / name).write_bytes(b"zip")
    for name in ("ready", "by name.zip", "by stem", "part.zip", "part.zip.filepart", "nothing"):
        (outbox / f"{name}.ready").touch()

    with HostileSftp(tmp_path) as server, connect(server.connection()) as session:
        packages, strays = look(session, [2025])

    seen = {each.package.raw_name.decode(): each for each in packages}
    assert sorted(seen) == sorted(["ready", "not ready", "empty", "odd", *archives])
    assert [name for name in sorted(seen) if seen[name].has_ready] == ["by name.zip", "by stem.tar", "ready"]
    assert [name for name in sorted(seen) if seen[name].is_empty] == ["empty"]
    assert {name: list(package.odd) for name, package in seen.items() if package.odd} == {"odd": [b"link"]}
    assert [file.name for file in seen["not ready"].files] == [b"b.txt", b"data/a.txt"]
    assert [file.name for file in seen["by stem.tar"].files] == [b"by stem.tar"]
    assert (seen["by stem.tar"].package.packaging, seen["unsaid.zip"].package.packaging) == (
        Packaging.TAR,
        Packaging.ZIP,
    )
    assert strays == [b"outbox/2025/link", b"outbox/2025/readme.txt"]


def test_folder_of_a_year_that_nobody_opened_is_a_stray_unless_it_is_known_to_be_empty(tmp_path: Path) -> None:
    """S4, I8: one that may not be listed may hold a filing."""
    outbox = _unit(tmp_path / "files").parent
    for year in ("2018", "2019", "2020-secret", "secret"):
        (outbox / year).mkdir()
    (outbox / "2018" / "one.zip").write_bytes(b"zip")
    (outbox / "2016").write_bytes(b"no folder")
    (outbox / "2015").symlink_to("2019")
    (outbox / "2014").mkdir()

    with HostileSftp(tmp_path, Withholding) as server, connect(server.connection()) as session:
        _, strays = look(session, [2025])

    assert strays == [b"outbox/" + name for name in (b"2014", b"2015", b"2016", b"2018", b"2020-secret", b"secret")]


@pytest.mark.server("sshd")
def test_fingerprint_is_the_same_until_something_moves(sshd: OpenSsh) -> None:
    """R1-42."""
    bag = _bag(_unit(sshd.files) / "c1", {"a.txt": b"a"})
    first, again = _seen(sshd.connection())[0], _seen(sshd.connection())[0]
    os.utime(bag / "data" / "a.txt", (1, 1))

    touched = _seen(sshd.connection())[0]

    assert first.package.fingerprint == again.package.fingerprint
    assert touched.package.fingerprint != first.package.fingerprint


@pytest.mark.server("sshd")
def test_units_that_could_not_be_looked_at_are_unknown_and_stop_no_other(sshd: OpenSsh, lines: Lines) -> None:
    """S4, I8."""
    _bag(_unit(sshd.files / "GOOD") / "c1", {"a.txt": b"a"})
    (sshd.files / "NOTHING" / "outbox").mkdir(parents=True)
    (sshd.files / "UNMOUNTED").mkdir()
    good = sshd.connection("GOOD", sshd.files / "GOOD")
    other_key = good.host_key[:-1] + bytes([good.host_key[-1] ^ 1])
    connections: dict[str, Connection | ConnectionConfigError] = {
        "sftp_GOOD": good,
        "sftp_NOTHING": sshd.connection("NOTHING", sshd.files / "NOTHING"),
        "sftp_UNMOUNTED": sshd.connection("UNMOUNTED", sshd.files / "UNMOUNTED"),
        "sftp_DOWN": sshd.connection("DOWN", port=1),
        "sftp_CHANGED": sshd.connection("CHANGED", host_key=other_key),
        "sftp_STRANGER": sshd.connection("STRANGER", key_file=sshd.folder / "stranger_key"),
        "sftp_FAULTY": ConnectionConfigError("sftp_FAULTY: host_key is missing"),
        "archive": sshd.connection("ARCHIVE"),
    }

    looks = {found.unit_code: found for found in look_all(lines, connections, [2025], parallel=4)}

    assert sorted(looks) == ["CHANGED", "DOWN", "FAULTY", "GOOD", "NOTHING", "STRANGER", "UNMOUNTED"]
    assert {code for code, found in looks.items() if found.error is None} == {"GOOD", "NOTHING"}
    assert len(looks["GOOD"].packages) == 1
    assert looks["NOTHING"].packages == []
    expected = {
        "CHANGED": HostKeyMismatchError,
        "DOWN": ServerUnreachableError,
        "FAULTY": ConnectionConfigError,
        "STRANGER": LoginRefusedError,
        "UNMOUNTED": OutboxMissingError,
    }
    assert {code: type(found.error) for code, found in looks.items() if found.error} == expected


@pytest.mark.parametrize("forbidden", [b"outbox", b"outbox/2025"])
def test_forbidden_outbox_is_unknown_never_empty(tmp_path: Path, lines: Lines, forbidden: bytes) -> None:
    """S4, I8."""

    class Forbidding(AccountFiles):
        def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
            if kind != wire.OPENDIR:
                return super().answer(kind, fields)
            path = fields.string()
            if path == forbidden:
                return wire.STATUS, wire.status_body(wire.PERMISSION_DENIED, b"no")
            return super().answer(kind, wire.Fields(wire.string(path)))

    _unit(tmp_path / "files")

    with HostileSftp(tmp_path, Forbidding) as server:
        [found] = look_all(lines, {"sftp_JY": server.connection()}, [2025])

    assert isinstance(found.error, RemotePermissionError)


def test_listing_cut_in_the_middle_is_unknown(tmp_path: Path, lines: Lines) -> None:
    """I8."""
    outbox = _unit(tmp_path / "files")
    for number in range(50):
        _bag(outbox / f"c{number}", {"a.txt": b"a"})

    with HostileSftp(tmp_path, cut_after_bytes=4_000) as server:
        [found] = look_all(lines, {"sftp_JY": server.connection()}, [2025])

    assert isinstance(found.error, ServerUnreachableError)
    assert found.packages == []


@pytest.mark.server("sshd")
def test_whole_bag_is_whole(sshd: OpenSsh) -> None:
    """R1-42."""
    names = {"a.txt": b"a", "通知/á 1%.txt": b"b", "a%0Ab": b"c"}
    bag = _bag(_unit(sshd.files) / "c1", names)
    manifest = (bag / "manifest-sha256.txt").read_text("utf-8")
    (bag / "manifest-sha256.txt").write_text(manifest.replace("%", "%25"), "utf-8")

    assert _missing(sshd.connection()) is None


@pytest.mark.server("sshd")
def test_bag_whose_names_are_spelled_otherwise_on_the_server_is_whole(sshd: OpenSsh) -> None:
    """R1-42."""
    bag = _bag(_unit(sshd.files) / "c1", {"关于报送的函.docx": b"a", "b\u00e9.txt": b"b"})
    gbk = os.fsencode(bag / "data") + b"/" + "关于报送的函.docx".encode("gb18030")
    (bag / "data" / "关于报送的函.docx").rename(os.fsdecode(gbk))
    (bag / "data" / "b\u00e9.txt").rename(bag / "data" / "be\u0301.txt")

    assert _missing(sshd.connection()) is None


@pytest.mark.server("sshd")
@pytest.mark.parametrize(
    ("half", "missing"),
    [
        ("file", "data/b.txt"),
        ("manifest", "manifest"),
        ("part", "on its way"),
        ("short", "Payload-Oxum"),
        ("empty", "empty"),
    ],
)
def test_half_an_upload_is_not_whole(sshd: OpenSsh, half: str, missing: str) -> None:
    """S1, R1-42."""
    bag = _bag(_unit(sshd.files) / "c1", {"a.txt": b"aa", "b.txt": b"bb"})
    if half == "file":
        (bag / "data" / "b.txt").unlink()
    elif half == "manifest":
        (bag / "manifest-sha256.txt").unlink()
    elif half == "part":
        (bag / "data" / "c.txt.filepart").write_bytes(b"c")
    elif half == "short":
        (bag / "data" / "b.txt").write_bytes(b"b")
    else:
        subprocess.run(["find", str(bag), "-mindepth", "1", "-delete"], check=True)

    found = _missing(sshd.connection())

    assert found is not None
    assert missing in found


@pytest.mark.server("sshd")
def test_archive_lists_nothing_for_itself(sshd: OpenSsh) -> None:
    """R1-42."""
    (_unit(sshd.files) / "one.zip").write_bytes(b"zip")

    assert _missing(sshd.connection()) is None


@pytest.mark.server("sshd")
@pytest.mark.parametrize("top", ["", "001/"])
def test_bare_folder_is_whole_with_its_list_of_digests_and_all_that_it_lists(sshd: OpenSsh, top: str) -> None:
    """S1: documents first or list first, neither is taken for the whole."""
    bare = _unit(sshd.files) / "bare" / top
    bare.mkdir(parents=True)
    digest = hashlib.sha256(b"x").hexdigest()
    steps = {
        "catalogue.csv": "neither a manifest nor a list of digests is there",
        "摘要.txt": "摘要.txt lists 文书\\甲.pdf",
        "文书/甲.pdf": None,
    }
    content = {"摘要.txt": f"{digest}  catalogue.csv\n{digest} *文书\\甲.pdf\n".encode("gb18030")}
    found = []
    for name in steps:
        (bare / name).parent.mkdir(exist_ok=True)
        (bare / name).write_bytes(content.get(name, b"x"))
        found.append(_missing(sshd.connection()))

    assert found == list(steps.values())


@pytest.mark.server("sshd")
def test_package_is_brought_in_with_names_and_digests(sshd: OpenSsh, tmp_path: Path) -> None:
    """I1."""
    contents = {"a.txt": b"a", "large.pdf": os.urandom(1_000_000), "empty": b""}
    _bag(_unit(sshd.files) / "c1", contents)
    quarantine = Quarantine(tmp_path)
    told: list[int] = []
    told_of_local: list[int] = []

    with connect(sshd.connection()) as session:
        [package] = look(session, [2025])[0]
        received = collect(
            session, package, quarantine, CARRIER, told.append, on_local=lambda: told_of_local.append(sum(told))
        )

    assert told_of_local == [package.total_bytes] == [sum(told)]
    assert [file.raw_name for file in received] == [file.name for file in package.files]
    for file in received:
        content = (sshd.files / "outbox/2025/c1" / str(file.path)).read_bytes()
        assert quarantine.path(CARRIER, file.file_no).read_bytes() == content
        assert file.digest.sha256 == hashlib.sha256(content).hexdigest()
        assert file.digest.sm3 == hashlib.new("sm3", content).hexdigest()


@pytest.mark.server("sshd")
@pytest.mark.parametrize("change", ["gone", "link", "folder", "longer"])
def test_archive_that_is_another_thing_when_it_is_here_is_not_received(
    sshd: OpenSsh, tmp_path: Path, change: str
) -> None:
    """S2: behind the last byte it is looked at once more, a link not followed."""
    archive = _unit(sshd.files) / "one.zip"
    archive.write_bytes(b"zip")
    os.utime(archive, (7, 7))

    def meanwhile() -> None:
        archive.unlink()
        if change == "link":
            archive.symlink_to("abc")
            os.utime(archive, (7, 7), follow_symlinks=False)
        elif change == "folder":
            archive.mkdir()
        elif change == "longer":
            archive.write_bytes(b"zipped")
            os.utime(archive, (7, 7))

    with connect(sshd.connection()) as session:
        [package] = look(session, [2025])[0]
        with pytest.raises(RemoteChangedError, match=r"one\.zip"):
            collect(session, package, Quarantine(tmp_path), CARRIER, on_local=meanwhile)


@pytest.mark.server("sshd")
def test_empty_folder_that_is_gone_is_a_change(sshd: OpenSsh, tmp_path: Path) -> None:
    """S2."""
    folder = _unit(sshd.files) / "c1"
    folder.mkdir()
    with connect(sshd.connection()) as session:
        [package] = look(session, [2025])[0]
        folder.rmdir()

        with pytest.raises(RemoteChangedError, match="found nothing"):
            collect(session, package, Quarantine(tmp_path), CARRIER)


class Withholding(AccountFiles):
    """Opens no file, and lists no folder, that is called `secret`, nor what is filed for 2014."""

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        if kind not in {wire.OPEN, wire.OPENDIR}:
            return super().answer(kind, fields)
        path = fields.string()
        if path.endswith((b"secret", b"2014")):
            return wire.STATUS, wire.status_body(wire.PERMISSION_DENIED, b"no")
        asked = wire.open_body(path, fields.number(), wire.Attributes()) if kind == wire.OPEN else wire.string(path)
        return super().answer(kind, wire.Fields(asked))


def test_file_that_may_not_be_read_is_told_and_the_others_are_here(tmp_path: Path) -> None:
    """I1, C1: the package is not whole for it, and nothing of the others comes twice."""
    _bag(_unit(tmp_path / "files") / "c1", {"a.txt": b"a", "secret": b"s"})
    quarantine = Quarantine(tmp_path / "quarantine")

    with HostileSftp(tmp_path, Withholding) as server, connect(server.connection()) as session:
        [package] = look(session, [2025])[0]
        with pytest.raises(RemotePermissionError):
            collect(session, package, quarantine, CARRIER)

    assert sorted(file.raw_name for file in quarantine.finish(CARRIER)) == [
        b"bag-info.txt",
        b"bagit.txt",
        b"data/a.txt",
        b"manifest-sha256.txt",
    ]


def test_package_with_a_folder_that_may_not_be_listed_is_not_brought_in(tmp_path: Path) -> None:
    """I1: it is not known whole."""
    _bag(_unit(tmp_path / "files") / "c1", {"a.txt": b"a", "secret/b.txt": b"b"})
    quarantine = Quarantine(tmp_path / "quarantine")

    with HostileSftp(tmp_path, Withholding) as server, connect(server.connection()) as session:
        [package] = look(session, [2025])[0]
        with pytest.raises(RemotePermissionError):
            collect(session, package, quarantine, CARRIER)

    assert list(package.unread) == [b"data/secret"]
    assert quarantine.finish(CARRIER) == []


@pytest.mark.server("sshd")
def test_archive_is_brought_in_as_one_file(sshd: OpenSsh, tmp_path: Path) -> None:
    """I1."""
    (_unit(sshd.files) / "one.zip").write_bytes(b"zip")

    with connect(sshd.connection()) as session:
        [package] = look(session, [2025])[0]
        received = collect(session, package, Quarantine(tmp_path), CARRIER)

    assert [(file.file_no, file.raw_name, file.size_bytes) for file in received] == [(1, b"one.zip", 3)]


@pytest.mark.server("sshd")
@pytest.mark.parametrize("change", ["added", "removed", "linked", "gone"])
def test_package_that_changed_since_it_was_seen_is_not_received(sshd: OpenSsh, tmp_path: Path, change: str) -> None:
    """S2."""
    bag = _bag(_unit(sshd.files) / "c1", {"a.txt": b"a", "b.txt": b"a"})
    with connect(sshd.connection()) as session:
        [package] = look(session, [2025])[0]
        if change == "added":
            (bag / "data" / "c.txt").write_bytes(b"c")
        elif change == "linked":
            times = (bag / "data" / "b.txt").stat()
            os.utime(bag / "data" / "a.txt", ns=(times.st_atime_ns, times.st_mtime_ns))
            (bag / "data" / "b.txt").unlink()
            (bag / "data" / "b.txt").symlink_to("a.txt")
        elif change == "removed":
            (bag / "data" / "b.txt").unlink()
        else:
            bag.rename(bag.with_name("c2"))

        with pytest.raises((RemoteChangedError, RemoteMissingError)):
            collect(session, package, Quarantine(tmp_path), CARRIER)


@pytest.mark.server("sshd")
def test_line_cut_in_the_middle_goes_on_where_it_stood(tmp_path: Path, sshd: OpenSsh) -> None:
    """C1: the first try over a line that is cut, the second over a whole one."""
    contents = {f"{number:03d}.txt": b"%d" % number for number in range(100)} | {"large.bin": os.urandom(3_000_000)}
    quarantine = Quarantine(tmp_path / "quarantine")
    _bag(_unit(tmp_path / "files") / "c1", contents)
    with HostileSftp(tmp_path) as whole:
        [package] = _seen(whole.connection())
    with (
        HostileSftp(tmp_path, cut_after_bytes=1_500_000) as cut,
        pytest.raises(ServerUnreachableError),
        connect(cut.connection()) as session,
    ):
        collect(session, package, quarantine, CARRIER)
    told: list[int] = []

    with HostileSftp(tmp_path) as whole, connect(whole.connection()) as session:
        received = collect(session, package, quarantine, CARRIER, told.append)

    assert sum(told[:2]) > 1_000_000
    assert sum(told) == package.total_bytes
    for file in received:
        content = (tmp_path / "files/outbox/2025/c1" / str(file.path)).read_bytes()
        assert quarantine.path(CARRIER, file.file_no).read_bytes() == content
        assert file.digest.sha256 == hashlib.sha256(content).hexdigest()
    assert not list((tmp_path / "quarantine").rglob("*.part"))


COLLECT = """
import resource, sys
sys.path[:0] = sys.argv[1].split(":")
from pathlib import Path
from lantai.edges.connections import load_connections
from lantai.edges.intake.outbox import look
from lantai.edges.intake.outbox_collect import collect
from lantai.edges.intake.quarantine import Quarantine
from lantai.edges.sftp.connect import connect
with connect(load_connections(Path(sys.argv[2]))["sftp_JY"]) as session:
    [package] = look(session, [2025])[0]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    received = collect(session, package, Quarantine(Path(sys.argv[3])), "SL2025-JY-E001-R1")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def _collecting(sshd: OpenSsh, tmp_path: Path) -> list[str]:
    key = " ".join((sshd.folder / "host_key.pub").read_text().split()[:2])
    connection = sshd.connection()
    extra = {"host_key": key, "key_file": str(connection.key_file), "remote_root": os.fsdecode(connection.root)}
    entry = {"host": connection.host, "port": connection.port, "login": connection.login, "extra": extra}
    path = tmp_path / "connections.json"
    path.write_text(json.dumps({"sftp_JY": entry}))
    return [sys.executable, "-c", COLLECT, ":".join(sys.path), str(path), str(tmp_path / "quarantine")]


@pytest.mark.server("sshd")
def test_run_that_was_killed_is_finished_by_an_ordinary_rerun(sshd: OpenSsh, tmp_path: Path) -> None:
    """K1: SIGKILL at several moments, each a rerun of the one before."""
    contents = {f"{number:04d}.txt": os.urandom(3000) for number in range(3000)} | {"large.bin": os.urandom(80_000_000)}
    _bag(_unit(sshd.files) / "c1", contents)
    command = _collecting(sshd, tmp_path)
    folder = tmp_path / "quarantine" / CARRIER
    kills = 0
    for patience in (0.0, 0.15, 0.3):
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while run.poll() is None and not (folder / "000001.bin").exists():
            time.sleep(0.005)
        time.sleep(patience)
        run.send_signal(signal.SIGKILL)
        kills += run.wait() == -signal.SIGKILL

    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=120)

    received = Quarantine(tmp_path / "quarantine").finish(CARRIER)
    assert kills >= 1
    assert len(received) == len(contents) + 3
    for file in received:
        local = Quarantine(tmp_path / "quarantine").path(CARRIER, file.file_no)
        assert hashlib.sha256(local.read_bytes()).hexdigest() == file.digest.sha256
        name = str(file.path).removeprefix("data/")
        assert name not in contents or hashlib.sha256(contents[name]).hexdigest() == file.digest.sha256
    assert not list(folder.glob("*.part"))


@pytest.mark.server("sshd")
def test_memory_stays_flat_whatever_the_size_of_a_file(sshd: OpenSsh, tmp_path: Path) -> None:
    """256 MiB arrive in less than 64 MiB."""
    bag = _unit(sshd.files) / "c1"
    bag.mkdir()
    block = os.urandom(1 << 20)
    with (bag / "large.bin").open("wb") as large:
        for _ in range(256):
            large.write(block)

    ran = subprocess.run(_collecting(sshd, tmp_path), capture_output=True, text=True, check=True, timeout=120)

    assert int(ran.stdout) <= 64


def test_account_of_one_unit_sees_nothing_of_another(tmp_path: Path) -> None:
    """R1-41, P12: by path, by link, by handle."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "secret").write_bytes(b"secret")
    with HostileSftp(tmp_path) as server:
        (server.folder / "way").symlink_to(tmp_path / "other")
        (server.folder / "file").symlink_to(tmp_path / "other" / "secret")

        with connect(server.connection()) as session:
            for path in (b"/../other/secret", b"way/secret", b"file", b"../../other/secret"):
                # By the wire: a session of ours asks for nothing behind a link, so it would not see what the server does.
                asked = wire.open_body(path, wire.OPEN_READ, wire.Attributes())
                with pytest.raises((RemoteMissingError, RemotePermissionError)):
                    session._pipe.call(wire.OPEN, asked, "open")


def test_server_of_the_demo_serves_as_a_program_of_its_own(tmp_path: Path) -> None:
    accounts = {"JY": {"password": PASSWORD}, LOGIN: {"folder": "units/jy", "password": PASSWORD, "writable": False}}
    (tmp_path / "accounts.json").write_text(json.dumps(accounts))
    ready = tmp_path / "ready.json"
    options = ["--root", "root", "--accounts", "accounts.json", "--host-key", "host_key", "--ready-file", "ready.json"]
    environment = os.environ | {"PYTHONPATH": ":".join(sys.path)}
    run = subprocess.Popen(
        [sys.executable, "-m", "lantai.demo.sftp.server", "--port", "0", *options], cwd=tmp_path, env=environment
    )
    try:
        for _ in range(400):
            if ready.exists():
                break
            time.sleep(0.05)
        told = json.loads(ready.read_text())
        entry = {"host": "127.0.0.1", "port": told["port"], "login": "JY", "password": PASSWORD}
        reader = entry | {"login": LOGIN}
        connections = tmp_path / "connections.json"
        pinned = {"extra": {"host_key": told["host_key"]}}
        connections.write_text(json.dumps({"sftp_JY": entry | pinned, "sftp_R": reader | pinned}))
        from lantai.edges.connections import load_connections

        found = load_connections(connections)
        with connect(found["sftp_JY"]) as session:
            session.mkdirs(b"inbox/2025")
            session.deliver(b"inbox/2025/paper", b"paper")
            session.rename(b"inbox", b"renamed")
        with connect(found["sftp_R"]) as session, pytest.raises(RemotePermissionError):
            session.deliver(b"paper", b"paper")
    finally:
        run.terminate()

    assert run.wait(10) == 0
    assert (tmp_path / "root" / "JY" / "renamed" / "2025" / "paper").read_bytes() == b"paper"
