"""Reports move touches on, once, whenever and however often they come."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.touches.results import record_results
from channels.port import Receipt, Unsure
from channels.sms.reports import MISSED, REACHED, Status
from inbound.receipts import apply_receipts
from inbound.report_order import ReportedStatus, rank_reports
from store.states import AttemptState, EventOutcome, TouchState
from tests import passes
from tests.channels.sms import simulated
from tests.inbound.posting import events
from tests.inbound.texting import Texting, open_texting
from tests.snapshots import Snapshots


@pytest.fixture
def texting(database_url: str, snapshots: Snapshots, tmp_path: Path) -> Iterator[Texting]:
    texting = Texting(open_texting(tmp_path, database_url))
    texting.launch(snapshots=snapshots)
    yield texting
    texting.installation.store.engine.dispose()


@pytest.mark.thorough
def test_a_text_that_arrived_is_delivered_and_its_touch_says_so(texting: Texting) -> None:
    touch, attempt = texting.at(TouchState.HANDED_OVER, ref="SM1")
    for status in ("queued", "sent", "delivered"):
        assert texting.poster.tell(attempt, status) == 204
    assert texting.apply() == {"applied": 3}
    assert texting.touch(touch).state is TouchState.DELIVERED
    assert texting.history(touch)[-1] == ("delivered", None)
    assert {(event.touch_id, event.applied_at) for event in events(texting.installation)} == {
        (touch, texting.now)
    }


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [("undelivered", "30006", "30006"), ("failed", "30019", "30019"), ("canceled", "", "CANCELED")],
)
def test_a_text_that_did_not_arrive_fails_with_its_reason(
    texting: Texting, status: str, code: str, reason: str
) -> None:
    touch, attempt = texting.at(TouchState.HANDED_OVER, ref="SM1")
    texting.poster.tell(attempt, status, code=code)
    texting.apply()
    assert (texting.touch(touch).state, texting.touch(touch).reason) == (TouchState.FAILED, reason)
    assert texting.history(touch)[-1] == ("failed", reason)
    assert texting.attempts(touch)[0].error_code == reason


@pytest.mark.thorough
def test_reports_out_of_order_twice_and_late_leave_a_touch_where_it_was(texting: Texting) -> None:
    touch, attempt = texting.at(TouchState.HANDED_OVER, ref="SM1")
    for status in ("delivered", "sent", "delivered", "queued"):
        texting.poster.tell(attempt, status)
    texting.apply()
    texting.poster.tell(attempt, "undelivered", code="30005")
    texting.poster.tell(attempt, "sending")
    texting.apply()
    assert texting.touch(touch).state is TouchState.DELIVERED
    assert texting.outcomes() == ["applied", "stale", "stale", "stale", "stale"]
    assert [state for state, _ in texting.history(touch)].count("delivered") == 1
    assert texting.closed() == []


def test_a_text_that_was_read_had_arrived(texting: Texting) -> None:
    touch, attempt = texting.at(TouchState.HANDED_OVER, ref="SM1")
    texting.poster.tell(attempt, "delivered")
    texting.poster.tell(attempt, "read")
    assert texting.apply() == {"applied": 1, "left": 1}
    assert texting.touch(touch).state is TouchState.DELIVERED


def test_a_text_of_which_some_arrived_is_never_sent_again(texting: Texting) -> None:
    touch, attempt = texting.at(TouchState.HANDED_OVER, ref="SM1")
    texting.poster.tell(attempt, "partially_delivered")
    texting.poster.tell(attempt, "undelivered", code="30003")
    texting.apply()
    assert texting.touch(touch).state is TouchState.DELIVERED


@pytest.mark.thorough
@pytest.mark.parametrize("state", [TouchState.CLAIMED, TouchState.UNKNOWN])
def test_a_report_before_its_sender_knew_binds_the_text_to_its_try(
    texting: Texting, state: TouchState
) -> None:
    touch, attempt = texting.at(state)
    texting.poster.tell(attempt, "sent", ref="SM7")
    texting.apply()
    (tried,) = texting.attempts(touch)
    assert (tried.state, tried.provider_ref) == (AttemptState.RECEIPT, "SM7")
    assert (texting.touch(touch).state, texting.touch(touch).handed_over_at) == (
        TouchState.HANDED_OVER,
        texting.now,
    )


@pytest.mark.parametrize("late", [Receipt(0, "SM7", 753), Unsure(0, "no answer came")])
def test_what_the_sender_records_after_a_report_agrees_with_it(
    texting: Texting, late: Receipt | Unsure
) -> None:
    touch, attempt = texting.at(TouchState.CLAIMED)
    texting.poster.tell(attempt, "delivered", ref="SM7")
    texting.apply()
    (tried,) = texting.attempts(touch)
    for counted in (1, 0):
        with texting.installation.store.writing() as connection:
            counts = record_results(
                connection, tried.delivery_id, [replace(late, touch_id=touch)], now=texting.now
            )
        assert counts.total() == (counted if isinstance(late, Receipt) else 0)
    (tried,) = texting.attempts(touch)
    assert (tried.state, tried.provider_ref) == (AttemptState.RECEIPT, "SM7")
    assert tried.cost == (753 if isinstance(late, Receipt) else None)
    assert texting.touch(touch).state is TouchState.DELIVERED
    assert [state for state, _ in texting.history(touch)] == ["handed_over", "delivered"]


def test_a_text_that_seemed_lost_and_was_planned_again_is_not_sent_a_second_time(
    texting: Texting,
) -> None:
    touch, attempt = texting.at(TouchState.PLANNED)
    assert touch in texting.planned()
    texting.poster.tell(attempt, "sent", ref="SM7")
    texting.apply()
    assert touch not in texting.planned()
    assert texting.touch(touch).state is TouchState.HANDED_OVER
    assert [state for state, _ in texting.history(touch)] == ["claimed", "handed_over"]


def test_a_report_of_an_older_try_does_not_move_a_touch_that_is_on_its_way_again(
    texting: Texting,
) -> None:
    touch, first = texting.at(TouchState.PLANNED)
    texting.at(TouchState.CLAIMED, touch)
    texting.poster.tell(first, "undelivered", ref="SM7", code="30006")
    assert texting.apply() == {"left": 1}
    assert texting.touch(touch).state is TouchState.CLAIMED
    assert [each.state for each in texting.attempts(touch)] == [
        AttemptState.RECEIPT,
        AttemptState.WRITTEN,
    ]


def test_a_report_without_a_key_finds_its_text_by_the_provider_s_reference(
    texting: Texting,
) -> None:
    touch, _ = texting.at(TouchState.HANDED_OVER, ref="SM1")
    texting.poster.form("/sms/status", {"MessageSid": "SM1", "MessageStatus": "delivered"})
    texting.apply()
    assert texting.touch(touch).state is TouchState.DELIVERED


def test_a_report_of_a_text_nobody_knows_is_kept_and_applied_when_it_is_known(
    texting: Texting,
) -> None:
    for attempt in ("other-w1-000001.7", "nonsense", "answer-1.9", "try-20230606T090000.0"):
        texting.poster.tell(attempt, "delivered", ref=f"SM-{attempt}")
    texting.poster.form("/sms/status", {"MessageSid": "SM5", "MessageStatus": "delivered"})
    assert texting.apply() == {"unknown_message": 5}
    assert texting.apply() == {}
    touch, _ = texting.at(TouchState.HANDED_OVER, ref="SM5")
    assert texting.apply() == {"applied": 1}
    assert texting.touch(touch).state is TouchState.DELIVERED
    assert texting.outcomes() == ["unknown_message"] * 4 + ["applied"]


@pytest.mark.parametrize(
    "state", [TouchState.CLAIMED, TouchState.UNKNOWN, TouchState.HANDED_OVER, TouchState.DROPPED]
)
def test_an_answer_to_whoever_texted_moves_on_by_its_own_key(
    texting: Texting, state: TouchState
) -> None:
    answer = texting.answer(state)
    for status, code in (("sent", ""), ("undelivered", "30006"), ("delivered", "")):
        texting.poster.tell(f"answer-20230606-000001.{answer}", status, code=code)
        texting.apply()
    found, gone = texting.answered(answer), state is TouchState.DROPPED
    assert found.state is (TouchState.DROPPED if gone else TouchState.FAILED)
    assert found.error_code == (None if gone else "30006")
    assert {event.answer_id for event in events(texting.installation)} == {answer}


def test_a_state_that_nobody_has_met_is_kept_and_moves_nothing(texting: Texting) -> None:
    touch, attempt = texting.at(TouchState.HANDED_OVER, ref="SM1")
    texting.poster.tell(attempt, "teleported")
    texting.poster.tell(attempt, "")
    assert texting.apply() == {"unknown_state": 2}
    assert texting.touch(touch).state is TouchState.HANDED_OVER


@pytest.mark.thorough
def test_many_reports_are_applied_in_sets_and_once_by_two_who_try_at_the_same_moment(
    texting: Texting,
) -> None:
    sent = [
        texting.at(TouchState.HANDED_OVER, touch, ref=f"SM{touch}")
        for touch in texting.planned()[:20]
    ]
    for touch, attempt in sent:
        texting.poster.tell(attempt, "delivered", ref=f"SM{touch}")
    both = [
        Thread(target=apply_receipts, args=(texting.installation,), kwargs={"now": texting.now})
        for _ in range(2)
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    texting.apply()
    assert {texting.touch(touch).state for touch, _ in sent} == {TouchState.DELIVERED}
    assert {len(texting.history(touch)) for touch, _ in sent} == {1}


@pytest.mark.thorough
def test_a_report_after_a_crash_settles_what_the_provider_could_not_be_asked_about(
    database_url: str, tmp_path: Path
) -> None:
    accounts = simulated.accounts(simulated.flawless(), tmp_path)
    del accounts["twilio_auth_token"]
    texting = Texting(open_texting(tmp_path, database_url, **accounts))
    texting.launch()
    touch, attempt = texting.at(TouchState.CLAIMED)
    texting.poster.tell(attempt, "delivered", ref="SM7")
    texting.apply()
    texting.now += timedelta(hours=1)
    before = len(simulated.flawless().texts(accounts["twilio_account_sid"]))
    passes.reconcile(texting.installation, now=texting.now)
    assert len(simulated.flawless().texts(accounts["twilio_account_sid"])) == before
    assert texting.touch(touch).state is TouchState.DELIVERED
    texting.installation.store.engine.dispose()


words = st.sampled_from([*map(str, Status), "teleported", ""])


@given(st.lists(words, max_size=12), st.randoms())
def test_a_text_ends_the_same_however_often_and_in_whatever_order_its_reports_come(
    said: list[str], draws: object
) -> None:
    ends = [word for word in said if word in {*MISSED, *REACHED}]
    said = [word for word in said if word not in ends] + ends[:1] * 3
    turned = sorted(said, key=lambda _: draws.random())  # type: ignore[attr-defined]  # hypothesis draws it
    text = ("twilio", "SM1")

    def last(reports: list[str]) -> tuple[Status | None, list[EventOutcome]]:
        outcomes, standing = rank_reports(
            [ReportedStatus(n, text, word) for n, word in enumerate(reports)], {}
        )
        return standing.get(text), [outcomes[n] for n in range(len(reports))]

    assert last(said)[0] is last(turned)[0]
    assert last(turned)[1].count(EventOutcome.APPLIED) <= len(Status)


@given(st.lists(words, max_size=12))
def test_no_report_takes_a_text_back(said: list[str]) -> None:
    text = ("twilio", "SM1")
    known: dict[tuple[str, str], Status] = {}
    for number, word in enumerate(said):
        before = known.get(text)
        outcomes, known = rank_reports([ReportedStatus(number, text, word)], known)
        after = known.get(text)
        assert (outcomes[number] is EventOutcome.APPLIED) == (after is not before)
        assert before is None or (after is not None and after.rank >= before.rank)
        assert before is None or not before.is_end or after is before
