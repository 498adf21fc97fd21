"""Laws that hold for every trial and every line, whatever the figures."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from methods.intervals import newcombe, wilson
from methods.pacing import DAYS, busiest_day, daily_shares
from methods.proportion_tests import holm, pooled_test
from methods.queues import erlang_a, erlang_c
from methods.sample_size import detectable_difference, needed
from methods.sequential_boundaries import Kind, boundaries, spent
from tests.examples import examples


@st.composite
def groups(draw: st.DrawFn) -> tuple[int, int]:
    total = draw(st.integers(1, 5_000))
    return draw(st.integers(0, total)), total


shares = st.integers(0, 100).map(lambda each: each / 100)
LINE = {"calls_per_s": 1 / 20, "handling_s": 150.0, "target_s": 20.0}


@given(control=groups(), arm=groups())
def test_the_interval_of_a_difference_holds_the_difference(
    control: tuple[int, int], arm: tuple[int, int]
) -> None:
    low, high = newcombe(*arm, *control)
    difference = arm[0] / arm[1] - control[0] / control[1]
    assert -1 <= low <= difference + 1e-12
    assert difference - 1e-12 <= high <= 1


@given(control=groups(), arm=groups())
def test_exchanging_the_groups_turns_the_difference_round(
    control: tuple[int, int], arm: tuple[int, int]
) -> None:
    low, high = newcombe(*arm, *control)
    assert list(newcombe(*control, *arm)) == pytest.approx([-high, -low])
    assert pooled_test(arm, control) == pytest.approx(pooled_test(control, arm))


@given(group=groups(), many=st.integers(2, 9))
def test_more_people_with_the_same_share_give_a_narrower_interval(
    group: tuple[int, int], many: int
) -> None:
    hits, total = group
    (low, high), (lower, higher) = wilson(hits * many, total * many), wilson(hits, total)
    assert high - low < higher - lower


@given(hits=st.integers(0, 50), total=st.integers(50, 500), other=st.integers(1, 500))
def test_the_test_pools_what_both_groups_have(hits: int, total: int, other: int) -> None:
    assert pooled_test((0, total), (0, other)) == 1
    assert pooled_test((total, total), (other, other)) == 1
    assert pooled_test((hits, total), (hits, total)) == 1


@given(control=shares, treated=shares, more=st.integers(1, 30))
def test_a_larger_effect_needs_fewer_people(control: float, treated: float, more: int) -> None:
    farther = treated + more / 100
    if control < treated and farther <= 1 and treated > 0.5 >= control:
        assert needed(control, farther) <= needed(control, treated)


@given(control=shares, people=st.integers(20, 20_000))
def test_what_can_be_detected_needs_just_these_people(control: float, people: int) -> None:
    found = detectable_difference(control, held_out=people, per_arm=people)
    if found is not None:
        assert needed(control, control + found) in {people, people + 1}
        more = detectable_difference(control, held_out=2 * people, per_arm=2 * people)
        assert more is not None
        assert more < found


@given(agents=st.integers(8, 40))
def test_one_agent_more_means_shorter_waits(agents: int) -> None:
    few, more = erlang_c(agents=agents, **LINE), erlang_c(agents=agents + 1, **LINE)
    assert few.p_wait > more.p_wait
    assert few.service_level <= more.service_level
    impatient = erlang_a(agents=agents, patience_s=60, **LINE)
    assert impatient.p_wait < few.p_wait
    assert impatient.average_wait_s is not None
    assert impatient.p_abandon == pytest.approx(impatient.average_wait_s / 60)


@pytest.mark.thorough
@settings(max_examples=examples(50))
@given(agents=st.integers(8, 40))
def test_endless_patience_is_erlang_c(agents: int) -> None:
    patient, endless = (
        erlang_a(agents=agents, patience_s=1e8, **LINE),
        erlang_c(agents=agents, **LINE),
    )
    assert patient.p_wait == pytest.approx(endless.p_wait, rel=1e-3)
    assert patient.service_level == pytest.approx(endless.service_level, rel=1e-3)


@pytest.mark.parametrize("agents", [1, 5, 7])
def test_too_few_agents_let_the_queue_grow_unless_callers_hang_up(agents: int) -> None:
    endless = erlang_c(agents=agents, **LINE)
    assert (endless.p_wait, endless.average_wait_s) == (1, None)
    leaving = erlang_a(agents=agents, patience_s=60, **LINE)
    assert 0 < leaving.p_abandon < 1
    assert leaving.occupancy <= 1


@given(waves=st.integers(1, 12), every=st.integers(1, 30), callers=shares)
def test_waves_never_bring_more_calls_a_day_than_one_drop(
    waves: int, every: int, callers: float
) -> None:
    _, together = busiest_day(1_000, waves=1, every=every, callers=callers)
    _, apart = busiest_day(1_000, waves=waves, every=every, callers=callers)
    assert apart <= together + 1e-9


def test_everybody_who_calls_has_called_after_the_last_day() -> None:
    assert len(daily_shares()) == DAYS
    assert sum(daily_shares()) == pytest.approx(1)


@pytest.mark.everyday(4)
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("looks", [1, 2, 3, 7, 20])
def test_boundaries_fall_from_look_to_look_and_the_last_is_above_that_of_one_look(
    kind: Kind, looks: int
) -> None:
    found = boundaries(looks, kind)
    assert found == sorted(found, reverse=True)
    assert found[-1] >= 1.95996
    assert boundaries(1, kind) == [pytest.approx(1.959964, abs=1e-6)]


def test_at_the_last_look_everything_is_spent() -> None:
    assert spent(1) == pytest.approx(0.025)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_a_corrected_p_value_is_never_smaller_and_keeps_the_order(given: list[float]) -> None:
    corrected = holm(given)
    assert all(before <= after <= 1 for before, after in zip(given, corrected, strict=True))
    order = sorted(range(len(given)), key=given.__getitem__)
    assert [corrected[each] for each in order] == sorted(corrected)
