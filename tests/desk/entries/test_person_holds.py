"""Holds take effect at once, on every channel, within the same pass."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest
from sqlalchemy import select, update

from channels import KINDS
from channels.port import ChannelSettings
from inbound.replies import import_replies
from installation.installation import Installation
from store.clock import parse_moment
from store.states import TouchState
from store.tables import Person, PersonNumber, Touch
from suppression.importing import import_list
from suppression.lists import add
from templates import texts
from tests.channels.test_throw_away_channel import Pigeon
from tests.passes import deliver, deliver_with_failures
from tests.snapshots import Snapshots
from tests.stories import campaign_file, launched, populate

DUE = parse_moment("2023-06-05")
EVE = DUE - timedelta(days=1)
ARMS = """\
  - {name: card, share: 50, steps: [{channel: card, template: contact-card, price: 0.85}]}
  - {name: pigeon, share: 50, steps: [{channel: pigeon, template: pigeon-note, price: 0.10}]}"""
WHERE = "years_without_return >= 1 and has(sms)"


@pytest.fixture
def running(
    installation: Installation,
    snapshots: Snapshots,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Installation:
    """A campaign that is due tomorrow, on a channel that goes by post and on one that goes by number."""
    monkeypatch.setitem(KINDS, "pigeon", Pigeon)
    _write_words(tmp_path / "templates")
    monkeypatch.setattr(
        texts, "_FOLDER", tmp_path / "templates"
    )  # where a channel of its own would have its words
    installation = replace(
        installation,
        channels={
            **installation.channels,
            "pigeon": Pigeon.open(ChannelSettings(installation.settings.outbox)),
        },
    )
    return snapshots.bring(installation, _launch)


def _launch(installation: Installation) -> None:
    now, home = installation.now(), installation.settings.home
    populate(installation, 400, now=now)
    launched(installation, campaign_file(home, where=WHERE, arms=ARMS, purpose="rights"), now=now)


def _write_words(folder: Path) -> None:
    copytree(texts._FOLDER, folder)
    copytree(folder / "contact-card", folder / "pigeon-note")
    about = folder / "pigeon-note" / "template.toml"
    about.write_text(about.read_text().replace('channel = "card"', 'channel = "pigeon"'))


def someone(installation: Installation, channel: str) -> tuple[int, str, str]:
    """Return the touch, the reference and the number of somebody who is to be reached like this."""
    query = (
        select(Touch.id, Person.person_ref, PersonNumber.e164)
        .join(Person, Person.id == Touch.person_id)
        .join(PersonNumber, PersonNumber.person_id == Person.id)
        .where(
            Touch.channel == channel,
            Touch.state == TouchState.PLANNED,
            PersonNumber.may_text.is_(True),
        )
        .order_by(Touch.id)
    )
    with installation.store.reading() as connection:
        row = connection.execute(query.limit(1)).one()
    return row.id, row.person_ref, row.e164


def state_of(installation: Installation, touch_id: int) -> tuple[TouchState, str | None]:
    with installation.store.reading() as connection:
        row = connection.execute(
            select(Touch.state, Touch.reason).where(Touch.id == touch_id)
        ).one()
    return row.state, row.reason


def by_hand(installation: Installation, ref: str, number: str) -> None:
    del number
    add(installation.store, ref, "SUPPRESSED", source="by hand", by="ann", now=EVE)


def from_a_list(installation: Installation, ref: str, number: str) -> None:
    del number
    file = installation.settings.home / "list.csv"
    file.write_text(f"person_ref,reason\n{ref},SUPPRESSED\n")
    import_list(installation.store, file, now=EVE, by="ann", channels=installation.channels)


def by_text(installation: Installation, ref: str, number: str) -> None:
    del ref
    file = installation.settings.home / "replies.csv"
    file.write_text(f"received_at,kind,number,text\n2023-06-04T20:00,texted,{number},Stop a.u.b.\n")
    import_replies(installation, file, now=EVE + timedelta(hours=12))


@pytest.mark.everyday(1)
@pytest.mark.parametrize("channel", ["card", "pigeon"])
@pytest.mark.parametrize("report", [by_hand, from_a_list, by_text])
def test_what_we_are_told_between_planning_and_delivery_holds_the_touch_within_that_pass(
    running: Installation, channel: str, report: Callable[[Installation, str, str], None]
) -> None:
    touch, ref, number = someone(running, channel)
    report(running, ref, number)
    done, failures = deliver_with_failures(running, now=DUE)
    state, reason = state_of(running, touch)
    assert (state, reason) == (
        TouchState.WITHHELD,
        "OBJECTION" if report is by_text else "SUPPRESSED",
    )
    # the confirmation of a STOP waits: there is no account for texts
    steps = [each.partition(":")[0] for each in failures]
    assert steps == (["deliver answers (sms)"] if report is by_text else [])
    assert done.handed_over > 20
    with running.store.reading() as connection:
        states = set(connection.execute(select(Touch.state).where(Touch.id != touch)).scalars())
    assert TouchState.PLANNED not in states


@pytest.mark.thorough
def test_an_objection_by_text_stops_the_card_that_was_planned_for_tomorrow(
    running: Installation,
) -> None:
    touch, ref, number = someone(running, "card")
    by_text(running, ref, number)
    assert state_of(running, touch) == (TouchState.WITHHELD, "OBJECTION")  # before anybody delivers


@pytest.mark.thorough
def test_a_number_that_bounced_closes_the_number_and_not_the_letterbox(
    running: Installation,
) -> None:
    (text, _, number), (card, _, other) = someone(running, "pigeon"), someone(running, "card")
    with running.store.writing() as connection:
        connection.execute(
            update(PersonNumber)
            .where(PersonNumber.e164.in_((number, other)))
            .values(may_text=True, may_call=True)
        )
    for bounced in (number, other):
        add(running.store, bounced, "SUPPRESSED", source="bounced", by="ann", now=EVE)
    deliver(running, now=DUE)
    assert state_of(running, card)[0] == TouchState.HANDED_OVER
    assert state_of(running, text) == (TouchState.WITHHELD, "NO_USABLE_NUMBER")
