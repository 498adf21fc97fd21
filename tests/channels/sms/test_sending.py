"""A batch of texts on its way through one or two providers that say whatever the test wants."""

import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count, pairwise
from pathlib import Path

import pytest

from channels.port import Receipt, Refusal, RefusalKind, Result, Unavailable, Unsure
from channels.sms.account import Account
from channels.sms.circuit_breaker import REST, Breaker
from channels.sms.error_codes import Fault
from channels.sms.journal import Journal, Journals
from channels.sms.providers import (
    NO_CONNECTION,
    Answer,
    CannotSay,
    Doubt,
    Found,
    ListedText,
    NotTaken,
    Taken,
    Text,
    TextState,
)
from channels.sms.rate_limit import Pace, lines
from channels.sms.sending import LONGEST_WAIT, TRIES, Sending, seconds_between
from channels.sms.unknown_texts import Settling

NOW = datetime(2023, 6, 1, 7, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
NOT_YET = NotTaken(Fault.RETRY_SAFE, "20429", "too many")
WRONG = NotTaken(Fault.CONFIG, "20003", "the account's token is refused")
NUMBERS = count(1)


class Scripted:
    """A provider that gives the answers it was set to, and takes everything after that."""

    def __init__(self, name: str = "first", *answers: Answer) -> None:
        self.name = name
        self.answers = deque(answers)
        self.got: list[Text] = []
        self.has: list[Found] = []
        self.can_say = True

    def hand_over(self, text: Text) -> Answer:
        self.got.append(text)
        return self.answers.popleft() if self.answers else Taken(f"{self.name}-{next(NUMBERS)}", 1)

    def find(self, to: str, since: datetime) -> Sequence[Found]:  # noqa: ARG002  whatever it has is to this number
        if not self.can_say:
            raise CannotSay("not today")
        return [found for found in self.has if found.made_at >= since]

    def status(self, ref: str) -> TextState:
        raise CannotSay(f"nobody asks about {ref} while a batch is sent or settled")

    def made(self, ref: str) -> bool:
        return ref.startswith(f"{self.name}-")

    def listed(self, since: datetime) -> Iterator[ListedText]:
        raise CannotSay(f"nobody asks for a list since {since} while a batch is sent or settled")


class Desk:
    """What sends and settles, in one folder, at a moment the test chooses."""

    def __init__(self, folder: Path, *providers: Scripted) -> None:
        self.folder = folder
        self.providers = providers
        self.now = NOW
        self.account = Account(price=Decimal("0.08"), rate=100_000, at_once=1, patience=300)
        self.journals = Journals(folder / "batches")
        self.breaker = Breaker(folder)

    def send(
        self, key: str, *texts: Text, lines: int = 1, stop: Callable[[], bool] = lambda: False
    ) -> list[Result]:
        pace = Pace(self.folder, self.account.rate)
        with self.journals.held(key, now=self.now) as journal:
            sending = Sending(
                journal=journal,
                providers=self.providers,
                account=self.account,
                breaker=self.breaker,
                pace=pace,
                clock=lambda: self.now,
                must_stop=stop,
                between=lambda _tried: 0,
            )
            results = list(sending.run(texts, lines, lambda _done: None))
        pace.close()
        return results

    def settle(self, key: str) -> Journal:
        with self.journals.held(key, now=self.now) as journal:
            Settling(
                journal=journal,
                journals=self.journals,
                account=self.account,
                providers=lambda: self.providers,
                now=self.now,
            ).run()
            journal.close()
        with self.journals.held(key, now=self.now) as journal:
            return journal


def texts(*touches: int, to: str = "", body: str = "Hallo!") -> list[Text]:
    return [Text(touch, to or f"+3161234{touch:04}", body, f"key.{touch}") for touch in touches]


@pytest.fixture
def desk(tmp_path: Path) -> Callable[..., Desk]:
    return lambda *providers: Desk(tmp_path, *providers)


def test_a_text_that_surely_was_not_processed_is_handed_over_again(
    desk: Callable[..., Desk],
) -> None:
    first = Scripted("first", NOT_YET, NOT_YET)
    (result,) = desk(first).send("k1", *texts(1))
    assert isinstance(result, Receipt)
    assert result.cost == 800
    assert len(first.got) == 3


def test_after_a_few_tries_it_waits_for_a_later_pass(desk: Callable[..., Desk]) -> None:
    first = Scripted("first", *[NOT_YET] * 50)
    (result,) = desk(first).send("k1", *texts(1))
    assert isinstance(result, Refusal)
    assert result.kind is RefusalKind.LATER
    assert len(first.got) == TRIES


def test_a_provider_that_asks_for_more_patience_than_we_have_is_left_in_peace(
    desk: Callable[..., Desk],
) -> None:
    first = Scripted("first", NotTaken(Fault.RETRY_SAFE, "20429", "too many", retry_after=3600))
    (result,) = desk(first).send("k1", *texts(1))
    assert isinstance(result, Refusal)
    assert len(first.got) == 1


def test_a_text_that_may_have_gone_is_handed_over_once_and_never_to_another(
    desk: Callable[..., Desk],
) -> None:
    first, second = Scripted("first", Doubt("no answer came")), Scripted("second")
    (result,) = desk(first, second).send("k1", *texts(1))
    assert result == Unsure(1, "no answer came")
    assert (len(first.got), len(second.got)) == (1, 0)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.SUPPRESS, RefusalKind.OPTED_OUT),
        (Fault.PERMANENT_NUMBER, RefusalKind.ADDRESS),
        (Fault.CONTENT, RefusalKind.CONTENT),
        (Fault.REVIEW, RefusalKind.CONTENT),
        (Fault.RACE, RefusalKind.LATER),
    ],
)
def test_a_refusal_of_the_text_or_the_number_is_not_taken_elsewhere(
    desk: Callable[..., Desk], fault: Fault, kind: RefusalKind
) -> None:
    first, second = Scripted("first", NotTaken(fault, "1", "no")), Scripted("second")
    (result,) = desk(first, second).send("k1", *texts(1))
    assert result == Refusal(1, kind, "1", "no")
    assert not second.got


