"""Agents and a plain client over HTTP, for the benchmark of pick-ups."""

import asyncio
import json
import time
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from itsdangerous import TimestampSigner
from sqlalchemy import select

from channels.voice.browser_names import client_name
from console.api.pagination import PLACE
from console.web.security import TOKEN
from desk.line import connecting
from installation.derived_keys import Purpose
from installation.installation import Installation
from store.tables import Leg

TALK, HOURS = 1.0, 36_000.0  # seconds: of a conversation at least, and of a session
FORM = "application/x-www-form-urlencoded"
CSRF = "a token of a benchmark"


@dataclass(kw_only=True)
class Played:
    """What was measured, in seconds, and what went wrong."""

    by_page: list[float] = field(default_factory=list)
    by_api: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    given: "Counter[int]" = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)
    lost: int = 0
    streams_ended: int = 0
    begun: dict[str, int] = field(
        default_factory=dict
    )  # how many of each list are of the beginning

    def end_beginning(self) -> None:
        """Count what comes from now on apart from what was there already."""
        self.begun = {
            name: len(getattr(self, name)) for name in ("by_page", "by_api", "pages", "bare")
        }

    def steady(self, name: str) -> list[float]:
        """Return the times of a list after the beginning."""
        found: list[float] = getattr(self, name)
        return found[self.begun.get(name, 0) :]

    def beginning(self, name: str) -> list[float]:
        """Return the times of a list in the beginning."""
        found: list[float] = getattr(self, name)
        return found[: self.begun.get(name, 0)]

    @property
    def doubled(self) -> int:
        """How many callers were given to more than one agent."""
        return sum(many - 1 for many in self.given.values())


@dataclass
class Client:
    """A connection that is kept open, as a browser keeps one."""

    port: int
    cookie: str = ""
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def begin(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> dict[str, str]:
        """Send a request and return the status and headers of its answer."""
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        head = {"host": "127.0.0.1", "cookie": self.cookie, "content-length": str(len(body))}
        lines = [f"{method} {path} HTTP/1.1"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in (head | headers).items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        answered = {
            name.lower(): value for name, _, value in (each.partition(": ") for each in rest)
        }
        return answered | {"status": first.split()[1]}

    async def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[dict[str, str], bytes]:
        """Send a request and return its whole answer."""
        answered = await self.begin(method, path, body, **headers)
        assert self.streams is not None  # noqa: S101  begun
        return answered, await self.streams[0].readexactly(int(answered.get("content-length", 0)))


@dataclass(kw_only=True)
class Agent:
    """An agent with the live queue open, who takes whoever rings."""

    name: str
    port: int
    installation: Installation
    token: str | None  # None: works by the pages
    played: Played
    rung: "asyncio.Queue[int]"

    def cookie(self) -> str:
        """Return the cookie of a session, as signing in sets it."""
        until = self.installation.now().timestamp() + HOURS
        session = {"name": self.name, "act": 1, "until": until, TOKEN: CSRF}
        key = self.installation.settings.key_for(Purpose.CONSOLE_SESSIONS).hex()
        signed = TimestampSigner(key).sign(b64encode(json.dumps(session).encode()))
        return f"kaartje={signed.decode()}"

    async def watch(self) -> None:
        """Keep the live queue open."""
        client = Client(self.port, self.cookie())
        answered = await client.begin("GET", "/queue/live")
        assert answered["status"] == "200" and client.streams, answered  # noqa: S101, PT018
        while await client.streams[0].read(65_536):
            pass
        self.played.streams_ended += 1

    async def work(self) -> None:
        """Take, read, talk and wrap up, for each who rings."""
        client, draws = Client(self.port, self.cookie()), Random(self.name)
        while True:
            await self.rung.get()
            call_id = await (self._by_api(client) if self.token else self._by_page(client))
            self.played.given[call_id] += 1
            began = time.perf_counter()
            shown, _ = await client.ask("GET", f"/queue/{call_id}")
            self.played.pages.append(time.perf_counter() - began)
            assert shown["status"] == "200", shown  # noqa: S101
            await asyncio.to_thread(_answered, self.installation, call_id)
            await asyncio.sleep(TALK + TALK * draws.random())
            await asyncio.to_thread(_left, self.installation, call_id, self.name)
            await self._wrap_up(client, call_id)

    async def _by_page(self, client: Client) -> int:
        body = urlencode({TOKEN: CSRF}).encode()
        began = time.perf_counter()
        answered, _ = await client.ask("POST", "/queue/next", body, content_type=FORM)
        self.played.by_page.append(time.perf_counter() - began)
        return int(answered["location"].removeprefix("/queue/"))

    async def _by_api(self, client: Client) -> int:
        began = time.perf_counter()
        _, document = await self._post(client, "/takings", {})
        self.played.by_api.append(time.perf_counter() - began)
        return int(document["callId"])

    async def _wrap_up(self, client: Client, call_id: int) -> None:
        if self.token:
            answered, _ = await self._post(
                client, f"/calls/{call_id}/wrap-up", {"disposition": "helped"}
            )
            assert answered["status"] == "201", answered  # noqa: S101
            return
        body = urlencode({TOKEN: CSRF, "disposition": "helped", "note": ""}).encode()
        answered, _ = await client.ask("POST", f"/queue/{call_id}/wrap-up", body, content_type=FORM)
        assert answered["status"] == "303", answered  # noqa: S101

    async def _post(
        self, client: Client, path: str, document: dict[str, str]
    ) -> tuple[dict[str, str], Any]:
        key, body = uuid4().hex, json.dumps(document).encode()
        headers = {"authorization": f"Bearer {self.token}", "idempotency_key": key}
        answered, found = await client.ask(
            "POST", f"{PLACE}{path}", body, content_type="application/json", **headers
        )
        return answered, json.loads(found)


def _answered(installation: Installation, call_id: int) -> None:
    with installation.store.reading() as connection:
        ref = connection.execute(select(Leg.ref).where(Leg.call_id == call_id)).scalar_one()
    connecting.whom_to_ring(installation, call_id, ref, now=installation.now())
    connecting.agent_answered(installation, call_id, now=installation.now())


def _left(installation: Installation, call_id: int, name: str) -> None:
    with installation.store.reading() as connection:
        ref = connection.execute(select(Leg.ref).where(Leg.call_id == call_id)).scalar_one()
    connecting.agent_left(
        installation,
        call_id,
        identity=client_name(name),
        ref=ref,
        dialled="completed",
        over=False,
        now=installation.now(),
    )
