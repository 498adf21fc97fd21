"""An incoming text from webhook to answer (signed, stored, held, queued, answered once)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from channels.sms.signatures import sign
from desk.queue.queues import QueuedCall, waiting
from inbound.event_worker import process_events
from inbound.sms_webhooks import PLACE
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock, parse_moment
from store.states import AnswerKind, EventOutcome, TouchState
from store.tables import Answer, Reply, Touch
from tests.builders import Builder
from tests.inbound.posting import ACCOUNTS, PUBLIC, Poster, events

NUMBER, OURS = "+31612345678", "+31612340000"
IN = f"{PLACE}/in"


@dataclass
class Door:
    """An installation with webhooks, and a person on `NUMBER` who was texted and is planned for a card."""

    installation: Installation
    touch: int

    def __post_init__(self) -> None:
        self.poster = Poster(self.installation)

    def text(self, body: str, sid: str = "SM1") -> int:
        fields = {"MessageSid": sid, "From": NUMBER, "To": OURS, "Body": body, "NumMedia": "0"}
        return self.poster.form(IN, fields)

    def hear(self, later: timedelta = timedelta()) -> None:
        """Do what the thread of `kaartje serve` does after each answer."""
        process_events(
            replace(self.installation, clock=FixedClock(self.installation.now() + later))
        )

    def state(self) -> TouchState:
        with self.installation.store.reading() as connection:
            return connection.execute(
                select(Touch.state).where(Touch.id == self.touch)
            ).scalar_one()

    def answers(self) -> list[AnswerKind]:
        with self.installation.store.reading() as connection:
            return list(connection.execute(select(Answer.kind).order_by(Answer.id)).scalars())

    def bodies(self) -> list[str]:
        with self.installation.store.reading() as connection:
            return list(connection.execute(select(Answer.body).order_by(Answer.id)).scalars())

    def replies(self) -> list[str]:
        with self.installation.store.reading() as connection:
            return list(connection.execute(select(Reply.text).order_by(Reply.id)).scalars())

    def queue(self) -> list[QueuedCall]:
        return waiting(self.installation.store)


@pytest.fixture
def door(database_url: str, tmp_path: Path, now: datetime) -> Iterator[Door]:
    settings = Settings(
        home=tmp_path,
        database_url=database_url,
        secret="a key for tests only, nobody has another",
        **ACCOUNTS,
    )
    installation = open_installation(settings, clock=FixedClock(now), draws=Random(2023))
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        campaign = builder.campaign(arms=(("card", "card"), ("text", "sms")))
        person, _ = builder.reach(campaign, "P1", NUMBER, arm="text", channel="sms")
        touch = builder.touch(campaign, person, state=TouchState.PLANNED)
    yield Door(installation, touch)
    installation.store.engine.dispose()


def test_stop_posted_at_the_door_holds_what_is_planned_and_is_confirmed_once(door: Door) -> None:
    assert door.text("STOP") == 204
    door.hear()
    assert (door.state(), door.answers(), door.queue()) == (
        TouchState.WITHHELD,
        [AnswerKind.STOPPED],
        [],
    )
    assert door.text("Stop!", "SM2") == 204
    door.hear(timedelta(minutes=5))
    assert door.answers() == [AnswerKind.STOPPED]
    assert [event.outcome for event in events(door.installation)] == [EventOutcome.APPLIED] * 2


def test_a_time_at_which_the_line_is_closed_becomes_the_next_window_and_that_is_what_is_said(
    door: Door,
) -> None:
    assert door.text("bel me morgen na 5 uur") == 204
    door.hear()
    (call,) = door.queue()
    assert (call.text, call.number, call.person_ref) == ("bel me morgen na 5 uur", NUMBER, "P1")
    assert call.promised_from == parse_moment(
        "2023-06-05T09:00"
    )  # it closes at 17, and on Saturday
    assert "maandag 5 juni tussen 9.00 en 11.00 uur" in door.bodies()[0]
    assert (door.answers(), door.state()) == ([AnswerKind.CALL_BACK], TouchState.PLANNED)


@pytest.mark.parametrize(
    ("said", "begins", "ends"),
    [
        ("bel me zaterdag om 11 uur", "2023-06-05T09:00", "2023-06-05T11:00"),
        ("bel me morgen tussen 15 en 19 uur", "2023-06-02T15:00", "2023-06-02T17:00"),
        ("bel me morgen om 10 uur", "2023-06-02T10:00", "2023-06-02T11:00"),
        ("kunt u mij vanavond bellen", "2023-06-02T09:00", "2023-06-02T11:00"),
    ],
)
def test_what_is_promised_by_text_lies_within_the_hours_of_the_line(
    door: Door, said: str, begins: str, ends: str
) -> None:
    door.text(said)
    door.hear()
    (call,) = door.queue()
    assert (call.promised_from, call.promised_until) == (parse_moment(begins), parse_moment(ends))


def test_two_wishes_from_one_number_are_one_promise_and_the_last_word_counts(door: Door) -> None:
    door.text("bel me morgen om 10 uur")
    door.text("liever maandag om 14 uur, bel me dan", "SM2")
    door.hear()
    (call,) = door.queue()
    assert call.promised_from == parse_moment("2023-06-05T14:00")
    assert call.received_at == door.installation.now()


@pytest.mark.parametrize(
    "words",
    [
        "Ik durf niet te bellen, kunt u mij bellen?",
        "Liever geen telefoon zelf pakken. Zou u contact met mij willen opnemen?",
        "graag telefonisch contact",
        "I am scared to phone, please call",
    ],
)
def test_who_asks_to_be_called_in_any_words_gets_the_answer_of_a_call_back(
    door: Door, words: str
) -> None:
    assert door.text(words) == 204
    door.hear()
    assert door.answers() == [AnswerKind.CALL_BACK]


@pytest.mark.parametrize("words", ["Waarom belt u mij?", "why do you call me"])
def test_who_asks_why_we_call_asks_for_no_call(door: Door, words: str) -> None:
    assert door.text(words) == 204
    door.hear()
    assert door.answers() == []


def test_help_posted_at_the_door_is_answered_once_with_the_free_number(door: Door) -> None:
    assert {door.text("HELP"), door.text("HELP")} == {204}
    door.hear()
    door.hear()
    assert door.answers() == [AnswerKind.HELP]


def test_a_forged_text_is_turned_away_and_nothing_follows(door: Door) -> None:
    fields = {"MessageSid": "SM1", "From": NUMBER, "To": OURS, "Body": "STOP", "NumMedia": "0"}
    for signature in ("x", sign("another token", f"{PUBLIC}{IN}", fields), None):
        assert door.poster.post(IN, urlencode(fields), signature=signature) == 403
    door.hear()
    assert (door.state(), door.replies(), door.answers()) == (TouchState.PLANNED, [], [])


@pytest.mark.thorough
@pytest.mark.parametrize("body", ["STOP", "bel me morgen na 5 uur", "HELP"])
def test_a_text_replayed_later_is_answered_at_the_door_as_before_and_nothing_follows_again(
    door: Door, body: str
) -> None:
    door.text(body)
    door.hear()
    once = door.answers(), len(door.queue())
    assert door.text(body) == 204
    door.hear(timedelta(hours=3))
    assert (door.answers(), len(door.queue()), door.replies()) == (*once, [body])


def test_a_text_without_a_sender_is_kept_and_whoever_comes_after_it_is_processed(
    door: Door,
) -> None:
    assert door.poster.form(IN, {"MessageSid": "SM0", "Body": "STOP"}) == 204
    assert door.text("STOP") == 204
    door.hear()
    assert [event.outcome for event in events(door.installation)] == [
        EventOutcome.LEFT,
        EventOutcome.APPLIED,
    ]
    assert door.state() is TouchState.WITHHELD
