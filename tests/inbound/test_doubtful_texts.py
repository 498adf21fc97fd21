"""A message that may be an objection holds everything until somebody has read it."""

# ruff: noqa: RUF001  letters of many alphabets, on purpose

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from desk.cases.objection_doubts import is_no_objection, is_objection, waiting_doubts
from desk.cases.objection_scopes import waiting_objections
from desk.queue.queues import waiting
from inbound.intents import Intent, meaning_of
from inbound.replies import import_replies, match_by_hand, unmatched
from installation.installation import Installation
from store.clock import month_later
from store.errors import BadInput
from store.states import AnswerKind, TouchState
from store.tables import Touch
from suppression.policies import shipped_policy
from suppression.reasons import Reason
from tests.deciding import deciding
from tests.inbound.test_texts import NUMBER, SHARED, answers, kinds, planned, says, state_of

OBJECTIONS = [
    "Ik wil niet meer benaderd worden", "Gaarne stoppen met berichten", "Stop me te sms'en", "Stopt u hiermee",
    "ik hoef geen sms", "SMS STOP", "Stop mvg Jan", "ARRET", "bel me niet meer",
    "ik wil niet bellen en niet gebeld worden",
    "I don't like you calling me", "proszę do mnie nie dzwonić", "beni bir daha aramayın", "لا تتصلوا بي",
    "Rufen Sie mich nicht mehr an", "ne m'appelez plus",
]  # fmt: skip
DOUBTFUL = ["Laat maar", "mag ik eraf", "Nee dank u", "Ik maak bezwaar", "Stpp met dei berchten"]
WISHES = [
    "Ik durf niet te bellen, kunt u mij bellen?",
    "ik durf niet te bellen kunt u mij bellen",
    "Ik bel niet graag, belt u mij maar",
    "I don't like calling, could you ring me",
    "I don't want to phone, please call me",
    "Boję się dzwonić, czy mogą Państwo do mnie zadzwonić?",
    "Aramaya çekiniyorum, beni arar mısınız?",
    "أخاف من الاتصال، هل يمكنكم الاتصال بي؟",
    "Ich traue mich nicht anzurufen, rufen Sie mich bitte an",
    "Je n'ose pas appeler, pouvez-vous me rappeler ?",
    "Передзвоніть мені будь ласка",
    "Het is niet gelukt om te bellen, belt u mij",
]
READ = [
    "Count me in! We have got to STOP this proposal",
    "Why not call me at 5",
    "Mijn telefoonnummer is niet meer in gebruik, bel 06 12345678",
]
"""No objection, and no wish that is surely one: an agent reads it."""


def held(installation: Installation) -> set[str | None]:
    with installation.store.reading() as connection:
        withheld = select(Touch.reason).where(Touch.state == TouchState.WITHHELD)
        return set(connection.execute(withheld).scalars())


@pytest.mark.parametrize("text", OBJECTIONS)
def test_an_objection_in_other_words_is_an_objection(text: str, now: datetime) -> None:
    assert meaning_of(text, at=now, hours=shipped_policy().hours).intent is Intent.STOP


@pytest.mark.parametrize("text", [*WISHES, *READ])
def test_what_is_surely_no_objection_holds_nobody(text: str, now: datetime) -> None:
    found = meaning_of(text, at=now, hours=shipped_policy().hours)
    assert (found.intent, found.in_doubt, found.calls) == (Intent.TALK, False, text in WISHES)


@pytest.mark.parametrize("text", DOUBTFUL)
def test_a_message_in_doubt_holds_everyone_on_the_number_until_it_is_read(
    installation: Installation, now: datetime, text: str
) -> None:
    touches = planned(installation, now, NUMBER, NUMBER)
    followed = says(installation, text, now)
    assert (followed.withheld, followed.call_id, followed.answer) == (2, None, AnswerKind.HELD)
    assert {state_of(installation, touch) for touch in touches} == {TouchState.WITHHELD}
    assert held(installation) == {Reason.OBJECTION_IN_DOUBT}
    (doubt,) = waiting_doubts(installation.store)
    assert (doubt.text, doubt.answer_by) == (text, month_later(now))
    assert waiting(installation.store) == []
    assert waiting_objections(installation.store) == []


