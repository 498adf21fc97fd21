"""The delivery of answers through a real provider over HTTP, each at most once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import insert, select, update

from channels.port import Batch, Refusal, RefusalKind, Result, Unavailable
from channels.sms.attempts import read_attempt_key
from desk.entries.answer_delivery import Answered, deliver_answers
from desk.entries.appointment_confirmations import TextWanted
from desk.queue import queues
from desk.queue.wrap_up import NewAppointment, wrap_up
from inbound.incoming_texts import InboundText, process_text
from installation.installation import Installation, open_installation
from installation.settings import Settings
from outcomes.explanations import why
from store.clock import FixedClock
from store.errors import BadInput
from store.mapped_rows import read_one
from store.states import AnswerKind, TouchState
from store.tables import Answer, Person, PhoneLine
from suppression.lists import add
from tests.builders import LINE, Builder
from tests.channels.sms import simulated
from tests.deciding import deciding

NUMBER = "+31612345678"


@pytest.fixture
def texting(tmp_path: Path, database_url: str, now: datetime) -> Iterator[Installation]:
    """An installation with an account at a provider that works."""
    accounts = simulated.accounts(simulated.flawless(), tmp_path, public_url="http://127.0.0.1:9")
    settings = Settings(
        home=tmp_path,
        database_url=database_url,
        secret="a key for tests only, nobody has another",
        **accounts,
    )
    installation = open_installation(settings, clock=FixedClock(now))
    with installation.store.writing() as connection:
        connection.execute(
            insert(PhoneLine).values(number=LINE, name="Belteam", hours="ma-vr 9-17")
        )
    yield installation
    installation.store.engine.dispose()


def says(installation: Installation, body: str, at: datetime, number: str = NUMBER) -> None:
    process_text(
        installation,
        InboundText(
            provider="twilio",
            ref=f"{body}{at}{number}",
            sender=number,
            to=LINE,
            body=body,
            received_at=at,
        ),
        now=at,
    )


def states(installation: Installation) -> list[tuple[TouchState, str | None]]:
    with installation.store.reading() as connection:
        return [
            (row[0], row[1])
            for row in connection.execute(select(Answer.state, Answer.detail).order_by(Answer.id))
        ]


def texts(installation: Installation) -> list[dict[str, str]]:
    return simulated.flawless().texts(installation.settings.accounts["twilio_account_sid"])


def test_an_answer_leaves_once_with_its_cost_and_a_key_that_a_report_finds_it_by(
    texting: Installation, now: datetime
) -> None:
    says(texting, "Stop aub", now)
    assert deliver_answers(texting, now=now) == Answered(answered=1)
    assert deliver_answers(texting, now=now + timedelta(hours=1)) == Answered()
    (text,) = texts(texting)
    with texting.store.reading() as connection:
        answer = read_one(connection, select(Answer))
    assert (text["to"], text["body"], text["sid"]) == (NUMBER, answer.body, answer.provider_ref)
    assert (answer.state, answer.cost, answer.tries) == (TouchState.HANDED_OVER, 1506, 1)
    _, _, attempt = text["callback"].partition("attempt=")
    assert read_attempt_key(attempt) == (f"answer-{answer.id:06}", answer.id)


def test_a_stop_is_confirmed_although_it_closes_the_number_and_nothing_else_goes_there(
    texting: Installation, now: datetime
) -> None:
    says(texting, "bel mij morgen na 5", now)
    says(texting, "Stop aub", now + timedelta(minutes=2))
    assert deliver_answers(texting, now=now + timedelta(minutes=5)) == Answered(
        answered=1, answers_held=1
    )
    assert states(texting) == [(TouchState.WITHHELD, "OBJECTION"), (TouchState.HANDED_OVER, None)]


def test_help_is_given_to_whoever_asks_for_it_after_a_stop(
    texting: Installation, now: datetime
) -> None:
    says(texting, "Stop aub", now)
    says(texting, "HULP", now + timedelta(minutes=2))
    assert deliver_answers(texting, now=now + timedelta(minutes=5)) == Answered(answered=2)


@pytest.mark.parametrize("register", [True, False])
def test_nobody_who_died_is_answered(
    texting: Installation, now: datetime, *, register: bool
) -> None:
    with texting.store.writing() as connection:
        Builder(connection, now).person("P1", NUMBER)
    says(texting, "HULP", now)
    if register:
        with texting.store.writing() as connection:
            connection.execute(update(Person).values(deceased_on=date(2023, 5, 30)))
    else:
        add(texting.store, "P1", "DECEASED", source="a daughter called", by="ann", now=now)
    assert deliver_answers(texting, now=now + timedelta(minutes=1)) == Answered(answers_held=1)
    assert states(texting) == [(TouchState.WITHHELD, "DECEASED")]


def test_an_answer_that_waited_for_a_day_does_not_go_any_more(
    texting: Installation, now: datetime
) -> None:
    says(texting, "HULP", now)
    assert deliver_answers(texting, now=now + timedelta(days=2)) == Answered(answers_dropped=1)
    assert texts(texting) == []


def test_what_the_provider_had_confirmed_itself_is_refused_and_not_tried_again(
    texting: Installation, now: datetime
) -> None:
    says(texting, "HULP", now)
    deliver_answers(texting, now=now)
    account = texting.settings.accounts["twilio_account_sid"]
    simulated.reply(simulated.flawless(), NUMBER, "STOP", account)
    says(texting, "STOP", now + timedelta(minutes=1))
    assert deliver_answers(texting, now=now + timedelta(minutes=2)) == Answered(answers_failed=1)
    assert deliver_answers(texting, now=now + timedelta(hours=2)) == Answered()
    with texting.store.reading() as connection:
        assert (
            connection.execute(
                select(Answer.error_code).where(Answer.kind == AnswerKind.STOPPED)
            ).scalar()
            == "21610"
        )


class _Broken:
    """The text channel, which breaks off after so many results."""

    def __init__(self, whole: object, results: int) -> None:
        self.whole, self.results = whole, results

    def __getattr__(self, name: str) -> object:
        return getattr(self.whole, name)

    def send(self, batch: Batch) -> Iterator[Result]:
        for place, result in enumerate(self.whole.send(batch)):  # type: ignore[attr-defined]  # the channel itself
            if place == self.results:
                raise KeyboardInterrupt
            yield result


@pytest.mark.parametrize("results", [0, 1, 3])
def test_a_process_that_dies_anywhere_leaves_nobody_without_and_nobody_with_two(
    texting: Installation, now: datetime, results: int
) -> None:
    for n in range(5):
        says(texting, "HULP", now, f"+316100000{n:02}")
    broken = replace(
        texting,
        channels={**texting.channels, "sms": _Broken(texting.channels["sms"], results)},  # type: ignore[dict-item]  # it stands in for the channel
    )
    with pytest.raises(KeyboardInterrupt):
        deliver_answers(broken, now=now)
    for minutes in (1, 20, 40):
        deliver_answers(texting, now=now + timedelta(minutes=minutes))
    assert set(Counter(text["to"] for text in texts(texting)).values()) == {1}
    assert {state for state, _ in states(texting)} == {TouchState.HANDED_OVER}
    assert len(texts(texting)) == 5


class _Later:
    """A channel that takes nothing now."""

    batch_size: ClassVar[int] = 2

    def __init__(self) -> None:
        self.keys: list[str] = []

    def send(self, batch: Batch) -> Iterator[Result]:
        self.keys.append(batch.key)
        if len(self.keys) % 2:
            raise Unavailable("resting")
        for message in batch.messages:
            yield Refusal(message.touch_id, RefusalKind.LATER, "20429", "too many")

    def settle(self, batch: Batch) -> Iterator[Result]:
        del batch
        return iter(())


@pytest.mark.thorough
def test_what_surely_did_not_go_is_tried_again_under_a_key_that_was_never_used(
    texting: Installation, now: datetime
) -> None:
    for n in range(3):
        says(texting, "HULP", now, f"+316100000{n:02}")
    later = _Later()
    resting = replace(texting, channels={**texting.channels, "sms": later})  # type: ignore[dict-item]  # it stands in for the channel
    for minutes in range(0, 100, 20):
        done = deliver_answers(resting, now=now + timedelta(minutes=minutes))
        assert done.answers_again == 3
    assert len(later.keys) == len(set(later.keys)) == 10
    assert deliver_answers(texting, now=now + timedelta(hours=3)).answered == 3


def test_a_house_without_an_account_keeps_its_answers(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        Builder(connection, now).line()
    says(installation, "HULP", now)
    no_account = "there is no account for texts: set KAARTJE_TWILIO_ACCOUNT_SID and _AUTH_TOKEN"
    done = deliver_answers(installation, now=now)
    assert done == Answered(answers_again=1, failures=(no_account,))
    assert states(installation) == [(TouchState.PLANNED, None)]


@pytest.fixture
def taken(texting: Installation, now: datetime) -> int:
    """A call from somebody we know, in Ann's hands."""
    with texting.store.writing() as connection:
        Builder(connection, now).person("P1", NUMBER, language="en")
    says(texting, "bel mij", now)
    (call,) = queues.waiting(texting.store)
    queues.take(texting.store, call.id, "ann", now)
    deliver_answers(texting, now=now)
    return call.id


