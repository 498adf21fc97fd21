"""The page behind the QR code: what somebody with a card in hand can ask, and what becomes of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from channels.codes import response_code
from desk.queue.appointment_slots import NewSlot, offer
from desk.queue.appointments import book
from desk.queue.taking import take_next
from installation.installation import Installation
from outcomes.explanations import why
from outcomes.funnels import funnel
from store.clock import parse_moment
from store.states import CallKind, CallState, CampaignState, ReplyKind, TouchState
from store.tables import (
    Appointment,
    Campaign,
    Person,
    Reply,
    ResponseCode,
    Slot,
    Suppression,
    Touch,
)
from tests.console.web.public.conftest import NOON, Passer

Calls = Callable[[], list[Any]]
UNKNOWN = response_code(1)
FORMS = ("/k/call", "/k/appointment", "/k/stop")


def ref_of(installation: Installation, code: str) -> str:
    with installation.store.reading() as connection:
        query = select(Person.person_ref).join(Touch, Touch.person_id == Person.id)
        query = query.join(ResponseCode, ResponseCode.touch_id == Touch.id)
        return str(connection.execute(query.where(ResponseCode.code == code)).scalar_one())


@pytest.mark.thorough
def test_the_address_that_is_printed_opens_and_so_does_it_without_the_code(
    passer: Passer, codes: list[str]
) -> None:
    for path in (f"/k/{codes[0]}", "/k", "/k/"):
        assert passer.get(path).status == 200, path
        assert 'href="tel:+318001234"' in passer.text
        assert "Maandag tot en met vrijdag, 9 tot 17 uur" in passer.text
        assert "Nu open." in passer.text
    assert passer.client.head(f"/k/{codes[0]}").status_code == 200


@pytest.mark.everyday(2)
@pytest.mark.parametrize(
    ("site", "path"),
    [
        ("https://dichtbij.example/kaartje", "/kaartje/{}"),
        ("https://dichtbij.example/", "/{}"),
        ("https://dichtbij.example/hulp/", "/hulp/{}"),
        ("https://dichtbij.example/hulp?kaart=", "/hulp?kaart={}"),
        ("https://dichtbij.example/k?c=", "/k?c={}"),
    ],
)
def test_whatever_address_a_campaign_prints_opens(
    town: Installation, passer: Passer, codes: list[str], site: str, path: str
) -> None:
    with town.store.writing() as connection:
        spec = connection.execute(select(Campaign.spec)).scalar_one()
        spec["sender"]["qr_url"] = site
        connection.execute(update(Campaign).values(spec=spec))
    assert passer.get(path.format(codes[0])).status == 200
    assert passer.form("/k/call")["code"] == codes[0]
    assert passer.client.get("/something/else").status_code == 404
    with town.store.writing() as connection:
        connection.execute(update(Campaign).values(line_open_until=NOON.date().replace(day=1)))
    assert (
        "geen telefoonlijn open" in passer.get(path.format(codes[0])).text
    )  # a card lies about for years


def test_a_page_is_the_same_for_a_card_and_for_a_code_that_is_on_none(
    passer: Passer, codes: list[str]
) -> None:
    pages = []
    for code in (codes[0], UNKNOWN):
        text = passer.get(f"/k/{code}").text
        for place in FORMS:
            text = text.replace(passer.form(place)["key"], "")
        pages.append(text.replace(code, ""))
    assert pages[0] == pages[1]


@pytest.mark.thorough
def test_whoever_asks_to_be_called_stands_in_the_queue_once(
    town: Installation, passer: Passer, codes: list[str], calls: Calls
) -> None:
    passer.get(f"/k/{codes[0]}")
    sent = passer.form("/k/call") | {"number": "06 12345678", "when": "2023-06-07T12:00"}
    for _ in range(2):
        passer._seen(passer.client.post("/k/call", data=sent))
        assert "woensdag 7 juni tussen 9.00 en 12.00 uur, op 06 12345678" in passer.text
    (call,) = calls()
    assert (call.kind, call.number, call.person_id is None) == (
        CallKind.CALL_BACK,
        "+31612345678",
        False,
    )
    assert call.promised_until == parse_moment("2023-06-07T12:00")
    with town.store.reading() as connection:
        reply = connection.execute(select(Reply.__table__)).one()
    assert (reply.kind, reply.matched_by, reply.from_number) == (ReplyKind.WEB, "code", None)
    assert take_next(town, "Fatma", now=NOON) is None  # nobody is called before the window
    taken = take_next(town, "Fatma", now=parse_moment("2023-06-07T09:30"))
    assert taken is not None
    assert "web" in str(why(town, ref_of(town, codes[0]), now=NOON).as_data())
    assert funnel(town, "cards", now=NOON).asked_online == 1


def test_who_asks_again_is_called_once_as_said_last(
    passer: Passer, codes: list[str], calls: Calls
) -> None:
    passer.get(f"/k/{codes[0]}").send("/k/call", number="0612345678")
    passer.get(f"/k/{codes[0]}").send("/k/call", number="0687654321", words="morgen na 14 uur")
    first, last = calls()
    assert (first.state, first.disposition) == (CallState.ABANDONED, "asked_again")
    assert (last.state, last.number) == (CallState.WAITING, "+31687654321")
    assert last.promised_from == parse_moment("2023-06-07T14:00")


@pytest.mark.thorough
def test_one_number_that_asks_many_times_is_called_once(passer: Passer, calls: Calls) -> None:
    for _ in range(3):
        passer.get("/k").send("/k/call", number="0612345678")
    assert [each.state for each in calls()] == [
        CallState.ABANDONED,
        CallState.ABANDONED,
        CallState.WAITING,
    ]


@pytest.mark.everyday(3)
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"number": "112"}, "Dit nummer kunnen wij niet bellen"),
        ({"number": "0612345678", "words": "op zondag"}, "Wij begrijpen dit moment niet"),
        ({"number": "0612345678", "words": "morgen na 5 uur"}, "of wij bellen dan niet"),
        ({"number": "0612345678", "words": "vanavond om 8 uur"}, "of wij bellen dan niet"),
        ({"number": "0612345678", "when": "2023-06-05T12:00"}, "Dit moment kan niet meer"),
        ({"number": "0612345678", "code": "1234567891"}, "Misschien is één cijfer anders"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field_and_nothing_is_lost(
    passer: Passer, calls: Calls, fields: dict[str, str], said: str
) -> None:
    assert passer.get("/k").send("/k/call", None, **fields).status == 422
    assert said in passer.text
    assert f'value="{fields["number"]}"' in passer.text
    assert calls() == []


def test_without_a_code_somebody_is_called_too_and_nobody_is_guessed(
    passer: Passer, calls: Calls
) -> None:
    passer.get("/k?lang=en").send("/k/call", number="0612345678")
    assert "as soon as we can" in passer.text
    (call,) = calls()
    assert (call.person_id, call.campaign_id, call.language) == (None, None, "en")


@pytest.mark.thorough
def test_an_appointment_is_made_once_and_asks_nothing_of_anybody(
    town: Installation, passer: Passer, codes: list[str], calls: Calls
) -> None:
    passer.get(f"/k/{codes[0]}")
    sent = passer.form("/k/appointment") | {"slot": "1"}
    for _ in range(2):
        passer._seen(passer.client.post("/k/appointment", data=sent))
        assert "donderdag 8 juni, 10.30 uur" in passer.text
    (call,) = calls()
    assert (call.kind, call.entry_key) == (CallKind.PREPARE, "appointment:1")
    with town.store.reading() as connection:
        made = connection.execute(select(Appointment.__table__)).one()
        assert connection.execute(select(Slot.taken).where(Slot.id == 1)).scalar_one() == 1
    assert (made.person_id, made.campaign_id, made.call_id) == (
        call.person_id,
        call.campaign_id,
        call.id,
    )
    passer.get(f"/k/{codes[0]}").send("/k/appointment", slot="2")
    assert "Bel ons even" in passer.text  # one for each card; and nobody hears that there is one
    passer.get(f"/k/{codes[1]}").send("/k/appointment", slot="1")
    assert "net bezet" in passer.text


@pytest.mark.thorough
def test_where_no_appointment_can_be_made_the_answer_is_the_same_whatever_the_reason(
    town: Installation, passer: Passer, codes: list[str], calls: Calls
) -> None:
    def answer(code: str) -> str:
        return passer.get(f"/k/{code}").send("/k/appointment", slot="1").text

    general = answer(UNKNOWN)
    assert "Bel ons even" in general
    passer.get(f"/k/{codes[0]}").send("/k/stop")
    passer.send("/k/stop", sure="yes")
    assert answer(codes[0]) == general  # objected
    with town.store.writing() as connection:
        died = select(Touch.person_id).join(ResponseCode).where(ResponseCode.code == codes[1])
        connection.execute(
            update(Person).where(Person.id.in_(died)).values(deceased_on=NOON.date())
        )
    assert answer(codes[1]) == general
    with town.store.writing() as connection:
        connection.execute(update(Campaign).values(state=CampaignState.STOPPED))
    assert answer(codes[2]) == general
    assert calls() == []


def test_nobody_books_themselves_into_two_places_at_one_time(
    town: Installation, passer: Passer, codes: list[str], calls: Calls
) -> None:
    with town.store.reading() as connection:
        at = connection.execute(select(Slot.starts_at).where(Slot.id == 1)).scalar_one()
    elsewhere = NewSlot(
        location="Marktplein 2",
        kind="counter",
        starts_at=at - timedelta(minutes=5),
        minutes=30,
        capacity=1,
    )
    offer(town.store, [elsewhere])
    with town.store.reading() as connection:
        slot = connection.execute(select(func.max(Slot.id))).scalar_one()
    book(town.store, slot, ref_of(town, codes[0]), by="Henri", now=town.now())
    before = len(calls())
    passer.get(f"/k/{codes[0]}").send("/k/appointment", slot="1")
    assert "Bel ons even" in passer.text
    assert len(calls()) == before


@pytest.mark.thorough
def test_an_objection_needs_two_presses_and_holds_at_once_everywhere(
    town: Installation, passer: Passer, codes: list[str], calls: Calls
) -> None:
    for path in (f"/k/{codes[0]}", "/k/stop", f"/k/stop?sure=yes&code={codes[0]}"):
        passer.client.head(path)
        passer.get(path)
    passer.get(f"/k/{codes[0]}").send("/k/stop")
    assert "Weet u het zeker?" in passer.text
    with town.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Suppression)).scalar_one() == 0
    passer.send("/k/stop", sure="yes")
    assert "Wij laten u met rust" in passer.text
    with town.store.reading() as connection:
        entry = connection.execute(select(Suppression.__table__)).one()
    assert (entry.person_ref, entry.channel, entry.pending) == (ref_of(town, codes[0]), None, True)
    assert calls() == []


def test_an_objection_with_a_code_on_no_card_is_answered_alike_and_holds_nobody(
    town: Installation, passer: Passer, codes: list[str]
) -> None:
    answers = []
    for code in (codes[0], UNKNOWN):
        passer.get(f"/k/{code}").send("/k/stop")
        answers.append(passer.send("/k/stop", sure="yes").text)
    assert answers[0] == answers[1]
    with town.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Suppression)).scalar_one() == 1


def test_a_campaign_that_is_over_has_a_page_without_forms(
    town: Installation, passer: Passer, codes: list[str]
) -> None:
    with town.store.writing() as connection:
        connection.execute(update(Campaign).values(line_open_until=NOON.date().replace(day=1)))
    assert passer.get(f"/k/{codes[0]}").status == 200
    assert "geen telefoonlijn open" in passer.text
    assert "/k/call" not in passer.text
    passer.send("/k/stop")  # whoever wants to be left alone is, at any time
    passer.send("/k/stop", sure="yes")
    assert "Wij laten u met rust" in passer.text


def test_whatever_is_planned_for_whoever_objects_is_withheld(
    town: Installation, passer: Passer, codes: list[str]
) -> None:
    with town.store.writing() as connection:
        touch = select(ResponseCode.touch_id).where(ResponseCode.code == codes[0]).scalar_subquery()
        connection.execute(update(Touch).where(Touch.id == touch).values(state=TouchState.PLANNED))
    passer.get(f"/k/{codes[0]}").send("/k/stop")
    passer.send("/k/stop", sure="yes")
    with town.store.reading() as connection:
        held = connection.execute(
            select(func.count()).where(Touch.state == TouchState.WITHHELD)
        ).scalar_one()
    assert held == 1
