"""What every test may ask for: the peers' data where it lies beside the project, real server programs, a centre of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from lantai.edges.bulkhead.open_lines import Lines
from lantai.edges.centre import Centre
from lantai.edges.clock import DEMO_MARK, Clock
from lantai.edges.database.database import Database
from lantai.edges.database.migrations import upgrade
from lantai.settings import Settings, from_env

ROOT = Path(__file__).resolve().parents[1]
PROGRAM_FOLDERS = (
    "/usr/sbin",
    "/sbin",
    "/usr/local/sbin",
    *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin"))),
)

PutBack = Callable[[], None]
Keep = Callable[..., PutBack]

SQLITE, POSTGRESQL = "sqlite", "postgresql"

pytest_plugins = [f"servers.{path.stem}" for path in sorted((ROOT / "tests" / "servers").glob("[a-z]*.py"))]


def find_shared() -> Path | None:
    """Return the folder of the peers' data: beside the project, or where LANTAI_SHARED says (a fresh clone elsewhere)."""
    for folder in (ROOT.parent / "shared" / "data", Path(os.environ.get("LANTAI_SHARED", "/nonexistent")) / "data"):
        if folder.is_dir():
            return folder
    return None


def find_program(name: str) -> str | None:
    """Return the path of a server program, also where it is not on the path of a user."""
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *PROGRAM_FOLDERS)))


@cache
def may_unshare() -> bool:
    """Return whether this user may start a process in namespaces of its own, with mounts that nobody else sees."""
    words = [
        "unshare",
        "--mount",
        "--pid",
        "--net",
        "--uts",
        "--ipc",
        "--fork",
        "mount",
        "-t",
        "tmpfs",
        "tmpfs",
        "/mnt",
    ]
    return (
        find_program("unshare") is not None and subprocess.run(words, capture_output=True, check=False).returncode == 0
    )


def lacks_of(item: pytest.Item) -> str:
    """Return what this machine lacks for a test, empty when it lacks nothing."""
    missing = [name for marker in item.iter_markers("server") for name in marker.args if find_program(name) is None]
    if missing:
        return f"{', '.join(missing)}: not installed; .ci/run installs it, or use your package manager"
    if item.get_closest_marker("namespaces") and not may_unshare():
        return "namespaces cannot be made here: that takes root"
    if item.get_closest_marker("root") and os.geteuid() != 0:
        return "starts or gives something as another user: that takes root"
    return ""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked `both_databases` on SQLite and on PostgreSQL."""
    if metafunc.definition.get_closest_marker("both_databases") and "registry_on" in metafunc.fixturenames:
        on_server = pytest.param(POSTGRESQL, marks=pytest.mark.server("postgres", "initdb"))
        metafunc.parametrize("registry_on", [SQLITE, on_server])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what reads the peers' data where it is not there; skip what needs a missing program, but never in CI."""
    shared = find_shared()
    kept, left = [], []
    for item in items:
        if shared is None and item.get_closest_marker("shared"):
            left.append(item)
            continue
        kept.append(item)
        lacks = lacks_of(item)
        if lacks and os.environ.get("CI") != "true":
            item.add_marker(pytest.mark.skip(reason=lacks))
    if left:
        config.hook.pytest_deselected(items=left)
    # Files with long tests first: where several processes share the files, none is left alone with a long one at the end.
    long = {item.path for item in kept if item.get_closest_marker("slow")}
    items[:] = sorted(kept, key=lambda item: item.path not in long)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """In CI nothing may be lacking."""
    lacks = lacks_of(item)
    if lacks:
        pytest.fail(f"{lacks} And this is CI.")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the peers' data; only for tests marked `shared`."""
    folder = find_shared()
    assert folder is not None, "mark the test with @pytest.mark.shared"
    return folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry file of the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("template") / "registry.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


@pytest.fixture
def registry_on() -> str:
    """Which database the registry lies on; modules marked `both_databases` are run with either."""
    return SQLITE


@pytest.fixture
def settings(tmp_path: Path, registry_on: str, request: pytest.FixtureRequest) -> Settings:
    """Settings of a home of one's own, on a fixed date as in a demo, without waiting times."""
    variables = {
        "LANTAI_HOME": str(tmp_path / "home"),
        "LANTAI_TODAY": "2026-03-02",
        "LANTAI_SETTLE_SECONDS": "0",
        "LANTAI_COOLING_OFF_DAYS": "0",
        "LANTAI_LOOK_AGAIN_SECONDS": "0",
        "LANTAI_DISK_RESERVE_MIB": "0",
    }
    if registry_on == POSTGRESQL:
        variables["LANTAI_REGISTRY_URL"] = request.getfixturevalue("postgres_registry")
    return from_env(variables)


@pytest.fixture(scope="session")
def lines() -> Iterator[Lines]:
    """What opens lines to servers; one nursery serves all tests of a process."""
    opened = Lines()
    yield opened
    opened.close()


@pytest.fixture
def centre(settings: Settings, registry_on: str, sqlite_template: Path, lines: Lines) -> Iterator[Centre]:
    """A centre with its registry laid and its keys made, on 2 March 2026."""
    from lantai.edges.custody.public_keys import lay_public_keys
    from lantai.edges.keys.files import make_home_keys

    settings.home.mkdir(parents=True)
    (settings.home / DEMO_MARK).touch()
    make_home_keys(settings)
    if registry_on == SQLITE:
        shutil.copy(sqlite_template, settings.home / "registry.db")
    database = Database(settings.registry_url)
    centre = Centre(settings, Clock(settings.zone, date(2026, 3, 2)), database, "test:1:aaaa")
    lay_public_keys(centre.vault.places, settings)
    centre.lines = lines
    yield centre
    database.close()


@pytest.fixture
def keep(centre: Centre, registry_on: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Keep]:
    """What keeps the centre as it stands, and further folders, and returns what puts all of it back."""
    if registry_on == POSTGRESQL:
        server, name = request.getfixturevalue("postgres_server"), centre.database.url.database

    def keep_all(*folders: Path) -> PutBack:
        pairs = [
            (folder, tmp_path / "kept" / str(number)) for number, folder in enumerate((centre.settings.home, *folders))
        ]
        for source, target in pairs:
            shutil.copytree(source, target, symlinks=True)
        if registry_on == POSTGRESQL:
            centre.database.close()
            server.make(f"{name}_kept", name)

        def put_all_back() -> None:
            for source, target in pairs:
                shutil.rmtree(source)
                shutil.copytree(target, source, symlinks=True)
            if registry_on == POSTGRESQL:
                centre.database.close()
                server.drop(name)
                server.make(name, f"{name}_kept")

        return put_all_back

    yield keep_all
    if registry_on == POSTGRESQL:
        server.drop(f"{name}_kept")
