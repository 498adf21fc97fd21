"""The story of a card: posted, worn, and read out on the free line, by whom it was for and by others.

Everything comes through the doors that the world has: the shop's answer, the signed door of the telephone, the pages.
"""

import json
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from shutil import copy
from typing import Any

import pytest
from sqlalchemy import inspect, select
from typer.testing import CliRunner

from campaigns.planning import lifecycle, submitting
from campaigns.post import proof_signing
from channels.voice.browser_names import client_name
from channels.voice.in_memory import Switchboard
from console.main import app
from desk.entries.agents import register
from desk.line import line_tests
from desk.queue.appointment_slots import NewSlot, offer
from inbound.post.answer_files import take_answer
from installation.installation import Installation, open_installation
from installation.settings import Settings
from outcomes.funnels import Funnel, funnel
from people.importing import import_people
from store.clock import parse_moment
from store.states import LegEnd, LegState, Role
from store.tables import Call, Case, Leg, PhoneLine, PrintFile, PrintRun, ResponseCode
from suppression.lists import entries
from tests.conftest import NOW
from tests.console.conftest import Browser, come_in
from tests.files import people_file
from tests.inbound.calling import OURS, VOICE, Phone
from tests.passes import deliver
from tests.stories import COLLEAGUE, MANAGER, campaign_file

DATABASE = "kaartje.sqlite3"
SECRET = "a key for tests only, nobody has another"
TESS = {"born": "1980-05-17", "postcode": "1234 ab"}
SAM = {"born": "1951-02-03", "postcode": "4321 XY"}
PEOPLE = (
    {
        "person_ref": "tess",
        "given_name": "Tess",
        "family_name": "Proef",
        "birth_date": TESS["born"],
    },
    {
        "person_ref": "sam",
        "given_name": "Sam",
        "prefix": "in 't",
        "family_name": "Véld",
        "birth_date": SAM["born"],
        "street": "Bedachtplein",
        "house_number": "3",
        "postcode": SAM["postcode"],
        "town": "Nergenshuizen",
    },
)
EVERYBODY = (
    "  - {name: card, share: 100, steps: [{channel: card, template: contact-card, price: 0.85}]}"
)
ANSWER = (
    "kind,run,file,piece_id,status,pieces,sha256,grams,carrier_order,date,by,certificate,reason\n"
)
JUNE, DECEMBER = parse_moment("2023-06-08T10:00"), parse_moment("2023-12-08T10:00")
HANDOVER = {
    "handover.to_whom": "omar",
    "handover.situation": "Twee jaar geen aangifte.",
    "handover.asked": "Hulp erbij.",
    "handover.promised": "Dat u belt.",
    "handover.needed": "Bel haar over de brief.",
    "handover.deadline": "2023-06-12",
}
ONE_CONTACT = {"called": 1, "calls": 1, "contact reached": 1}
NOTE = "Ze durfde de enveloppen niet open te maken."
HIDDEN = ("Proef", "Verzonnenlaan", "1234 AB", NOTE)
OF_SOMEBODY = (
    *("tess", "Tess", "sam", "Sam", "Proef", "Véld", "Verzonnenlaan", "Bedachtplein"),
    *("1234AB", "1234 AB", "1234 ab", "4321XY", "4321 XY", "1980-05-17", "1951-02-03"),
    *("31612345678", "0612345678", NOTE, HANDOVER["handover.situation"]),
)
"""What leads to somebody in these stories."""


