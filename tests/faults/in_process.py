"""A provider of texts in this process, with the store of the simulated one, for thousands of trials."""

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime

from channels.sms import Sms
from channels.sms.account import Account
from channels.sms.providers import (
    Answer,
    CannotSay,
    Doubt,
    Found,
    ListedText,
    Taken,
    Text,
    TextState,
)
from channels.sms.segments import weigh
from installation.installation import Installation
from simulators.sms_store import SimulatedText, Texts
from store.clock import SystemClock

ACCOUNT, SENDER = "AC" + "1" * 32, "+31612340000"


@dataclass
class InProcess:
    """An account at a provider that is in this process.

    `before` and `after` are called around each text that it takes, so that an answer can be lost.
    """

    name: str = "twilio"
    texts: Texts = field(default_factory=Texts)
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None

    def hand_over(self, text: Text) -> Answer:
        self.before()
        taken = self.texts.take(
            SimulatedText(
                sid=self.texts.new_sid(),
                account=ACCOUNT,
                sender=SENDER,
                to=text.to,
                body=text.body,
                made_at=SystemClock().now(),
                status="sent",
            )
        )
        try:
            self.after()
        except ConnectionError:
            return Doubt("the answer was lost")
        return Taken(taken.sid, weigh(text.body).segments)

    def find(self, to: str, since: datetime) -> Sequence[Found]:
        found = self.texts.listed(ACCOUNT, to, "")
        return [
            Found(each.sid, each.body, each.made_at, weigh(each.body).segments)
            for each in found
            if each.made_at >= since
        ]

    def status(self, ref: str) -> TextState:
        if ref not in self.texts.by_sid:
            raise CannotSay("no such text")
        return TextState(self.texts.by_sid[ref].status, None)

    def made(self, ref: str) -> bool:
        return ref.startswith("SM")

    def listed(self, since: datetime) -> Iterator[ListedText]:
        for each in self.texts.listed(ACCOUNT, "", ""):
            if each.made_at >= since:
                yield ListedText(
                    ref=each.sid,
                    to=each.to,
                    body=each.body,
                    status=each.status,
                    segments=weigh(each.body).segments,
                )

    def copied(self) -> "InProcess":
        """Return what somebody finds who comes later: the same texts, and nothing goes wrong."""
        return InProcess(self.name, copy.deepcopy(self.texts))


def texting_through(installation: Installation, provider: InProcess) -> dict[str, object]:
    """Return the channels of an installation, with texts through this provider."""

    class Through(Account):
        """An account at a provider of its own."""

        def providers(self) -> tuple[InProcess, ...]:
            return (provider,)

    given = Account.read(installation.settings.accounts)
    account = Through(**{each.name: getattr(given, each.name) for each in fields(Account)})
    return {
        **installation.channels,
        "sms": Sms(installation.settings.outbox / ".sms", account),
    }
