"""docs/operations.md as an operator follows it: the blocks of commands, run in their order in a sandbox.

The page's placeholders are filled in, and programs are played: `docker` by `servers.services`, `git` by nothing, `systemctl` by
running for a second what the page's unit file says, as the user whom it names. No user is added to this machine: `useradd` notes the name
in the sandbox, and what runs as that user, or is given to it, really has the uid of the machine's `nobody`, where that user gets to
the checkout. Who is not root plays the user too.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shlex
import socketserver
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from servers.services import System

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```sh (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
PLACEHOLDERS = re.findall(r"^\| `([^`]+)` \| ", PAGE.partition("## Keys")[0], re.MULTILINE)
(SERVED_BY,) = re.findall(r"^User=(.*)$", PAGE, re.MULTILINE)
(STARTED,) = re.findall(r"^ExecStart=(.*)$", PAGE, re.MULTILINE)
BLOCK_SECONDS = 900

DOCKER = """\
import base64, json, socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.connect({address!r})
    given = b"" if sys.stdin.isatty() else sys.stdin.buffer.read()
    line.sendall(json.dumps([sys.argv[1:], base64.b64encode(given).decode()]).encode() + b"\\n")
    code, out, err = json.loads(line.makefile("rb").readline())
sys.stdout.buffer.write(base64.b64decode(out))
sys.stderr.buffer.write(base64.b64decode(err))
sys.exit(code)
"""

GIT = '#!/bin/sh\ncase "$*" in *"pull --ff-only") ;; *) echo "git $*: not on the page" >&2; exit 1 ;; esac\n'
SYSTEMCTL = """\
#!/bin/sh
case "$*" in
    "enable --now lantai") exec runuser -u {user} -- {started} --for 1 ;;
    "start lantai" | "stop lantai") ;;
    *) echo "systemctl $*: not on the page" >&2; exit 1 ;;