@dataclass
class Hands:
    """A clock whose hands a test moves."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Story:
    """One house whose cards lie on the mat, with its telephone and its clock."""

    installation: Installation
    board: Switchboard
    clock: Hands

    @property
    def printed_number(self) -> str:
        return str(self.rows(PhoneLine)[0].number)

    def at_work(self, name: str, role: Role = Role.AGENT) -> Browser:
        """Let a colleague come to work, who was never here before."""
        return come_in(self.installation, name, role, self.clock.at)

    def kaartje(self, *words: str) -> Any:
        """Ask the same house on the command line."""
        home = {
            "KAARTJE_HOME": str(self.installation.settings.home),
            "KAARTJE_DATABASE_URL": "",
            "KAARTJE_SECRET": SECRET,
        }
        run = CliRunner().invoke(app, [*words, "--json"], env=home)
        assert run.exit_code == 0, run.output
        return json.loads(run.stdout)

    def why(self, ref: str) -> Any:
        """Ask for all that is known of a person."""
        return self.kaartje("why", ref, "--reason", "a letter", "--now", self.clock.at.isoformat())

    def code_of(self, ref: str) -> str:
        """Look at somebody's card, which lies on the mat: which code stands on it."""
        (touch,) = self.why(ref)["campaigns"][0]["touches"]
        assert [event["state"] for event in touch["events"]][-3:] == [
            "handed_over",
            "printed",
            "posted",
        ]
        return str(touch["code"])

    def dial(self, number: str = "+31612345678") -> Phone:
        """Dial the number that is printed on the card."""
        return Phone(
            installation=self.installation,
            board=self.board,
            number=number,
            dialled=self.printed_number,
        ).call()

    def wait_with(self, code: str, number: str = "+31612345678") -> Phone:
        """Choose Dutch, key a code, or none, and come into the queue."""
        phone = self.dial(number).follow(Digits="1").follow(Digits=code)
        assert ("Wij hebben uw kaartje gevonden" in phone.said) is bool(code)
        assert phone.verbs[-1] == "Enqueue"
        self.board.waiting.add(phone.ref)
        phone.post("wait", QueueSid="QU1", QueuePosition="1")
        assert "U bent als eerste aan de beurt" in phone.said
        return phone

    def take_next(self, agent: str, phone: Phone) -> Browser:
        """Let an agent press for the next call: it rings in their browser, and they pick up."""
        desk = self.at_work(agent).get("/queue")
        desk.post("/queue/next")
        caller, _, asks = self.board.bridged[-1]
        assert caller == phone.ref
        phone.post(asks.split("/voice/")[1])
        assert [each.text for each in phone.twiml.iter("Client")] == [client_name(agent)]
        ringing = phone.twiml
        call_id = desk.path.rpartition("/")[2]
        phone.post(f"agent-answered?entry={call_id}", CallSid=f"CA-{agent}")
        assert [leg.state for leg in self.rows(Leg) if leg.ref == phone.ref] == [LegState.TALKING]
        phone.twiml = ringing
        return desk

    def end(self, phone: Phone) -> None:
        """Hang up, when everything was said."""
        phone.follow(DialCallStatus="completed", CallStatus="completed")
        phone.hang_up()
        assert [leg.how for leg in self.rows(Leg) if leg.ref == phone.ref] == [LegEnd.TALKED]

    def rows(self, table: Any) -> list[Any]:
        with self.installation.store.reading() as connection:
            return list(
                connection.execute(select(table.__table__).order_by(*inspect(table).primary_key))
            )

    def funnel(self) -> Funnel:
        return funnel(self.installation, "cards", now=self.clock.at)


def moved(before: Funnel, after: Funnel) -> dict[str, int]:
    """Return the figures that changed, and by how much; the rungs of the ladder by their name."""
    rungs = zip(after.ladder, before.ladder, strict=True)
    changed = {f"{rung.name} reached": rung.people - old.people for rung, old in rungs}
    counted = (
        "called",
        "calls",
        "texted",
        "came_by",
        "objected",
        "appointments",
        "filed_with_call",
        "handed_over",
    )
    changed |= {name: getattr(after, name) - getattr(before, name) for name in counted}
    return {name: by for name, by in changed.items() if by}


def shown(words: Sequence[str], browser: Browser) -> list[str]:
    """Return which of these words stand on the page that is open."""
    return [word for word in words if word in browser.text]


class Logged(logging.Handler):
    """Everything that was logged, at any level, as it would stand in a file."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(scope="module", autouse=True)
def logged() -> Iterator[Logged]:
    """Log everything from before the first card on, at the level of whoever looks for a fault."""
    handler, root = Logged(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.fixture(autouse=True)
def no_line_of_a_log_leads_to_anybody(logged: Logged, story: Story) -> Iterator[None]:
    """Search all that a story logged for every name, reference, number, address and code in it."""
    yield
    codes = [row.code for row in story.rows(ResponseCode)]
    assert len(codes) == len(PEOPLE)
    named = "|".join(map(re.escape, (*OF_SOMEBODY, *codes)))
    found = [line for line in logged.lines if re.search(rf"\b(?:{named})\b", line)]
    assert logged.lines
    assert found == []


@pytest.fixture(scope="module")
def posted(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Have a campaign planned, its line dialled, and its cards delivered, printed and posted; return the database."""
    home = tmp_path_factory.mktemp("posted")
    copy(sqlite_template, home / DATABASE)
    story = _open(home, NOW)
    installation = story.installation
    import_people(
        installation.store, people_file(home, *PEOPLE), key=installation.settings.key(), now=NOW
    )
    submitting.submit(
        installation, campaign_file(home, where="not has(sms)", arms=EVERYBODY), by=MANAGER, now=NOW
    )
    lifecycle.approve(installation, "cards", by=COLLEAGUE, now=NOW)
    _try_the_line(story)
    lifecycle.launch(installation, "cards", by=COLLEAGUE, now=NOW)
    story.clock.at = parse_moment("2023-06-05")
    deliver(installation, now=story.clock.at)
    _print_and_post(story)
    offer(
        installation.store,
        [
            NewSlot(
                location="Kerkstraat 12",
                kind="counter",
                starts_at=JUNE + timedelta(days=day),
                minutes=30,
                capacity=1,
            )
            for day in (1, 2)
        ],
    )
    installation.store.engine.dispose()
    return home / DATABASE


