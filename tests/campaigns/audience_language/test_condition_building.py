"""Conditions that are picked: each of them is of the audience language, whatever was typed."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.audience_language.condition_building import (
    CHANNELS,
    OPERATORS,
    added,
    built,
    reachable,
)
from campaigns.audience_language.condition_sentences import Kind
from campaigns.audience_language.where_clause import AudienceRefused, parse
from store.errors import BadInput

FACTS = {"number": "int", "day": "date", "bool": "bool", "text": "text"}
KINDS: list[Kind] = ["number", "day", "bool", "text"]
TODAY = date(2023, 6, 1)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([(kind, each) for kind in KINDS for each in OPERATORS[kind]]),
    st.one_of(st.text(max_size=12), st.sampled_from(["2", "1-6-2023", "'' or true", "0,5"])),
)
def test_what_is_picked_is_refused_in_words_or_is_one_condition(
    picked: tuple[Kind, str], value: str
) -> None:
    kind, operator = picked
    try:
        condition = built(f"a_{kind}", kind, operator, value)
    except BadInput:
        return
    facts = {f"a_{each}": type_ for each, type_ in FACTS.items()}
    try:
        parsed = parse(added("has(card) or has(sms)", condition), facts=facts, today=TODAY)
    except AudienceRefused:
        return  # a sign that the language has no place for, or no whole number
    assert len(parsed.parts) == 2
    assert parsed.names <= {f"a_{kind}", "has(card)", "has(sms)"}


@pytest.mark.parametrize("channel", CHANNELS)
def test_who_can_be_reached_is_picked_as_a_yes_or_no(channel: str) -> None:
    assert built(reachable(channel), "bool", "no") == f"not has({channel})"
    parse(built(reachable(channel), "bool", "yes"), facts={}, today=TODAY)


def test_days_are_written_as_people_in_the_netherlands_write_them() -> None:
    assert built("dunned_on", "day", "before", "1-6-2023") == "dunned_on < '2023-06-01'"
    assert built("dunned_on", "day", "days_ago", "21") == "dunned_on <= today - 21"
    with pytest.raises(BadInput, match="is not a date"):
        built("dunned_on", "day", "before", "31-2-2023")
