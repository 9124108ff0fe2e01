"""A line to PostgreSQL that breaks when it matters most: the server has committed, and its word of it is lost."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self

COMMIT = b"COMMIT\0"
"""A COMMIT as a client sends it."""


class LosingLine:
    """Passes on what is said to a server on loopback and back: `with LosingLine(port) as line`.

    Attributes:
        port: Where to connect instead.
        commits: How many transactions clients have asked to commit.
        lost_at: The one whose answer is lost, from 1; 0 loses none.
    """

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.commits = 0
        self.lost_at = 0

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._listening.close()

    def lose(self, at: int) -> None:
        """Count from one again, and lose the answer to the n-th COMMIT."""
        self.commits, self.lost_at = 0, at

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                is_lost = threading.Event()
                for pump in (self._ask, self._answer):
                    threading.Thread(target=pump, args=(client, server, is_lost), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket, is_lost: threading.Event) -> None:
        with suppress(OSError):
            while said := client.recv(65536):
                if said.endswith(COMMIT):
                    self.commits += 1
                    if self.commits == self.lost_at:
                        is_lost.set()
                server.sendall(said)
        _close(client, server)

    def _answer(self, client: socket.socket, server: socket.socket, is_lost: threading.Event) -> None:
        with suppress(OSError):
            while (said := server.recv(65536)) and not is_lost.is_set():
                client.sendall(said)
        _close(client, server)


def _close(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