@pytest.fixture
def story(posted: Path, tmp_path: Path) -> Iterator[Story]:
    """Let the cards lie on the mat for three days."""
    copy(posted, tmp_path / DATABASE)
    story = _open(tmp_path, JUNE)
    yield story
    story.installation.store.engine.dispose()


def _open(home: Path, at: datetime) -> Story:
    clock, board = Hands(at), Switchboard()
    settings = Settings(home=home, database_url="", secret=SECRET, **VOICE)
    return Story(
        replace(open_installation(settings, clock=clock, draws=Random(2023)), exchange=board),
        board,
        clock,
    )


def _try_the_line(story: Story) -> None:
    """Dial the number before it is printed, by hand and by our own test call."""
    story.dial("+31201234567").hang_up()
    line_tests.dialled(story.installation, story.printed_number, by="Bilal", now=NOW)
    line_tests.test(story.installation, story.printed_number, now=NOW)
    ours = story.dial(OURS).follow(Digits="1").follow(Digits=line_tests.CODE)
    assert ours.said == "Dit is een proef. De lijn werkt."
    ours.hang_up()


def _print_and_post(story: Story) -> None:
    """Let the shop receive, print and post the run, once its press proof is signed."""
    installation, at = story.installation, story.clock.at
    (run,), files = story.rows(PrintRun), story.rows(PrintFile)
    (pages,) = [file for file in files if file.pieces]

    def says(*rows: str) -> None:
        answer = installation.settings.home / "answer.csv"
        answer.write_text(ANSWER + "\n".join(rows))
        assert take_answer(
            installation, answer, now=at, refused=installation.settings.home / "refused.csv"
        ).taken == len(rows)

    says(
        *(f"receipt,{run.folder},{file.name},,,{file.pieces},{file.sha256},,,,,," for file in files)
    )
    proof_signing.sign(installation, run.folder, by=COLLEAGUE, now=at)
    says(f"printed,{run.folder},{pages.name},,,{pages.pieces},,,,,,,")
    says(f"posted,{run.folder},,,,{pages.pieces},,,PO-1,2023-06-05,,,")


@pytest.mark.thorough
def test_a_card_that_was_kept_for_months_still_leads_to_the_same_case(story: Story) -> None:
    code, before = story.code_of("tess"), story.funnel()
    phone = story.wait_with(code)
    desk = story.take_next("fatma", phone)
    _agree_on_everything(story, desk)
    story.end(phone)
    assert moved(before, story.funnel()) == ONE_CONTACT | {
        "appointments": 1,
        "appointment reached": 1,
    }
    texts = [
        (call["state"], call["disposition"], call["note"]) for call in story.why("tess")["calls"]
    ]
    assert texts == [
        ("wrapped_up", "appointment", NOTE),
        ("waiting", None, ""),
    ]  # the second: it is to be prepared

    _do_what_was_agreed(story)

    story.clock.at, before = DECEMBER, story.funnel()
    phone = story.wait_with(code, "anonymous")
    desk = story.take_next("noor", phone)
    assert not shown(HIDDEN, desk)
    desk.post(f"{desk.path}/identity", **TESS)
    for word in ("T. Proef", "Dossier van", f"8 juni 2023, fatma: Afspraak gemaakt. {NOTE}"):
        assert word in desk.text
    for came_of_it in (
        "afspraak geweest, aan de balie. Kerkstraat 12",
        "overdracht gedaan, omar. Samen gelezen.",
    ):
        assert came_of_it in desk.text
    assert "Afspraak voorbereid" not in desk.text  # nobody was spoken to
    assert (
        desk.post(f"{desk.path}/wrap-up", disposition="helped", note="De aangifte is gedaan.").path
        == "/queue"
    )
    story.end(phone)
    assert moved(before, story.funnel()) == {"calls": 1}
    case = story.kaartje("desk", "case", "tess")
    assert (case["owner"], case["conversations"], len(story.rows(Case))) == ("fatma", 2, 1)


