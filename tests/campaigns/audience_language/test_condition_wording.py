"""The conditions of an audience as clauses that a citizen can be told."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from campaigns.audience_language.condition_sentences import SaidCondition, said_conditions
from campaigns.audience_language.condition_wording import say_conditions
from store.written_dates import LANGUAGES
from tests.campaigns.audience_language.where_oracle import RULES, Rule
from tests.campaigns.audience_language.where_people import FACTS, TODAY, invent
from tests.examples import examples

DAY = date(2023, 6, 1)
KNOWN = {
    "years_without_return": "int",
    "dunned_on": "date",
    "refund_expected": "bool",
    "income": "decimal",
    "wijk": "text",
    "filed_on": "date",
    "laatste_contact": "date",
    "klant": "bool",
}
PEOPLE = invent(60, seed=3)
TO_FILE = "to send in your tax return"
DUNNED_NL = "een aanmaning kreeg om aangifte te doen"
DUNNED_EN = "you were sent an official reminder"
NOT_DUNNED = (
    f"bij ons niet bekend is dat u {DUNNED_NL}, of u vóór 1 mei 2023 {DUNNED_NL}",
    f"we do not know whether {DUNNED_EN} {TO_FILE}, or {DUNNED_EN} before 1 May 2023 {TO_FILE}",
)
NO_TEXTS = (
    "wij geen nummer van u hebben waarop u sms'jes krijgt",
    "we have no number of yours that takes text messages",
)
NO_CALLS = (
    "wij geen nummer hebben waarop wij u kunnen bellen",
    "we have no number on which we can call you",
)


def said(text: str, words: dict[str, dict[str, str]] | None = None) -> tuple[SaidCondition, ...]:
    return say_conditions(text, facts=KNOWN, words=words or {}, today=DAY)


@pytest.mark.parametrize(
    ("text", "dutch", "english"),
    [
        (
            "years_without_return >= 2",
            "u minstens 2 jaar geen aangifte deed",
            "you sent in no tax return for at least 2 years",
        ),
        (
            "3 > years_without_return",
            "u minder dan 3 jaar geen aangifte deed",
            "you sent in no tax return for less than 3 years",
        ),
        (
            "not years_without_return between 2 and 4",
            "het niet zo is dat u 2 tot en met 4 jaar geen aangifte deed",
            "it is not so that you sent in no tax return for 2 to 4 years",
        ),
        *(
            (
                text,
                "u op of vóór 11 mei 2023 een aanmaning kreeg om aangifte te doen",
                f"you were sent an official reminder on or before 11 May 2023 {TO_FILE}",
            )
            for text in (
                "dunned_on <= today - 21",
                "dunned_on + 21 <= today",
                "today - dunned_on >= 21",
                "not (dunned_on > '2023-05-11')",
            )
        ),
        (
            "dunned_on is not null",
            "u een aanmaning kreeg om aangifte te doen",
            "you were sent an official reminder to send in your tax return",
        ),
        (
            "not refund_expected",
            "u waarschijnlijk geen geld terugkrijgt",
            "you probably do not get money back",
        ),
        (
            "not (has(sms) or has(call))",
            f"{NO_TEXTS[0]}, en {NO_CALLS[0]}",
            f"{NO_TEXTS[1]}, and {NO_CALLS[1]}",
        ),
        (
            "income < 12500.50",
            "“income” minder dan 12.500,5 is",
            "“income” is less than 12,500.5",
        ),
        (
            "wijk in ('Noord', 'Zuid')",
            "“wijk” Noord of Zuid is",
            "“wijk” is Noord or Zuid",
        ),
        (
            "laatste_contact is null or laatste_contact < today - 90",
            "wij “laatste contact” niet weten, of het vóór 3 maart 2023 was",
            "we do not know “laatste contact”, or it was before 3 March 2023",
        ),
        (
            "not (laatste_contact is null or laatste_contact < today + 30)",
            "wij “laatste contact” weten, en het op of na 1 juli 2023 is",
            "we know “laatste contact”, and it is on or after 1 July 2023",
        ),
        (
            "not laatste_contact between '2023-01-01' and '2023-02-01'",
            "“laatste contact” niet van 1 januari 2023 tot en met 1 februari 2023 was",
            "“laatste contact” was not from 1 January 2023 to 1 February 2023",
        ),
        ("wijk not in ('Noord')", "“wijk” niet Noord is", "“wijk” is not Noord"),
        ("wijk is null", "wij “wijk” niet weten", "we do not know “wijk”"),
        ("klant", "“klant” “ja” is", "“klant” is “yes”"),
        ("not klant", "“klant” “nee” is", "“klant” is “no”"),
        ("town is null", "wij uw woonplaats niet weten", "we do not know your town"),
        ("dunned_on is null or dunned_on < '2023-05-01'", *NOT_DUNNED),
        (
            "years_without_return is not null",
            "u een aantal jaar geen aangifte deed",
            "you sent in no tax return for a number of years",
        ),
        ("age(today) >= 18", "u 18 jaar of ouder bent", "you are 18 years or older"),
        (
            "open_returns('income', 2021) >= 1",
            "u nog aangiften inkomstenbelasting moet doen over 2021 (minstens 1)",
            "you still have income tax returns to send in for 2021 (at least 1)",
        ),
        (
            "became('filed', today - 365)",
            "u sinds 1 juni 2022 aangifte deed",
            "you sent in your tax return since 1 June 2022",
        ),
        ("true", "de campagne voor iedereen is", "the campaign is for everybody"),
    ],
)
def test_a_condition_is_a_clause_in_plain_dutch_and_english(
    text: str, dutch: str, english: str
) -> None:
    (condition,) = said(text)
    assert condition.clauses == {"nl": dutch, "en": english}


def test_a_fact_is_said_in_the_words_that_it_was_given() -> None:
    words = {"income": {"nl": "uw inkomen {value} euro was", "en": "your income was {value} euros"}}
    (condition,) = said("income <= 20000", words)
    assert condition.clauses["nl"] == "uw inkomen hoogstens 20.000 euro was"
    assert condition.for_person("nl", "15250.5") == "uw inkomen 15.250,5 euro was"
    assert condition.for_person("en", None) == "your income was at most 20,000 euros"


def test_what_a_person_has_stands_in_the_place_of_what_was_asked() -> None:
    years, dunned, refund = said(
        "years_without_return >= 2 and dunned_on < today and refund_expected"
    )
    assert years.for_person("nl", 3) == "u 3 jaar geen aangifte deed"
    assert dunned.for_person("en", "2023-02-03") == (
        "you were sent an official reminder on 3 February 2023 to send in your tax return"
    )
    assert refund.for_person("nl", value=False) == "u waarschijnlijk geen geld terugkrijgt"


FUZZED = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.mark.thorough
@settings(FUZZED, max_examples=examples(150))
@given(rule=RULES)
def test_everything_that_the_language_has_can_be_said_and_kept(rule: Rule) -> None:
    conditions = say_conditions(rule.text, facts=FACTS, words={}, today=TODAY)
    for condition in conditions:
        for language in LANGUAGES:
            clause = condition.clauses[language]
            assert clause
            assert "{" not in clause
    assert said_conditions(json.loads(json.dumps([each.as_data() for each in conditions]))) == (
        conditions
    )


@pytest.mark.thorough
@settings(FUZZED, max_examples=examples(150))
@given(rule=RULES)
def test_a_condition_that_can_be_tried_on_a_person_holds_as_the_language_says(rule: Rule) -> None:
    conditions = say_conditions(rule.text, facts=FACTS, words={}, today=TODAY)
    if len(conditions) == 1 and (compares := conditions[0].compares):
        for person in PEOPLE:
            held = compares.holds(kept(person.facts.get(compares.name)))
            assert held is rule.judge(person)


def kept(value: object) -> object:
    """Return a fact as an explanation has it."""
    return value if value is None or isinstance(value, bool | int) else str(value)
