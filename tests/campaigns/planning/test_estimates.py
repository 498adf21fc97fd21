"""Money and hours that somebody can sign: nothing unknown, the shop's prices, no run for one card."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from campaigns.looking_back.what_it_came_to import what_it_came_to
from campaigns.planning.frozen_hashes import frozen_hash
from campaigns.planning.plans import plan
from campaigns.planning.submitting import submit
from channels.shops import Calendar, Prices, Shop
from console.cli.campaigns.campaign_views import show_came_to, show_plan
from installation.installation import Installation
from store.clock import parse_moment
from store.errors import BadInput
from store.tables import Campaign, Person, PrintRun, Touch
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


@pytest.mark.thorough
def test_a_text_for_nothing_is_an_unknown_price_too(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    free = PRICED.replace("contact-card", "text-invitation").replace(
        "channel: card", "channel: sms"
    )
    free = free.replace("price: 0.85", "price: 0")
    assert "price: 0}" in free
    file = campaign_file(tmp_path, arms=free, where="has(sms)", limit=20)
    assert plan(peopled, file, now=now).as_data()["cost"] is None
    with pytest.raises(BadInput, match="price unknown: what text-invitation costs"):
        submit(peopled, file, by=MANAGER, now=now)


def test_a_budget_of_nothing_cannot_be_submitted(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, arms=CALLS, where="has(call)", limit=10)
    file.write_text(file.read_text().replace("budget: 100000", "budget: 0"))
    with pytest.raises(BadInput, match=r"the budget is € 0\.00"):
        submit(peopled, file, by=MANAGER, now=now)


@pytest.mark.thorough
def test_calls_and_replies_cost_hours_with_the_assumption_and_its_source(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    found = plan(
        peopled, campaign_file(tmp_path, arms=CALLS, where="has(call)", limit=10), now=now
    ).estimate
    # as signed, a fifth of the people may fall out before they are called
    assert (found.hours_low, found.hours_high) == (Decimal("6.4"), Decimal(10 * 4 * 12) / 60)
    cards = plan(peopled, campaign_file(tmp_path, arms=PRICED, limit=24), now=now).estimate
    assert (cards.hours_low, cards.hours_high) == (Decimal("0.4"), Decimal("2.5"))
    assert "assumption" in cards.assumption


@pytest.mark.thorough
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


@pytest.mark.thorough
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


BOTH = (
    "  - {name: card, share: 50, steps: [{channel: card, template: contact-card, price: 0.85}]}\n"
    "  - {name: letter, share: 50, steps: [{channel: letter, template: letter}]}"
)


@pytest.mark.thorough
def test_a_price_unknown_in_one_arm_blocks_the_whole_campaign(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, arms=BOTH, limit=20)
    assert plan(peopled, file, now=now).estimate.unpriced == ("letter",)
    with pytest.raises(BadInput, match="price unknown: what letter costs"):
        submit(peopled, file, by=MANAGER, now=now)


@pytest.mark.parametrize(
    ("budget", "said"),
    [("60", r"at least € 65\.80, more than the budget of € 60"),
     ("70", r"may cost € 71\.00 \(at least € 65\.80\), more than the budget of € 70")],
)  # fmt: skip
def test_the_upper_figure_is_held_against_the_budget_and_the_lower_one_is_named(
    peopled: Installation, tmp_path: Path, now: datetime, budget: str, said: str
) -> None:
    file = campaign_file(tmp_path, arms=PRICED, limit=40)
    file.write_text(file.read_text().replace("budget: 100000", f"budget: {budget}"))
    house = with_shop(peopled)
    found = plan(house, file, now=now).estimate
    # all 40, or the 32 that are left when a fifth falls out
    assert (found.lowest, found.highest) == (45 + 32 * Decimal("0.65"), 45 + 40 * Decimal("0.65"))
    assert {part.kind.value for part in found.parts} == {"print", "postage", "set_up"}
    with pytest.raises(BadInput, match=said):
        submit(house, file, by=MANAGER, now=now)


def test_the_dearest_run_is_the_one_just_too_small_to_be_sorted(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    made = plan(with_shop(peopled), campaign_file(tmp_path, arms=PRICED, limit=22), now=now)
    assert made.cost == 45 + 22 * Decimal("0.65")
    assert made.estimate.highest == 45 + 19 * Decimal("0.85") > made.cost
    assert made.estimate.lowest == 45 + 20 * Decimal("0.65")


@pytest.mark.thorough
def test_what_is_signed_is_in_the_hash_and_stands_beside_what_it_came_to(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    house = with_shop(peopled, daily_pieces=20)
    name = launched(house, campaign_file(tmp_path, arms=PRICED, limit=30), now=now)
    before = what_it_came_to(house, name)
    assert before is not None
    assert before.cost == Decimal(0)
    assert not before.is_over
    for day in ("2023-06-05", "2023-06-06"):
        deliver(house, now=parse_moment(day))
    found = what_it_came_to(house, name)
    assert found is not None
    (line,) = found.lines
    assert [run.pieces for run in line.runs] == [20, 10]
    assert found.cost == 45 * 2 + 20 * Decimal("0.65") + 10 * Decimal("0.85")
    assert found.is_over
    assert found.is_as_signed
    with house.store.writing() as connection:
        signed = connection.execute(select(Campaign.signed_plan)).scalar_one()
        campaign_id = connection.execute(select(Campaign.id)).scalar_one()
        was = frozen_hash(connection, campaign_id)
        connection.execute(update(Campaign).values(signed_plan={**signed, "highest": "1.00"}))
        assert frozen_hash(connection, campaign_id) != was


@pytest.mark.thorough
def test_another_shops_bill_is_said_not_to_be_what_was_signed(
    peopled: Installation, tmp_path: Path, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    name = launched(with_shop(peopled), campaign_file(tmp_path, arms=PRICED, limit=30), now=now)
    dearer = PRICES.model_copy(update={"set_up": Decimal(99)})
    other = replace(peopled, shop=Shop(name="De Berk", prices=dearer))
    deliver(other, now=parse_moment("2023-06-05"))
    found = what_it_came_to(other, name)
    assert found is not None
    assert not found.is_as_signed
    show_came_to(found)
    assert "not within what was signed" in capsys.readouterr().out


@pytest.mark.thorough
def test_the_plan_says_who_falls_out_since_another_arm_needs_a_number(
    peopled: Installation, tmp_path: Path, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    arms = (
        "  - {name: card, share: 50, steps: [{channel: card, template: contact-card, price: 0.85}]}\n"
        "  - {name: text, share: 50, steps: [{channel: sms, template: text-invitation, price: 0.07}]}"
    )
    made = plan(peopled, campaign_file(tmp_path, arms=arms, where="true"), now=now)
    lost = {each.arm: each for each in made.lost}
    no_number = next(rule for rule in made.rules if rule.reason.value == "NO_USABLE_NUMBER")
    assert lost["card"].reasons["NO_USABLE_NUMBER"] == lost["card"].people
    assert no_number.alone <= lost["card"].people <= no_number.held
    show_plan(made)
    said = capsys.readouterr().out
    assert "since another arm cannot reach them" in said
    assert "right for a trial" in said
    assert "a campaign of its own" in said
    alone = plan(peopled, campaign_file(tmp_path, arms=PRICED, where="true"), now=now)
    assert alone.lost == ()


ABROAD = """
[rules]
off = { MOVED_ABROAD = "whoever lives abroad is written to as well" }
"""
GROUPS = (
    {"name": "Europe", "countries": ["België", "DE"], "postage": [{"up_to": 20, "price": "1.50"}]},
    {"name": "world", "postage": [{"up_to": 20, "price": "2.00"}]},
)


def with_post_abroad(installation: Installation, tmp_path: Path, groups: Any) -> Installation:
    """Return an installation that writes abroad, with three of its people in other countries."""
    policy = tmp_path / "policy.toml"
    policy.write_text(ABROAD)
    with installation.store.writing() as connection:
        for offset, country in enumerate(("BE", "DE", "CA")):
            first = select(Person.id).order_by(Person.id).offset(offset * 60).limit(60)
            connection.execute(
                update(Person).where(Person.id.in_(first)).values(country=country, postcode="1000")
            )
    prices = Prices.model_validate({**PRICES.model_dump(exclude={"abroad"}), "abroad": groups})
    shop = Shop(name="De Linde", prices=prices)
    settings = installation.settings.model_copy(update={"policy": str(policy)})
    return replace(installation, shop=shop, settings=settings)


@pytest.mark.thorough
def test_post_abroad_is_priced_by_its_country_in_the_plan_and_in_the_run(
    peopled: Installation, tmp_path: Path, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    house = with_post_abroad(peopled, tmp_path, GROUPS)
    file = campaign_file(tmp_path, arms=UNPRICED, limit=60)
    made = plan(house, file, now=now)
    launched(house, file, now=now)
    with house.store.reading() as connection:
        found = connection.execute(
            select(Person.country).join(Touch, Touch.person_id == Person.id)
        ).scalars()
        goes = Counter(found)
    far = goes["BE"] + goes["DE"], goes["CA"]
    assert min(far) > 0
    extra = far[0] * Decimal("0.90") + far[1] * Decimal("1.40")
    assert made.cost == 45 + 60 * Decimal("0.65") + extra
    parts = {part.kind.value: part for part in made.estimate.parts}
    assert parts["abroad"].highest == far[0] * Decimal("1.50") + far[1] * Decimal(2)
    show_plan(made)
    said = capsys.readouterr().out
    assert f"abroad: Europe {far[0]} x € 1.50, world {far[1]} x € 2.00" in said
    deliver(house, now=parse_moment("2023-06-05"))
    with house.store.reading() as connection:
        (paid,) = connection.execute(select(PrintRun.cost)).scalars()
    assert paid == made.cost * 10_000
    came_to = what_it_came_to(house, "cards")
    assert came_to is not None
    assert came_to.is_as_signed
    show_came_to(came_to)
    assert "is not what was signed" not in capsys.readouterr().out


def test_post_to_a_country_without_a_price_cannot_be_submitted(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    house = with_post_abroad(peopled, tmp_path, GROUPS[:1])
    file = campaign_file(tmp_path, arms=UNPRICED, limit=60)
    made = plan(house, file, now=now)
    assert made.estimate.unpriced == ("contact-card",)
    assert any("no price for post abroad (CA " in each for each in made.warnings)
    with pytest.raises(BadInput, match="what contact-card costs"):
        submit(house, file, by=MANAGER, now=now)


def test_what_goes_abroad_at_the_price_of_the_file_is_said(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    house = replace(with_post_abroad(peopled, tmp_path, ()), shop=None)
    made = plan(house, campaign_file(tmp_path, arms=PRICED, limit=60), now=now)
    assert any("go abroad (BE " in each for each in made.warnings)
