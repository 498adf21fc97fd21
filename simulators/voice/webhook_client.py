"""Webhook requests of a simulated telephone network, signed and over real HTTP."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import local
from typing import Any
from urllib.parse import urlencode, urlsplit

from requests import Response, Session
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout, RequestException

from channels.sms.signatures import SETTINGS, SIGNATURE, Scheme, sign
from simulators.sms_faults import drawn
from simulators.voice.network_state import SimulatedCall
from simulators.voice.scaled_clock import Pace
from simulators.voice.scenario import LineFaults

AT_ONCE = 64
# seconds, as at the real one; the installation's time is never sped up
_CONNECT, _READ, _REFUSED = (5.0, 15.0, 400)
BROKEN = 11200


class NoAnswer(Exception):
    """The installation did not answer, or not with a document.

    `code` is the one that the real provider would log.
    """

    code = BROKEN


@dataclass(kw_only=True)
class WebhookClient:
    """Posts signed requests to the installation."""

    faults: LineFaults
    pace: Pace
    seed: int
    asked: int = 0
    reported: int = 0
    failed: int = 0
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(AT_ONCE, thread_name_prefix="calls")
    )
    _mine: local = field(default_factory=local)

    async def ask(
        self, call: SimulatedCall, url: str, method: str, fields: Mapping[str, str]
    ) -> str:
        """Ask what to do, and return the document.

        Raises:
            NoAnswer: nobody answered (after one more try), or with an error.
        """
        self.asked += 1
        call.asks += 1
        about = (call.party.name, urlsplit(url).path, call.asks)
        await self._dawdle("ask", *about)
        if drawn(self.seed, "broken", *about) < self.faults.broken_share:
            # the installation got it, and then the connection broke
            await self._post(call.token, url, method, fields)
            raise NoAnswer("the answer was lost")
        twice = drawn(self.seed, "double", *about) < self.faults.double_share
        asked = [self._post(call.token, url, method, fields) for _ in range(2 if twice else 1)]
        first, *_ = await asyncio.gather(*asked)
        if first is None or first.status_code >= _REFUSED:
            self.failed += 1
            raise NoAnswer(
                f"{urlsplit(url).path}: {'no answer' if first is None else first.status_code}"
            )
        return str(first.text)

    def report(self, call: SimulatedCall, url: str, fields: Mapping[str, str]) -> None:
        """Send a report, in order for each call unless the faults say otherwise."""
        about = (call.party.name, fields.get("CallStatus", ""), call.sequence)
        if not url or drawn(self.seed, "lost", *about) < self.faults.lost_share:
            return
        before = (
            None
            if drawn(self.seed, "reorder", *about) < self.faults.reorder_share
            else call.last_report
        )
        call.last_report = asyncio.create_task(
            self._report(before=before, token=call.token, url=url, fields=fields, about=about)
        )

    async def _report(
        self,
        *,
        before: Any,
        token: str,
        url: str,
        fields: Mapping[str, str],
        about: tuple[object, ...],
    ) -> None:
        if before is not None:
            await before
        await self._dawdle("tell", *about)
        twice = drawn(self.seed, "double-report", *about) < self.faults.double_share
        for _ in range(2 if twice else 1):
            self.reported += await self._post(token, url, "POST", fields) is not None

    async def _dawdle(self, *about: object) -> None:
        if drawn(self.seed, "late", *about) < self.faults.late_share:
            await self.pace.sleep(self.faults.late)

    async def _post(
        self, token: str, url: str, method: str, fields: Mapping[str, str]
    ) -> Response | None:
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, self._send, token, url, method, dict(fields)
        )

    def _send(self, token: str, url: str, method: str, fields: dict[str, str]) -> Response | None:
        """Send a request, once more where no connection was made, and return None where there is none."""
        if method == "GET":
            url, fields = f"{url}{'&' if '?' in url else '?'}{urlencode(fields)}", {}
        url = url.partition("#")[0]
        scheme = Scheme.SHA256 if self.faults.sha256 else Scheme.SHA1
        headers = {SIGNATURE: sign(token, url, fields, scheme)}
        if self.faults.sha256:
            headers[SETTINGS] = f"key=simulator,algorithm={scheme}"
        for last in (False, True):
            try:
                return self._session().request(  # type: ignore[no-any-return]  # requests tells mypy nothing
                    method, url, data=fields or None, headers=headers, timeout=(_CONNECT, _READ)
                )
            except (ConnectTimeout, NoConnection):
                if last:
                    return None
            except RequestException:
                return None
        return None

    def _session(self) -> Any:
        if not hasattr(self._mine, "session"):
            self._mine.session = Session()
        return self._mine.session
