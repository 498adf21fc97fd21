"""The effects of a failed text (its number, the next step, one late try, alerts)."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from campaigns.touches.results import record_results
from channels.port import Receipt
from installation.installation import Installation
from outcomes.explanations import why
from store.clock import local_date
from store.mapped_rows import read_one
from store.states import SuppressionScope, TouchState
from store.tables import Person, Touch
from suppression.reasons import Reason
from tests import passes
from tests.channels.sms import simulated
from tests.inbound.texting import TEXT, THEN_CARD, THEN_TEXT, Texting, open_texting
from tests.snapshots import Snapshots


@pytest.fixture
def texting(
    database_url: str, snapshots: Snapshots, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Texting]:
    texting = Texting(open_texting(tmp_path, database_url))
    texting.launch(getattr(request, "param", TEXT), snapshots)
    yield texting
    texting.installation.store.engine.dispose()


def fail(
    texting: Texting, code: str, status: str = "undelivered", ref: str = "SM1", **more: str
) -> int:
    touch, attempt = texting.at(TouchState.HANDED_OVER, ref=ref)
    texting.poster.tell(attempt, status, ref=ref, code=code, **more)
    texting.apply()
    return touch


def next_step(texting: Texting, touch: int) -> Touch:
    person = texting.touch(touch).person_id
    with texting.installation.store.reading() as connection:
        query = select(Touch).where(Touch.person_id == person, Touch.id != touch)
        return read_one(connection, query)


@pytest.mark.parametrize(
    ("code", "source"),
    [
        ("30006", "provider: cannot be texted"),
        ("30005", "provider: cannot be texted"),
        ("21610", "provider: said STOP to the sender"),
    ],
)
def test_a_number_that_cannot_be_texted_is_closed_for_texts_and_for_nothing_else(
    texting: Texting, code: str, source: str
) -> None:
    touch = fail(texting, code, To="+31687654321")
    (entry,) = texting.closed()
    assert (entry.scope, entry.channel, entry.e164) == (
        SuppressionScope.NUMBER,
        "sms",
        "+31687654321",
    )
    assert (entry.reason, entry.source, entry.person_ref) == (Reason.SUPPRESSED.value, source, None)
    assert entry.note.startswith(code)
    assert texting.touch(touch).reason == code


def test_without_a_number_in_the_report_the_one_we_texted_is_closed_once(texting: Texting) -> None:
    touch = fail(texting, "30006")
    number = texting.number(touch)
    assert [entry.e164 for entry in texting.closed()] == [number]
    fail(texting, "30006", ref="SM2", To=number)
    assert len(texting.closed()) == 1


@pytest.mark.everyday(3)
@pytest.mark.parametrize("code", ["30007", "30036", "30003", "30008", "30002", "21612", ""])
def test_other_failures_close_no_number(texting: Texting, code: str) -> None:
    fail(texting, code)
    assert texting.closed() == []


def test_a_text_that_surely_did_not_arrive_has_one_late_try_through_delivery_s_own_road(
    texting: Texting,
) -> None:
    touch = fail(texting, "30003")
    waiting = texting.touch(touch)
    assert (waiting.state, waiting.delivery_id, waiting.handed_over_at) == (
        TouchState.PLANNED,
        None,
        None,
    )
    assert waiting.not_before >= texting.now + timedelta(days=1)
    assert texting.history(touch) == [("planned", "30003")]
    _, attempt = texting.at(TouchState.HANDED_OVER, touch, ref="SM2")
    texting.poster.tell(attempt, "undelivered", ref="SM2", code="30003")
    texting.apply()
    assert (texting.touch(touch).state, texting.touch(touch).reason) == (TouchState.FAILED, "30003")


@pytest.mark.parametrize(
    ("code", "status"), [("30008", "undelivered"), ("", "failed"), ("30036", "undelivered")]
)
def test_a_text_that_may_have_arrived_or_whose_time_has_passed_is_not_tried_again(
    texting: Texting, code: str, status: str
) -> None:
    assert texting.touch(fail(texting, code, status)).state is TouchState.FAILED


def test_a_late_try_lets_a_finished_campaign_go_on_and_no_stopped_one(texting: Texting) -> None:
    with texting.installation.store.writing() as connection:
        connection.exec_driver_sql("update campaigns set state = 'finished'")
    fail(texting, "30003")
    assert texting.campaign() == "running"
    with texting.installation.store.writing() as connection:
        connection.exec_driver_sql("update campaigns set state = 'stopped'")
    assert texting.touch(fail(texting, "30003", ref="SM2")).state is TouchState.FAILED
    assert texting.campaign() == "stopped"


@pytest.mark.thorough
@pytest.mark.parametrize("texting", [THEN_CARD], indirect=True)
def test_a_card_for_who_did_not_reply_keeps_its_day_after_a_failed_text_and_goes(
    texting: Texting,
) -> None:
    touch = texting.planned()[0]
    before = next_step(texting, touch)
    fail(texting, "30006")
    after = next_step(texting, touch)
    assert (after.state, after.not_before, after.due_on) == (
        TouchState.PLANNED,
        before.not_before,
        before.due_on,
    )
    done = passes.deliver(texting.installation, now=after.not_before + timedelta(hours=3))
    assert done.handed_over > 0
    assert next_step(texting, touch).state is TouchState.HANDED_OVER


@pytest.mark.everyday(1)
@pytest.mark.parametrize("texting", [THEN_TEXT], indirect=True)
@pytest.mark.parametrize(("code", "sooner"), [("30006", True), ("21612", True), ("21610", False)])
def test_a_next_text_need_not_wait_for_a_reply_that_cannot_come(
    texting: Texting, code: str, *, sooner: bool
) -> None:
    touch = texting.planned()[0]
    assert next_step(texting, touch).not_before > texting.now + timedelta(days=20)
    fail(texting, code)
    after = next_step(texting, touch)
    assert (after.not_before < texting.now + timedelta(days=1)) is sooner
    assert (after.due_on == local_date(texting.now)) is sooner


@pytest.mark.thorough
def test_a_number_refused_at_once_is_closed_too(database_url: str, tmp_path: Path) -> None:
    faults = tmp_path / "faults.toml"
    faults.write_text("landline_share = 0.3\n")
    provider = simulated.Provider("--seed", "3", faults=faults)
    texting = Texting(
        open_texting(
            tmp_path, database_url, **simulated.accounts(provider, tmp_path, public_url="")
        )
    )
    texting.launch()
    done = passes.deliver(texting.installation, now=texting.now)
    provider.stop()
    entries = texting.closed()
    assert 0 < len(entries) <= done.failed
    assert {entry.source for entry in entries} == {"provider: cannot be texted"}
    assert {entry.e164 for entry in entries}.isdisjoint(
        text["to"] for text in texting_texts(texting.installation)
    )
    texting.installation.store.engine.dispose()


def texting_texts(installation: Installation) -> list[dict[str, str]]:
    """Return the numbers of whom a text reached, as the database has it."""
    from store.tables import PersonNumber

    query = select(PersonNumber.e164).join(Touch, Touch.person_id == PersonNumber.person_id)
    with installation.store.reading() as connection:
        rows = connection.execute(
            query.where(Touch.state == TouchState.HANDED_OVER, PersonNumber.position == 1)
        )
        return [{"to": e164} for e164 in rows.scalars()]


def test_wrong_settings_and_words_are_logged(
    texting: Texting, caplog: pytest.LogCaptureFixture
) -> None:
    fail(texting, "30018", ref="SM1")
    fail(texting, "30019", ref="SM2")
    logged = {
        (record.levelno, record.message)
        for record in caplog.records
        if record.name == "kaartje.sms"
    }
    assert any(level == logging.CRITICAL and "30018" in said for level, said in logged)
    assert any(level == logging.ERROR and "30019" in said for level, said in logged)
    assert not any(texting.number(1) in said for _, said in logged)


@pytest.mark.thorough
def test_a_rising_share_of_texts_taken_for_spam_is_logged_once(
    texting: Texting, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(8):
        fail(texting, "30007", ref=f"SM{number}")
        logged = [
            record
            for record in caplog.records
            if "spam" in record.message and record.levelno == logging.CRITICAL
        ]
        assert len(logged) == (1 if number >= 4 else 0)


def test_why_tells_what_the_provider_reported(texting: Texting) -> None:
    touch = fail(texting, "30006")
    with texting.installation.store.reading() as connection:
        ref = connection.execute(
            select(Person.person_ref).where(Person.id == texting.touch(touch).person_id)
        ).scalar_one()
    (story,) = [
        each
        for decided in why(texting.installation, ref, now=texting.now).campaigns
        for each in decided.touches
    ]
    (receipt,) = story.receipts
    assert (receipt.at, receipt.status, receipt.code) == (texting.now, "undelivered", "30006")
    assert receipt.outcome == "applied"


def test_the_receipt_of_a_second_text_is_counted_with_its_own_cost(texting: Texting) -> None:
    touch = fail(texting, "30003")
    texting.at(TouchState.CLAIMED, touch)
    second = texting.attempts(touch)[1]
    with texting.installation.store.writing() as connection:
        record_results(
            connection, second.delivery_id, [Receipt(touch, "SM2", 753)], now=texting.now
        )
    assert [each.provider_ref for each in texting.attempts(touch)] == ["SM1", "SM2"]
