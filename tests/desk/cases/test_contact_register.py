"""The export to a contact register, once for each conversation, whatever happens on the way."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import responses
from sqlalchemy import insert, select, update

from channels.interactions import Folder, Interactions, open_register
from desk.cases.contact_contents import masked
from desk.cases.contact_register import Exported, export
from desk.cases.handovers import Instruction, hand_over, open_handovers
from desk.entries.queue_entries import NewCall, enter
from desk.queue.queues import take, waiting
from desk.queue.wrap_up import wrap_up
from installation.installation import Installation
from store.errors import BadInput
from store.states import AttemptState
from store.tables import Handover, Interaction
from tests.builders import Builder
from tests.conftest import NOW
from tests.deciding import deciding
from tests.desk.cases.registers import PLACE, TOKEN, OpenKlantStandIn

TASK = Instruction(
    to_whom="Team Aangifte",
    situation="Geen aangifte sinds 2021.",
    asked="Hulp.",
    promised="Dat u belt.",
    needed="Bel haar.",
    deadline=date(2023, 6, 8),
)
LATER = NOW + timedelta(minutes=10)


@dataclass
class Register:
    """One register, and what a test may see of it."""

    open: Interactions
    stand_in: OpenKlantStandIn | None

    def written(self) -> tuple[list[Any], list[Any]]:
        if self.stand_in:
            return list(self.stand_in.contacts.values()), list(self.stand_in.tasks.values())
        assert isinstance(self.open, Folder)
        found = [
            sorted(self.open.path.glob(f"{kind}-*.json"))
            for kind in ("klantcontact", "internetaak")
        ]
        contacts, tasks = ([json.loads(path.read_text()) for path in paths] for paths in found)
        return contacts, tasks

    def do(self) -> None:
        """Let a colleague do every task."""
        ended = {"status": "verwerkt", "afgehandeldOp": LATER.isoformat()}
        if self.stand_in:
            for task in self.stand_in.tasks.values():
                task.update(ended)
            return
        assert isinstance(self.open, Folder)
        for path in self.open.path.glob("internetaak-*.json"):
            path.write_text(json.dumps(json.loads(path.read_text()) | ended))


@pytest.fixture
def open_klant() -> Iterator[Register]:
    stand_in = OpenKlantStandIn()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        stand_in.open(mock)
        yield Register(open_register(PLACE, token=TOKEN), stand_in)


@pytest.fixture(params=["open_klant", "folder"])
def register(request: pytest.FixtureRequest, tmp_path: Path) -> Register:
    if request.param == "folder":
        return Register(open_register(str(tmp_path / "register"), token=""), None)
    found: Register = request.getfixturevalue("open_klant")
    return found


@pytest.fixture
def wrapped_up(installation: Installation) -> Installation:
    """Somebody was helped, with an instruction for a colleague; somebody else did not pick up; a third still talks."""
    with installation.store.writing() as connection:
        builder = Builder(connection, NOW)
        campaign = builder.campaign()
        people = [builder.person(ref) for ref in ("P1", "P2", "P3")]
        line = builder.line()
        enter(
            connection,
            [
                NewCall(
                    line_id=line,
                    reply_id=None,
                    received_at=NOW,
                    campaign_id=campaign.id,
                    touch_id=None,
                    person_id=each,
                )
                for each in people
            ],
        )
    first, second, third = waiting(installation.store)
    for call in (first, second, third):
        take(installation.store, call.id, "Fatma", NOW)
    hand_over(installation.store, "P1", TASK, by="Fatma", now=NOW)
    hand_over(installation.store, "P1", TASK, by="Fatma", now=NOW)
    wrap_up(
        installation.store,
        first.id,
        by=deciding("Fatma"),
        disposition="helped",
        note="Her number is 000000012.",
        now=LATER,
    )
    wrap_up(
        installation.store,
        second.id,
        by=deciding("Fatma"),
        disposition="not_for_us",
        note="",
        now=LATER,
    )
    return installation


def test_each_goes_once_and_what_is_still_talked_about_waits(
    wrapped_up: Installation, register: Register
) -> None:
    came = export(wrapped_up, register.open, with_person=False, now=LATER)
    assert came == Exported(contacts=2, tasks=2)
    contacts, tasks = register.written()
    assert [
        (each["kanaal"], each["indicatieContactGelukt"], each["taal"]) for each in contacts
    ] == [("telefoon", True, "nld")] * 2
    assert contacts[0]["inhoud"] == "Her number is *********."
    assert "P1" not in json.dumps([contacts, tasks])
    assert tasks[0]["gevraagdeHandeling"] == "Bel haar."
    assert tasks[0]["toelichting"].startswith(
        "Voor Team Aangifte, uiterlijk 08-06-2023.\nSituatie: Geen aangifte"
    )
    assert export(wrapped_up, register.open, with_person=False, now=LATER) == Exported()
    wrap_up(wrapped_up.store, 3, by=deciding("Fatma"), disposition="helped", note="", now=LATER)
    assert export(wrapped_up, register.open, with_person=True, now=LATER) == Exported(contacts=1)
    assert register.written()[0][2]["metadata"] == {"kaartje_persoon": "P3"}


def test_what_a_colleague_did_there_is_done_here(
    wrapped_up: Installation, register: Register
) -> None:
    export(wrapped_up, register.open, with_person=False, now=LATER)
    register.do()
    assert export(wrapped_up, register.open, with_person=False, now=LATER).done == 2
    assert open_handovers(wrapped_up.store) == []
    assert export(wrapped_up, register.open, with_person=False, now=LATER) == Exported()


def test_a_handover_outside_any_call_has_an_occasion_of_its_own(
    installation: Installation, register: Register
) -> None:
    with installation.store.writing() as connection:
        Builder(connection, NOW).person("P1")
    hand_over(installation.store, "P1", TASK, by="Fatma", now=NOW)
    assert export(installation, register.open, with_person=False, now=LATER) == Exported(
        contacts=1, tasks=1
    )
    assert register.written()[0][0]["kanaal"] == "intern"


def test_a_kill_after_the_attempt_was_written_loses_and_doubles_nothing(
    wrapped_up: Installation, register: Register
) -> None:
    with wrapped_up.store.writing() as connection:
        row = {
            "register": register.open.name,
            "state": AttemptState.WRITTEN,
            "tries": 1,
            "written_at": NOW,
        }
        connection.execute(insert(Interaction).values(**row, key="call:1"))
    assert export(wrapped_up, register.open, with_person=False, now=LATER) == Exported(
        contacts=2, tasks=2
    )
    with wrapped_up.store.writing() as connection:
        connection.execute(update(Interaction).values(state=AttemptState.WRITTEN, remote=None))
    export(wrapped_up, register.open, with_person=False, now=LATER)
    assert [len(each) for each in register.written()] == [2, 2]


@pytest.mark.thorough
def test_whatever_open_klant_does_nothing_is_doubled_and_nothing_lost(
    wrapped_up: Installation,
) -> None:
    for number, (trouble, at) in enumerate(product(("silent", "deaf", "busy", "declines"), (0, 2))):
        stand_in = OpenKlantStandIn(place=f"{PLACE}/{number}", trouble=[""] * at + [trouble])
        with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
            stand_in.open(mock)
            register = open_register(stand_in.place, token=TOKEN)
            came = export(wrapped_up, register, with_person=False, now=LATER)
            assert bool(came.stopped) == (trouble in {"deaf", "busy"})
            assert (came.unclear, came.declined) == (
                int(trouble == "silent"),
                int(trouble == "declines"),
            )
            export(wrapped_up, register, with_person=False, now=LATER)
            assert (len(stand_in.contacts), len(stand_in.tasks)) == (2, 2)
            assert export(wrapped_up, register, with_person=False, now=LATER) == Exported()


def test_what_does_not_fit_is_declined_and_never_cut_off(
    wrapped_up: Installation, register: Register
) -> None:
    with wrapped_up.store.writing() as connection:
        connection.execute(update(Handover).values(needed="x" * 200, situation="y" * 945))
    came = export(wrapped_up, register.open, with_person=False, now=LATER)
    assert (came.tasks, came.declined) == (0, 2)
    with wrapped_up.store.reading() as connection:
        why = connection.execute(
            select(Interaction.detail).where(Interaction.key == "handover:1")
        ).scalar_one()
    assert why == "is too long once its recipient and deadline are added"


def test_a_token_that_is_not_taken_stops_the_export_and_says_so(
    wrapped_up: Installation, open_klant: Register
) -> None:
    wrong = open_register(PLACE, token="another")
    assert (
        "does not take our token" in export(wrapped_up, wrong, with_person=False, now=LATER).stopped
    )


@pytest.mark.parametrize(
    "place",
    ["http://klant.example/api", "https://anja:pw@klant.example/api", "https://klant.example/?a=b"],
)
def test_nothing_goes_to_an_address_that_is_not_safe(place: str) -> None:
    with pytest.raises(BadInput):
        open_register(place, token=TOKEN)


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("BSN 000000012.", "BSN *********."),
        ("0000.00.012", "****.**.***"),
        ("Bel 0612345678", "Bel 0612345678"),
        ("zaak 123456789", "zaak 123456789"),
    ],
)
def test_no_citizen_number_leaves(said: str, sent: str) -> None:
    assert masked(said) == sent
