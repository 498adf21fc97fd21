"""The text channel, which turns a batch into texts at a provider, each at most once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ClassVar, Self

from channels.judging import judge, report_progress
from channels.port import (
    Batch,
    ChannelSettings,
    Message,
    Refusal,
    RefusalKind,
    Result,
    Unavailable,
    type_of_address,
)
from channels.sms.account import Account
from channels.sms.attempts import attempt_key
from channels.sms.circuit_breaker import ALERTS, Breaker, Breakers, Trip
from channels.sms.journal import AllJournals, Journal, Journals
from channels.sms.providers import Provider, Text
from channels.sms.rate_limit import Pace, Turns, lines
from channels.sms.segments import weigh
from channels.sms.sending import Sending
from channels.sms.unknown_texts import Settling
from people.numbers import PhoneNumber
from store.clock import SystemClock
from store.errors import BadInput
from store.sentences import Sentence, as_sentence

LONGEST = 1600
"""Characters that a provider takes."""
_BATCH_LASTS = 25.0
"""Seconds that handing over one batch takes at the account's own pace."""
_LARGEST = 1_000
_STOPPING = 30.0
"""Seconds that a living sender gets to stop, besides the time its last calls may take."""
ANSWER = "STOP"
_CONTROLS = frozenset(map(chr, (*range(10), 11, *range(14, 32), 127)))


