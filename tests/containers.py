"""What a container of docker-compose.yml sees, as shell that lays it out in a mount namespace and becomes its first process.

Used by `servers.services`, which starts and stops; there stands what differs from an engine.
"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import images
from compose_file import Mount, Service

NO_NEW = ["--no-new-privs", "--clear-groups"]

MACHINE = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
"""Some processors need a library told which of its kernels is sound."""

INIT = """\
exec 3<&0
"$@" <&3 3<&- & child=$!
exec 3<&-
trap 'kill -TERM $child' TERM
while :; do wait $child; code=$?; kill -0 $child 2>/dev/null || exit $code; done
"""
"""What an engine's small first process does: it hands the signal to stop on, and reaps."""

POSTGRES = """\
set -eu
data=/var/lib/postgresql/data
PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
if [ ! -s $data/PG_VERSION ]; then
    printf '%s' "$POSTGRES_PASSWORD" >/tmp/password
    initdb -D $data -U postgres --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256 -E UTF8 --locale=C.UTF-8 -N
    echo 'host all all all scram-sha-256' >>$data/pg_hba.conf
fi
exec postgres -D $data -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql
"""
"""What the image's entry point does with these settings."""

STAND_INS: Mapping[str, list[str]] = {"postgres:17-bookworm": ["/bin/sh", "-c", POSTGRES], "redis:7-bookworm": []}
"""Somebody else's images: the command that stands in for theirs, empty where the file gives one."""

OWNED = {"postgres:17-bookworm": ("/var/lib/postgresql/data", "/run/postgresql"), "redis:7-bookworm": ("/data",)}
"""Folders of theirs that belong to user 999."""


class Layout:
    """Trees and volumes below a folder, and the shell that puts a service among them.

    Args:
        folder: Where images and volumes lie.
        names: Every service, each of which gets an address of its own.
    """

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.folder = folder
        self._names = sorted(names)
        self._trees: dict[str, images.Image] = {}

    def volume(self, name: str) -> Path:
        """Return the folder of a named volume."""
        return self.folder / "volumes" / name

    def address(self, name: str) -> str:
        """Return the address of a service."""
        return f"127.0.1.{self._names.index(name) + 1}"

    def tree(self, service: Service) -> images.Image:
        """Return the tree of the service's image, which is made once."""
        kept = service.stage or service.image
        if kept not in self._trees:
            folder = self.folder / "images" / kept.replace(":", "-")
            folder.mkdir(parents=True)
            self._trees[kept] = images.build(service.stage, folder) if service.stage else images.bare(folder)
            for number, owned in enumerate(OWNED.get(service.image, ())):
                (folder / owned.strip("/")).mkdir(parents=True, exist_ok=True)
                shutil.chown(folder / owned.strip("/"), 999, 999)
                if number == 0:
                    (folder / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\nserver:x:999:999::/:/bin/sh\n")
        return self._trees[kept]

    def script(self, service: Service, words: list[str], environment: dict[str, str]) -> str:
        """Return the shell that lays out what a container sees, and becomes its first process."""
        tree = self.tree(service)
        root = self.folder / "root"
        root.mkdir(exist_ok=True)
        lines = ["mount --make-rprivate /", f"mount --bind {tree.root} {root}", f"mount -t proc proc {root}/proc"]
        lines += [
            f"mount -t tmpfs -o mode=0755 tmpfs {root}/dev",
            f"cd {root}/dev && mkdir shm && mount -t tmpfs tmpfs shm",
        ]
        for device in ("null", "zero", "full", "random", "urandom"):
            lines += [f"touch {root}/dev/{device}", f"mount --bind /dev/{device} {root}/dev/{device}"]
        lines += [f"ln -s /proc/self/fd {root}/dev/fd", f"ln -s /proc/self/fd/1 {root}/dev/stdout"]
        for target, source in tree.mounts.items():
            lines += self._bind(source, f"{root}{target}", is_read_only=True)
        self._lay_hosts(tree)
        for mount in sorted(service.mounts, key=lambda one: one.target):
            lines += self._bind(
                str(self._source(mount, tree)), f"{root}{mount.target}", is_read_only=mount.is_read_only
            )
            self._lay_target(mount, service, tree)
        for target, options in service.tmpfs.items():
            (tree.root / target.strip("/")).mkdir(parents=True, exist_ok=True)
            # An engine's own defaults.
            lines.append(f"mount -t tmpfs -o noexec,nosuid,nodev{options and ',' + options} tmpfs {root}{target}")
        if service.is_read_only:
            lines.append(f"mount -o remount,bind,ro {root}")
        lines += [f"hostname {service.name}", f"cd {root}"]
        first = ["/bin/sh", "-c", INIT, "init", *words] if service.has_init else words
        command = self.as_user(service, first, environment, directory=service.working_dir or tree.working_dir)
        return "\n".join([*lines, f"exec chroot . {shlex.join(command)}"])

    def as_user(self, service: Service, words: list[str], more: dict[str, str], directory: str = "") -> list[str]:
        """Return a command that runs words inside as the service's user, with its capabilities and its environment."""
        user, _, group = service.user.partition(":")
        kept = ",".join(["-all", *(f"+{name.lower()}" for name in service.capabilities)])
        values = {"HOME": "/opt/airflow" if user == "50000" else "/root", "HOSTNAME": service.name}
        values |= self.tree(service).environment | MACHINE | service.environment | more
        variables = [f"{name}={value}" for name, value in values.items()]
        caps = [f"--bounding-set={kept}", f"--inh-caps={kept}"]
        become = ["setpriv", f"--reuid={user}", f"--regid={group}", *NO_NEW, *caps]
        enter = ["sh", "-c", 'cd "$0" && exec "$@"', directory] if directory else []
        return [*become, "env", "-i", *variables, *enter, *words]

    def _lay_hosts(self, tree: images.Image) -> None:
        names = "".join(f"{self.address(name)} {name}\n" for name in self._names)
        (tree.root / "etc/hosts").write_text(f"127.0.0.1 localhost\n{names}", encoding="ascii")

    def _source(self, mount: Mount, tree: images.Image) -> Path:
        if not mount.is_named:
            source = images.ROOT / mount.source
            assert source.exists(), f"{source}: an engine would refuse to start, for it is not there"
            return source
        source, image_folder = self.volume(mount.source), tree.root / mount.target.strip("/")
        if not source.exists():
            # An empty volume takes what the image has there, with its owner.
            source.mkdir(parents=True)
            if image_folder.exists():
                shutil.copystat(image_folder, source)
                os.chown(source, image_folder.stat().st_uid, image_folder.stat().st_gid)
        return source

    def _lay_target(self, mount: Mount, service: Service, tree: images.Image) -> None:
        """Make what is mounted over, in the tree or, where one mount lies in another, in that one's source."""
        above = [one for one in service.mounts if mount.target.startswith(f"{one.target}/")]
        place = (
            self._source(above[0], tree) / mount.target.removeprefix(f"{above[0].target}/")
            if above
            else tree.root / mount.target.strip("/")
        )
        place.parent.mkdir(parents=True, exist_ok=True)
        if Path(mount.source).is_file():
            place.touch()
        else:
            place.mkdir(exist_ok=True)

    @staticmethod
    def _bind(source: str, target: str, *, is_read_only: bool) -> list[str]:
        words = shlex.join([source, target])
        return [f"mount --bind {words}", *([f"mount -o remount,bind,ro {shlex.quote(target)}"] if is_read_only else [])]
