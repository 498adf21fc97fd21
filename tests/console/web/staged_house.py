"""A staged installation in which every page has something to show, for browsers and for pictures."""

import re
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import insert, select, update

from campaigns.drafts import drafts
from campaigns.drafts.document_edits import document_of, fingerprint
from campaigns.planning import lifecycle
from campaigns.planning.submitting import submit
from desk.entries.queue_entries import NewCall, enter
from desk.queue.appointment_slots import NewSlot, offer
from installation.installation import Installation
from privacy.requests import NewRequest, record_request
from store.clock import parse_moment
from store.states import OutcomeKind, RequestKind, Role, RunState, SuppressionScope
from store.tables import Difference, Import, Outcome, Person, PrintRun, Touch
from suppression.entries import NewEntry, list_entries
from suppression.reasons import Reason
from tests.console.conftest import Browser, come_in, put_account
from tests.deciding import deciding
from tests.passes import deliver
from tests.stories import COLLEAGUE, MANAGER, campaign_file, launched, populate

NOON = parse_moment("2023-06-06T12:00")
"""A Tuesday on which cards are in people's hands."""
EARLIER = parse_moment("2023-06-01T09:00")
PEOPLE = 200
OWNER = "anja"
COLLEAGUES = {
    OWNER: Role.MANAGER,
    "bilal": Role.MANAGER,
    "omar": Role.AGENT,
    "ana": Role.ANALYST,
    "rosa": Role.PRIVACY_OFFICER,
    "drukker": Role.PRINT_SHOP,
}
LOOSER = """\
caps: {card: {times: 4, days: 30}}
deviation: {rule: caps.card, reason: het kantoor verhuist en het nummer op het kaartje wordt anders}"""
OTHERS = "years_without_return >= 1 and reminded_on is not null"
HANDOVER = {
    "handover.to_whom": "counter",
    "handover.situation": "Twee jaar geen aangifte.",
    "handover.asked": "Hulp bij de aangifte.",
    "handover.promised": "Dat u haar belt.",
    "handover.needed": "Bel haar voor vrijdag.",
    "handover.deadline": "2023-06-09",
}


def stage(installation: Installation) -> None:
    """Tell the story of a house at work up to `NOON`, with its clock standing there."""
    populate(installation, PEOPLE, now=EARLIER)
    home = installation.settings.home
    file = campaign_file(home, limit=30, waves=("2023-06-05", "2023-06-19"))
    site = "  qr_url: https://dichtbij.example/k\nphone_line:"
    file.write_text(file.read_text().replace("phone_line:", site))
    launched(installation, file, now=EARLIER)
    deliver(installation, now=parse_moment("2023-06-05"))
    _campaigns(installation, home)
    _drafts(installation, home)
    for name, role in COLLEAGUES.items():
        put_account(installation, name, role, EARLIER)
    _printer(installation)
    _registers(installation)
    _calls(installation)
    _privacy(installation)


def _campaigns(installation: Installation, home: Path) -> None:
    """Put down a campaign in each state that somebody has to do something about."""
    anja = deciding(OWNER)
    for name in ("submitted", "looser", "sent-back", "approved", "paused"):
        more = LOOSER if name == "looser" else ""
        waves = ("2023-06-19", "2023-07-03")
        made = campaign_file(home, name=name, where=OTHERS, limit=12, waves=waves, more=more)
        made.write_text(made.read_text().replace("Contactkaartjes", f"Kaartjes {name}"))
        submit(installation, made, by=anja, now=EARLIER)
        if name == "sent-back":
            remarks = "De tekst noemt nog het oude kantoor.\nNoem de Kerkstraat."
            lifecycle.send_back(installation, name, by=COLLEAGUE, now=EARLIER, remarks=remarks)
        if name in {"approved", "paused"}:
            lifecycle.approve(installation, name, by=COLLEAGUE, now=EARLIER)
        if name == "paused":
            lifecycle.launch(installation, name, by=COLLEAGUE, now=EARLIER)
            lifecycle.pause(installation, name, by=COLLEAGUE, now=EARLIER)


def _drafts(installation: Installation, home: Path) -> None:
    """Put down a draft that is whole, and one that was only begun."""
    whole = campaign_file(home, name="summer", where=OTHERS, limit=20, waves=("2023-06-26",))
    anja = deciding(OWNER)
    number = drafts.make(installation, whole.read_text(), by=anja, now=EARLIER)
    was = fingerprint(document_of(whole.read_text(), "summer"), [("owner",)])
    change = drafts.Change(
        values={("owner",): "Team Buurt"}, about=[("owner",)], was=was, as_version=True
    )
    drafts.change(installation, number, change, by=MANAGER, now=NOON)
    begun = "title: Zomer in de wijk\naudience: {where: 'years_without_return >'}\nlimit: veel\n"
    drafts.make(installation, begun, by=anja, now=NOON)


