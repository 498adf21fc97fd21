"""Texts wait for open hours and need what the policy says; a service is what citizens asked for, and goes past both."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from campaigns.planning.plans import plan
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock, parse_moment
from store.states import ConsentKind, TouchState
from store.tables import FactColumn, Person, PersonNumber, Touch
from suppression.consents import NewStatement, record_statement
from suppression.lists import add
from tests.conftest import NOW
from tests.passes import Delivered, deliver
from tests.snapshots import Snapshots
from tests.stories import campaign_file, launched, populate

TEXTS = "  - {name: text, share: 100, steps: [{channel: sms, template: text-invitation}]}"
CARDS = (
    "  - {name: card, share: 100, steps: [{channel: card, template: contact-card, price: 0.85}]}"
)


@pytest.fixture
def dry(
    database_url: str, snapshots: Snapshots, tmp_path: Path, now: datetime
) -> Iterator[Installation]:
    """Open an installation from which nothing leaves, with people who have numbers."""
    settings = Settings(
        home=tmp_path,
        database_url=database_url,
        secret="a key for tests only, nobody has another",
        dry=True,
    )
    installation = open_installation(settings, clock=FixedClock(now), draws=Random(2023))
    yield snapshots.bring(installation, _populate)
    installation.store.engine.dispose()


def _populate(installation: Installation) -> None:
    populate(installation, 400, now=NOW)


def states(installation: Installation) -> Counter[Any]:
    with installation.store.reading() as connection:
        return Counter(connection.execute(select(Touch.state)).scalars())


@pytest.mark.everyday(1)
@pytest.mark.parametrize(
    ("day", "at", "opens"),
    [
        ("2023-06-03", "2023-06-03T09:59", "2023-06-03T10:00"),  # a Saturday
        ("2023-06-04", "2023-06-04T12:00", "2023-06-05T09:00"),  # a Sunday
        ("2023-06-05", "2023-06-05T20:00", "2023-06-06T09:00"),  # a Monday evening
    ],
)
def test_texts_wait_for_an_open_hour_and_none_is_lost(
    dry: Installation, tmp_path: Path, now: datetime, day: str, at: str, opens: str
) -> None:
    file = campaign_file(tmp_path, where="has(sms)", purpose="rights", arms=TEXTS, waves=(day,))
    launched(dry, file, now=now)
    planned = sum(states(dry).values())
    assert planned > 20
    assert deliver(dry, now=parse_moment(at)).handed_over == 0
    assert states(dry) == {TouchState.PLANNED: planned}
    with dry.store.reading() as connection:
        assert set(connection.execute(select(Touch.not_before)).scalars()) == {parse_moment(opens)}
    assert deliver(dry, now=parse_moment(opens)).handed_over == planned


@pytest.mark.thorough
def test_an_invitation_by_text_reaches_only_those_who_agreed(
    dry: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, where="has(sms)", purpose="invitation", arms=TEXTS)
    before = plan(dry, file, now=now)
    assert before.selected == 0
    with dry.store.reading() as connection:
        refs = (
            connection.execute(
                select(Person.person_ref)
                .join(PersonNumber, PersonNumber.person_id == Person.id)
                .where(
                    PersonNumber.may_text,
                    Person.deceased_on.is_(None),
                    Person.guardian_ref.is_(None),
                )
                .order_by(Person.person_ref)
            )
            .scalars()
            .all()
        )
    for ref in refs[:30]:
        word = NewStatement(
            person_ref=ref,
            kind=ConsentKind.GIVEN,
            channel="sms",
            purpose="invitation",
            said_at=now,
            ends_at=None,
            source="formulier",
            text_shown="Mogen we u een sms sturen?",
        )
        record_statement(dry.store, word, by="ann", now=now)
    made = plan(dry, file, now=now)
    assert 10 < made.selected <= 30
    held = [
        next(rule.held for rule in each.rules if rule.reason.value == "NO_CONSENT")
        for each in (before, made)
    ]
    assert held[0] - held[1] == 30


def test_a_number_of_many_people_is_texted_for_nobody(
    dry: Installation, tmp_path: Path, now: datetime
) -> None:
    with dry.store.writing() as connection:
        some = (
            connection.execute(select(PersonNumber.person_id).where(PersonNumber.may_text).limit(5))
            .scalars()
            .all()
        )
        connection.execute(
            update(PersonNumber).where(PersonNumber.person_id.in_(some)).values(e164="+31612121212")
        )
    file = campaign_file(tmp_path, where="has(sms)", purpose="rights", arms=TEXTS)
    assert {rule.reason.value: rule.held for rule in plan(dry, file, now=now).rules}[
        "NUMBER_SHARED"
    ] == 5


def serve(installation: Installation, folder: Path, now: datetime) -> Path:
    """Note that everybody asked for something two days ago, and write the campaign that answers them."""
    asked = (now - timedelta(days=2)).date().isoformat()
    with installation.store.writing() as connection:
        connection.execute(insert(FactColumn).values(name="asked_on", type="date", declared_at=now))
        for person_id, facts in connection.execute(select(Person.id, Person.facts)).all():
            connection.execute(
                update(Person)
                .where(Person.id == person_id)
                .values(facts={**facts, "asked_on": asked})
            )
    return campaign_file(
        folder,
        name="answer",
        where="asked_on is not null",
        purpose="service",
        arms=TEXTS,
        more="asked_on: asked_on",
        waves=("2023-06-04",),
    )


@pytest.mark.thorough
def test_a_service_goes_at_any_hour_past_caps_and_earlier_objections_but_not_past_later_ones(
    dry: Installation, tmp_path: Path, now: datetime
) -> None:
    file = serve(dry, tmp_path, now)
    launched(dry, file, now=now)
    with dry.store.reading() as connection:
        refs = (
            connection.execute(
                select(Person.person_ref)
                .join(Touch, Touch.person_id == Person.id)
                .order_by(Person.person_ref)
            )
            .scalars()
            .all()
        )
    earlier, later, dead = refs[:3]
    add(dry.store, earlier, "OBJECTION", source="call", by="ann", now=now - timedelta(days=9))
    add(dry.store, later, "OBJECTION", source="call", by="ann", now=now)
    add(dry.store, dead, "DECEASED", source="family", by="ann", now=now)
    made = deliver(
        dry, now=parse_moment("2023-06-04T12:00")
    )  # a Sunday: an answer does not wait for Monday
    assert made.later == 0
    with dry.store.reading() as connection:
        found = dict(
            connection.execute(
                select(Person.person_ref, Touch.state).join(Touch, Touch.person_id == Person.id)
            ).all()
        )
    assert found[earlier] is TouchState.HANDED_OVER
    assert found[later] is found[dead] is TouchState.WITHHELD
    assert made.handed_over == len(refs) - 2


def test_a_service_says_when_it_was_asked_for(
    dry: Installation, tmp_path: Path, now: datetime
) -> None:
    from store.errors import BadInput

    file = campaign_file(tmp_path, where="has(sms)", purpose="service", arms=TEXTS)
    with pytest.raises(BadInput, match="asked_on"):
        plan(dry, file, now=now)
    assert deliver(dry, now=now) == Delivered()
