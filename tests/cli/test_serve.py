"""What keeps `lantai serve` from starting is said at once, before a minute of waiting."""

from __future__ import annotations

import socket

from desks import Desk
from lantai.edges.airflow.occupied import occupied


def test_port_of_the_pages_that_is_taken_is_refused_with_the_way_out(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = desk.run("serve", "--port", port)

    assert told.code == 2
    assert f"--port {port}: found another program on it, expected a free one; --port 0 takes any" in told.err
    assert not (desk.home / "airflow" / "airflow.cfg").exists()


def test_home_that_is_served_already_is_refused_with_the_process_that_has_it(desk: Desk) -> None:
    with occupied(desk.home):
        told = desk.run("serve", "--port", 0)

    assert told.code == 2
    assert "found a demo or `lantai serve` running there: process" in told.err
    assert "end it with Ctrl-C where it was started" in told.err
