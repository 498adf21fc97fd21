"""What is agreed in a call, and what becomes of it: one form, nothing typed is lost, and nothing silently ends."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from channels.codes import response_code
from channels.voice.in_memory import Switchboard
from console.web.reading.follow_ups import open_follow_ups
from desk.cases.overdue import overdue
from desk.entries.call_drafts import draft_of
from desk.entries.queue_entries import NewCall, enter
from desk.line import line_tests
from desk.queue.appointment_slots import NewSlot, offer
from installation.installation import Installation
from store.clock import FixedClock, local_date
from store.states import AppointmentState, CallKind, Role
from store.tables import (
    Account,
    Answer,
    Appointment,
    Call,
    Case,
    Handover,
    Referral,
    Signal,
    Slot,
    Suppression,
)
from suppression.entries import list_entries, objections
from tests.builders import Builder
from tests.conftest import NOW
from tests.console.conftest import Browser, acts_of, put_account

SignIn = Callable[..., Browser]
CODE = response_code(482_913_057)
HANDOVER = {
    "handover.to_whom": "counter",
    "handover.situation": "Twee jaar geen aangifte.",
    "handover.asked": "Hulp.",
    "handover.promised": "Dat u belt.",
    "handover.needed": "Bel haar.",
    "handover.deadline": "2023-06-08",
}
REFERRAL = {
    "referral.to_whom": "debt_help",
    "referral.name": "yes",
    "referral.consent": "Mag ik uw naam doorgeven?",
}
SIGNAL = {
    "signal.what": "Twee brieven spreken elkaar tegen.",
    "signal.cause": "Twee systemen.",
    "signal.affected": "citizens",
    "signal.kind": "brieven",
    "signal.owner": "agent",
}


@pytest.fixture
def calling(console_installation: Installation) -> Installation:
    """Somebody with a card calls, and there is room on two days."""
    with console_installation.store.writing() as connection:
        builder = Builder(connection, NOW)
        campaign = builder.campaign(subject="income-2021")
        person, touch = builder.reach(campaign, "P1", "+31612345678", code=CODE)
        enter(
            connection,
            [
                NewCall(
                    line_id=builder.line(),
                    reply_id=None,
                    received_at=NOW,
                    campaign_id=campaign.id,
                    touch_id=touch,
                    person_id=person,
                )
            ],
        )
    days = (NOW + timedelta(days=day) for day in (1, 2))
    offer(
        console_installation.store,
        [
            NewSlot(location="Kerkstraat 12", kind="counter", starts_at=day, minutes=30, capacity=1)
            for day in days
        ],
    )
    return console_installation


@pytest.fixture
def talking(calling: Installation, signed_in: SignIn) -> Browser:
    """An agent who made sure whom they are talking to."""
    browser = signed_in(Role.AGENT).get("/queue")
    browser.post("/queue/next")
    return browser.post("/queue/1/identity", born="1980-05-17", postcode="1234AB")


def rows(installation: Installation, table: type) -> list[object]:
    with installation.store.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(select(table.__table__))]  # type: ignore[attr-defined]


@pytest.mark.thorough
def test_everything_is_agreed_in_one_form_and_whatever_else_was_written_stays(
    calling: Installation, talking: Browser
) -> None:
    written = {"note": "Ze is bang.", **HANDOVER, **SIGNAL, **REFERRAL}
    talking.post("/queue/1/agree/slot", **written, **{"slot.id": "1", "slot.text": "yes"})
    assert "De afspraak staat vast" in talking.text
    assert "Kerkstraat 12" in talking.text
    assert "Ze is bang." in talking.text
    assert "Twee jaar geen aangifte." in talking.text
    talking.post("/queue/1/agree/handover", **written)
    assert "staat klaar voor uw collega" in talking.text
    assert "Twee brieven spreken elkaar tegen." in talking.text
    talking.post("/queue/1/agree/referral", **written)
    assert "Lees eerst de woorden voor" in talking.text
    talking.post("/queue/1/agree/referral", **written, **{"referral.agreed": "yes"})
    talking.post("/queue/1/agree/signal", **written)
    talking.post("/queue/1/wrap-up", disposition="helped", note="Ze is bang.")
    assert talking.path == "/queue"
    kept = [rows(calling, table) for table in (Appointment, Handover, Referral, Signal, Answer)]
    assert [len(each) for each in kept] == [1, 1, 1, 1, 1]
    assert draft_of(calling.store, 1, "agent") is None


@pytest.mark.thorough
def test_an_appointment_is_moved_and_cancelled_and_goes_into_a_calendar(
    calling: Installation, talking: Browser
) -> None:
    talking.post("/queue/1/agree/slot", **{"slot.id": "1"})
    file = talking.client.get("/appointments/1/calendar.ics")
    assert file.headers["content-type"].startswith("text/calendar")
    assert b"Kerkstraat 12" in file.content
    assert b"Proef" not in file.content
    talking.post("/queue/1/appointments/1/move", **{"slot.id": "2"})
    assert "is verplaatst" in talking.text
    talking.post("/queue/1/appointments/2/cancelled")
    assert "is weer vrij" in talking.text
    states = [row["state"] for row in rows(calling, Appointment)]  # type: ignore[index]
    assert states == [AppointmentState.MOVED, AppointmentState.CANCELLED]
    assert [row["taken"] for row in rows(calling, Slot)] == [0, 0]  # type: ignore[index]
    assert talking.get("/queue/1").post("/queue/1/appointments/99/cancelled").status == 404


@pytest.mark.thorough
def test_nothing_is_agreed_for_somebody_before_the_check(
    calling: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.AGENT).get("/queue")
    browser.post("/queue/next")
    for what, fields in {
        "slot": {"slot.id": "1"},
        "handover": HANDOVER,
        "referral": REFERRAL,
    }.items():
        assert browser.post(f"/queue/1/agree/{what}", **fields).status == 422
    assert [rows(calling, table) for table in (Appointment, Handover, Referral)] == [[], [], []]
    assert browser.post("/queue/1/agree/signal", **SIGNAL).status == 200


@pytest.mark.thorough
def test_a_promise_to_call_back_stands_in_the_queue_for_its_window(
    calling: Installation, talking: Browser
) -> None:
    window = {"promise.day": "2023-06-02", "promise.from": "10:00", "promise.until": "09:00"}
    assert talking.post("/queue/1/wrap-up", disposition="call_back", **window).status == 422
    assert "Kies een dag, en een tijd van en tot" in talking.text
    talking.post(
        "/queue/1/wrap-up", disposition="call_back", **{**window, "promise.until": "12:00"}
    )
    assert "beloofd: 2 juni 2023, 10.00 tot 12.00 uur" in talking.get("/queue").text
    with calling.store.reading() as connection:
        assert (
            connection.execute(select(Call.kind).where(Call.id == 2)).scalar_one()
            is CallKind.CALL_BACK
        )


@pytest.mark.thorough
def test_who_objects_to_one_subject_only_is_held_for_that_and_no_more(
    calling: Installation, talking: Browser
) -> None:
    assert talking.post("/queue/1/wrap-up", disposition="objects", scope="some").status == 422
    talking.post(
        "/queue/1/wrap-up", disposition="objects", scope="some", **{"scope.subject": "yes"}
    )
    assert talking.path == "/queue"
    with calling.store.reading() as connection:
        listed = (
            connection.execute(select(Suppression.subject).where(Suppression.lifted_at.is_(None)))
            .scalars()
            .all()
        )
    assert listed == ["income-2021"]


@pytest.mark.thorough
def test_what_was_written_for_a_colleague_and_not_sent_does_not_go_with_the_call(
    calling: Installation, talking: Browser
) -> None:
    assert talking.post("/queue/1/wrap-up", disposition="helped", **HANDOVER).status == 422
    assert "nog niet verstuurd" in talking.text
    assert "Twee jaar geen aangifte." in talking.text


@pytest.mark.thorough
def test_a_follow_up_ends_only_when_somebody_says_what_was_done(
    calling: Installation, talking: Browser, signed_in: SignIn
) -> None:
    omar = signed_in(Role.AGENT, "omar")
    talking.post("/queue/1/agree/handover", **{**HANDOVER, "handover.to_whom": "omar"})
    talking.post("/queue/1/agree/signal", **SIGNAL)
    omar.get("/follow-ups")
    assert "Bel haar." in omar.text
    assert "Proef" not in omar.text
    assert omar.post("/follow-ups/handover/1/done", said="").status == 422
    assert "Proef P1" in omar.get("/cases/1").text
    assert (
        "de overdracht is gedaan"
        in omar.post("/follow-ups/handover/1/done", said="Ze heeft aangifte gedaan.").text
    )
    assert "Er staat niets open" in omar.text
    talking.get("/follow-ups").post(
        "/follow-ups/signal/1/decided", decision="solve", said="Eén brief voortaan."
    )
    assert "Eén brief voortaan." in talking.text
    assert "Eén brief voortaan." not in talking.get("/follow-ups").text


@pytest.mark.thorough
def test_a_case_is_opened_by_whose_it_is_or_with_a_reason_given_and_closed_with_one(
    calling: Installation, talking: Browser, signed_in: SignIn
) -> None:
    talking.post("/queue/1/wrap-up", disposition="helped", note="Ze is bang.")
    omar = signed_in(Role.AGENT, "omar").get("/cases/1")
    assert "Proef" not in omar.text
    assert omar.post("/cases/1/close", why="x").status == 403
    omar.get("/cases/1").post("/cases/1/open", why="Ik neem haar over.")
    assert "Ze is bang." in omar.text
    assert [act.reason for act in acts_of(calling, "opened_case")] == ["Ik neem haar over."]
    omar.post("/queue/next")
    assert (
        "is nu van uw collega"
        not in omar.get("/cases/1").post("/cases/1/give", owner="nobody").text
    )
    omar.get("/cases/1").post("/cases/1/close", why="Ze deed aangifte.")
    assert "Het dossier is gesloten" in omar.text


@pytest.mark.thorough
def test_a_line_that_cannot_be_called_is_shown_to_everybody(
    calling: Installation, signed_in: SignIn
) -> None:
    refusing = replace(calling, exchange=Switchboard(refuses="13224"))
    assert line_tests.test_all(refusing, now=NOW) == {"called": 0, "failed": 1}
    for role in (Role.AGENT, Role.MANAGER):
        assert "testoproep naar +318000543 kwam niet aan" in signed_in(role).get("/follow-ups").text


def put_work(installation: Installation, silent: int, handovers: int) -> None:
    """Put cases nobody spoke in for long, and handovers: one late, one for today, the rest later."""
    with installation.store.writing() as connection:
        builder = Builder(connection, NOW)
        long_ago = NOW - timedelta(days=60)
        for number in range(silent + handovers):
            person = builder.person(f"S{number}")
            at = long_ago if number < silent else NOW
            opened = {"person_id": person, "owner": "agent", "opened_at": at, "last_at": at}
            case = connection.execute(insert(Case).values(opened).returning(Case.id)).scalar_one()
            if number >= silent:
                wait = number - silent - 1  # the first is late, the second is due today
                row = {
                    **dict.fromkeys(("situation", "asked", "promised", "made_by"), "x"),
                    "to_whom": "agent",
                    "needed": f"Taak {wait}",
                    "deadline": local_date(NOW) + timedelta(days=wait),
                    "made_at": NOW,
                }
                connection.execute(insert(Handover).values(case_id=case, person_id=person, **row))


@pytest.mark.thorough
def test_what_is_promised_and_late_stands_first_and_silent_cases_last_on_pages_and_by_kind(
    console_installation: Installation, signed_in: SignIn
) -> None:
    put_work(console_installation, silent=60, handovers=4)
    browser = signed_in(Role.AGENT)
    first = browser.get("/follow-ups?show=all").text
    assert [first.index(f"Taak {number}") for number in (-1, 0, 1, 2)] == sorted(
        first.index(f"Taak {number}") for number in (-1, 0, 1, 2)
    )
    articles = first[first.index("<article") :]
    assert articles.index("Taak 2") < articles.index("Stil dossier")
    assert "Bladzijde 1 van 2" in first
    second = browser.get("/follow-ups?show=all&page=2").text
    assert "Taak" not in second
    assert second.count("<article") == 14
    only = browser.get("/follow-ups?show=all&kind=handover").text
    assert only.count("<article") == 4
    assert "Overdracht (4)" in only
    for odd in ("page=0", "page=99999999999999999999", "page=x", "kind=nothing"):
        assert browser.get(f"/follow-ups?{odd}").status == 200


@pytest.mark.thorough
def test_a_call_back_that_was_promised_and_not_kept_is_first_on_the_list_and_in_the_command(
    calling: Installation, talking: Browser
) -> None:
    window = {"promise.day": "2023-06-06", "promise.from": "10:00", "promise.until": "12:00"}
    talking.post("/queue/1/wrap-up", disposition="call_back", note="", **window)
    put_work(calling, silent=2, handovers=1)
    late = overdue(calling.store, now=NOW + timedelta(days=7))
    assert [(each.kind, each.promised) for each in late[:2]] == [
        ("handover", True),
        ("promise", True),
    ]
    assert {each.kind for each in late[2:]} == {"case"}
    shown = open_follow_ups(replace(calling, clock=FixedClock(NOW + timedelta(days=7))))
    assert [(each.kind, each.late) for each in shown[:2]] == [("handover", True), ("promise", True)]


@pytest.mark.thorough
def test_an_objection_whose_scope_nobody_asked_stands_on_a_page_with_the_months_term(
    calling: Installation, signed_in: SignIn
) -> None:
    with calling.store.writing() as connection:
        said_at, source = NOW - timedelta(days=20), "text 1"
        said = objections("P1", None, source=source, said_at=said_at, repeat="1", pending=True)
        list_entries(connection, said, by="inbox", now=NOW)
    browser = signed_in(Role.AGENT)
    page = browser.get("/doubts").text
    assert "Bezwaren die op antwoord wachten" in page
    assert "12 juni 2023" in page  # a month after 12 May
    listed = browser.get("/follow-ups").text
    assert "Vraag hoe ver dit bezwaar gaat" in listed
    assert "objection" in {each.kind for each in overdue(calling.store, now=NOW)}
    with calling.store.reading() as connection:
        number = (
            connection.execute(select(Suppression.id).order_by(Suppression.id)).scalars().first()
        )
    assert browser.post(f"/objections/{number}/scope", scope="some", why="gevraagd").status == 422
    assert browser.post(f"/objections/{number}/scope", scope="all", why="").status == 422
    done = browser.post(f"/objections/{number}/scope", scope="all", why="Wil echt niets meer.")
    assert done.path == "/doubts"
    assert "Er wacht geen bezwaar" in browser.get("/doubts").text
    assert browser.post(f"/objections/{number}/scope", scope="all", why="nog eens").status == 409


@pytest.mark.thorough
def test_a_handover_is_for_a_colleague_or_a_team_that_is_here_and_a_team_has_its_list(
    calling: Installation, talking: Browser
) -> None:
    put_account(calling, "omar", Role.AGENT)
    page = talking.get("/queue/1").text
    assert "<option>omar</option>" in page
    assert '<option value="counter">Balie</option>' in page
    for wrong in ("meees", "Anjaa", "teammm", " "):
        refused = talking.post("/queue/1/agree/handover", **{**HANDOVER, "handover.to_whom": wrong})
        assert refused.status == 422
        assert "een collega of een team van hier" in refused.text
    assert rows(calling, Handover) == []
    talking.post("/queue/1/agree/handover", **{**HANDOVER, "handover.to_whom": "BALIE"})
    talking.post("/queue/1/agree/handover", **{**HANDOVER, "handover.to_whom": "Omar"})
    assert [row["to_whom"] for row in rows(calling, Handover)] == ["counter", "omar"]  # type: ignore[index]
    assert "Bel haar." in talking.get("/follow-ups?whose=counter").text
    assert "Bel haar." not in talking.get("/follow-ups?whose=collection_team").text


@pytest.mark.thorough
def test_the_guide_says_the_name_by_which_an_agent_is_called(
    calling: Installation, talking: Browser
) -> None:
    with calling.store.writing() as connection:
        connection.execute(update(Account).values(display_name="Fatma Yilmaz"))
    assert "u spreekt met Fatma Yilmaz van" in talking.get("/queue/1").text


@pytest.mark.thorough
def test_the_outcome_appointment_made_asks_for_the_appointment(
    calling: Installation, talking: Browser
) -> None:
    refused = talking.post("/queue/1/wrap-up", disposition="appointment", note="Woensdag.")
    assert (refused.status, "er staat geen afspraak" in refused.text) == (422, True)
    sunday = {"kind": "counter", "day": "2023-06-04", "time": "10:00"}
    closed = talking.post("/queue/1/wrap-up", disposition="appointment", note="", **sunday)
    assert (closed.status, "is er niemand" in closed.text) == (422, True)
    talking.post("/queue/1/agree/slot", note="", **{"slot.id": "1"})
    twice = {"kind": "phone", "day": "2023-06-02", "time": "09:10"}  # the slot is at nine
    both = talking.post("/queue/1/wrap-up", disposition="appointment", note="", **twice)
    assert (both.status, "heeft dan al een afspraak" in both.text) == (422, True)
    assert talking.post("/queue/1/wrap-up", disposition="appointment", note="").path == "/queue"


@pytest.mark.thorough
def test_a_calendar_of_a_page_follows_a_move_and_a_cancellation(
    calling: Installation, talking: Browser
) -> None:
    talking.post("/queue/1/agree/slot", note="", **{"slot.id": "1"})
    first = talking.client.get("/appointments/1/calendar.ics").text
    assert "UID:appointment-1@" in first
    assert "SEQUENCE:0" in first
    talking.post("/queue/1/appointments/1/move", note="", **{"slot.id": "2"})
    moved = talking.client.get("/appointments/1/calendar.ics").text
    assert ("UID:appointment-1@" in moved, "SEQUENCE:1" in moved) == (True, True)
    talking.post("/queue/1/appointments/2/cancelled", note="")
    gone = talking.client.get("/appointments/2/calendar.ics").text
    assert "UID:appointment-1@" in gone
    assert "STATUS:CANCELLED" in gone
    assert "SEQUENCE:2" in gone
