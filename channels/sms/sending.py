"""Sending the texts of one batch, several at once, each written to the journal before it goes."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Any

from channels.port import Receipt, Refusal, RefusalKind, Result, Unavailable, Unsure
from channels.sms.account import Account
from channels.sms.circuit_breaker import Breakers, Trip
from channels.sms.error_codes import Fault
from channels.sms.journal import Journal
from channels.sms.providers import NO_CONNECTION, Answer, Doubt, NotTaken, Provider, Taken, Text
from channels.sms.rate_limit import Turns
from channels.sms.segments import weigh

AHEAD = 8
"""Texts begun ahead for each line: enough that no line waits while results are recorded."""
TRIES = 6
LONGEST_WAIT = 30.0  # seconds between two tries
_ELSEWHERE = frozenset({Fault.RETRY_SAFE, Fault.RETRY_LATER, Fault.CONFIG, Fault.PERMANENT_PAIR})
"""What a second provider may be handed: surely not taken, and not because of the text or the number itself."""
_REFUSALS = {
    Fault.SUPPRESS: RefusalKind.OPTED_OUT,
    Fault.PERMANENT_NUMBER: RefusalKind.ADDRESS,
    Fault.PERMANENT_PAIR: RefusalKind.ADDRESS,
    Fault.CONTENT: RefusalKind.CONTENT,
    Fault.REVIEW: RefusalKind.CONTENT,
}

Clock = Callable[[], datetime]


class _Stopped(Exception):
    """Nothing more leaves, and the current text surely did not go."""


@dataclass(kw_only=True)
class Sending:
    """The sending of one batch through one or two providers."""

    journal: Journal
    providers: Sequence[Provider]
    account: Account
    breaker: Breakers
    pace: Turns
    clock: Clock
    must_stop: Callable[[], bool]
    # asked right before each call: whether the batch is surely this process's
    still_ours: Callable[[], bool] = lambda: True
    # seconds between two tries; by default ever longer ones
    between: Callable[[Any], float] | None = None
    _trips: dict[str, Trip | None] = field(default_factory=dict)  # as last looked at, by provider
    _stop: Event = field(default_factory=Event)
    _why: str = ""

    def run(
        self, texts: Sequence[Text], lines: int, on_answered: Callable[[int], None]
    ) -> Iterator[Result]:
        """Hand texts over on so many lines, and yield each result as it comes.

        `on_answered` gets the number of texts answered so far.

        Raises:
            Unavailable: nobody can be reached, or the batch is being settled; what has no result surely did not go.
        """
        waiting, pending = deque(texts), set[Future[Result | None]]()
        self._look_at_breakers()
        answered = 0
        with ThreadPoolExecutor(lines, thread_name_prefix="texts") as pool:
            try:
                while pending or waiting:
                    if waiting and len(pending) <= self._ahead(lines) // 2:
                        pending |= self._begin(pool, waiting, self._ahead(lines) - len(pending))
                    finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                    for result in [future.result() for future in finished]:
                        answered += 1
                        if result is not None:
                            yield result
                        on_answered(answered)
            finally:
                self._stop.set()  # the consumer is gone, or all is done: nothing more is called
        if self._why:
            raise Unavailable(self._why)
        self.journal.finish()

    def _ahead(self, lines: int) -> int:
        """Return how many texts may be begun.

        It is one while a provider is being tried again after a break.
        """
        return 1 if any(self._trips.values()) and len(self.providers) == 1 else lines * AHEAD

    def _look_at_breakers(self) -> None:
        self._trips = {
            provider.name: self.breaker.tripped(provider.name) for provider in self.providers
        }

    def _begin(
        self, pool: ThreadPoolExecutor, waiting: deque[Text], count: int
    ) -> set[Future[Result | None]]:
        if self.must_stop():
            self._give_up("somebody is settling this batch")
        if self._stop.is_set():
            waiting.clear()
            return set()
        self._look_at_breakers()
        some = [waiting.popleft() for _ in range(min(max(count, 1), len(waiting)))]
        self._write_begun(some, self.providers[0])
        return {pool.submit(self._carry, text) for text in some}

    def _write_begun(self, texts: Sequence[Text], provider: Provider) -> None:
        self.journal.begin(texts, provider.name, now=self.clock())

    def _carry(self, text: Text) -> Result | None:
        """Hand over one text.

        Returns None where it surely did not go and nothing more will be tried now.
        """
        try:
            answer = self._through_first_or_second(text)
        except _Stopped:
            answer = NotTaken(Fault.CONFIG, "STOPPED", self._why)
        except Exception as error:  # noqa: BLE001  whatever went wrong half-way, the text may have gone
            answer = Doubt(f"the try broke off ({type(error).__name__})")
        if isinstance(answer, NotTaken) and (
            answer.fault is Fault.CONFIG or answer.code == NO_CONNECTION
        ):
            self._give_up(f"{answer.detail} ({answer.code})")
            self.journal.free(text.touch_id)
            return None
        result = self._result(text, answer)
        self.journal.end(result)
        return result

    def _through_first_or_second(self, text: Text) -> Answer:
        answer: Answer = NotTaken(Fault.CONFIG, "BREAKER", "no provider can be used at the moment")
        for place, provider in enumerate(self.providers):
            trip = self._trips[provider.name]
            if trip is None or not trip.resting(self.clock()):
                if place:
                    self._write_begun([text], provider)
                answer = self._try(provider, text)
                self._update_breaker(provider, answer, recovered=trip is not None)
            if not (isinstance(answer, NotTaken) and answer.fault in _ELSEWHERE):
                return answer
        return answer

    def _try(self, provider: Provider, text: Text) -> Answer:
        """Hand a text to one provider, and retry while it surely was not processed."""
        from tenacity import Retrying, retry_if_result, sleep_using_event, stop_after_attempt

        again: Any = Retrying(
            retry=retry_if_result(_may_be_tried_again),
            stop=stop_after_attempt(TRIES),
            wait=self.between or seconds_between,
            sleep=sleep_using_event(self._stop),
            retry_error_callback=_last_answer,
        )
        answer: Answer = again(self._hand_over, provider, text)
        return answer

    def _hand_over(self, provider: Provider, text: Text) -> Answer:
        self.pace.wait(weigh(text.body).segments)
        if not self.still_ours():
            self._give_up("another process may have this batch by now")
        if self._stop.is_set():
            raise _Stopped
        return provider.hand_over(text)

    def _update_breaker(self, provider: Provider, answer: Answer, *, recovered: bool) -> None:
        """Open the breaker, or close it again, by a provider's response."""
        match answer:
            case NotTaken(Fault.CONFIG, code, detail):
                self.breaker.trip(provider.name, code, detail, now=self.clock())
            case Taken() if recovered:
                self.breaker.reset(provider.name)

    def _give_up(self, why: str) -> None:
        self._why = self._why or why
        self._stop.set()

    def _result(self, text: Text, answer: Answer) -> Receipt | Refusal | Unsure:
        match answer:
            case Taken(ref, segments):
                return Receipt(
                    text.touch_id, ref, self.account.cost(segments or weigh(text.body).segments)
                )
            case NotTaken(fault, code, detail):
                return Refusal(text.touch_id, _REFUSALS.get(fault, RefusalKind.LATER), code, detail)
            case Doubt(detail):
                return Unsure(text.touch_id, detail)


def _may_be_tried_again(answer: Answer) -> bool:
    """Say whether a text surely was not processed and may be retried within a moment."""
    safe = isinstance(answer, NotTaken) and answer.fault is Fault.RETRY_SAFE
    return safe and isinstance(answer, NotTaken) and (answer.retry_after or 0) <= LONGEST_WAIT


def seconds_between(state: Any) -> float:
    """Return the seconds to the next try, growing and slightly random, and as many as the provider asks."""
    from tenacity import wait_exponential_jitter

    jittered: float = wait_exponential_jitter(multiplier=0.1, max=LONGEST_WAIT, jitter=0.1)(state)
    return max(jittered, state.outcome.result().retry_after or 0.0)


def _last_answer(state: Any) -> Answer:
    answer: Answer = state.outcome.result()
    return answer