def _agree_on_everything(story: Story, desk: Browser) -> None:
    """See the campaign and no name; check who it is; see the very card; agree on two things, and wrap up."""
    register(story.installation.store, "omar", now=story.clock.at)
    call, (touch,) = desk.path, {row.touch_id for row in story.rows(Call)}
    card = f"{call}/card-{touch}.png"
    assert "Contactkaartjes" in desk.text
    assert "1. Beginnen" in desk.text  # the guide
    assert (
        "Viel de verbinding weg?" in desk.text
    )  # they are on the line: nobody is told to call them
    assert not shown(HIDDEN, desk)
    assert desk.client.get(card).status_code == 404

    desk.post(f"{call}/identity", **TESS)
    for word in ("T. Proef", "Verzonnenlaan 12", "op de post", card):
        assert word in desk.text
    picture = desk.client.get(card)
    assert (picture.headers["content-type"], picture.content[:4]) == ("image/png", b"\x89PNG")

    desk.post(f"{call}/agree/slot", note=NOTE, **{"slot.id": "1"})
    assert "De afspraak staat vast" in desk.text
    desk.post(f"{call}/agree/handover", note=NOTE, **HANDOVER)
    assert "staat klaar voor uw collega" in desk.text
    assert desk.post(f"{call}/wrap-up", disposition="appointment", note=NOTE).path == "/queue"


def _do_what_was_agreed(story: Story) -> None:
    """Let a colleague prepare the appointment, do what was handed over, and help Tess at the counter."""
    story.clock.at = parse_moment("2023-06-09T12:00")
    omar = story.at_work("omar")
    entry = omar.get("/queue").post("/queue/next").path
    assert "afspraak voorbereiden" in omar.text
    assert not shown((*HIDDEN, "geboortedatum"), omar)  # nobody is on the line who could be asked
    omar.post(f"{entry}/prepare")
    assert shown((NOTE, "T. Proef", "Kerkstraat 12"), omar) == [NOTE, "T. Proef", "Kerkstraat 12"]
    assert omar.post(f"{entry}/wrap-up", disposition="prepared").path == "/queue"
    assert "Bel haar over de brief." in omar.get("/follow-ups").text
    assert (
        "de overdracht is gedaan"
        in omar.post("/follow-ups/handover/1/done", said="Samen gelezen.").text
    )
    assert "de afspraak is geweest" in omar.post("/follow-ups/appointment/1/kept").text


def test_a_housemate_with_the_card_is_helped_and_shown_nothing(story: Story) -> None:
    before = story.funnel()
    phone = story.wait_with(story.code_of("tess"), "+31687654321")
    desk = story.take_next("fatma", phone)
    call = desk.path
    for _ in range(3):
        assert desk.post(f"{call}/identity", born="1990-01-01", postcode="1234AB").status == 422
    desk.get(call)
    assert "Help met algemene vragen" in desk.text
    assert "1. Beginnen" in desk.text
    (entry,) = story.rows(Call)
    assert desk.client.get(f"{call}/card-{entry.touch_id}.png").status_code == 404
    assert not shown(HIDDEN, desk)
    assert desk.post(f"{call}/identity", **TESS).status == 409
    assert desk.get(call).post(f"{call}/prepare").status == 404  # no way around the check
    assert (
        desk.get(call).post(f"{call}/wrap-up", disposition="helped", note="Een huisgenoot.").path
        == "/queue"
    )
    story.end(phone)
    assert (
        moved(before, story.funnel()) == ONE_CONTACT
    )  # the card was answered: by whom, a code does not tell
    assert story.rows(Case) == []
    assert story.why("tess")["calls"] == []


def test_who_was_bereaved_is_asked_for_no_code_and_nothing_goes_out_any_more(story: Story) -> None:
    phone = story.wait_with("")
    desk = story.take_next("fatma", phone)
    call = desk.path
    assert "Gecondoleerd" in desk.text
    desk.post(f"{call}/bereaved", family_name="In 't Veld", **SAM)
    assert "Alles is tegengehouden" in desk.text
    assert not shown(("Véld", "Bedachtplein"), desk)
    assert (
        desk.post(
            f"{call}/wrap-up", disposition="helped", note="Gecondoleerd; een dochter belde."
        ).path
        == "/queue"
    )
    story.end(phone)
    assert [(each.person_ref, each.reason) for each in entries(story.installation.store)] == [
        ("sam", "DECEASED")
    ]
    assert story.rows(Case) == []
    late = story.wait_with(story.code_of("sam"))
    assert "Over dit kaartje is iets bijzonders bekend" in story.take_next("omar", late).text
