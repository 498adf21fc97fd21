"""A campaign stops for whoever has what it asks for: cards are pulled, calls dropped, and the agent is told."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from campaigns.planning import lifecycle
from campaigns.post import pull_lists
from campaigns.touches.campaign_reading import read_campaign
from desk.entries.agents import register
from desk.entries.outbound_calls import why_not_any_more
from desk.queue.queues import waiting
from desk.queue.taking import take_next
from installation.installation import Installation
from outcomes.outcome_imports import import_outcomes
from store.clock import parse_moment
from store.errors import BadInput
from store.states import ReplyKind, TouchState
from store.tables import Person, Reply, Touch
from suppression.reasons import Reason
from tests.conftest import NOW
from tests.passes import deliver
from tests.stories import CALLS, campaign_file, launched, populate

DUE = parse_moment("2023-06-05")
LATER = parse_moment("2023-06-06T10:00")
PEOPLE = 200


def _says(installation: Installation, ref: str, kind: str, day: date) -> None:
    file = installation.settings.home / "outcomes.csv"
    file.write_text(f"person_ref,kind,happened_on\n{ref},{kind},{day}\n")
    import_outcomes(installation, file, now=LATER)


def _replies(installation: Installation, ref: str, kind: ReplyKind) -> None:
    with installation.store.writing() as connection:
        person = connection.execute(select(Person).where(Person.person_ref == ref)).one()
        campaign = lifecycle.find(connection, "cards").id
        values = {"reply_key": f"{ref} {kind}", "kind": kind, "received_at": LATER, "text": ""}
        mine = {"person_id": person.id, "campaign_id": campaign, "import_id": person.import_id}
        connection.execute(insert(Reply).values(**values, **mine, objects=False))


def _touched(installation: Installation) -> list[str]:
    with installation.store.reading() as connection:
        query = (
            select(Person.person_ref)
            .join(Touch, Touch.person_id == Person.id)
            .where(Touch.state.in_((TouchState.PLANNED, TouchState.HANDED_OVER)))
        )
        return sorted(connection.execute(query.distinct()).scalars())


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["payment_arranged", "debt_help", "appointment"])
def test_a_card_that_lies_at_the_shop_is_asked_back_once_its_outcome_came(
    installation: Installation, tmp_path: Path, kind: str
) -> None:
    populate(installation, PEOPLE, now=NOW)
    launched(installation, campaign_file(tmp_path, more=f"stop_when: [{kind}]"), now=NOW)
    deliver(installation, now=DUE)
    done, other = _touched(installation)[:2]
    _says(installation, done, kind, date(2023, 6, 6))
    _says(installation, other, "assessment_prevented", date(2023, 6, 6))
    deliver(installation, now=LATER)
    (pull,) = pull_lists.pulls(installation)
    assert (pull.person_ref, pull.reason) == (done, "ALREADY_DONE")
    (made,) = installation.settings.outbox.glob("*/pull-*.csv")
    (row,) = csv.DictReader(made.read_text().splitlines())
    assert kind not in str(row)  # the shop does not read what somebody did


def test_who_replied_gets_no_card_and_mail_that_came_back_is_no_reply(
    installation: Installation, tmp_path: Path
) -> None:
    populate(installation, PEOPLE, now=NOW)
    launched(installation, campaign_file(tmp_path, more="stop_when: [reply]"), now=NOW)
    answered, returned, *others = _touched(installation)
    _replies(installation, answered, ReplyKind.CALLED)
    _replies(installation, returned, ReplyKind.RETURNED)
    sent = deliver(installation, now=DUE)
    assert (sent.handed_over, sent.withheld) == (1 + len(others), 1)


@pytest.mark.thorough
def test_a_waiting_call_is_dropped_and_the_agent_who_has_one_in_hand_is_told(
    installation: Installation, tmp_path: Path
) -> None:
    populate(installation, PEOPLE, now=NOW)
    more = "stop_when: [payment_arranged]"
    file = campaign_file(tmp_path, where="has(call)", arms=CALLS, more=more)
    launched(installation, file, now=NOW)
    register(installation.store, "Henri", ["nl"], now=NOW)
    moment = parse_moment("2023-06-05T09:30")
    deliver(installation, now=moment)
    held = take_next(installation, "Henri", now=moment)
    assert held is not None
    assert held.person_ref is not None
    assert why_not_any_more(installation, call_id=held.id, now=moment) is None
    before = {each.person_ref for each in waiting(installation.store)}
    other = min(each for each in before if each)
    _says(installation, held.person_ref, "payment_arranged", date(2023, 6, 5))
    _says(installation, other, "payment_arranged", date(2023, 6, 5))
    deliver(installation, now=moment + timedelta(hours=1))
    assert before - {each.person_ref for each in waiting(installation.store)} == {other}
    reason = why_not_any_more(installation, call_id=held.id, now=moment + timedelta(hours=1))
    assert reason is Reason.ALREADY_DONE
    with installation.store.reading() as connection:
        states = connection.execute(
            select(Touch.state, Touch.reason)
            .join(Person, Person.id == Touch.person_id)
            .where(Person.person_ref == other)
            .order_by(Touch.id)
        ).all()
    assert (states[0].state, states[0].reason) == (TouchState.RECALLED, "ALREADY_DONE")


STEPS = (
    "  - {name: card, share: 100, steps: [{channel: card, template: contact-card, price: 0.85},"
    " {channel: card, template: contact-card, price: 0.85, delay: 100, condition: %s}]}"
)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        ("no_assessment_prevented", "assessment_prevented"),
        ("appointment", "appointment"),
        ("payment_arranged", "payment_arranged"),
        ("debt_help", "debt_help"),
        ("no_reply", "reply"),
        ("reply", "reply"),
    ],
)
def test_a_step_follows_each_outcome_and_reply_as_its_condition_says(
    installation: Installation, tmp_path: Path, condition: str, kind: str
) -> None:
    populate(installation, PEOPLE, now=NOW)
    launched(installation, campaign_file(tmp_path, arms=STEPS % condition), now=NOW)
    first = deliver(installation, now=DUE)
    someone = _touched(installation)[0]
    if kind == "reply":
        _replies(installation, someone, ReplyKind.TEXTED)
    else:
        _says(installation, someone, kind, date(2023, 6, 6))
    second = deliver(installation, now=DUE + timedelta(days=101))
    only = 1 if not condition.startswith("no_") else first.handed_over - 1
    assert (second.handed_over, second.dropped) == (only, first.handed_over - only)


@pytest.mark.parametrize(
    ("arms", "more", "said"),
    [
        (STEPS % "appointment", "stop_when: [appointment]", "a step is only for those with app"),
        (
            STEPS.replace("price: 0.85}", "condition: reply}", 1) % "always",
            "",
            "the first step is only for those with reply, and nobody can have that yet",
        ),
        (STEPS % "always", "stop_when: [married]", "stop_when"),
    ],
)
def test_a_file_that_would_never_reach_anybody_is_refused(
    tmp_path: Path, arms: str, more: str, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        read_campaign(campaign_file(tmp_path, arms=arms, more=more))
