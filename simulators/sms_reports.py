"""Signed webhooks of a simulated provider, for reports on its texts and for replies."""

import asyncio
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import local
from typing import Any

from requests import Session
from requests.exceptions import RequestException

from channels.sms.signatures import SETTINGS, SIGNATURE, Scheme, sign
from simulators.sms_faults import Faults, drawn
from simulators.sms_store import SimulatedText, Texts

REPLIES = (
    "Bel mij maar",
    "Wie is dit?",
    "Ja graag, morgenmiddag",
    "Thanks, please call me",
    "ok 👍",
)
STOPS = ("STOP", "stop", "Stop aub")
_TIMEOUT = 15.0


@dataclass(kw_only=True)
class Reporter:
    """Posts reports and replies, each at its own time."""

    texts: Texts
    faults: Faults
    seed: int
    reported: int = 0
    _posting: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(16, thread_name_prefix="reports")
    )
    _mine: local = field(default_factory=local)

    def follow(self, text: SimulatedText, token: str) -> None:
        """Schedule the reports of a text, and perhaps a reply."""
        loop = asyncio.get_running_loop()
        for delay, status in self._course(text):
            loop.call_later(delay, self._report, text, token, status)
        if self.faults.reply_url and drawn(self.seed, "reply", text.to) < self.faults.reply_share:
            stop = drawn(self.seed, "stop", text.to) < self.faults.stop_share
            choices = STOPS if stop else REPLIES
            words = choices[int(drawn(self.seed, "words", text.to) * len(choices))]
            loop.call_later(self.faults.reply_after, self.answer, text, token, words)

    def answer(self, text: SimulatedText, token: str, body: str) -> SimulatedText:
        """Post a reply of the recipient of a text."""
        reply = SimulatedText(
            sid=self.texts.new_sid(),
            account=text.account,
            sender=text.to,
            to=text.sender,
            body=body,
            made_at=datetime.now(UTC),
            direction="inbound",
            status="received",
        )
        self.texts.take(reply)
        if body.strip().upper() == "STOP":
            self.texts.stopped.add((text.account, text.sender, text.to))
        form = {
            "MessageSid": reply.sid,
            "SmsSid": reply.sid,
            "AccountSid": reply.account,
            "From": reply.sender,
            "To": reply.to,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": "1",
            "ApiVersion": "2010-04-01",
        }
        if self.faults.reply_url:
            self._post(self.faults.reply_url, token, form)
        return reply

    def _course(self, text: SimulatedText) -> Iterator[tuple[float, str]]:
        """Yield the delay in seconds and the status of each report."""
        reached = drawn(self.seed, "unreachable", text.to) >= self.faults.unreachable_share
        statuses = ["sent", "delivered" if reached else "undelivered"]
        turned = drawn(self.seed, "reorder", text.sid) < self.faults.reorder_share
        for place, status in enumerate(statuses):
            step = len(statuses) - place if turned else place + 1
            late = drawn(self.seed, "late", text.sid, status) < self.faults.late_share
            yield self.faults.receipt_after * step + (self.faults.late if late else 0), status

    def _report(self, text: SimulatedText, token: str, status: str) -> None:
        if status == "undelivered":
            text.error = 30005
        if text.status not in {"delivered", "undelivered", "canceled"}:
            text.status = status
        if not text.callback or drawn(self.seed, "lost", text.sid, status) < self.faults.lost_share:
            return
        form = {
            "MessageSid": text.sid,
            "SmsSid": text.sid,
            "AccountSid": text.account,
            "From": text.sender,
            "To": text.to,
            "MessageStatus": status,
            "SmsStatus": status,
            "ApiVersion": "2010-04-01",
            **({"ErrorCode": str(text.error)} if status == "undelivered" else {}),
        }
        twice = drawn(self.seed, "double", text.sid, status) < self.faults.double_share
        for _ in range(2 if twice else 1):
            self._post(text.callback, token, form)

    def _post(self, url: str, token: str, form: Mapping[str, str]) -> None:
        scheme = Scheme.SHA256 if self.faults.sha256 else Scheme.SHA1
        headers = {SIGNATURE: sign(token, url, form, scheme)}
        if self.faults.sha256:
            headers[SETTINGS] = f"key=simulator,algorithm={scheme}"
        self._posting.submit(self._post_now, url, form, headers)

    def _post_now(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> None:
        try:
            self._session().post(url, data=form, headers=headers, timeout=_TIMEOUT)
            self.reported += 1
        except RequestException:
            return  # as the real one: a report that is not taken is not kept

    def _session(self) -> Any:
        if not hasattr(self._mine, "session"):
            self._mine.session = Session()
        return self._mine.session
