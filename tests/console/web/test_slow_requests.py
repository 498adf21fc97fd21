"""A server closes connections on which no whole request arrives, and leaves slow answers alone."""

import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import uvicorn

from console.web.slow_requests import timed_protocol

LIMIT = 0.2
ENOUGH = 10  # seconds after which a test gives up
REQUEST = b"GET / HTTP/1.1\r\nHost: kaartje\r\n"
POST = b"POST / HTTP/1.1\r\nHost: kaartje\r\nContent-Length: 100\r\n\r\nhalf"


async def _app(scope: dict[str, Any], receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
    )
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve a small application on loopback, with a short limit."""
    config = uvicorn.Config(
        _app, http=timed_protocol(LIMIT), timeout_keep_alive=1, log_level="error", lifespan="off"
    )
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield int(listening.getsockname()[1])
    server.should_exit = True
    thread.join(timeout=ENOUGH)
    listening.close()


def _connect(port: int, sent: bytes) -> socket.socket:
    connected = socket.create_connection(("127.0.0.1", port), timeout=ENOUGH)
    if sent:
        connected.sendall(sent)
    return connected


def _await_answer(connected: socket.socket) -> None:
    answer = b""
    while not answer.endswith(b"ok"):
        part = connected.recv(1000)
        assert part, "closed before it was answered"
        answer += part


@pytest.mark.parametrize(
    "sent", [b"", b"GET", REQUEST, POST], ids=["nothing", "a word", "headers", "a body"]
)
def test_a_connection_without_a_whole_request_is_closed(port: int, sent: bytes) -> None:
    with _connect(port, sent) as connected:
        assert connected.recv(100) == b""


def test_many_connections_that_send_nothing_are_all_closed(port: int) -> None:
    waiting = [_connect(port, REQUEST) for _ in range(200)]
    assert [each.recv(100) for each in waiting] == [b""] * 200
    for each in waiting:
        each.close()


def test_a_whole_request_is_answered_and_the_next_one_has_its_own_limit(port: int) -> None:
    with _connect(port, REQUEST + b"\r\n") as connected:
        _await_answer(connected)
        connected.sendall(REQUEST + b"\r\n")
        _await_answer(connected)
        connected.sendall(b"GET")
        assert connected.recv(100) == b""
