"""A call from the queue to its end in a real browser, by keyboard, in Dutch."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from desk.entries.queue_entries import NewCall, enter
from desk.queue.appointment_slots import NewSlot, offer
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock, local_date, parse_moment
from store.states import CallState, Role
from store.tables import Appointment, Call, Draft, Handover, Person, Touch
from tests.conftest import NOW
from tests.console.conftest import PASSWORD, put_account
from tests.passes import deliver
from tests.served import Served
from tests.stories import campaign_file, launched, populate

pytestmark = pytest.mark.heavy
SLOWEST = 30_000  # milliseconds that a page may take on a busy machine


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Installation]:
    """A house that delivered its cards; one person with a card calls, and there is room tomorrow."""
    installation = open_installation(
        Settings(home=tmp_path, database_url="", secret="a key for tests only, nobody has another"),
        clock=FixedClock(NOW),
        draws=Random(1),
    )
    populate(installation, 200, now=NOW)
    launched(installation, campaign_file(tmp_path), now=NOW)
    deliver(installation, now=parse_moment("2023-06-05"))
    now = datetime.now(UTC)
    for name in ("fatma", "omar"):
        put_account(installation, name, Role.AGENT, now)
    with installation.store.writing() as connection:
        about = select(Touch.campaign_id, Touch.id, Touch.person_id).join(
            Person, Person.id == Touch.person_id
        )
        whole = (Touch.handed_over_at.is_not(None), Person.birth_first == Person.birth_last)
        touch = connection.execute(about.where(*whole).order_by(Touch.id).limit(1)).one()
        call = NewCall(
            line_id=1,
            reply_id=None,
            received_at=now,
            campaign_id=touch.campaign_id,
            touch_id=touch.id,
            person_id=touch.person_id,
        )
        enter(connection, [call])
    offer(
        installation.store,
        [
            NewSlot(
                location="Kerkstraat 12",
                kind="counter",
                starts_at=now + timedelta(days=1),
                minutes=30,
                capacity=1,
            )
        ],
    )
    yield installation
    installation.store.engine.dispose()


@pytest.fixture
def served(desk: Installation) -> Iterator[str]:
    running = Served(desk.settings.home)
    yield f"http://127.0.0.1:{running.port}"
    running.stop()  # with pages still open: it must not wait for them


@pytest.fixture
def browser() -> Iterator[Any]:
    """A real Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        assert not os.environ.get("CI"), "in CI there is a chromium"
        pytest.skip("there is no chromium on this machine: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


def sign_in(browser: Any, served: str, name: str) -> Any:
    """Sign in by keyboard in a browser of one's own."""
    page = browser.new_context(locale="nl-NL", viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(SLOWEST)
    page.goto(f"{served}/sign-in")
    page.locator("#name").focus()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/today")
    page.goto(f"{served}/queue")
    hears(page, "Wachtend: ")
    return page


def hears(page: Any, text: str) -> None:
    """Wait until the page tells this to who listens to it."""
    page.locator("#live-said", has_text=text).wait_for(state="attached")


def press_once_loaded(page: Any, keys: str) -> None:
    """Press keys of ours: the script for them runs once the whole page is there, after its words."""
    page.wait_for_load_state("load")
    page.keyboard.press(keys)


def tab_to(page: Any, name: str) -> None:
    """Press Tab until the field or button of this name has the focus; whoever has no mouse must get there too."""
    for _ in range(80):
        page.keyboard.press("Tab")
        found = f'document.activeElement.matches(\'[name="{name}"], [data-act="{name}"]\')'
        if page.evaluate(found):
            return
    raise AssertionError(f"nobody gets to {name} by keyboard")


def cut_off(page: Any) -> list[str]:
    """Return the parts of a call page that need scrolling to be seen whole."""
    parts = ("html", "main", ".call-who", ".call-guide", ".call-work")
    needs = "part => (e => e.scrollHeight > e.clientHeight + 1)(document.querySelector(part))"
    return [part for part in parts if page.evaluate(needs, part)]


def it_fits_and_goes_by_step(page: Any) -> None:
    """Hold that a call page needs no scrolling, and that the guide goes on beside the note."""
    page.focus("#note")
    press_once_loaded(page, "Alt+ArrowDown")  # the guide goes on, and the agent stays in the note
    assert page.locator(".step[open] > summary").inner_text() == "2. Luisteren"
    assert page.evaluate("document.activeElement.id") == "note"
    page.keyboard.press("Alt+ArrowUp")
    assert page.locator(".step[open]").count() == 1
    assert cut_off(page) == []
    for width in (768, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.locator(".top").bounding_box()["height"] < 110  # two lines, and no more
    page.set_viewport_size({"width": 1280, "height": 800})


def pick(page: Any, day: date) -> None:
    """Write a day in the field that has the focus: whether its month is typed first depends on the machine."""
    page.locator(":focus").fill(day.isoformat())


def write(page: Any, **fields: str) -> None:
    for name, text in fields.items():
        tab_to(page, name.replace("__", "."))
        page.keyboard.type(text)


def person(installation: Installation) -> Any:
    with installation.store.reading() as connection:
        return connection.execute(
            select(Person.__table__).join(Call, Call.person_id == Person.id)
        ).one()


def test_a_call_goes_from_the_queue_to_its_end_by_keyboard_and_a_closed_browser_loses_no_word(
    desk: Installation, served: str, browser: Any
) -> None:
    who = person(desk)
    page = sign_in(browser, served, "fatma")
    colleague = sign_in(browser, served, "omar")
    page.keyboard.press("n")
    page.wait_for_url("**/queue/1")
    hears(colleague, "Wachtend: 0. In gesprek: 1.")

    assert (cut_off(page), page.inner_text(".step[open] > summary")) == ([], "1. Beginnen")
    tab_to(page, "note")
    page.keyboard.type("Ze heeft twee jaar de post niet opengemaakt.")
    page.locator("#draft-state", has_text="Concept bewaard").wait_for(timeout=SLOWEST)
    page.context.close()  # the browser crashes: nothing was pressed
    page = sign_in(browser, served, "fatma")
    page.goto(f"{served}/queue/1")

    tab_to(page, "born")
    pick(page, who.birth_first)
    write(page, postcode=who.postcode)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Bekijk dit kaartje", state="attached")
    it_fits_and_goes_by_step(page)
    assert page.input_value("#note") == "Ze heeft twee jaar de post niet opengemaakt."

    press_once_loaded(page, "Alt+5")  # the fifth part of the page: appointments at free moments
    tab_to(page, "slot.id")
    page.keyboard.press("Space")
    tab_to(page, "slot")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=De afspraak staat vast")

    press_once_loaded(page, "Alt+6")
    write(
        page,
        handover__to_whom="omar",
        handover__situation="Twee jaar geen aangifte.",
        handover__asked="Hulp.",
    )
    write(page, handover__promised="Dat u belt.", handover__needed="Bel haar voor vrijdag.")
    assert "22 van 200 tekens" in page.inner_text("form#work")
    tab_to(page, "handover.deadline")
    pick(page, local_date(datetime.now(UTC)) + timedelta(days=3))
    tab_to(page, "handover")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=De overdracht staat klaar voor uw collega")

    press_once_loaded(page, "Alt+9")
    tab_to(page, "disposition")
    page.keyboard.type("Afs")  # an appointment was made
    tab_to(page, "finish")
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")
    assert "Het gesprek is afgerond" in page.inner_text("main")
    hears(colleague, "Wachtend: 1. In gesprek: 0.")

    with desk.store.reading() as connection:
        call = connection.execute(select(Call.__table__).where(Call.id == 1)).one()
        assert (call.state, call.disposition) == (CallState.WRAPPED_UP, "appointment")
        assert call.note == "Ze heeft twee jaar de post niet opengemaakt."
        assert connection.execute(select(Appointment.slot_id)).scalars().all() == [1]
        assert connection.execute(select(Handover.needed)).scalars().all() == [
            "Bel haar voor vrijdag."
        ]
        assert connection.execute(select(Draft.call_id)).scalars().all() == []
