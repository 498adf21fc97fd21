"""Texts without a final report are asked about, and the answer is applied like a report."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from sqlalchemy import select, update

from inbound.polling import TOO_LATE, poll
from store.states import TouchState
from store.tables import Attempt, Touch
from tests import passes
from tests.channels.sms import simulated
from tests.inbound.posting import events
from tests.inbound.texting import Texting, open_texting


@pytest.fixture(scope="module")
def everybodys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[simulated.Provider]:
    faults = tmp_path_factory.mktemp("provider") / "faults.toml"
    faults.write_text("unreachable_share = 0.5\nreceipt_after = 0.01\n")
    provider = simulated.Provider("--seed", "3", faults=faults)
    yield provider
    provider.stop()


@pytest.fixture
def provider(everybodys: simulated.Provider, tmp_path: Path) -> simulated.Customer:
    return simulated.Customer(everybodys, simulated.account_for(tmp_path))


@pytest.fixture
def texting(database_url: str, tmp_path: Path, provider: simulated.Customer) -> Iterator[Texting]:
    """An installation that texted everybody and gets no reports."""
    accounts = simulated.accounts(provider.provider, tmp_path, public_url="")
    texting = Texting(open_texting(tmp_path, database_url, **accounts))
    texting.launch()
    passes.deliver(texting.installation, now=texting.now)
    ends = monotonic() + 20
    while {text["status"] for text in provider.texts()} - {"delivered", "undelivered"}:
        assert monotonic() < ends
        sleep(0.02)
    yield texting
    texting.installation.store.engine.dispose()


def states(texting: Texting) -> dict[str, TouchState]:
    """Return where each touch stands, by the reference of its text."""
    query = select(Attempt.provider_ref, Touch.state).join(Touch, Touch.id == Attempt.touch_id)
    with texting.installation.store.reading() as connection:
        return {row.provider_ref: row.state for row in connection.execute(query)}


@pytest.mark.thorough
def test_what_stayed_silent_too_long_is_asked_for_and_ends_as_the_provider_says(
    texting: Texting, provider: simulated.Customer
) -> None:
    assert poll(texting.installation, now=texting.now + timedelta(hours=5)).asked == 0
    later = texting.now + timedelta(hours=7)
    polled = poll(texting.installation, now=later)
    assert polled.asked == polled.reported == polled.news == len(provider.texts()) > 10
    ended = {"delivered": TouchState.DELIVERED, "undelivered": TouchState.FAILED}
    assert states(texting) == {text["sid"]: ended[text["status"]] for text in provider.texts()}
    assert set(states(texting).values()) == set(ended.values())
    assert {event.raw["asked"] for event in events(texting.installation)} == {"yes"}
    assert poll(texting.installation, now=later + timedelta(days=1)).asked == 0


@pytest.mark.thorough
def test_a_text_still_on_its_way_is_asked_about_again_later_and_after_a_week_no_more(
    texting: Texting, provider: simulated.Customer
) -> None:
    everyone = len(provider.texts())
    with texting.installation.store.writing() as connection:
        connection.execute(
            update(Attempt).values(provider_ref="SM" + "0" * 32)
        )  # a text the provider does not know
    later = texting.now + timedelta(hours=7)
    assert poll(texting.installation, now=later, most=5).asked == 5
    assert poll(texting.installation, now=later, most=1000).asked == everyone - 5
    assert poll(texting.installation, now=later + timedelta(hours=1)).asked == 0
    assert poll(texting.installation, now=later + timedelta(hours=7)).asked == everyone
    assert poll(texting.installation, now=texting.now + TOO_LATE + timedelta(hours=1)).asked == 0
    assert set(states(texting).values()) == {TouchState.HANDED_OVER}


@pytest.mark.thorough
def test_an_answer_to_whoever_texted_is_asked_about_too(
    texting: Texting, provider: simulated.Customer
) -> None:
    text = provider.texts()[0]
    with texting.installation.store.writing() as connection:
        connection.execute(update(Touch).values(state=TouchState.FAILED))
        connection.execute(
            update(Attempt).values(provider_ref=None)
        )  # so that the text is the answer's alone
    answer = texting.answer(TouchState.HANDED_OVER, text["sid"])
    poll(texting.installation, now=texting.now + timedelta(hours=7))
    ended = {"delivered": TouchState.DELIVERED, "undelivered": TouchState.FAILED}[text["status"]]
    assert texting.answered(answer).state is ended
    assert [event.answer_id for event in events(texting.installation)] == [answer]


@pytest.mark.thorough
def test_a_house_that_only_writes_texts_down_asks_nobody(texting: Texting, tmp_path: Path) -> None:
    settings = texting.installation.settings.model_copy(update={"dry": True})
    assert (
        poll(
            replace(texting.installation, settings=settings), now=texting.now + timedelta(hours=7)
        ).asked
        == 0
    )
