"""The body's caps are a floor: what a looser cap is, and which cap holds."""

from hypothesis import given
from hypothesis import strategies as st

from suppression.cap_floors import caps_in_force, is_looser
from suppression.policies import Cap

CAPS = st.builds(Cap, times=st.integers(1, 6), days=st.integers(1, 12))


def as_often_as_it_may(cap: Cap, days: int) -> list[int]:
    """Return the days of the touches of somebody who is reached whenever a cap allows it."""
    went: list[int] = []
    for day in range(days):
        while sum(each > day - cap.days for each in went) < cap.times:
            went.append(day)
    return went


@given(own=CAPS, floor=CAPS)
def test_a_cap_is_looser_where_it_ever_allows_what_the_bodys_forbids(own: Cap, floor: Cap) -> None:
    went = as_often_as_it_may(own, 40)
    most = max(sum(day - floor.days < each <= day for each in went) for day in range(40))
    assert is_looser(own, floor) == (most > floor.times)


@given(own=CAPS, floor=CAPS)
def test_without_a_signed_deviation_no_cap_in_force_is_looser_than_the_bodys(
    own: Cap, floor: Cap
) -> None:
    found = caps_in_force({"card": own}, {"card": floor, "sms": own}, deviating=())
    assert not is_looser(found["card"], floor)
    assert not is_looser(found["card"], own) or found["card"] == floor
    assert found["sms"] == own
    assert caps_in_force({"card": own}, {"card": floor}, deviating=["card"])["card"] == own