class Sms:
    """Text messages.

    The journals of its batches are in `outbox/.sms/`, shared by all workers of the installation.
    """

    kind: ClassVar[str] = "sms"
    reaches: ClassVar[type_of_address] = "text"
    carries_code: ClassVar[bool] = False
    pages: ClassVar[int] = 0

    def __init__(self, folder: Path, account: Account) -> None:
        self._folder = folder
        self._account = account
        self._journals = Journals(folder / "batches")
        self._breaker = Breaker(folder)
        # a pause holds within half a minute at any pace: what is claimed is sent by then
        self.batch_size = max(1, min(_LARGEST, round(account.rate * _BATCH_LASTS)))

    @classmethod
    def open(cls, settings: ChannelSettings) -> Self:
        """Make the channel ready without a request.

        An account may be missing until something is to leave.
        """
        return cls(settings.outbox / ".sms", Account.read(settings.accounts))

    def check(self, message: Message, batch: Batch) -> Refusal | None:  # noqa: ARG002  a text has no layout
        """Check whether this text could go.

        It needs a number to text and words within the limits, and may ask for a reply only where
        one can come.

        Raises:
            BadInput: the sender in the settings is not a sender.
        """
        if not isinstance(message.to, PhoneNumber) or not message.to.may_text:
            return Refusal(
                message.touch_id,
                RefusalKind.ADDRESS,
                "NO_NUMBER",
                "there is no number that can be texted",
            )
        if fault := self._wrong_with(body_of(message.words)):
            return Refusal(message.touch_id, RefusalKind.CONTENT, *fault)
        return None

    def send(self, batch: Batch) -> Iterator[Result]:
        """Hand the texts over, several at once, and yield each result as the provider gives it.

        Raises:
            Unavailable: there is no account, its settings are wrong, the provider cannot be reached, or the batch is
                being settled.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        journals = self._journals_of(batch)
        with journals.held(batch.key, now=_now()) as journal:
            if journal.closed or journals.asked_to_stop(batch.key):
                raise Unavailable(
                    Sentence(
                        "{key} was taken back: nothing leaves under this key any more",
                        key=batch.key,
                    )
                )
            good, refused = self._judge(batch)
            if journal.done or not good:
                yield from (*refused, *journal.ended.values())
            elif journal.begun or journal.ended:
                raise Unavailable(Sentence("{key} was broken off: settle it first", key=batch.key))
            else:
                yield from self._send(journal, batch, good, refused)

    def _journals_of(self, batch: Batch) -> AllJournals:
        return batch.shared.journals if batch.shared else self._journals

    def _pace_of(self, batch: Batch) -> Turns:
        rate = self._account.rate
        return batch.shared.pace(rate) if batch.shared else Pace(self._folder, rate)

    def _lines_of(self, batch: Batch) -> AbstractContextManager[int]:
        most = self._account.at_once
        return batch.shared.lines(most) if batch.shared else lines(self._folder, most)

    def _judge(self, batch: Batch) -> tuple[list[Message], list[Refusal]]:
        try:
            return judge(self, batch)
        except BadInput as error:  # of the settings: it concerns every text, and no other channel
            raise Unavailable(error.sentence()) from error

    def _send(
        self, journal: Journal, batch: Batch, good: list[Message], refused: list[Refusal]
    ) -> Iterator[Result]:
        breaker = batch.shared.breaker() if batch.shared else self._breaker
        providers = self._ready(breaker)
        yield from refused
        texts = [_text(message, batch.key) for message in good]
        with (
            closing(self._pace_of(batch)) as pace,
            self._lines_of(batch) as count,
        ):
            stop = partial(self._journals_of(batch).asked_to_stop, batch.key)
            sending = Sending(
                journal=journal,
                providers=providers,
                account=self._account,
                breaker=breaker,
                pace=pace,
                clock=journal.now,
                must_stop=stop,
                still_ours=batch.shared.still_ours if batch.shared else _always,
            )
            yield from sending.run(
                texts, count, lambda done: report_progress(batch, "send", done, len(texts))
            )

    def settle(self, batch: Batch) -> Iterator[Result]:
        """Close the key, ask the provider about unknown texts, and yield the results of the batch.

        Raises:
            Unavailable: the provider cannot be asked now.
        """
        journals = self._journals_of(batch)
        journals.ask_to_stop(batch.key)
        # one at a time: two batches with one number could otherwise both take one text for theirs
        most = 2 * self._account.timeout + _STOPPING
        with (
            journals.settling(most),
            journals.held(batch.key, now=_now(), most=most) as journal,
        ):
            if journal.fresh:
                self._presume(journal, batch)
            if journal.open or not journal.closed:
                Settling(
                    journal=journal,
                    journals=journals,
                    account=self._account,
                    providers=self._providers,
                    now=journal.now(),
                ).run()
                journal.close()
                journals.stop_asking(batch.key)
            mine = {message.touch_id for message in batch.messages}
            yield from [end for touch, end in journal.ended.items() if touch in mine]

    def _presume(self, journal: Journal, batch: Batch) -> None:
        """Look for every text where there is no journal.

        The batch was never sent, or it was from another folder.
        """
        try:
            providers = self._providers()
        except Unavailable:
            return  # this installation has no provider of texts
        texts = [
            _text(message, batch.key)
            for message in batch.messages
            if isinstance(message.to, PhoneNumber)
        ]
        journal.begin(texts, providers[0].name, now=batch.made_at, seen=False)

    def _providers(self) -> Sequence[Provider]:
        try:
            return self._account.providers()
        except BadInput as error:
            raise Unavailable(error.sentence()) from error

    def _ready(self, breaker: Breakers) -> Sequence[Provider]:
        """Return the providers that may be tried now, or log that there is none."""
        try:
            providers = self._providers()
            self._look_at_breakers(breaker, providers)
        except Unavailable as nobody:
            ALERTS.warning("no texts leave now; they are planned again: %s", nobody)
            raise
        return providers

    def resting(self, now: datetime, breaker: Breakers | None = None) -> Sequence[Trip]:
        """Return why nothing leaves through a provider now, of each that is set up and at rest."""
        try:
            providers = self._account.providers()
        except (BadInput, Unavailable):  # no account, so nothing leaves for another reason
            return ()
        trips = [(breaker or self._breaker).tripped(provider.name) for provider in providers]
        return [trip for trip in trips if trip and trip.resting(now)]

    def _look_at_breakers(self, breaker: Breakers, providers: Sequence[Provider]) -> None:
        resting = self.resting(_now(), breaker)
        if len(resting) == len(providers):
            trip = resting[0]
            raise Unavailable(
                Sentence(
                    "{provider}: {detail} ({code})",
                    provider=trip.provider,
                    detail=as_sentence(trip.detail),
                    code=trip.code,
                )
            )

    def _wrong_with(self, body: str) -> tuple[str, str] | None:
        if not body.strip():
            return "EMPTY", Sentence("there are no words")
        if any(char in _CONTROLS or "\ud800" <= char <= "\udfff" for char in body):
            return "NOT_WORDS", Sentence("there is a control character in it")
        weight = weigh(body)
        if len(body) > LONGEST or weight.segments > self._account.segments:
            forced = (
                f" because of {' '.join(each.letter for each in weight.forcing[:5])}"
                if weight.forcing
                else ""
            )
            many = f"{weight.segments} segments ({weight.units} units of {weight.encoding}{forced})"
            return "TOO_LONG", f"it takes {many}, and {self._account.segments} may go"
        sender = self._account.parsed_sender()
        if sender and not sender.takes_answers and re.search(rf"\b{ANSWER}\b", body):
            return (
                "CANNOT_BE_ANSWERED",
                f"it asks to answer {ANSWER}, and nobody can answer {sender.text!r}",
            )
        return None


def body_of(words: Mapping[str, str]) -> str:
    """Return the body of a text, each part on a line of its own."""
    return "\n".join(part for part in words.values() if part)


def _text(message: Message, key: str) -> Text:
    number = message.to
    if not isinstance(number, PhoneNumber):  # judged a moment ago
        raise TypeError(f"touch {message.touch_id} has no number")
    return Text(
        message.touch_id, number.e164, body_of(message.words), attempt_key(key, message.touch_id)
    )


def _always() -> bool:
    return True


def _now() -> datetime:
    """Return the real time.

    The provider lives in it, also when the installation runs at another moment.
    """
    return SystemClock().now()