esac
"""

NOBODY = 65534


def _uid_of_users() -> int:
    """Return whose uid the users of the page have: the machine's `nobody`, for ssh-keygen runs for no user without a name.

    Where that user does not get to this checkout, as below a folder that is closed to all others, oneself plays the users.
    """
    if os.geteuid() != 0:
        return os.getuid()
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    reaches = subprocess.run([*become, "test", "-e", ROOT / "sql"], capture_output=True, check=False)
    return NOBODY if reaches.returncode == 0 else 0


UID = _uid_of_users()

USERADD = """\
#!/bin/sh
for name; do :; done
[ ! -e {users}/"$name" ] || {{ echo "useradd: $name exists" >&2; exit 9; }}
: >{users}/"$name"
"""
RUNUSER = """\
#!/bin/sh
[ "$1" = -u ] && [ -e {users}/"$2" ] && [ "$3" = -- ] || {{ echo "runuser: no user $2" >&2; exit 1; }}
shift 3
exec {become} "$@"
"""
OWNED = """\
#!/bin/bash
words=()
for word; do
    if [ -e {users}/"${{word%%:*}}" ]; then word=${{word//"${{word%%:*}}"/{uid}}}; fi
    words+=("$word")
done
exec /usr/bin/{program} "${{words[@]}}"
"""


@dataclass
class Operator:
    """Somebody who follows the page.

    Attributes:
        folder: The sandbox, which holds everything that the page names.
        values: What is put in the place of placeholders, besides the folders.
    """

    folder: Path
    values: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Lay out the machine: the checkout, the custodian's folder, the disk for backups."""
        for name in ("lantai", "custodian", "backup", "bin"):
            (self.folder / name).mkdir()
        shown = [*ROOT.glob("[!.]*"), ROOT / ".venv"]
        for entry in shown:
            (self.checkout / entry.name).symlink_to(entry)
        # Not to be done anew from here: it would lead the checkout's own command to this sandbox.
        stale = subprocess.run(["make", "-C", ROOT, "--question", "setup"], capture_output=True, check=False)
        assert stale.returncode == 0, "run `make setup` first"
        self.play("git", GIT)
        started = self.filled(STARTED).replace("--port 8080", "--port 0")
        self.play("systemctl", SYSTEMCTL.format(started=started, user=SERVED_BY))
        self._play_users()
        (self.folder / "state").write_text(f"cd {self.folder}\n")

    @property
    def checkout(self) -> Path:
        """The checkout, where everything but what the page makes is a link."""
        return self.folder / "lantai"

    def play(self, program: str, text: str) -> None:
        """Put a stand-in where a program is looked for first."""
        path = self.folder / "bin" / program
        path.write_text(text)
        path.chmod(0o755)

    def _play_users(self) -> None:
        users, uid = self.folder / "users", UID
        users.mkdir()
        # The checkout and its Python may lie in a folder of root's, which a server's do not: this user gets there, and writes nothing.
        gets_there = "--inh-caps=+dac_read_search --ambient-caps=+dac_read_search"
        become = f"setpriv --reuid={uid} --regid={uid} --clear-groups {gets_there}" if uid == NOBODY else ""
        self.play("useradd", USERADD.format(users=users))
        self.play("runuser", RUNUSER.format(users=users, become=become))
        for program in ("chown", "install"):
            self.play(program, OWNED.format(users=users, uid=uid, program=program))

    def filled(self, text: str) -> str:
        """Return a text of the page with its placeholders filled in."""
        known = {
            name: str(self.folder / name.removeprefix("/srv/")) for name in PLACEHOLDERS if name.startswith("/srv/")
        }
        for name, value in sorted((known | self.values).items(), reverse=True):
            text = text.replace(name, value)
        return text

    def follow(self, block: str) -> str:
        """Run a block of the page as it stands; every command of it has to end well. Return what was shown."""
        state = self.folder / "state"
        text = f"set -eu -o pipefail\n. {state}\n{self.filled(BLOCKS[block])}\n{{ export -p; declare -f; echo cd $(pwd); }} >{state}"
        given = {
            name: value for name, value in os.environ.items() if not name.startswith(("LANTAI_", "AIRFLOW", "MAKE"))
        }
        done = subprocess.run(
            ["bash", "-c", text], env=given | {"PATH": f"{self.folder}/bin:{given['PATH']}", "LANTAI_LOCALE": "en"},
            capture_output=True, text=True, check=False, timeout=BLOCK_SECONDS, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == 0, f"{block}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr


def readable_by_others(folder: Path) -> list[Path]:
    """Return the files in a folder, not below it, that more than their owner may open."""
    return [path for path in folder.iterdir() if path.is_file() and path.stat().st_mode & 0o077]


@contextmanager
def docker_played(operator: Operator, system: System) -> Iterator[None]:
    """Let `docker compose` of the page reach services that run in namespaces."""
    address = str(operator.folder / "docker.sock")

    class Line(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            words, given = json.loads(self.rfile.readline())
            try:
                code, out, err = _compose(system, words, base64.b64decode(given))
            except Exception as error:  # noqa: BLE001 - told to whoever typed the command
                code, out, err = 1, b"", f"{error}\n".encode()
            answer = [code, base64.b64encode(out).decode(), base64.b64encode(err).decode()]
            self.wfile.write(json.dumps(answer).encode() + b"\n")

    with socketserver.ThreadingUnixStreamServer(address, Line) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        python = operator.checkout / ".venv/bin/python"
        script = operator.folder / "docker.py"
        script.write_text(DOCKER.format(address=address))
        operator.play("docker", f'#!/bin/sh\nexec {python} -S {script} "$@"\n')
        yield
        server.shutdown()


def _compose(system: System, words: Sequence[str], given: bytes) -> tuple[int, bytes, bytes]:
    program, verb, *rest = words
    assert program == "compose", words
    plain = [word for word in rest if word not in {"--detach", "--build", "--rm", "-T"}]
    if verb == "version":
        return 0, b"2\n", b""
    if verb == "up":
        system.up(*plain)
        return 0, b"", b""
    if verb == "down":
        system.down()
        return 0, b"", b""
    if verb == "ps":
        lines = [f"{name} {'up' if one.process.poll() is None else 'exited'}" for name, one in system.running.items()]
        return 0, "\n".join(lines).encode(), b""
    if verb == "run":
        entrypoint = plain[1] if plain[0] == "--entrypoint" else ""
        name, *command = plain[2:] if entrypoint else plain
        done = system.run(name, *command, stdin=given, entrypoint=entrypoint)
    else:
        assert verb == "exec", f"docker {shlex.join(words)}: not on the page"
        done = system.exec(plain[0], *plain[1:], stdin=given)
    return done.returncode, done.stdout, done.stderr
