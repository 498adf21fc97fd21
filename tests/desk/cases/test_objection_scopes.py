"""Somebody objected: everything is held, until a person records what they wanted."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from desk.cases.hold_releases import lift
from desk.cases.objection_scopes import Scoped, keep_all, narrow, waiting_objections
from desk.entries.dispositions import Disposition
from desk.queue.queues import take, waiting
from desk.queue.wrap_up import wrap_up
from inbound.replies import import_replies, match_by_hand, unmatched
from installation.installation import Installation
from store.errors import BadInput
from store.states import CampaignState, SuppressionScope, TouchState
from store.tables import AuditEntry, Touch, TouchEvent
from suppression.lists import add, entries
from tests.builders import Builder, BuiltCampaign
from tests.deciding import deciding

NUMBER = "+31612345678"
RECEIVED = "2023-06-01T08:00"


@pytest.fixture
def touches(installation: Installation, now: datetime) -> dict[str, int]:
    """Plan P1 for a card and a text about income tax and a card about VAT. P2 shares the number."""
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        arms = (("card", "card"), ("text", "sms"))
        income, vat = (
            builder.campaign("one", arms=arms, subject="income-tax"),
            builder.campaign("two", subject="vat"),
        )
        first, second = builder.person("P1", NUMBER), builder.person("P2", NUMBER)

        def planned(campaign: BuiltCampaign, person: int, arm: str, channel: str) -> int:
            return builder.touch(
                campaign, person, arm=arm, channel=channel, state=TouchState.PLANNED
            )

        return {
            "card": planned(income, first, "card", "card"),
            "sms": planned(income, first, "text", "sms"),
            "vat": planned(vat, first, "card", "card"),
            "neighbour": planned(income, second, "text", "sms"),
        }


def said_stop(
    installation: Installation, now: datetime, row: str = f"{RECEIVED},texted,{NUMBER},,STOP aub"
) -> None:
    file = installation.settings.home / "replies.csv"
    file.write_text(f"received_at,kind,number,person_ref,text\n{row}\n")
    import_replies(installation, file, now=now)


def states(installation: Installation, touches: dict[str, int]) -> dict[str, str]:
    with installation.store.reading() as connection:
        found = {
            row.id: row.state.value for row in connection.execute(select(Touch.id, Touch.state))
        }
    return {name: found[touch] for name, touch in touches.items()}


def first_waiting(installation: Installation) -> str:
    return f"#{waiting_objections(installation.store)[0].id}"


def test_an_objection_waits_for_a_person_and_holds_everything_meanwhile(
    installation: Installation, now: datetime, touches: dict[str, int]
) -> None:
    said_stop(installation, now)
    assert set(states(installation, touches).values()) == {"withheld"}
    (waits,) = waiting_objections(installation.store)
    assert (waits.who, waits.text, waits.source) == ((NUMBER,), "STOP aub", "reply 1: texted")
    assert waits.received_at.isoformat() == "2023-06-01T06:00:00+00:00"


def test_all_is_what_it_was_already_and_waits_no_more(
    installation: Installation, now: datetime, touches: dict[str, int]
) -> None:
    said_stop(installation, now)
    assert keep_all(
        installation.store,
        first_waiting(installation),
        by=deciding("ann"),
        why="asked him",
        now=now,
    ) == Scoped(1, 0)
    assert waiting_objections(installation.store) == []
    assert [entry.lifted_at for entry in entries(installation.store, active_at=now)] == [None]
    assert set(states(installation, touches).values()) == {"withheld"}
    with installation.store.reading() as connection:
        act = connection.execute(
            select(AuditEntry.action, AuditEntry.actor, AuditEntry.detail, AuditEntry.reason)
        ).one()
    assert (act.action, act.actor, act.detail["scope"], act.reason) == (
        "suppression scope",
        "ann",
        "all",
        "asked him",
    )


def test_no_more_texts_leaves_the_cards_and_keeps_the_proof(
    installation: Installation, now: datetime, touches: dict[str, int]
) -> None:
    said_stop(installation, now)
    later = now + timedelta(days=1)
    done = narrow(
        installation.store,
        first_waiting(installation),
        channels=["sms"],
        by=deciding("ann"),
        why="cards are fine",
        now=later,
    )
    assert done == Scoped(entries=1, released=2)
    assert states(installation, touches) == {
        "card": "planned",
        "sms": "withheld",
        "vat": "planned",
        "neighbour": "withheld",
    }
    blanket, narrower = entries(installation.store)
    assert (blanket.lifted_by, blanket.lifted_why, blanket.pending) == (
        "ann",
        "cards are fine",
        False,
    )
    assert (narrower.channel, narrower.e164, narrower.source, narrower.note) == (
        "sms",
        NUMBER,
        "reply 1: texted",
        "STOP aub",
    )
    assert (narrower.starts_at, narrower.added_at, narrower.added_by) == (
        blanket.starts_at,
        later,
        "ann",
    )
    assert waiting_objections(installation.store) == []


def test_nothing_about_one_subject_leaves_the_others_on_every_channel(
    installation: Installation, now: datetime, touches: dict[str, int]
) -> None:
    said_stop(installation, now, f"{RECEIVED},counter,,P1,wil niets over inkomstenbelasting")
    with installation.store.reading() as connection:
        assert (
            states(installation, touches)["card"] == "planned"
        )  # a visit without `objects` is no objection
        del connection
    said_stop(installation, now)
    done = narrow(
        installation.store,
        first_waiting(installation),
        subjects=["income-tax"],
        by=deciding("ann"),
        why="asked her",
        now=now,
    )
    assert done.released == 1
    assert states(installation, touches) == {
        "card": "withheld",
        "sms": "withheld",
        "vat": "planned",
        "neighbour": "withheld",
    }


def test_a_channel_and_a_subject_close_both(
    installation: Installation, now: datetime, touches: dict[str, int]
) -> None:
    said_stop(installation, now)
    ref = first_waiting(installation)
    assert narrow(
        installation.store,
        ref,
        channels=["sms"],
        subjects=["vat"],
        by=deciding("ann"),
        why="asked her",
        now=now,
    ) == Scoped(2, 1)
    assert states(installation, touches) == {
        "card": "planned",
        "sms": "withheld",
        "vat": "withheld",
        "neighbour": "withheld",
    }


def test_what_was_matched_by_hand_later_is_the_same_objection(
    installation: Installation, now: datetime, touches: dict[str, int]
) -> None:
    said_stop(installation, now)
    match_by_hand(installation, unmatched(installation.store)[0].id, "P1", now=now)
    (waits,) = waiting_objections(installation.store)
    assert waits.who == (NUMBER, "P1")
    done = narrow(
        installation.store,
        f"#{waits.id}",
        channels=["sms"],
        by=deciding("ann"),
        why="asked him",
        now=now,
    )
    assert done == Scoped(entries=3, released=2)
    scopes = [entry.scope for entry in entries(installation.store, active_at=now)]
    assert sorted(scopes) == [
        SuppressionScope.NUMBER,
        SuppressionScope.NUMBER,
        SuppressionScope.PERSON,
    ]
    assert states(installation, touches)["card"] == "planned"


def test_every_release_is_in_the_history_of_its_touch(
    installation: Installation, now: datetime, touches: dict[str, int]
) -> None:
    said_stop(installation, now)
    later = now + timedelta(days=1)
    narrow(
        installation.store,
        first_waiting(installation),
        channels=["sms"],
        by=deciding("ann"),
        why="cards are fine",
        now=later,
    )
    with installation.store.reading() as connection:
        moves = connection.execute(
            select(TouchEvent.from_state, TouchEvent.to_state, TouchEvent.at)
            .where(TouchEvent.touch_id == touches["card"])
            .order_by(TouchEvent.id)
        ).all()
        touch = connection.execute(
            select(Touch.reason, Touch.reasons).where(Touch.id == touches["card"])
        ).one()
    assert moves[-1] == (TouchState.WITHHELD, TouchState.PLANNED, later)
    assert touch == (None, 0)


@pytest.mark.parametrize("ended", [CampaignState.STOPPED, CampaignState.FINISHED])
def test_what_a_campaign_that_ended_withheld_stays_withheld(
    installation: Installation, now: datetime, ended: CampaignState
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        campaign = builder.campaign(state=ended, ended_at=now)
        touch = builder.touch(
            campaign, builder.person("P1", NUMBER), state=TouchState.WITHHELD, reason="OBJECTION"
        )
    said_stop(installation, now)
    assert (
        narrow(
            installation.store,
            first_waiting(installation),
            channels=["sms"],
            by=deciding("ann"),
            why="asked",
            now=now,
        ).released
        == 0
    )
    assert states(installation, {"touch": touch}) == {"touch": "withheld"}


def test_a_lift_lets_go_what_nothing_else_holds(
    installation: Installation, now: datetime, touches: dict[str, int]
) -> None:
    said_stop(installation, now)
    add(installation.store, "P1", "SUPPRESSED", channel="card", source="list", by="ann", now=now)
    lifted = lift(
        installation.store, NUMBER, by="bea", why="help me after all", now=now + timedelta(hours=1)
    )
    assert (lifted.entries, lifted.released) == (1, 2)
    assert states(installation, touches) == {
        "card": "withheld",
        "sms": "planned",
        "vat": "withheld",
        "neighbour": "planned",
    }
    assert (
        lift(
            installation.store, "P1", by="bea", why="off the list", now=now + timedelta(hours=2)
        ).released
        == 2
    )
    assert set(states(installation, touches).values()) == {"planned"}


def test_what_an_agent_hears_on_the_phone_goes_for_everything_and_waits_for_nobody(
    installation: Installation, now: datetime, touches: dict[str, int]
) -> None:
    said_stop(installation, now, f"{RECEIVED},called,,P1,")
    (call,) = waiting(installation.store)
    take(installation.store, call.id, by="ann", now=now)
    wrap_up(
        installation.store,
        call.id,
        by=deciding("ann"),
        disposition=Disposition.OBJECTS,
        note="wil niets",
        now=now,
    )
    assert waiting_objections(installation.store) == []
    assert states(installation, touches)["card"] == "withheld"


def test_a_scope_that_cannot_be_recorded_changes_nothing(
    installation: Installation, now: datetime, touches: dict[str, int]
) -> None:
    said_stop(installation, now)
    store, ref = installation.store, first_waiting(installation)
    with pytest.raises(BadInput, match="the reason is missing"):
        keep_all(store, ref, by=deciding("ann"), why=" ", now=now)
    with pytest.raises(BadInput, match="scope: no channel or subject is named"):
        narrow(store, ref, by=deciding("ann"), why="asked", now=now)
    with pytest.raises(BadInput, match="no campaign is about 'income'; subjects: income-tax, vat"):
        narrow(store, ref, subjects=["income"], by=deciding("ann"), why="asked", now=now)
    with pytest.raises(BadInput, match="#99: is not an entry"):
        keep_all(store, "#99", by=deciding("ann"), why="asked", now=now)
    assert set(states(installation, touches).values()) == {"withheld"}
    assert first_waiting(installation) == ref
    keep_all(store, ref, by=deciding("ann"), why="asked", now=now)
    with pytest.raises(BadInput, match="does not wait for its scope"):
        keep_all(store, ref, by=deciding("ann"), why="asked", now=now)
