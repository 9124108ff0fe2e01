"""A web server on loopback that answers where Airflow would, rightly or oddly: what a client of Airflow has to live through."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import pytest

from lantai.edges.airflow.bell import APPROVED_LISTS

USER, PASSWORD, TOKEN = "bell", "canary-password", "canary-token"

Answer = tuple[int, bytes, dict[str, str]]
"""Status, body, headers."""


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    body: Any
    token: str | None


def said(body: object, status: int = 200, **headers: str) -> Answer:
    """Answer in JSON."""
    return status, json.dumps(body).encode(), headers


@dataclass
class OddAirflow:
    """By default it answers as Airflow does; `instead` puts another answer, or a wait, in the place of one.

    Attributes:
        asked: Every request so far.
        paused: Ids of our DAGs that are switched off.
        instead: By path without its query, what is answered there.
    """

    asked: list[Asked] = field(default_factory=list)
    paused: list[str] = field(default_factory=list)
    instead: dict[str, Callable[[Asked], Answer]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def events(self) -> list[str]:
        """Ids of the lists that it was told of."""
        return [one.body["extra"]["list_id"] for one in self.asked if one.path == "/api/v2/assets/events"]

    def answer(self, asked: Asked) -> Answer:
        """Return what is answered."""
        self.asked.append(asked)
        place = asked.path.partition("?")[0]
        if place in self.instead:
            return self.instead[place](asked)
        if place == "/auth/token":
            is_known = asked.body == {"username": USER, "password": PASSWORD}
            # A validator that refuses a body likes to repeat it.
            return said({"access_token": TOKEN}, 201) if is_known else said({"detail": "no", "input": asked.body}, 401)
        if asked.token != f"Bearer {TOKEN}":
            return said({"detail": "Unauthorized"}, 401)
        if place == "/api/v2/assets":
            return said({"assets": [{"id": 6, "uri": APPROVED_LISTS + "/not"}, {"id": 7, "uri": APPROVED_LISTS}]})
        if place == "/api/v2/dags":
            return said({"dags": [{"dag_id": dag_id} for dag_id in self.paused], "total_entries": len(self.paused)})
        is_event = place == "/api/v2/assets/events" and asked.body["asset_id"] == 7
        return said({"id": 1}) if is_event else said({"detail": "not found"}, 404)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that went away is what some tests are about."""


def _handler(server: OddAirflow) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.loads(content) if content else None
            asked = Asked(self.command, self.path, body, self.headers.get("Authorization"))
            status, answer, headers = server.answer(asked)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def odd_airflow() -> Iterator[OddAirflow]:
    """A server that answers as Airflow does until it is told otherwise."""
    with OddAirflow() as server:
        yield server