def _printer(installation: Installation) -> None:
    """Have the shop count two pieces fewer than it was sent."""
    with installation.store.writing() as connection:
        run = connection.execute(select(PrintRun.id)).scalar_one()
        row = {
            "print_run_id": run,
            "kind": "count",
            "pieces": 2,
            "stops": True,
            "detail": {},
            "found_at": NOON,
        }
        connection.execute(insert(Difference).values(row))
        connection.execute(update(PrintRun).values(state=RunState.RECEIVED))


def _registers(installation: Installation) -> None:
    """Have some of them file their return, and two messages that may be objections."""
    with installation.store.writing() as connection:
        import_id = connection.execute(select(Import.id).limit(1)).scalar_one()
        query = select(Person.person_ref).join(Touch, Touch.person_id == Person.id)
        for ref in connection.execute(query.order_by(Touch.id).limit(3)).scalars().all():
            filed = {"kind": OutcomeKind.FILED, "happened_on": date(2023, 6, 6), "reference": ""}
            row = {"person_ref": ref, "import_id": import_id, **filed}
            connection.execute(insert(Outcome).values(row))
        for days, text in ((8, "Laat maar"), (1, "Nee dank u")):
            entry = NewEntry(
                scope=SuppressionScope.NUMBER,
                repeat="",
                e164=f"+3161234560{days}",
                reason=Reason.OBJECTION_IN_DOUBT,
                source=f"reply {days}",
                note=text,
                starts_at=NOON - timedelta(days=days),
            )
            list_entries(connection, [entry], by="a text", now=NOON)


def _calls(installation: Installation) -> None:
    """Have an agent in a call about a card, with an appointment made, while somebody waits."""
    days = (NOON + timedelta(days=day) for day in (1, 2))
    offer(
        installation.store,
        [
            NewSlot(location="Kerkstraat 12", kind="counter", starts_at=day, minutes=30, capacity=2)
            for day in days
        ],
    )
    with installation.store.writing() as connection:
        whole = (Touch.handed_over_at.is_not(None), Person.birth_first == Person.birth_last)
        rows = connection.execute(
            select(
                Touch.campaign_id, Touch.id, Touch.person_id, Person.birth_first, Person.postcode
            )
            .join(Person, Person.id == Touch.person_id)
            .where(*whole)
            .order_by(Touch.id)
            .limit(3)
        ).all()
        calls = [
            NewCall(
                line_id=1,
                reply_id=None,
                received_at=NOON - timedelta(minutes=30 - at),
                campaign_id=row.campaign_id,
                touch_id=row.id,
                person_id=row.person_id,
            )
            for at, row in enumerate(rows)
        ]
        enter(connection, calls)
    henri = come_in(installation, "henri", Role.AGENT, NOON).get("/queue")
    _helped(henri, rows[0].birth_first.isoformat(), rows[0].postcode)
    henri.get("/queue").post("/queue/next")


def _helped(agent: Browser, born: str, postcode: str) -> None:
    """Play a call whose case stays open, with an appointment and a handover."""
    agent.post("/queue/next")
    call = agent.path
    agent.post(f"{call}/identity", born=born, postcode=postcode)
    agent.post(f"{call}/agree/slot", **HANDOVER, **{"slot.id": "1"})
    agent.post(f"{call}/agree/handover", **HANDOVER)
    agent.post(f"{call}/wrap-up", disposition="appointment", note="Ze was opgelucht.")
    assert agent.path == "/queue", re.findall(r'class="trouble".*', agent.text)


def _privacy(installation: Installation) -> None:
    with installation.store.reading() as connection:
        ref = connection.execute(
            select(Person.person_ref).order_by(Person.id).limit(1)
        ).scalar_one()
    for days, kind in ((40, RequestKind.ERASURE), (5, RequestKind.ACCESS)):
        at = NOON - timedelta(days=days)
        asked = NewRequest(
            kind=kind,
            ref=ref,
            received_at=at,
            road="letter",
            asked="Wat weet u van mij?",
            identity="paspoort gezien",
        )
        record_request(installation.store, asked, by=deciding("rosa"), now=at)
