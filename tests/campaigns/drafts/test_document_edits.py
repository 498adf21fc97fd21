"""Edits of a campaign file: what is written reads back, and comments stay."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.drafts.document_edits import document_of, edited, value_at, written
from tests.conftest import NOW

SOURCE = "# why\ncampaign: cards  # its name\narms:\n  - name: card\n    share: 80\n"
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=30),
    st.sampled_from(
        ["=1+1", "{{ 7*7 }}", "null", "0800 1234", "12", "2023-06-01", "% x", "- a", "a: b", "yes",
         "!tag", "&a", "*a", "<<", "'", '"', "#", "a #b", "1.5", "1e3", "0x1F", "true", "\ta", "~",
         "\u2028", "a\n\nb\n", "---", "...", "| x", "é\u0301"]
    ),
)  # fmt: skip
VALUES = st.one_of(TEXTS, st.integers(-(10**15), 10**15), st.booleans())
PLACES = st.sampled_from(
    [("title",), ("sender", "name"), ("arms", 0, "name"), ("arms", 1, "share"), ("caps", "card")]
)


def test_a_value_is_changed_and_everything_else_stays_as_it_was_written() -> None:
    after = edited(SOURCE, {("arms", 0, "share"): 70, ("title",): "Kaartjes"})
    assert after == SOURCE.replace("80", "70") + "title: Kaartjes\n"


@pytest.mark.parametrize("odd", ["\x85", "a\x85b", "\u2028", "een\u2029twee", "\x7f", "\x9f", "\r"])
def test_a_sign_that_ends_a_line_elsewhere_stays_what_it_is(odd: str) -> None:
    assert value_at(document_of(edited(SOURCE, {("title",): odd})), ("title",)) == odd
    assert document_of(written({"title": odd, "arms": [{"name": odd}]})) == {
        "title": odd,
        "arms": [{"name": odd}],
    }


def test_what_is_not_changed_is_not_touched_at_all() -> None:
    odd = "campaign:   'cards'\nwaves: [ {date: 2023-06-05} ]\n"
    assert edited(odd, {}) == odd


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(PLACES, VALUES, max_size=4))
def test_what_is_written_reads_back_as_the_same_values(changes: dict[Any, Any]) -> None:
    after = document_of(edited(SOURCE, changes))
    for place, value in changes.items():
        assert value_at(after, place) == value


@pytest.mark.parametrize("place", [("arms", 0, "name", "x"), ("campaign", "deeper"), ("arms", 3)])
def test_a_value_where_another_form_stood_takes_its_place(place: tuple[str | int, ...]) -> None:
    assert value_at(document_of(edited(SOURCE, {place: 5})), place) == 5


def test_a_day_is_written_without_quotes_and_read_as_its_text() -> None:
    source = written({"waves": [{"date": NOW.date()}]})
    assert "'" not in source
    assert value_at(document_of(source), ("waves", 0, "date")) == NOW.date().isoformat()
