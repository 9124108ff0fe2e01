"""The images of the Dockerfile as trees of files on this machine, without an engine.

What a stage copies, runs and sets is done as the file says. What stands in: the base image is this machine's Debian, of which a
stage sees the programs of the packages that every Debian has and those that it installs itself; /opt/venv is the venv of the
checkout, with Lantai in it as the wheel that the file builds.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOST_USR = "/.host/usr"
"""Where a tree finds this machine's /usr."""

PROGRAM_FOLDERS = ("bin", "sbin")
VENV = Path(sys.prefix)
SITE_PACKAGES = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"


@dataclass
class Image:
    """A tree of files, and how a container of it starts.

    Attributes:
        root: The tree.
        mounts: What is laid into it for as long as a container runs: source on this machine by path in the tree, read-only.
    """

    root: Path
    environment: dict[str, str] = field(
        default_factory=lambda: {"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    )
    command: list[str] = field(default_factory=list)
    working_dir: str = "/"
    mounts: dict[str, str] = field(default_factory=lambda: {HOST_USR: "/usr"})


def stage_lines(stage: str) -> list[str]:
    """Return the instructions of one stage of the Dockerfile, each on one line."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    _, _, rest = re.split(rf"^FROM (\S+) AS {stage}\n", text, flags=re.MULTILINE)
    return [line for line in rest.partition("\nFROM ")[0].splitlines() if line and not line.startswith("#")]


def build(stage: str, folder: Path) -> Image:
    """Make the tree of a stage of the Dockerfile."""
    lines = stage_lines(stage)
    installs = [line for line in lines if "apt-get install" in line]
    packages = [word for line in installs for word in line.split("&&")[1].split()[2:] if not word.startswith("-")]
    image = bare(folder, _programs(packages))
    for line in lines:
        verb, _, rest = line.partition(" ")
        if verb == "RUN" and line not in installs:
            _run(image, rest)
        elif verb == "COPY":
            _copy(image, rest)
        elif verb == "ENV":
            for name, _, value in (word.partition("=") for word in shlex.split(rest)):
                image.environment[name] = value.replace("$PATH", image.environment["PATH"])
        elif verb == "WORKDIR":
            image.working_dir = rest
        elif verb == "CMD":
            image.command = json.loads(rest)
        else:
            # The user is the service's, and what is exposed is a remark.
            assert line in installs or verb in {"USER", "EXPOSE"}, line
    return image


def bare(folder: Path, programs: set[str] | None = None) -> Image:
    """Make a tree of a Debian: with these programs only, or with all of this machine's."""
    usr = folder / "usr"
    (usr / "local/bin").mkdir(parents=True)
    for there in Path("/usr").iterdir():
        if there.name in PROGRAM_FOLDERS and programs is not None:
            (usr / there.name).mkdir()
            for program in there.iterdir():
                if program.name in programs:
                    (usr / there.name / program.name).symlink_to(f"{HOST_USR}/{there.name}/{program.name}")
        elif there.name != "local":
            (usr / there.name).symlink_to(f"{HOST_USR}/{there.name}")
    for there in Path("/").iterdir():
        if there.is_symlink() and str(there.readlink()).startswith("usr/"):
            (folder / there.name).symlink_to(there.readlink())
    shutil.copytree("/etc", folder / "etc", symlinks=True, ignore_dangling_symlinks=True)
    (folder / "run").mkdir()
    (folder / "var").mkdir()
    (folder / "var/run").symlink_to("/run")
    for name in ("dev", "proc", "tmp", "root", "var/lib", "srv", HOST_USR.strip("/")):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return Image(folder)


def _programs(packages: list[str]) -> set[str]:
    """Return the names of the programs of these packages, and of those without which there is no Debian."""
    form = "${Package} ${Essential} ${Priority}\n"
    lines = subprocess.run(["dpkg-query", "-W", "-f", form], check=True, capture_output=True, text=True).stdout
    known = [line.split() for line in lines.splitlines()]
    always = [name for name, *rest in known if "yes" in rest or "required" in rest]
    listed = subprocess.run(["dpkg", "-L", *always, *packages], check=True, capture_output=True, text=True).stdout
    names = {Path(path).name for path in listed.splitlines() if re.match(r"(/usr)?/s?bin/.", path)}
    # Which of several programs is meant by a name such as awk is a link that no package lists.
    return names | {path.name for path in Path("/etc/alternatives").iterdir() if path.resolve().name in names}


def _run(image: Image, command: str) -> None:
    words = ["chroot", str(image.root), "/bin/sh", "-ec", command]
    host = f"mount --bind /usr {image.root}{HOST_USR}"
    subprocess.run(
        ["unshare", "--mount", "sh", "-ec", f'{host}; exec "$@"', "sh", *words],
        check=True,
        env={"PATH": image.environment["PATH"]},
    )


def _copy(image: Image, rest: str) -> None:
    *sources, target = shlex.split(rest)
    if sources[0] == "--from=build":
        _lay_venv(image, target)
        return
    patterns = [
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")
    ]
    for name in sources:
        source, to = ROOT / name, image.root / target.strip("/")
        for path in [source, *source.rglob("*")] if source.is_file() else source.rglob("*"):
            sent = path.relative_to(ROOT).as_posix()
            assert any(fnmatch(sent, pattern) for pattern in patterns), (
                f"{sent} does not go to the builder: .dockerignore"
            )
        if source.is_dir():
            shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        else:
            to = to / source.name if target.endswith("/") else to
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, to)


def _lay_venv(image: Image, target: str) -> None:
    """Lay the packages of the checkout's venv there, its programs with their new address, and Lantai as its wheel."""
    venv, base = image.root / target.strip("/"), Path(sys.base_prefix)
    (venv / "bin").mkdir(parents=True)
    (venv / SITE_PACKAGES).mkdir(parents=True)
    shutil.copy(VENV / "pyvenv.cfg", venv)
    for program in (VENV / "bin").iterdir():
        if program.name.startswith("python"):
            shutil.copy(program, venv / "bin", follow_symlinks=False)
        elif program.read_bytes()[:2] == b"#!":
            text = program.read_text(encoding="utf-8").replace(str(VENV), target)
            (venv / "bin" / program.name).write_text(text, encoding="utf-8")
            (venv / "bin" / program.name).chmod(0o755)
    wheel = image.root / "wheel"
    subprocess.run(
        [VENV / "bin/uv", "pip", "install", "--quiet", "--compile-bytecode", "--no-deps", "--no-build-isolation",
         "--no-index", "--python", sys.executable, "--target", wheel, ROOT],
        check=True,
    )  # fmt: skip
    (image.root / "wheel.pth").write_text("/wheel\n", encoding="ascii")
    (image.root / str(base).strip("/")).mkdir(parents=True)
    image.mounts |= {str(base): str(base), f"{target}/{SITE_PACKAGES}": str(VENV / SITE_PACKAGES)}
    # The checkout's own, which would be imported in its place.
    (editable,) = (VENV / SITE_PACKAGES).glob("_*lantai.pth")
    image.mounts[f"{target}/{SITE_PACKAGES}/{editable.name}"] = str(image.root / "wheel.pth")
