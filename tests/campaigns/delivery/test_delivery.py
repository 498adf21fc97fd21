"""Deliver: what was due goes once, what must not go is held, and every touch's history can be read."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from campaigns.delivery.claiming import claim, open_shards
from campaigns.planning import lifecycle
from campaigns.touches.touch_states import IllegalMove, move
from channels.codes import is_response_code
from channels.port import Batch, Unavailable
from installation.installation import Installation
from store.clock import local_date, parse_moment
from store.states import MOVES, DeliveryState, TouchState
from store.tables import (
    Attempt,
    Campaign,
    Delivery,
    Outcome,
    Person,
    PrintFile,
    PrintRun,
    Reply,
    ResponseCode,
    RosterEntry,
    Suppression,
    Touch,
    TouchEvent,
)
from tests.conftest import NOW
from tests.passes import Delivered, deliver, deliver_with_failures, reconcile
from tests.snapshots import Snapshots
from tests.stories import COLLEAGUE, campaign_file, launched, manifests, populate

PEOPLE = 400
DUE = parse_moment("2023-06-05")


@pytest.fixture
def running(installation: Installation, snapshots: Snapshots) -> Installation:
    return snapshots.bring(installation, _launch)


def _launch(installation: Installation) -> None:
    populate(installation, PEOPLE, now=NOW)
    launched(installation, campaign_file(installation.settings.home), now=NOW)


def states(installation: Installation) -> Counter[str]:
    with installation.store.reading() as connection:
        return Counter(connection.execute(select(Touch.state)).scalars())


def chosen(installation: Installation) -> list[Any]:
    with installation.store.reading() as connection:
        statement = select(
            Touch.id, Person.id.label("person_id"), Person.person_ref, Person.household_key
        )
        return list(
            connection.execute(
                statement.join(Person, Person.id == Touch.person_id).order_by(Touch.id)
            )
        )


def suppress(installation: Installation, ref: str, now: datetime, **columns: Any) -> None:
    entry = {
        "entry_key": f"{ref}{columns}",
        "scope": "person",
        "person_ref": ref,
        "reason": "SUPPRESSED",
        "source": "test",
        "note": "",
        "starts_at": now,
        "added_at": now,
        "added_by": "test",
    }
    with installation.store.writing() as connection:
        connection.execute(insert(Suppression).values({**entry, **columns}))


@pytest.mark.thorough
def test_everyone_due_is_handed_over_once_and_a_second_pass_finds_nothing(
    running: Installation,
) -> None:
    first = deliver(running, now=DUE)
    people = chosen(running)
    assert first.handed_over == len(people) > 20
    assert {row["touch"] for row in manifests(running)} == {str(row.id) for row in people}
    assert deliver(running, now=DUE) == Delivered()
    assert len(manifests(running)) == len(people)


def test_nothing_goes_before_its_day(running: Installation) -> None:
    assert deliver(running, now=DUE - timedelta(days=1)) == Delivered()
    assert not manifests(running)


@pytest.mark.thorough
def test_nothing_goes_while_the_campaign_is_paused_and_all_of_it_after(
    running: Installation,
) -> None:
    lifecycle.pause(running, "cards", by=COLLEAGUE, now=DUE)
    assert deliver(running, now=DUE) == Delivered()
    lifecycle.resume(running, "cards", by=COLLEAGUE, now=DUE)
    assert deliver(running, now=DUE).handed_over == len(chosen(running))


def test_a_stop_drops_what_was_planned_and_says_why(running: Installation) -> None:
    dropped = lifecycle.stop(running, "cards", by=COLLEAGUE, now=DUE)
    assert dropped == len(chosen(running))
    assert deliver(running, now=DUE) == Delivered()
    with running.store.reading() as connection:
        assert set(connection.execute(select(Touch.reason)).scalars()) == {"CAMPAIGN_STOPPED"}


@pytest.mark.thorough
def test_a_campaign_with_nothing_left_is_finished_and_its_codes_stay(running: Installation) -> None:
    deliver(running, now=DUE)
    assert lifecycle.overview(running, "cards").state == "finished"
    with running.store.reading() as connection:
        codes = connection.execute(select(ResponseCode.code)).scalars().all()
    assert len(codes) == len(set(codes)) == len(chosen(running))
    assert all(is_response_code(code) for code in codes)


@pytest.mark.thorough
def test_an_objection_between_plan_and_delivery_holds_the_card_in_the_same_pass(
    running: Installation,
) -> None:
    held = chosen(running)[3]
    suppress(running, held.person_ref, DUE, reason="OBJECTION")
    done = deliver(running, now=DUE)
    assert (done.withheld, done.handed_over) == (1, len(chosen(running)) - 1)
    assert str(held.id) not in {row["touch"] for row in manifests(running)}
    with running.store.reading() as connection:
        row = connection.execute(select(Touch.state, Touch.reason).where(Touch.id == held.id)).one()
    assert tuple(row) == (TouchState.WITHHELD, "OBJECTION")


@pytest.mark.everyday(2)
@pytest.mark.parametrize(
    "columns",
    [
        {"lifted_at": DUE - timedelta(hours=1)},
        {"starts_at": DUE + timedelta(days=1)},
        {"ends_at": DUE - timedelta(hours=1)},
        {"channel": "sms"},
        {"purpose": "rights"},
    ],
)
def test_a_suppression_that_is_not_in_force_holds_nobody(
    running: Installation, columns: dict[str, Any]
) -> None:
    suppress(running, chosen(running)[0].person_ref, DUE - timedelta(days=2), **columns)
    assert deliver(running, now=DUE).withheld == 0


@pytest.mark.thorough
def test_a_closed_address_holds_everyone_there_or_only_the_person_it_names(
    running: Installation,
) -> None:
    one, other = chosen(running)[:2]
    suppress(running, "x", DUE, scope="address", person_ref=None, household_key=one.household_key)
    suppress(
        running, other.person_ref, DUE, scope="person_at_address", household_key=other.household_key
    )
    suppress(
        running, chosen(running)[2].person_ref, DUE, scope="person_at_address", household_key=1
    )
    assert deliver(running, now=DUE).withheld == 2


@pytest.mark.everyday(3)
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"deceased_on": DUE.date()}, "DECEASED"),
        ({"moved_abroad_on": DUE.date()}, "MOVED_ABROAD"),
        ({"country": "DE"}, "MOVED_ABROAD"),
        ({"address_under_investigation": True}, "ADDRESS_UNDER_INVESTIGATION"),
        ({"household_key": None}, "NO_POSTAL_ADDRESS"),
        ({"guardian_ref": "G1"}, "UNDER_GUARDIANSHIP"),
        ({"name_damaged": True}, "NAME_DAMAGED"),
        ({"birth_last": DUE.date().replace(year=DUE.year - 18) + timedelta(days=1)}, "MINOR"),
        ({"facts": {"extension_until": "2023-06-05"}}, "EXTENSION_GRANTED"),
        ({"facts": {"in_care_of": "STELLA"}}, "IN_CARE_STELLA"),
    ],
)
def test_what_became_known_of_a_person_since_the_plan_holds_the_card(
    running: Installation, change: dict[str, Any], reason: str
) -> None:
    one = chosen(running)[0]
    with running.store.writing() as connection:
        connection.execute(update(Person).where(Person.id == one.person_id).values(change))
    assert deliver(running, now=DUE).withheld == 1
    with running.store.reading() as connection:
        assert (
            connection.execute(select(Touch.reason).where(Touch.id == one.id)).scalar_one()
            == reason
        )


@pytest.mark.everyday(2)
@pytest.mark.parametrize(
    "change",
    [
        {"birth_last": DUE.date().replace(year=DUE.year - 18)},
        {"birth_first": None, "birth_last": None},
        {"facts": {"extension_until": "2023-06-04"}},
        {"facts": {"in_care_of": ""}},
        {"secret_address": True},
    ],
)
def test_what_is_no_reason_holds_nobody(running: Installation, change: dict[str, Any]) -> None:
    with running.store.writing() as connection:
        connection.execute(
            update(Person).where(Person.id == chosen(running)[0].person_id).values(change)
        )
    assert deliver(running, now=DUE).withheld == 0


@pytest.mark.thorough
def test_a_second_card_within_ninety_days_is_held_over_all_campaigns(
    running: Installation, tmp_path: Path, now: datetime
) -> None:
    launched(running, campaign_file(tmp_path, name="other", seed=2023), now=now)
    done = deliver(running, now=DUE)
    sent = Counter(row["touch"] for row in manifests(running))
    with running.store.reading() as connection:
        people = connection.execute(
            select(Touch.person_id).where(Touch.id.in_([int(touch) for touch in sent]))
        ).scalars()
        cards = Counter(people.all())
        reasons = set(
            connection.execute(
                select(Touch.reason).where(Touch.state == TouchState.WITHHELD)
            ).scalars()
        )
    assert done.withheld > 0
    assert max(cards.values()) == 1
    assert reasons == {"FREQUENCY_CAP"}


@pytest.mark.thorough
def test_after_the_cap_the_same_people_may_be_reached_again(
    running: Installation, tmp_path: Path
) -> None:
    deliver(running, now=DUE)
    file = campaign_file(
        tmp_path, name="later", waves=("2023-09-04",), where="dunned_on <= '2023-05-11'"
    )
    launched(running, file, now=parse_moment("2023-09-01"))
    made = deliver(running, now=parse_moment("2023-09-04"))
    assert made.handed_over > 0
    assert made.withheld == 0


def test_an_expired_dpia_lets_nothing_leave(running: Installation) -> None:
    with running.store.writing() as connection:
        spec = connection.execute(select(Campaign.spec)).scalar_one()
        spec["dpia"]["valid_until"] = "2023-06-04"
        connection.execute(update(Campaign).values(spec=spec))
    assert deliver(running, now=DUE) == Delivered()


@pytest.mark.thorough
def test_the_agent_is_named_only_while_on_the_roster(running: Installation) -> None:
    with running.store.writing() as connection:
        line = connection.execute(select(Campaign.line_id)).scalar_one()
        connection.execute(
            insert(RosterEntry).values(
                line_id=line,
                first_name="Henri",
                on_from=DUE.date() - timedelta(days=9),
                on_until=DUE.date(),
            )
        )
    deliver(running, now=DUE)
    assert "Henri" in text_of(running)


def text_of(installation: Installation) -> str:
    import pypdfium2

    texts = []
    for path in sorted(installation.settings.outbox.glob("*/*.pdf")):
        document = pypdfium2.PdfDocument(path)
        texts += [page.get_textpage().get_text_bounded() for page in document]
        document.close()
    return "\n".join(texts)


@pytest.mark.thorough
def test_an_agent_who_left_is_not_printed_and_the_team_is(running: Installation) -> None:
    with running.store.writing() as connection:
        line = connection.execute(select(Campaign.line_id)).scalar_one()
        connection.execute(
            insert(RosterEntry).values(
                line_id=line,
                first_name="Henri",
                on_from=DUE.date() - timedelta(days=9),
                on_until=DUE.date() - timedelta(days=1),
            )
        )
    deliver(running, now=DUE)
    printed = text_of(running)
    assert "Henri" not in printed
    assert "het team van Dichtbij" in " ".join(printed.split())


@pytest.mark.thorough
def test_the_approved_words_are_printed_even_when_the_house_has_new_ones(
    running: Installation,
) -> None:
    from store.tables import FrozenText

    with running.store.writing() as connection:
        source = connection.execute(
            select(FrozenText.source).where(FrozenText.file == "nl.j2")
        ).scalar_one()
        changed = source.replace("Zullen we even bellen?", "Zullen we samen bellen?")
        assert changed != source
        connection.execute(
            update(FrozenText).where(FrozenText.file == "nl.j2").values(source=changed)
        )
    deliver(running, now=DUE)
    assert "samen" in text_of(running)


@pytest.mark.thorough
def test_every_touch_has_its_attempt_and_its_history(running: Installation) -> None:
    deliver(running, now=DUE)
    with running.store.reading() as connection:
        attempts = connection.execute(
            select(Attempt.state, Attempt.number, Attempt.provider_ref)
        ).all()
        events = connection.execute(
            select(TouchEvent.from_state, TouchEvent.to_state, func.count()).group_by(
                TouchEvent.from_state, TouchEvent.to_state
            )
        ).all()
    count = len(chosen(running))
    assert len(attempts) == count
    assert {(row.state.value, row.number) for row in attempts} == {("receipt", 1)}
    assert len({row.provider_ref for row in attempts}) == count
    assert {tuple(event) for event in events} == {
        (TouchState.PLANNED, TouchState.CLAIMED, count),
        (TouchState.CLAIMED, TouchState.HANDED_OVER, count),
    }


@pytest.mark.thorough
def test_a_print_run_lists_its_files_with_their_checksums(running: Installation) -> None:
    from hashlib import sha256

    deliver(running, now=DUE)
    with running.store.reading() as connection:
        run = connection.execute(select(PrintRun.folder, PrintRun.cards, PrintRun.pages)).one()
        files = connection.execute(select(PrintFile.name, PrintFile.sha256, PrintFile.bytes)).all()
    assert (run.cards, run.pages) == (len(chosen(running)), 2 * len(chosen(running)))
    for file in files:
        content = (running.settings.outbox / run.folder / file.name).read_bytes()
        assert (sha256(content).hexdigest(), len(content)) == (file.sha256, file.bytes)


@pytest.mark.thorough
def test_a_step_for_those_who_did_not_reply_is_dropped_for_those_who_did(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, PEOPLE, now=now)
    steps = (
        "steps: [{channel: card, template: contact-card, price: 0.85},"
        " {channel: card, template: contact-card, price: 0.85, delay: 100, condition: no_reply}]"
    )
    launched(
        installation,
        campaign_file(tmp_path, arms=f"  - {{name: card, share: 100, {steps}}}"),
        now=now,
    )
    first = deliver(installation, now=DUE)
    assert first.handed_over > 20
    answered = chosen(installation)[0]
    with installation.store.writing() as connection:
        connection.execute(
            insert(Reply).values(
                reply_key="r",
                kind="called",
                received_at=DUE,
                text="",
                objects=False,
                person_id=answered.person_id,
                campaign_id=connection.execute(select(Campaign.id)).scalar_one(),
                import_id=connection.execute(select(Person.import_id).limit(1)).scalar_one(),
            )
        )
    second = deliver(installation, now=DUE + timedelta(days=101))
    assert second.dropped == 1
    assert second.handed_over == first.handed_over - 1


@pytest.mark.thorough
def test_a_batch_whose_process_lives_is_left_alone(running: Installation) -> None:
    from contextlib import ExitStack

    shard = open_shards(running, DUE)[0]
    with ExitStack() as held:
        taken = claim(running, shard, held, now=DUE)
        assert taken is not None
        assert taken.size > 0
        assert reconcile(running, now=DUE) == Delivered()
        assert states(running) == {TouchState.CLAIMED: taken.size}
    again = reconcile(running, now=DUE)
    assert (again.again, again.settled) == (taken.size, 1)
    assert states(running) == {TouchState.PLANNED: taken.size}


class Broken:
    """A card channel whose outbox cannot be reached, before or after the batch left."""

    def __init__(self, channel: Any, *, after: bool) -> None:
        self.channel, self.after = channel, after

    def __getattr__(self, name: str) -> Any:
        return getattr(self.channel, name)

    def send(self, batch: Batch) -> Any:
        if self.after:
            list(self.channel.send(batch))
        raise Unavailable("the share is gone")


def with_channel(installation: Installation, channel: Any) -> Installation:
    from dataclasses import replace

    return replace(installation, channels={"card": channel})


@pytest.mark.thorough
def test_when_nobody_can_be_reached_everyone_is_planned_again_for_later(
    running: Installation,
) -> None:
    broken = with_channel(running, Broken(running.channels["card"], after=False))
    done, failures = deliver_with_failures(broken, now=DUE)
    assert done.again == done.claimed == len(chosen(running))
    assert failures == ["deliver shards (card, campaign cards): the share is gone"]
    assert states(running) == {TouchState.PLANNED: done.claimed}
    assert deliver(running, now=DUE) == Delivered()
    assert deliver(running, now=DUE + timedelta(hours=1)).handed_over == done.claimed
    assert Counter(row["touch"] for row in manifests(running)).most_common(1)[0][1] == 1


@pytest.mark.thorough
def test_a_batch_that_left_before_the_line_broke_is_not_sent_again(running: Installation) -> None:
    broken = with_channel(running, Broken(running.channels["card"], after=True))
    done, failures = deliver_with_failures(broken, now=DUE)
    assert done.handed_over == len(chosen(running))
    assert failures == ["deliver shards (card, campaign cards): the share is gone"]
    assert deliver(running, now=DUE + timedelta(hours=1)) == Delivered()
    assert len(manifests(running)) == done.handed_over
    with running.store.reading() as connection:
        assert connection.execute(select(Delivery.state)).scalars().all() == [
            DeliveryState.RECORDED
        ]


def test_a_touch_never_makes_a_move_that_is_not_in_the_table(
    running: Installation, now: datetime
) -> None:
    for origin, allowed in MOVES.items():
        for to in set(TouchState) - allowed:
            with running.store.writing() as connection, pytest.raises(IllegalMove):
                move(connection, Touch.id > 0, to, origin=origin, now=now)


@pytest.mark.everyday(1)
@pytest.mark.parametrize(
    ("condition", "kind"), [("not_filed", "filed"), ("no_debt_help", "debt_help")]
)
def test_a_step_for_those_who_did_not_file_drops_whoever_filed_since_the_wave_began(
    installation: Installation, tmp_path: Path, now: datetime, condition: str, kind: str
) -> None:
    populate(installation, PEOPLE, now=now)
    steps = (
        "steps: [{channel: card, template: contact-card, price: 0.85},"
        " {channel: card, template: contact-card, price: 0.85, delay: 100,"
        f" condition: {condition}}}]"
    )
    launched(
        installation,
        campaign_file(tmp_path, arms=f"  - {{name: card, share: 100, {steps}}}"),
        now=now,
    )
    first = deliver(installation, now=DUE)
    filed, earlier = sorted({each.person_ref for each in chosen(installation)})[:2]
    with installation.store.writing() as connection:
        import_id = connection.execute(select(Person.import_id).limit(1)).scalar_one()
        for ref, day in ((filed, DUE), (earlier, DUE - timedelta(days=500))):
            row = {
                "kind": kind,
                "happened_on": local_date(day),
                "reference": "",
                "import_id": import_id,
            }
            connection.execute(insert(Outcome).values(person_ref=ref, **row))
    second = deliver(installation, now=DUE + timedelta(days=101))
    assert (second.dropped, second.handed_over) == (1, first.handed_over - 1)