def test_a_held_message_is_answered_once_and_says_what_happens(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER)
    says(installation, "laat maar", now)
    says(installation, "hoeft niet meer", now + timedelta(days=2))
    ((kind, body),) = answers(installation)
    assert kind is AnswerKind.HELD
    assert body.startswith("We hebben uw bericht. Een medewerker leest het.")
    says(installation, "STOP", now + timedelta(days=3))
    says(installation, "nee", now + timedelta(days=4))
    assert kinds(installation) == [AnswerKind.HELD, AnswerKind.STOPPED]


def test_a_message_in_doubt_from_a_number_nobody_knows_holds_who_gets_it_later(
    installation: Installation, now: datetime
) -> None:
    assert says(installation, "laat maar", now, number=SHARED).withheld == 0
    (doubt,) = waiting_doubts(installation.store)
    assert doubt.who == (SHARED,)


def test_who_reads_it_may_find_an_objection(installation: Installation, now: datetime) -> None:
    (touch,) = planned(installation, now, NUMBER)
    says(installation, "laat maar", now)
    (doubt,) = waiting_doubts(installation.store)
    with pytest.raises(BadInput, match="the reason is missing"):
        is_objection(installation.store, f"#{doubt.id}", by=deciding("ann"), why=" ", now=now)
    read = is_objection(
        installation.store, f"#{doubt.id}", by=deciding("ann"), why="wants nothing", now=now
    )
    assert read.objection
    assert state_of(installation, touch) is TouchState.WITHHELD
    (objection,) = waiting_objections(installation.store)
    assert (objection.text, objection.received_at) == ("laat maar", now)
    assert waiting_doubts(installation.store) == []
    with pytest.raises(BadInput, match="does not wait to be read"):
        is_objection(installation.store, f"#{doubt.id}", by=deciding("bo"), why="same", now=now)


def test_who_reads_it_may_lift_it_and_have_the_sender_called(
    installation: Installation, now: datetime
) -> None:
    touches = planned(installation, now, NUMBER, NUMBER)
    reply = says(installation, "laat maar", now).reply_id
    (doubt,) = waiting_doubts(installation.store)
    read = is_no_objection(
        installation.store,
        f"#{doubt.id}",
        by=deciding("ann"),
        why="about an appointment",
        call_back=True,
        now=now + timedelta(days=1),
    )
    assert read.released == len(touches)
    assert {state_of(installation, touch) for touch in touches} == {TouchState.PLANNED}
    (call,) = waiting(installation.store)
    assert (call.id, call.number) == (read.call_id, NUMBER)
    (open_reply,) = [each for each in unmatched(installation.store) if each.id == reply]
    assert match_by_hand(installation, open_reply.id, "P1", now=now).withheld == 0
    assert waiting_doubts(installation.store) == []


def test_start_opens_what_a_message_in_doubt_held(
    installation: Installation, now: datetime
) -> None:
    (touch,) = planned(installation, now, NUMBER)
    says(installation, "laat maar", now)
    assert says(installation, "START", now + timedelta(hours=1)).answer is AnswerKind.STARTED
    assert state_of(installation, touch) is TouchState.PLANNED


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("returned,,P1,wil geen post meer van u,", Reason.OBJECTION),
        ("counter,,P1,mevrouw heeft er genoeg van,", Reason.OBJECTION_IN_DOUBT),
        ("called,,P1,wil weten of het echt is,", None),
        ("called,,P1,mevrouw heeft er genoeg van,no", None),
    ],
)
def test_a_note_of_a_colleague_is_judged_as_a_text_is(
    installation: Installation, now: datetime, row: str, reason: Reason | None
) -> None:
    planned(installation, now, NUMBER)
    file = installation.settings.home / "replies.csv"
    file.write_text(f"received_at,kind,number,person_ref,text,objects\n2023-06-01,{row}\n")
    import_replies(installation, file, now=now)
    assert held(installation) == ({reason} if reason else set())


def test_a_stop_is_confirmed_as_what_it_holds(installation: Installation, now: datetime) -> None:
    planned(installation, now, NUMBER)
    says(installation, "bel me niet meer", now)
    ((_, body),) = answers(installation)
    assert body.startswith("We bellen en sms'en u niet meer, en sturen geen kaartjes meer.")