@pytest.mark.parametrize("fault", [Fault.CONFIG, Fault.PERMANENT_PAIR, Fault.RETRY_LATER])
def test_what_surely_was_not_taken_goes_to_the_second_provider(
    desk: Callable[..., Desk], fault: Fault
) -> None:
    first, second = Scripted("first", NotTaken(fault, "1", "no")), Scripted("second")
    (result,) = desk(first, second).send("k1", *texts(1))
    assert isinstance(result, Receipt)
    assert result.provider_ref.startswith("second-")


def test_wrong_settings_stop_everybody_and_somebody_is_alerted(
    desk: Callable[..., Desk], caplog: pytest.LogCaptureFixture
) -> None:
    first = Scripted("first", Taken("SM1"), WRONG)
    with pytest.raises(Unavailable, match="token is refused"):
        desk(first).send("k1", *texts(*range(60)))
    assert len(first.got) == 2
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]


def test_what_had_been_begun_when_everybody_stopped_surely_did_not_go(
    desk: Callable[..., Desk],
) -> None:
    installation = desk(Scripted("first", Taken("SM1"), WRONG))
    with pytest.raises(Unavailable):
        installation.send("k1", *texts(*range(60)))
    journal = installation.settle("k1")
    assert set(journal.ended) == {0}
    assert journal.open == []


def test_after_a_rest_one_text_is_tried_before_the_others(desk: Callable[..., Desk]) -> None:
    first = Scripted("first", WRONG)
    installation = desk(first)
    with pytest.raises(Unavailable):
        installation.send("k1", *texts(1))
    installation.now = NOW + REST
    first.answers.append(WRONG)
    with pytest.raises(Unavailable):
        installation.send("k2", *texts(*range(40)), lines=4)
    assert len(first.got) == 2
    installation.now += REST
    assert len(installation.send("k3", *texts(*range(40)), lines=4)) == 40
    assert installation.breaker.tripped("first") is None


