"""A telephone line with callers and agents on a driven clock, all in one process and without waiting.

The clock jumps to whatever happens next, so an hour of the line takes seconds and every run of a seed is alike. The
installation is asked through its own doors: signed webhooks, the API with a token, the pages with a session.
"""

import asyncio
import re
import selectors
import warnings
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from itertools import count
from typing import Any
from urllib.parse import urlencode

from channels.sms.signatures import SIGNATURE, Scheme, sign
from channels.voice.port import Bridging, Call, Ended, GoneAlready, Ringing
from simulators.voice.network_state import SimulatedCall, Source, sid
from simulators.voice.rehearsal import Stage
from simulators.voice.scaled_clock import Pace
from simulators.voice.webhook_client import WebhookClient

with warnings.catch_warnings():  # it would rather have another client, which we do not need
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

__all__ = [
    "ByApi",
    "ByPage",
    "DrivenLoop",
    "DrivenPace",
    "Network",
    "TestClient",
    "Webhooks",
    "driven",
]

FORM = "application/x-www-form-urlencoded"


class DrivenLoop(asyncio.SelectorEventLoop):
    """An event loop whose time stands still while anything is done, and jumps to what is due next."""

    def __init__(self) -> None:
        self.moment = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        """Return the seconds since the beginning."""
        return self.moment


class _Jumping(selectors.DefaultSelector):
    def __init__(self, loop: DrivenLoop) -> None:
        super().__init__()
        self.loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise RuntimeError("nobody waits for anything any more")
        self.loop.moment += max(timeout, 0)
        return super().select(0)


def driven(work: Coroutine[Any, Any, None], loop: DrivenLoop) -> None:
    """Run work to its end on a driven clock."""
    try:
        loop.run_until_complete(work)
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
    finally:
        loop.close()


@dataclass(frozen=True)
class DrivenPace(Pace):
    """The pace of a rehearsal on a driven clock. The installation has the same one."""

    loop: DrivenLoop = field(default_factory=DrivenLoop)

    def now(self) -> datetime:
        """Return the moment that has come."""
        return self.began_at + timedelta(seconds=self.loop.time())

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(max(seconds, 0))


@dataclass(kw_only=True)
class Webhooks(WebhookClient):
    """Signed webhooks, posted to an application in this process."""

    app: Any
    public: str
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = TestClient(self.app, raise_server_exceptions=False)

    def _send(self, token: str, url: str, method: str, fields: dict[str, str]) -> Any:
        headers = {SIGNATURE: sign(token, url, fields, Scheme.SHA1), "content-type": FORM}
        return self.client.request(
            method, url.removeprefix(self.public), content=urlencode(fields), headers=headers
        )

    async def _post(self, token: str, url: str, method: str, fields: Mapping[str, str]) -> Any:
        return self._send(token, url, method, dict(fields))


@dataclass
class Network:
    """The telephone network as the installation's exchange."""

    stage: Stage | None = None
    placing: list[Call] = field(default_factory=list)

    def bridge(self, caller: str, queue: str | None, answer_url: str) -> Bridging | GoneAlready:
        """Take a caller out of the queue, or out of what they hear."""
        del queue
        assert self.stage is not None  # noqa: S101  the network is there before the first call
        exchange = self.stage.exchange
        call = exchange.calls.get(caller)
        there = call is not None and exchange.redirect(call, Source(answer_url))
        return Bridging() if there else GoneAlready()

    def ring(self, call: Call) -> Ringing:
        """Take a call to be placed, which rings when the installation has answered."""
        assert self.stage is not None  # noqa: S101
        place = len(self.stage.exchange.calls) + len(self.placing)
        self.placing.append(call)
        return Ringing(sid("CA", self.stage.exchange.seed, place))

    def place(self) -> list[SimulatedCall]:
        """Let the telephones ring for the calls that were asked for. Return these."""
        assert self.stage is not None  # noqa: S101
        exchange, placed = self.stage.exchange, []
        for asked in self.placing:
            party = exchange.find_party(asked.to)
            call = exchange.new_call(
                asked.caller_id, asked.to, direction="outbound-api", party=party
            )
            call.callback = asked.status_url
            exchange.start(self._lead(call, asked))
            placed.append(call)
        self.placing.clear()
        return placed

    async def _lead(self, call: SimulatedCall, asked: Call) -> None:
        assert self.stage is not None  # noqa: S101
        if await self.stage.exchange.ring(call, asked.seconds):
            await self.stage.interpreter.live(call, Source(asked.answer_url))

    def end(self, ref: str) -> Ended:
        """End a call."""
        assert self.stage is not None  # noqa: S101
        self.stage.exchange.hang_up(self.stage.exchange.calls[ref], "house")
        return Ended()

    def forget(self, recording: str) -> Ended:
        """Delete nothing, since nothing is recorded."""
        del recording
        return Ended()


@dataclass(kw_only=True)
class ByApi:
    """An agent who works by the API."""

    client: Any
    token: str
    keys: Any = field(default_factory=lambda: count(1))

    def take(self) -> tuple[int | None, bool]:
        """Take the next entry. Return it, and whether a caller is put through."""
        took = self._post("/takings", {})
        if took.status_code != 201:
            return None, False
        found = took.json()
        return found["callId"], found["connection"] in {"connecting", "uncertain"}

    def dial(self, call_id: int) -> bool:
        """Dial the number of an entry. Return whether it may be dialled."""
        return bool(self._post(f"/calls/{call_id}/dials", {}).status_code == 201)

    def wrap_up(self, call_id: int, disposition: str = "helped") -> bool:
        """Wrap an entry up. Return whether that was possible."""
        done = self._post(f"/calls/{call_id}/wrap-up", {"disposition": disposition, "note": ""})
        return bool(done.status_code == 201)

    def alive(self) -> None:
        """Do nothing, since a system has no page that is open."""

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": f"{self.token[-8:]}-{next(self.keys)}",
        }
        return self.client.post(f"/api/v1{path}", json=body, headers=headers)


@dataclass(kw_only=True)
class ByPage:
    """An agent who works by the pages."""

    client: Any
    token: str = ""

    def sign_in(self, name: str, password: str) -> None:
        """Sign in."""
        self._get("/sign-in")
        self._post("/sign-in", name=name, password=password)
        self._get("/queue")

    def take(self) -> tuple[int | None, bool]:
        """Press for the next entry. Return it, and whether a caller may be put through."""
        self._get("/queue")
        came = self._post("/queue/next")
        found = re.fullmatch(r"/queue/(\d+)", came.url.path)
        return (int(found[1]), True) if found else (None, False)

    def wrap_up(self, call_id: int) -> bool:
        """Wrap an entry up. Return whether that was possible."""
        done = self._post(f"/queue/{call_id}/wrap-up", disposition="helped", note="")
        return bool(done.url.path == "/queue")

    def alive(self) -> None:
        """Let the page say that it is open."""
        self._get("/queue")

    def _get(self, path: str) -> Any:
        return self._seen(self.client.get(path))

    def _post(self, path: str, **fields: str) -> Any:
        return self._seen(self.client.post(path, data={"csrf": self.token, **fields}))

    def _seen(self, response: Any) -> Any:
        found = re.search(r'name="csrf" value="([^"]+)"', unescape(response.text))
        self.token = found[1] if found else self.token
        return response
