"""The print shop's days: nothing goes on a closed one, never more than fits, and nothing is lost by waiting."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from campaigns.planning.plans import plan
from campaigns.planning.submitting import submit
from campaigns.touches.campaign_reading import read_campaign
from campaigns.touches.postponing import judge_moment
from campaigns.touches.shop_days import Load, next_day, spread, takes_from, takes_work
from channels.shops import WEEK, Calendar, Prices, Shop
from installation.installation import Installation
from store.clock import LOCAL, local_date, parse_moment
from store.errors import BadInput
from store.states import TouchState
from store.tables import Delivery, SeedAddress, Touch
from suppression.card_arrivals import expected_arrival
from suppression.days import holiday
from suppression.policies import shipped_policy
from suppression.reasons import Reason
from suppression.verdicts import Allowed, Later
from tests.passes import deliver
from tests.stories import MANAGER, campaign_file, launched, populate

DUE = parse_moment("2023-06-05T09:00")
JUNE = date(2023, 6, 1)
CARD = "148x105"


def shop_with(**calendar: object) -> Shop:
    return Shop(name="De Linde", calendar=Calendar.model_validate(calendar))


CALENDARS = st.builds(
    Calendar,
    closed=st.sets(st.sampled_from(WEEK), max_size=6).map(tuple),
    closed_days=st.sets(st.dates(JUNE, date(2023, 8, 1)), max_size=20).map(tuple),
    cut_off=st.times(min_value=time(0, 1)),
)
MOMENTS = st.datetimes(datetime(2023, 6, 1), datetime(2023, 12, 31), timezones=st.just(LOCAL))  # noqa: DTZ001  hypothesis adds the zone


@settings(deadline=None)  # the first look at a year makes its holidays
@given(CALENDARS, MOMENTS)
def test_work_is_taken_before_the_cut_off_of_a_working_day_or_from_the_next_one_on(
    calendar: Calendar, moment: datetime
) -> None:
    shop = Shop(name="x", calendar=calendar)
    taken = takes_from(shop, moment)
    day = local_date(taken)
    assert takes_work(shop, day)
    assert holiday(day) is None
    assert taken == moment or taken > moment
    assert takes_from(shop, taken) == taken
    between = (day - local_date(moment)).days
    assert not any(
        takes_work(shop, local_date(moment) + timedelta(days=ahead)) for ahead in range(1, between)
    )


LOADS = st.lists(st.tuples(st.dates(JUNE, date(2023, 6, 20)), st.integers(0, 500)), max_size=8)


@settings(deadline=None)  # the first look at a year makes its holidays
@given(LOADS, st.integers(10, 200), CALENDARS)
def test_never_more_than_fits_never_on_a_closed_day_and_nothing_is_lost(
    wanted: list[tuple[date, int]], capacity: int, calendar: Calendar
) -> None:
    shop = Shop(name="x", calendar=calendar)
    days = spread(
        [Load(day, pieces, lambda day: takes_work(shop, day)) for day, pieces in wanted], capacity
    )
    total: Counter[date] = Counter()
    for (first, pieces), parts in zip(wanted, days, strict=True):
        assert sum(count for _, count in parts) == pieces
        assert all(takes_work(shop, day) and day >= first for day, _ in parts)
        total.update(dict(parts))
    assert all(count <= capacity for count in total.values())


@settings(deadline=None)  # the first look at a year makes its holidays
@given(LOADS, CALENDARS)
def test_without_an_end_to_a_day_everything_goes_on_the_first_one(
    wanted: list[tuple[date, int]], calendar: Calendar
) -> None:
    shop = Shop(name="x", calendar=calendar)
    days = spread(
        [Load(day, pieces, lambda day: takes_work(shop, day)) for day, pieces in wanted], None
    )
    assert days == [((next_day(shop, day), pieces),) if pieces else () for day, pieces in wanted]


def test_what_never_fits_is_bad_input() -> None:
    with pytest.raises(BadInput, match="do not fit within ten years"):
        spread([Load(JUNE, 1, lambda day: False)], None)  # noqa: ARG005  on no day
    with pytest.raises(BadInput, match="takes no work"):
        next_day(
            shop_with(closed_days=[JUNE + timedelta(days=ahead) for ahead in range(4000)]), JUNE
        )


@settings(deadline=None)  # the first look at a year makes its holidays
@given(CALENDARS, MOMENTS, st.sets(st.sampled_from(WEEK), min_size=1))
def test_post_goes_on_a_day_the_shop_works_and_arrives_on_a_day_somebody_answers(
    calendar: Calendar, moment: datetime, answered: set[str]
) -> None:
    policy, shop = shipped_policy(), Shop(name="x", calendar=calendar)
    line = CAMPAIGN.phone_line.model_copy(update={"open_days": tuple(sorted(answered))})
    campaign = CAMPAIGN.model_copy(update={"phone_line": line})
    try:
        verdict = judge_moment(policy, shop, campaign, channel="card", at=moment)
    except BadInput:
        return
    day = local_date(verdict.not_before if isinstance(verdict, Later) else moment)
    assert takes_work(shop, day)
    assert WEEK[expected_arrival(day, policy.post).weekday()] in answered
    if isinstance(verdict, Later):
        assert verdict.not_before > moment
        assert (
            judge_moment(policy, shop, campaign, channel="card", at=verdict.not_before) == Allowed()
        )


CAMPAIGN = read_campaign(
    Path(__file__).parents[3] / "campaigns" / "examples" / "contact-cards-2023.yaml"
)[0]


@pytest.fixture
def running(installation: Installation, tmp_path: Path, now: datetime) -> Installation:
    populate(installation, 300, now=now)
    launched(installation, campaign_file(tmp_path), now=now)
    return installation


def chosen(installation: Installation) -> int:
    with installation.store.reading() as connection:
        return connection.execute(select(func.count()).select_from(Touch)).scalar_one()


def by_day(installation: Installation) -> Counter[date]:
    with installation.store.reading() as connection:
        rows = connection.execute(select(Delivery.opened_at, Delivery.size)).all()
    return Counter({local_date(day): 0 for day, _ in rows}) + sum(
        (Counter({local_date(at): size}) for at, size in rows), Counter[date]()
    )


@pytest.mark.thorough
def test_a_wave_larger_than_a_day_goes_on_several_and_everyone_gets_theirs(
    running: Installation,
) -> None:
    installation = replace(running, shop=shop_with(daily_pieces=10))
    for day in range(40):
        deliver(installation, now=DUE + timedelta(days=day))
        sent = by_day(installation)
        if sum(sent.values()) == chosen(installation):
            break
    assert sum(sent.values()) == chosen(installation) > 30
    assert max(sent.values()) <= 10
    assert all(takes_work(installation.shop, day) for day in sent if installation.shop)
    with installation.store.reading() as connection:
        assert set(connection.execute(select(Touch.state)).scalars()) == {TouchState.HANDED_OVER}


@pytest.mark.thorough
def test_two_passes_on_one_day_fill_one_day(running: Installation) -> None:
    installation = replace(running, shop=shop_with(daily_pieces=10))
    first, second = (
        deliver(installation, now=DUE),
        deliver(installation, now=DUE + timedelta(hours=2)),
    )
    assert first.handed_over <= 10
    assert first.later == chosen(installation) - first.handed_over
    assert second.claimed == 0


@pytest.mark.everyday(1)
@pytest.mark.parametrize(
    ("moment", "calendar"),
    [
        ("2023-06-05T16:00", {}),
        ("2023-06-10T09:00", {}),
        ("2023-06-05T09:00", {"closed_days": [date(2023, 6, 5)]}),
        ("2023-06-05T09:00", {"closed": ["monday"]}),
    ],
)
def test_after_the_cut_off_and_on_a_closed_day_everything_waits(
    running: Installation, moment: str, calendar: dict[str, object]
) -> None:
    installation = replace(running, shop=shop_with(**calendar))
    done = deliver(installation, now=parse_moment(moment))
    assert (done.claimed, done.later) == (0, chosen(installation))
    assert deliver(
        installation, now=parse_moment(moment) + timedelta(days=2, hours=23)
    ).handed_over == chosen(installation)


def test_touches_are_planned_for_a_day_on_which_the_shop_works(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 300, now=now)
    installation = replace(installation, shop=shop_with(closed=["monday"]))
    submit(installation, campaign_file(tmp_path), by=MANAGER, now=now)
    with installation.store.reading() as connection:
        (first,) = set(connection.execute(select(Touch.not_before)).scalars())
    assert first == parse_moment("2023-06-06T00:00")


@pytest.mark.thorough
def test_the_plan_says_on_which_days_a_wave_goes_and_counts_with_other_campaigns(
    running: Installation, tmp_path: Path, now: datetime
) -> None:
    installation = replace(running, shop=shop_with(daily_pieces=25))
    made = plan(
        installation,
        campaign_file(tmp_path, name="later", seed=5, where="years_without_return = 1"),
        now=now,
    )
    (line,) = made.pieces
    others = chosen(installation)
    assert sum(count for _, count in line.bill.days) == line.pieces > 0
    assert line.bill.days[0][0] > line.on or line.bill.days[0][1] == 25 - others % 25
    assert any(
        "De Linde takes 25 pieces a day" in warning or "or full" in warning
        for warning in made.warnings
    )


PRICES = Prices.model_validate(
    {
        "set_up": 40,
        "print": {CARD: "0.05"},
        "sorted_from": 20,
        "postage": [{"up_to": 20, "sorted": "0.60", "unsorted": "0.80"}],
    }
)
UNPRICED = "  - {name: card, share: 100, steps: [{channel: card, template: contact-card}]}"


def priced(**calendar: object) -> Shop:
    return Shop(name="De Linde", calendar=Calendar.model_validate(calendar), prices=PRICES)


def test_pieces_cost_print_postage_and_a_set_up_for_each_run(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 300, now=now)
    made = plan(
        replace(installation, shop=priced()), campaign_file(tmp_path, arms=UNPRICED), now=now
    )
    (line,) = made.pieces
    assert made.cost == 40 + line.pieces * Decimal("0.65")
    assert line.bill.explanation == (
        "contact-card (148x105): € 0.05 print + € 0.60 post up to 20 g a piece, 1 x € 40 set-up"
    )


@pytest.mark.thorough
def test_small_runs_on_several_days_cost_more_set_ups_and_unsorted_post(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 300, now=now)
    made = plan(
        replace(installation, shop=priced(daily_pieces=10)),
        campaign_file(tmp_path, arms=UNPRICED),
        now=now,
    )
    (line,) = made.pieces
    assert made.cost == 40 * len(line.bill.days) + line.pieces * Decimal("0.85")


def test_the_shops_list_counts_and_not_a_price_that_the_campaign_writes_itself(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 300, now=now)
    made = plan(replace(installation, shop=priced()), campaign_file(tmp_path), now=now)
    assert made.cost == 40 + sum(line.pieces for line in made.pieces) * Decimal("0.65")
    assert any("is not what De Linde bills" in warning for warning in made.warnings)


def test_what_the_shop_asks_is_held_against_the_budget(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 300, now=now)
    file = campaign_file(tmp_path, arms=UNPRICED)
    file.write_text(file.read_text().replace("budget: 100000", "budget: 50"))
    with pytest.raises(BadInput, match="more than the budget of € 50"):
        submit(replace(installation, shop=priced()), file, by=MANAGER, now=now)


def test_a_format_without_a_price_is_said_and_not_passed_over(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 300, now=now)
    prices = PRICES.model_copy(update={"print": {"210x148": Decimal(1)}})
    made = plan(
        replace(installation, shop=priced().model_copy(update={"prices": prices})),
        campaign_file(tmp_path, arms=UNPRICED),
        now=now,
    )
    assert any("De Linde has no price for 148x105" in warning for warning in made.warnings)


def test_waiting_for_the_shop_has_its_reason() -> None:
    policy = shipped_policy()
    evening = parse_moment("2023-06-05T20:00")
    assert judge_moment(policy, shop_with(), CAMPAIGN, channel="card", at=evening) == Later(
        parse_moment("2023-06-06T00:00"), Reason.SHOP_CLOSED
    )
    assert judge_moment(policy, None, CAMPAIGN, channel="card", at=evening) == Allowed()


def seeded(installation: Installation, count: int, now: datetime) -> None:
    with installation.store.writing() as connection:
        for number in range(1, count + 1):
            values = {
                "addressee": "Anja",
                "street": "Dorpsstraat",
                "house_number": number,
                "house_letter": "",
                "house_addition": "",
                "postcode": "1234AB",
                "town": "Ons Dorp",
                "country": "NL",
                "active": True,
                "added_at": now,
                "added_by": "anja",
            }
            connection.execute(insert(SeedAddress).values(values))


def test_a_day_that_pieces_for_ourselves_fill_is_said_when_a_campaign_is_planned(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 300, now=now)
    seeded(installation, 3, now)
    with pytest.raises(
        BadInput, match="De Linde takes 3 pieces a day, and every run carries 3 for ourselves"
    ):
        plan(
            replace(installation, shop=shop_with(daily_pieces=3)), campaign_file(tmp_path), now=now
        )
    assert plan(
        replace(installation, shop=shop_with(daily_pieces=100)), campaign_file(tmp_path), now=now
    ).pieces


@pytest.mark.thorough
def test_a_day_that_is_filled_later_on_is_said_at_each_delivery_and_the_pieces_wait(
    running: Installation, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    seeded(running, 3, now)
    done = deliver(replace(running, shop=shop_with(daily_pieces=3)), now=DUE)
    assert (done.claimed, done.later) == (0, chosen(running))
    assert "no post goes: calendar.daily_pieces: De Linde takes 3 pieces a day" in caplog.text
