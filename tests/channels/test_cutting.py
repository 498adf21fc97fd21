"""A run is cut where the postcode changes: nobody is lost, and no file is too thick or too thin."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from channels.card.run_files import cut
from tests.examples import examples

BLOCKS = st.lists(st.integers(1, 45), max_size=40)
FEWEST, MOST = 10, 25


def _places(blocks: list[int]) -> list[int]:
    return [place for place, size in enumerate(blocks) for _ in range(size)]


@settings(max_examples=examples(300))
@given(BLOCKS)
def test_the_files_together_are_the_run_in_its_order(blocks: list[int]) -> None:
    places = _places(blocks)
    files = cut(places, fewest=FEWEST, most=MOST)
    assert [at for file in files for at in file] == list(range(len(places)))


@settings(max_examples=examples(300))
@given(BLOCKS)
def test_every_file_has_its_size_unless_the_whole_run_is_smaller(blocks: list[int]) -> None:
    places = _places(blocks)
    sizes = [len(file) for file in cut(places, fewest=FEWEST, most=MOST)]
    assert all(size <= MOST for size in sizes)
    assert len(sizes) <= 1 or min(sizes) >= FEWEST


@settings(max_examples=examples(300))
@given(BLOCKS)
def test_a_file_ends_within_a_postcode_only_where_no_change_is_in_reach(blocks: list[int]) -> None:
    places = _places(blocks)
    for file, _ in pairwise(cut(places, fewest=FEWEST, most=MOST)):
        if places[file.stop - 1] == places[file.stop]:
            reach = range(file.start + FEWEST, min(file.start + MOST, len(places) - FEWEST) + 1)
            assert all(places[at - 1] == places[at] for at in reach)
            assert file.stop == reach[-1]


def test_a_small_remainder_joins_and_a_street_of_its_own_is_cut_inside() -> None:
    assert cut([0] * 2_400 + [1] * 300) == [range(1_700), range(1_700, 2_700)]
    assert cut(list(range(2_600))) == [range(1_600), range(1_600, 2_600)]
    assert cut([0] * 6_000) == [range(2_500), range(2_500, 5_000), range(5_000, 6_000)]
    assert cut([0] * 1_200 + [1] * 2_000) == [range(1_200), range(1_200, 3_200)]
    assert cut([]) == []
