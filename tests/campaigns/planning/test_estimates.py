"""Money and hours that somebody can sign: nothing unknown, the shop's prices, no run for one card."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from campaigns.planning.plans import plan
from campaigns.planning.submitting import submit
from channels.shops import Calendar, Prices, Shop
from console.cli.campaigns.campaign_views import show_plan
from installation.installation import Installation
from store.clock import parse_moment
from store.errors import BadInput
from store.tables import Person, PrintRun, Touch
from tests.conftest import NOW
from tests.passes import deliver
from tests.snapshots import Snapshots
from tests.stories import CALLS, MANAGER, campaign_file, launched, populate

UNPRICED = "  - {name: card, share: 100, steps: [{channel: card, template: contact-card}]}"
FREE = "  - {name: card, share: 100, steps: [{channel: card, template: contact-card, price: 0}]}"
PRICED = (
    "  - {name: card, share: 100, steps: [{channel: card, template: contact-card, price: 0.85}]}"
)
PRICES = Prices.model_validate(
    {
        "set_up": "45",
        "print": {"148x105": "0.05"},
        "sorted_from": 20,
        "postage": [{"up_to": 20, "sorted": "0.60", "unsorted": "0.80"}],
    }
)


@pytest.fixture
def peopled(installation: Installation, snapshots: Snapshots) -> Installation:
    return snapshots.bring(installation, _populate)


def _populate(installation: Installation) -> None:
    populate(installation, 400, now=NOW)


def with_shop(installation: Installation, **calendar: Any) -> Installation:
    shop = Shop(name="De Linde", calendar=Calendar.model_validate(calendar), prices=PRICES)
    return replace(installation, shop=shop)


@pytest.mark.parametrize("arms", [UNPRICED, FREE])
def test_a_plan_with_an_unknown_price_says_so_and_cannot_be_submitted(
    peopled: Installation, tmp_path: Path, now: datetime, arms: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    file = campaign_file(tmp_path, arms=arms, limit=20)
    made = plan(peopled, file, now=now)
    assert made.as_data()["cost"] is None
    assert made.estimate.unpriced == ("contact-card",)
    show_plan(made)
    said = capsys.readouterr().out
    assert "price unknown" in said
    assert "€ 0.00" not in said
    with pytest.raises(BadInput, match="price unknown: what contact-card costs"):
        submit(peopled, file, by=MANAGER, now=now)


def test_a_budget_of_nothing_cannot_be_submitted(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, arms=CALLS, where="has(call)", limit=10)
    file.write_text(file.read_text().replace("budget: 100000", "budget: 0"))
    with pytest.raises(BadInput, match=r"the budget is € 0\.00"):
        submit(peopled, file, by=MANAGER, now=now)


def test_calls_and_replies_cost_hours_with_the_assumption_and_its_source(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    found = plan(
        peopled, campaign_file(tmp_path, arms=CALLS, where="has(call)", limit=10), now=now
    ).estimate
    assert found.hours_low == found.hours_high == Decimal(10 * 4 * 12) / 60
    cards = plan(peopled, campaign_file(tmp_path, arms=PRICED, limit=24), now=now).estimate
    assert (cards.hours_low, cards.hours_high) == (Decimal("0.5"), Decimal("2.5"))
    assert "assumption" in cards.assumption


def test_the_shops_prices_win_over_a_left_over_price_and_the_plan_is_what_the_runs_cost(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    house = with_shop(peopled)
    file = campaign_file(tmp_path, arms=PRICED, limit=40)
    made = plan(house, file, now=now)
    assert made.cost == 45 + 40 * Decimal("0.65")
    assert any("is not what De Linde bills" in each for each in made.warnings)
    launched(house, file, now=now)
    deliver(house, now=parse_moment("2023-06-05"))
    with house.store.reading() as connection:
        (paid,) = connection.execute(select(PrintRun.cost)).scalars()
    assert paid == made.cost * 10_000


def test_a_place_that_a_failed_card_frees_makes_no_run_of_its_own(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    house = with_shop(peopled, daily_pieces=20)
    launched(house, campaign_file(tmp_path, arms=PRICED, limit=30), now=now)
    with house.store.writing() as connection:
        first = connection.execute(select(Touch.person_id).order_by(Touch.id).limit(1)).scalar_one()
        damaged = {"family_name": "Wolkenkrabbergebouwenontwerpersvereniging" * 6}
        connection.execute(update(Person).where(Person.id == first).values(damaged))
    sizes = []
    for day in ("2023-06-05", "2023-06-06", "2023-06-07"):
        deliver(house, now=parse_moment(day))
        deliver(house, now=parse_moment(f"{day}T11:00"))
    with house.store.reading() as connection:
        sizes = list(connection.execute(select(PrintRun.cards).order_by(PrintRun.id)).scalars())
    assert sum(sizes) in (29, 30)
    assert min(sizes) >= 9