def test_a_provider_out_of_reach_stops_the_batch_and_trips_nothing(
    desk: Callable[..., Desk],
) -> None:
    gone = NotTaken(Fault.RETRY_SAFE, NO_CONNECTION, "the provider could not be reached")
    installation = desk(Scripted("first", *[gone] * 100))
    with pytest.raises(Unavailable, match="could not be reached"):
        installation.send("k1", *texts(*range(30)))
    assert installation.breaker.tripped("first") is None
    assert installation.settle("k1").ended == {}


def test_a_batch_that_somebody_wants_to_settle_begins_nothing_more(
    desk: Callable[..., Desk],
) -> None:
    first = Scripted()
    with pytest.raises(Unavailable, match="settling"):
        desk(first).send("k1", *texts(*range(60)), stop=lambda: len(first.got) > 3)
    assert len(first.got) < 60


def test_a_doubt_is_settled_by_what_the_provider_has(desk: Callable[..., Desk]) -> None:
    first = Scripted("first", Doubt("no answer came"))
    installation = desk(first)
    installation.send("k1", *texts(1))
    first.has = [Found("SM9", "Hallo!", NOW, 1)]
    installation.now = LATER
    assert installation.settle("k1").ended == {1: Receipt(1, "SM9", 800)}


def test_a_provider_that_changed_quotes_and_dashes_is_still_believed(
    desk: Callable[..., Desk],
) -> None:
    first = Scripted("first", Doubt("no answer came"))
    installation = desk(first)
    installation.send("k1", *texts(1, body="\u201cHallo\u201d \u2013 bel ons"))
    first.has = [Found("SM9", '"Hallo" - bel ons', NOW, 1)]
    assert isinstance(installation.settle("k1").ended[1], Receipt)


def test_what_the_provider_does_not_know_is_doubted_for_a_while_and_then_did_not_go(
    desk: Callable[..., Desk],
) -> None:
    installation = desk(Scripted("first", Doubt("no answer came")))
    installation.send("k1", *texts(1))
    installation.now = NOW + timedelta(seconds=299)
    assert installation.settle("k1").ended == {1: Unsure(1, "the provider does not know it yet")}
    installation.now = NOW + timedelta(seconds=301)
    assert installation.settle("k1").ended == {}


def test_a_provider_that_cannot_say_leaves_the_doubt(desk: Callable[..., Desk]) -> None:
    first = Scripted("first", Doubt("no answer came"))
    installation = desk(first)
    installation.send("k1", *texts(1))
    first.can_say = False
    installation.now = LATER
    assert isinstance(installation.settle("k1").ended[1], Unsure)


def test_another_text_to_the_same_number_is_shown_and_not_taken_for_ours(
    desk: Callable[..., Desk],
) -> None:
    first = Scripted("first", Doubt("no answer came"))
    installation = desk(first)
    installation.send("k1", *texts(1))
    first.has = [Found("SM9", "Iets heel anders", NOW)]
    installation.now = LATER
    (end,) = installation.settle("k1").ended.values()
    assert isinstance(end, Unsure)
    assert "SM9" in end.detail


def test_two_people_with_one_telephone_get_as_many_texts_as_were_sent(
    desk: Callable[..., Desk],
) -> None:
    first = Scripted("first", Taken("SM1", 1), Doubt("no answer came"), Doubt("no answer came"))
    installation = desk(first)
    installation.send("k1", *texts(1, 2, 3, to="+31612345678"))
    first.has = [Found("SM1", "Hallo!", NOW), Found("SM2", "Hallo!", NOW)]
    installation.now = LATER
    ended = installation.settle("k1").ended
    assert sorted(end.provider_ref for end in ended.values() if isinstance(end, Receipt)) == [
        "SM1",
        "SM2",
    ]
    assert len(ended) == 2