def wraps_up(
    installation: Installation,
    call: int,
    now: datetime,
    kind: str = "counter",
    street: str = "Verzonnenlaan 12",
) -> None:
    made = NewAppointment(kind, now + timedelta(days=5))
    text = TextWanted(street)
    wrap_up(
        installation.store,
        call,
        by=deciding("ann"),
        disposition="appointment",
        note="",
        now=now + timedelta(minutes=5),
        agreed=made,
        text=text,
    )


def test_whoever_wants_it_gets_their_appointment_by_text_in_their_language(
    texting: Installation, now: datetime, taken: int
) -> None:
    wraps_up(texting, taken, now)
    assert deliver_answers(texting, now=now + timedelta(hours=1)) == Answered(answered=1)
    assert texts(texting)[-1]["body"] == (
        "Hello, this is Belteam.\nWe look forward to seeing you on Tuesday 6 June at 09.00.\nWhere: Verzonnenlaan 12.\n"
        "Not possible? Call us for free: 0800 0543.\nRather no message? Reply STOP or call us."
    )
    (confirmation,) = [
        each for each in why(texting, "P1", now=now).answers if each.kind == "appointment"
    ]
    assert (confirmation.state, confirmation.cost, confirmation.body) == (
        "handed_over",
        1506,
        texts(texting)[-1]["body"],
    )


def test_an_appointment_that_is_over_is_not_confirmed_any_more(
    texting: Installation, now: datetime, taken: int
) -> None:
    wraps_up(texting, taken, now)
    assert deliver_answers(texting, now=now + timedelta(days=6)) == Answered(answers_dropped=1)


def test_a_stop_after_it_was_asked_for_holds_the_text_and_one_before_does_not(
    texting: Installation, now: datetime, taken: int
) -> None:
    says(texting, "Stop aub", now + timedelta(minutes=1))
    wraps_up(texting, taken, now)
    says(texting, "STOP!", now + timedelta(minutes=9))
    assert deliver_answers(texting, now=now + timedelta(minutes=10)) == Answered(
        answered=1, answers_held=1
    )


@pytest.mark.parametrize(
    ("kind", "street"), [("phone", "Verzonnenlaan 12"), ("counter", " "), ("counter", "x" * 61)]
)
def test_a_text_about_nowhere_is_refused_and_the_call_stays_in_hand(
    texting: Installation, now: datetime, taken: int, kind: str, street: str
) -> None:
    with pytest.raises(BadInput, match=r"street|not an appointment at an address"):
        wraps_up(texting, taken, now, kind, street)
    queues.put_back(texting.store, taken, "ann")
