"""The audience language under fire: whatever is written, the answer is the oracle's or one clear refusal."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from campaigns.audience_language.where_clause import AudienceRefused, parse
from store.engine import Store
from store.tables import Person
from tests.builders import Builder
from tests.campaigns.audience_language.where_oracle import RULES, SEED, SIGNS, Rule
from tests.campaigns.audience_language.where_people import CAMPAIGNS, FACTS, TODAY, invent, put
from tests.examples import examples

PEOPLE = invent(120, seed=7)
WORDS = """
    and or not ( ) , = != < >= + - in between is null true false today years dunned_on refund care income age( has( sms
    reached( sample( open_returns( 'card-2023' '2023-01-01' '' 1 0 2.5 .5 99999999999999999999 99999999 1e9 0x1F
    select union from where case when then else end cast as like exists any all if over filter distinct interval date
    [ ] { } . :: ; -- /* */ # ? :x $1 @ % ^ & | ~ ! == <=> N'x' symmetric escape collate " ' ` \\ call analyze
"""
PIECES = (*WORDS.split(), "\x00", "\ud800", "\u202e", "\u00a0", "\u2019", "\uff19", "\n")


@pytest.fixture
def asked(store: Store) -> Iterator[Connection]:
    """A connection to a database that holds the invented people."""
    with store.writing() as connection:
        put(Builder(connection, datetime(2023, 6, 1, 7, tzinfo=UTC)), PEOPLE)
    with store.reading() as connection:
        yield connection


def found(connection: Connection, text: str) -> set[str]:
    condition = parse(text, facts=FACTS, today=TODAY, campaigns=CAMPAIGNS, seed=SEED).condition
    return set(connection.execute(select(Person.person_ref).where(condition)).scalars())


FUZZED = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.mark.thorough
@settings(FUZZED, max_examples=examples(150))
@given(rule=RULES)
def test_a_rule_gives_the_people_that_the_oracle_gives(asked: Connection, rule: Rule) -> None:
    assert found(asked, rule.text) == {each.ref for each in PEOPLE if rule.judge(each) is True}


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A good text with pieces put in, taken out and swapped, by word or by letter."""
    text = draw(RULES).text
    parts = text.split(" ") if draw(st.booleans()) else list(text)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(parts)))
        piece = draw(
            st.one_of(st.sampled_from(PIECES), st.sampled_from(parts or [""]), st.text(max_size=3))
        )
        parts[at : at + draw(st.integers(0, 2))] = draw(
            st.sampled_from([[piece], [], [piece, piece]])
        )
    return (" " if draw(st.booleans()) else "").join(parts)


def answer(connection: Connection, text: str) -> set[str] | str:
    """Return the people, or the one refusal that this language knows; anything else is raised."""
    try:
        return found(connection, text)
    except AudienceRefused as refused:
        return str(refused)


@pytest.mark.thorough
@settings(FUZZED, max_examples=examples(200))
@given(text=st.one_of(damaged(), st.text(), st.lists(st.sampled_from(PIECES)).map(" ".join)))
def test_any_other_text_runs_or_is_refused_in_one_line(asked: Connection, text: str) -> None:
    match answer(asked, text):
        case str() as refusal:
            assert len(refusal.splitlines()) == 1
            assert 0 < len(refusal) < 1_000
        case people:
            assert people <= {each.ref for each in PEOPLE}


@pytest.mark.thorough
def test_every_comparison_of_an_age_counts_birthdays(asked: Connection) -> None:
    days = (date(2022, 2, 28), date(2022, 3, 1), date(2023, 5, 31), TODAY, date(2024, 2, 29))
    for on, (sign, held), years in product(days, SIGNS.items(), (0, 17, 18, 19)):
        expected = {
            each.ref for each in PEOPLE if (age := each.age(on)) is not None and held(age, years)
        }
        assert found(asked, f"age('{on}') {sign} {years}") == expected