def test_a_text_of_another_batch_is_not_taken_for_ours(desk: Callable[..., Desk]) -> None:
    first = Scripted("first", Taken("SM1", 1), Doubt("no answer came"))
    installation = desk(first)
    installation.send("k1", *texts(1, to="+31612345678"))
    installation.send("k2", *texts(2, to="+31612345678"))
    first.has = [Found("SM1", "Hallo!", NOW)]
    installation.now = LATER
    assert installation.settle("k2").ended == {}


def test_a_settled_journal_keeps_no_numbers(desk: Callable[..., Desk]) -> None:
    installation = desk(Scripted("first", Doubt("no answer came")))
    installation.send("k1", *texts(1, 2))
    file = installation.folder / "batches" / "k1.jsonl"
    assert "+31612340001" in file.read_text()
    installation.now = LATER
    installation.settle("k1")
    assert "+316" not in file.read_text()


def test_a_line_that_a_power_cut_broke_off_is_asked_for_again(desk: Callable[..., Desk]) -> None:
    first = Scripted("first", Doubt("no answer came"), Taken("SM2", 1))
    installation = desk(first)
    installation.send("k1", *texts(1, 2))
    file = installation.folder / "batches" / "k1.jsonl"
    whole = file.read_text().splitlines()
    receipt = next(at for at, line in enumerate(whole) if "Receipt" in line)
    file.write_text("\n".join([*whole[:receipt], whole[receipt][:20]]))
    with installation.journals.held("k1", now=NOW) as journal:
        assert {begun.touch for begun in journal.open} == {1, 2}
    assert all(json.loads(line) for line in whole)


def test_texts_of_all_workers_together_keep_to_the_pace(tmp_path: Path) -> None:
    taken: list[float] = []

    def work() -> None:
        pace = Pace(tmp_path, 100)
        for _ in range(10):
            pace.wait(1)
            taken.append(datetime.now(UTC).timestamp())
        pace.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (
        max(taken) - min(taken) >= (30 - 3 * 5) / 100
    )  # each worker holds turns for a twentieth of a second


def test_a_pace_written_under_another_clock_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "pace").write_text("9999999999.0")
    pace = Pace(tmp_path, 1000)
    pace.wait(1)
    pace.close()
    assert float((tmp_path / "pace").read_text()) < 9999999999


def test_lines_are_shared_and_let_go(tmp_path: Path) -> None:
    with lines(tmp_path, 4) as all_of_them:
        assert all_of_them == 4
    with lines(tmp_path, 2) as two, lines(tmp_path, 4) as the_rest:
        assert (two, the_rest) == (2, 2)


def test_every_text_is_begun_once_and_ended_once(desk: Callable[..., Desk]) -> None:
    installation = desk(Scripted())
    results = installation.send("k1", *texts(*range(300)), lines=6)
    assert Counter(result.touch_id for result in results if isinstance(result, Receipt)) == Counter(
        range(300)
    )


class _Tried:
    """How tenacity tells of a try."""

    def __init__(self, number: int, answer: Answer) -> None:
        self.attempt_number = number
        self.outcome: Future[Answer] = Future()
        self.outcome.set_result(answer)


def test_tries_are_ever_further_apart_and_never_sooner_than_the_provider_asks() -> None:
    waits = [seconds_between(_Tried(number, NOT_YET)) for number in range(1, 12)]
    assert 0.1 <= waits[0] <= 0.3
    assert all(earlier < later + 0.11 for earlier, later in pairwise(waits))
    assert max(waits) <= LONGEST_WAIT
    asked = NotTaken(Fault.RETRY_SAFE, "20429", "too many", retry_after=7)
    assert seconds_between(_Tried(1, asked)) >= 7
