"""Draws come out the same everywhere, look like chance, and divide people into whole numbers that add up."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, literal, select

from campaigns.audience_language.seeded_draws import PRIME, Draw
from campaigns.planning.arm_allocation import apportion
from store.engine import Store

keys = st.integers(0, PRIME - 1)


def test_the_database_draws_the_same_numbers_as_we_do(store: Store) -> None:
    draw = Draw.of(2023, "household")
    some = [0, 1, 2, 17, PRIME // 2, PRIME - 2, PRIME - 1, *range(1000, 60_000, 997)]
    with store.reading() as connection:
        drawn = [
            connection.execute(select(draw.sql(literal(key, BigInteger)))).scalar_one()
            for key in some
        ]
    assert drawn == [draw.number(key) for key in some]


@given(keys, keys, st.integers(0, 2**63 - 1))
def test_two_people_never_draw_the_same_number(one: int, other: int, seed: int) -> None:
    draw = Draw.of(seed, "order")
    assert (draw.number(one) == draw.number(other)) == (one == other)


def test_neighbours_in_one_draw_are_strangers_in_another() -> None:
    first, second = Draw.of(7, "household"), Draw.of(7, "order")
    low_in_first = [key for key in range(20_000) if first.number(key) < PRIME // 2]
    low_in_both = sum(second.number(key) < PRIME // 2 for key in low_in_first)
    assert abs(low_in_both / len(low_in_first) - 0.5) < 0.02


def test_a_draw_spreads_people_evenly() -> None:
    draw = Draw.of(1, "order")
    tenths = Counter(draw.number(key) * 10 // PRIME for key in range(50_000))
    assert max(tenths.values()) - min(tenths.values()) < 500


@given(st.integers(0, 10**7), st.lists(st.integers(0, 100), min_size=1, max_size=8))
def test_parts_add_up_and_each_is_within_one_of_its_share(total: int, shares: list[int]) -> None:
    parts = apportion(total, shares)
    if not sum(shares):
        assert parts == [0] * len(shares)
        return
    assert sum(parts) == total
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - total * share / sum(shares)) < 1
