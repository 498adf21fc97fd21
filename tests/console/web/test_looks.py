"""Who may see a person's data: out of a conversation, or for a reason, never many, and always written down."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.encoders import jsonable_encoder
from sqlalchemy import insert, select, update
from typer.testing import CliRunner

from console.main import app
from desk.entries.queue_entries import NewCall, enter
from installation import looks
from installation.installation import Installation
from installation.looks import ALARM, MOST, TooManyLooks, look_at_own_machine
from outcomes.explanations import why
from store.audit_log import Decider
from store.engine import open_store
from store.errors import BadInput
from store.states import Road, Role
from store.tables import Call, Case, Person
from tests.conftest import NOW
from tests.console.conftest import Browser, acts_of
from tests.snapshots import Snapshots
from tests.stories import campaign_file, launched, populate

SignIn = Callable[..., Browser]


@pytest.fixture
def filled(console_installation: Installation, snapshots: Snapshots) -> Installation:
    return snapshots.bring(console_installation, _fill)


def _fill(installation: Installation) -> None:
    populate(installation, 60, now=NOW)
    launched(installation, campaign_file(installation.settings.home), now=NOW)


def _people(installation: Installation) -> list[Any]:
    whole = select(Person.id, Person.person_ref, Person.birth_first, Person.postcode).where(
        Person.birth_first == Person.birth_last, Person.postcode.is_not(None)
    )
    with installation.store.reading() as connection:
        return list(connection.execute(whole.order_by(Person.id)))


def _call_of(installation: Installation, person_id: int) -> None:
    call = NewCall(
        line_id=1,
        reply_id=None,
        received_at=NOW,
        campaign_id=1,
        touch_id=None,
        person_id=person_id,
    )
    with installation.store.writing() as connection:
        enter(connection, [call])


def test_an_agent_sees_nobody_by_typing_references(filled: Installation, signed_in: SignIn) -> None:
    agent = signed_in(Role.AGENT).get("/why")
    answers = set()
    for ref in ("P0000001", "P0000002", "nobody", "", "P0000001' OR 1=1"):
        agent.post("/why", ref=ref, reason="curious")
        answers.add((agent.status, agent.text.replace(ref, "")))
    assert {status for status, _ in answers} == {403}
    assert "Telefoonnummers" not in agent.text
    assert len(acts_of(filled, "refused_look")) == 5
    assert not acts_of(filled, "looked_up_person")


@pytest.mark.thorough
def test_an_agent_sees_a_person_from_a_call_only_once_the_identity_was_checked(
    filled: Installation, signed_in: SignIn
) -> None:
    mine, other = _people(filled)[:2]
    _call_of(filled, mine.id)
    agent = signed_in(Role.AGENT).get("/queue")
    agent.post("/queue/1/take")
    assert agent.post("/why", ref=mine.person_ref).status == 403
    agent.get("/queue/1").post(
        "/queue/1/identity", born=mine.birth_first.isoformat(), postcode=mine.postcode
    )
    assert agent.post("/why", ref=mine.person_ref).status == 200
    assert agent.post("/why", ref=other.person_ref).status == 403
    seen = acts_of(filled, "looked_up_person_at_work")
    assert [(act.person_ref, act.detail) for act in seen] == [(mine.person_ref, {"work": "call:1"})]
    with filled.store.writing() as connection:
        connection.execute(update(Call).values(state="wrapped_up"))
    assert agent.get("/why").post("/why", ref=mine.person_ref).status == 403


@pytest.mark.thorough
def test_an_agent_sees_the_person_of_a_case_of_their_own_and_of_nobody_elses(
    filled: Installation, signed_in: SignIn
) -> None:
    mine, other = _people(filled)[:2]
    with filled.store.writing() as connection:
        for person, owner in ((mine, "agent"), (other, "somebody")):
            case = {"person_id": person.id, "owner": owner, "opened_at": NOW, "last_at": NOW}
            connection.execute(insert(Case).values(case))
    agent = signed_in(Role.AGENT, "agent").get("/why")
    assert agent.post("/why", ref=mine.person_ref).status == 200
    assert agent.post("/why", ref=other.person_ref).status == 403


@pytest.mark.everyday(3)
@pytest.mark.parametrize("reason", ["  ", "—!", "x", "xxxxxx", "geen reden"])
@pytest.mark.parametrize("role", [Role.MANAGER, Role.PRIVACY_OFFICER])
def test_others_say_why_they_look(
    filled: Installation, signed_in: SignIn, role: Role, reason: str
) -> None:
    browser = signed_in(role).get("/why")
    assert browser.post("/why", ref="P0000001", reason=reason).status == 422
    assert browser.post("/why", ref="P0000001", reason="a letter").status == 200
    (act,) = acts_of(filled, "looked_up_person")
    assert (act.person_ref, act.reason) == ("P0000001", "a letter")


def test_many_looks_are_an_alarm_and_more_are_refused(
    filled: Installation, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarm, most = 4, 8  # a fifth of what a house allows
    monkeypatch.setattr(looks, "ALARM", alarm)
    monkeypatch.setattr(looks, "MOST", most)
    browser = signed_in(Role.MANAGER).get("/why")
    refs = [person.person_ref for person in _people(filled)]
    for ref in refs[: most - 1]:
        browser.post("/why", ref=ref, reason="a letter")
        assert browser.post("/why", ref=ref, reason="again").status == 200
        assert len(acts_of(filled, "many_looks")) == (refs.index(ref) + 1 >= alarm)
    assert browser.post("/why", ref="nobody", reason="a letter").status == 404
    browser.client.headers["accept"] = "application/json"
    assert browser.post("/why", ref=refs[most], reason="a letter").status == 429
    officer = signed_in(Role.PRIVACY_OFFICER).get("/looks")
    assert f"manager keek binnen een uur bij {ALARM} mensen of meer" in officer.text


@pytest.mark.thorough
def test_opening_the_cases_of_colleagues_one_after_another_is_refused_too(
    filled: Installation, signed_in: SignIn
) -> None:
    with filled.store.writing() as connection:
        for person in _people(filled)[: MOST + 1]:
            case = {"person_id": person.id, "owner": "ann", "opened_at": NOW, "last_at": NOW}
            connection.execute(insert(Case).values(case))
    agent = signed_in(Role.AGENT).get("/cases/1")
    statuses = [
        agent.get(f"/cases/{each + 1}").post(f"/cases/{each + 1}/open", why="curious").status
        for each in range(MOST + 1)
    ]
    assert statuses == [200] * MOST + [429]


@pytest.mark.thorough
def test_the_privacy_officer_reads_every_look_by_page_and_command(
    filled: Installation, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(Role.MANAGER).get("/why").post("/why", ref="P0000001", reason="letter 2023/17")
    signed_in(Role.AGENT).get("/why").post("/why", ref="P0000002")
    officer = signed_in(Role.PRIVACY_OFFICER).get("/looks")
    for said in ("letter 2023/17", "P0000001", "P0000002", "wilde kijken en mocht niet"):
        assert said in officer.text
    officer.post("/looks", ref="P0000001")
    assert "letter 2023/17" in officer.text
    assert "P0000002" not in officer.text
    monkeypatch.setenv("KAARTJE_HOME", str(filled.settings.home))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", filled.settings.database_url)
    monkeypatch.setenv("KAARTJE_SECRET", filled.settings.key().decode())
    answer = CliRunner().invoke(app, ["looks", "--now", NOW.isoformat(), "--json"])
    found = json.loads(answer.stdout)["looks"]
    assert [(each["actor"], each["person_ref"], each["reason"]) for each in found] == [
        ("agent", "P0000002", None),
        ("manager", "P0000001", "letter 2023/17"),
    ]


def test_the_command_writes_every_look_down_and_on_an_own_machine_asks_no_reason(
    filled: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAARTJE_HOME", str(filled.settings.home))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", filled.settings.database_url)
    monkeypatch.setenv("KAARTJE_SECRET", filled.settings.key().decode())
    asked = ["--now", NOW.isoformat(), "--json"]
    assert CliRunner().invoke(app, ["why", "P0000001", *asked]).exit_code == 0
    assert (
        CliRunner().invoke(app, ["why", "P0000002", "--reason", "a letter", *asked]).exit_code == 0
    )
    found = json.loads(CliRunner().invoke(app, ["looks", *asked]).stdout)["looks"]
    assert [(each["person_ref"], each["reason"]) for each in found] == [
        ("P0000002", "a letter"),
        ("P0000001", None),
    ]


@pytest.mark.thorough
def test_on_a_shared_database_a_command_needs_a_reason_and_many_looks_are_refused(
    postgres_url: str, tmp_path: Path
) -> None:
    store = open_store(postgres_url, locks=tmp_path)
    by = Decider("by hand", road=Road.COMMAND)

    def look(reason: str, number: int) -> None:
        look_at_own_machine(store, by, f"P{number}", reason=reason, known=True, now=NOW)

    with pytest.raises(BadInput, match="the reason is missing"):
        look("", 1)
    for number in range(MOST):
        look("a letter", number)
    with pytest.raises(TooManyLooks):
        look("a letter", MOST)
    store.engine.dispose()


@pytest.mark.thorough
def test_no_explanation_holds_a_date_of_birth(filled: Installation, signed_in: SignIn) -> None:
    """Callers prove who they are by it, so whoever reads it here could pass for them."""
    browser = signed_in(Role.MANAGER).get("/why")
    for person in _people(filled)[:10]:
        born = person.birth_first
        browser.post("/why", ref=person.person_ref, reason="a letter")
        stated = json.dumps(jsonable_encoder(why(filled, person.person_ref).as_data()))
        for text in (browser.text, stated):
            assert born.isoformat() not in text
            assert f"{born:%d-%m-%Y}" not in text


def test_looks_are_found_by_colleague_and_day_and_those_at_night_are_marked(
    console_installation: Installation, signed_in: SignIn
) -> None:
    by_day, at_night = NOW, NOW.replace(hour=1)
    for name, at in (("ann", by_day - timedelta(days=3)), ("bea", at_night), ("ann", by_day)):
        look_at_own_machine(
            console_installation.store,
            Decider(name, road=Road.COMMAND),
            "P0000001",
            reason=f"{name} on {at:%d}",
            known=True,
            now=at,
        )
    officer = signed_in(Role.PRIVACY_OFFICER).get("/looks")
    assert officer.text.count("'s nachts") == 1
    officer.post("/looks", name="ann", since="2023-06-01", until="2023-06-01")
    assert "ann on 01" in officer.text
    assert "ann on 29" not in officer.text
    assert "bea on 01" not in officer.text
    for odd in ("0001-01-01", "9999-12-31", "no day"):
        assert officer.post("/looks", since=odd, until=odd).status == 200


def test_a_look_at_night_outside_a_conversation_is_an_alarm_once_an_hour(
    console_installation: Installation, signed_in: SignIn
) -> None:
    night = NOW.replace(hour=1)
    for at in (NOW, night, night + timedelta(minutes=20)):
        by = Decider("bea", road=Road.PAGE)
        looks.look_for_reason(
            console_installation.store, by, "nobody", reason="a letter", known=False, now=at
        )
    found = looks.alarms(console_installation.store, since=NOW - timedelta(days=1))
    assert [(each.actor, each.action, each.at) for each in found] == [("bea", looks.NIGHT, night)]
    page = signed_in(Role.PRIVACY_OFFICER).get("/looks").text
    assert page.count("bea keek 's nachts bij iemand buiten een gesprek") == 1
