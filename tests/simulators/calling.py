"""A tiny house that answers the telephone, and a simulated network that rings it: for tests of the network."""

import re
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, sleep
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

ACCOUNT, TOKEN, NUMBER = "AC" + "2" * 32, "a token for tests only", "+318000543"
SOON = 20.0
Form = dict[str, str]
Says = str | Callable[[Form], str]


class TinyInstallation:
    """Answers each address with what a test wants, and remembers what it was asked."""

    def __init__(self, **says: Says) -> None:
        self.says = dict(says)
        self.asked: list[tuple[str, Form]] = []
        self.forged = 0
        self.away = False  # breaks every connection, as a house does that starts anew
        installation = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if installation.away:
                    self.close_connection = True
                    return
                form = dict(parse_qsl(body, keep_blank_values=True))
                signature = self.headers["X-Twilio-Signature"]
                installation.forged += not RequestValidator(TOKEN).validate(
                    f"{installation.url}{self.path}", form, signature
                )
                path = urlsplit(self.path).path.strip("/")
                installation.asked.append((path, form))
                said = installation.says.get(path, "")
                text = f"<Response>{said(form) if callable(said) else said}</Response>".encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
                del format, args

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def received(self, path: str) -> list[Form]:
        return [form for asked, form in self.asked if asked == path]

    def wait_for(self, path: str, count: int = 1) -> list[Form]:
        until(lambda: len(self.received(path)) >= count, self.asked)
        return self.received(path)


class Network:
    """`kaartje simulate calls` in a process of its own."""

    def __init__(self, url: str, *options: str) -> None:
        command = [
            sys.executable,
            "-c",
            "from console.main import run; run()",
            "simulate",
            "calls",
            "--port",
            "0",
        ]
        given = ["--url", url, "--to", NUMBER, "--account", ACCOUNT, "--token", TOKEN, *options]
        self.process = subprocess.Popen([*command, *given], stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        said = self.process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found, said + self.process.stderr.read()
        self.url = found[0]
        self.client = Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=10))
        self.client.api.base_url = self.url

    def ring(self, **form: str) -> str:
        """Let somebody ring; return the call's key."""
        return str(requests.post(f"{self.url}/simulator/ring", data=form, timeout=10).json()["sid"])

    def hang_up(self, sid: str) -> None:
        requests.post(f"{self.url}/simulator/hang-up/{sid}", timeout=10).raise_for_status()
        self.wait_for_end(sid)  # by then the house was told of it

    def truth(self, sid: str) -> dict[str, Any]:
        received = requests.get(f"{self.url}/simulator/truth", timeout=10).json()
        found: dict[str, Any] = next(call for call in received["calls"] if call["call_sid"] == sid)
        return found

    def wait_for_end(self, sid: str) -> dict[str, Any]:
        until(lambda: self.truth(sid)["ended_at"], self.truth(sid))
        return self.truth(sid)

    def say_at_the_end(self, timeout: float) -> str:
        """Wait until it ends by itself; return what it said."""
        _, said = self.process.communicate(timeout=timeout)
        assert self.process.returncode == 0, said
        return said

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


def until(true: Callable[[], Any], otherwise: object) -> None:
    ends = monotonic() + SOON
    while not true():
        assert monotonic() < ends, otherwise
        sleep(0.02)
