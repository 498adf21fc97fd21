"""The call guide: in the order of a conversation, true on the day, and never a score of anybody."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.clock import months_after
from store.errors import BadInput
from templates.guides import FILE, read_guide, read_plan
from templates.texts import Template, load

TODAY = date(2026, 11, 24)
GUIDE = load("call-guide")


def changed(change: Callable[[str], str], file: str = FILE) -> Template:
    return Template.from_sources("call-guide", {**GUIDE.sources, file: change(GUIDE.sources[file])})


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("nl", ["Beginnen", "Luisteren", "Doorvragen", "Uitleggen", "Afspreken", "Afronden"]),
        ("en", ["Open", "Listen", "Ask further", "Explain", "Agree", "Close"]),
        ("tr", ["Beginnen", "Luisteren", "Doorvragen", "Uitleggen", "Afspreken", "Afronden"]),
    ],
)
def test_the_steps_are_those_of_a_conversation(language: str, titles: list[str]) -> None:
    guide = read_guide(GUIDE, language, GUIDE.description.preview, today=TODAY)
    assert [step.title for step in guide.steps] == titles
    assert all(step.words for step in guide.steps)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_whoever_does_not_want_to_live_gets_the_help_line_before_anything_else(
    language: str,
) -> None:
    guide = read_guide(GUIDE, language, GUIDE.description.preview, today=TODAY)
    sign, danger = guide.at_once
    assert danger.number == "112"
    assert sign.number == "113"
    assert sign.refer is not None
    assert "113" in sign.refer
    assert "112" in sign.refer


def test_the_return_is_filed_first_and_remission_is_asked_after_the_new_assessment() -> None:
    words = [
        fact.words
        for fact in read_guide(GUIDE, "en", GUIDE.description.preview, today=TODAY).checklist
    ]
    order = [
        "First file the return",
        "deferral of payment together with",
        "Await the new",
        "ask remission",
        "twelve months",
    ]
    assert [next(at for at, said in enumerate(words) if start in said) for start in order] == [
        0,
        1,
        2,
        3,
        4,
    ]
    assert [fact.months for fact in read_plan(GUIDE).checklist if fact.months] == [12]


def test_a_fact_whose_day_has_passed_is_not_said_but_named_to_be_checked() -> None:
    guide = read_guide(GUIDE, "nl", GUIDE.description.preview, today=date(2027, 3, 19))
    assert guide.checklist == ()
    assert len(guide.to_check) == 5
    later = changed(
        lambda text: text.replace(
            'part = "file_first"', 'part = "file_first"\nvalid_from = 2026-11-25'
        )
    )
    assert len(read_guide(later, "nl", GUIDE.description.preview, today=TODAY).to_check) == 1
    assert (
        len(read_guide(later, "nl", GUIDE.description.preview, today=date(2026, 11, 25)).checklist)
        == 5
    )


def test_a_fact_says_the_day_of_its_source_and_claims_no_end_that_the_source_does_not_give() -> (
    None
):
    facts = read_guide(GUIDE, "en", GUIDE.description.preview, today=TODAY).checklist
    assert {fact.source for fact in facts} == {"Kamerstuk 31 066, nr. 1348"}
    assert {fact.said_on for fact in facts} == {date(2024, 3, 18)}
    assert {fact.valid_until for fact in facts} == {None}
    assert all(fact.check_again > TODAY for fact in facts)
    ended = changed(
        lambda text: text.replace(
            'part = "file_first"', 'part = "file_first"\nvalid_until = 2026-11-23'
        )
    )
    assert len(read_guide(ended, "nl", GUIDE.description.preview, today=TODAY).to_check) == 1


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        (date(2026, 11, 24), date(2027, 11, 24)),
        (date(2027, 1, 31), date(2028, 1, 31)),
        (date(2024, 2, 29), date(2025, 2, 28)),  # no 29 February in the year after a leap year
        (date(2023, 2, 28), date(2024, 2, 28)),
    ],
)
def test_twelve_months_of_deferral_end_on_the_same_day_of_the_next_year(
    asked: date, until: date
) -> None:
    facts = read_guide(GUIDE, "nl", GUIDE.description.preview, today=asked).checklist
    assert [fact.until for fact in facts] == [None, None, None, None, until]


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 120))
def test_so_many_months_later_is_the_same_day_or_the_last_of_a_shorter_month(
    day: date, months: int
) -> None:
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "nl",
            ("Een kind aan de lijn", "U mag altijd weer bellen", "er volgt niets voor de beller"),
        ),
        (
            "en",
            ("A child on the line", "You may always call again", "nothing follows for the caller"),
        ),
    ],
)
def test_a_child_and_somebody_who_shouts_have_words_of_their_own(
    language: str, words: tuple[str, ...]
) -> None:
    guide = read_guide(GUIDE, language, GUIDE.description.preview, today=TODAY)
    said = " ".join(prompt for step in guide.steps for prompt in step.prompts).casefold()
    assert [word for word in words if word.casefold() not in said] == []


def test_what_is_about_health_or_a_death_can_be_ticked_by_nobody() -> None:
    guide = read_guide(GUIDE, "en", GUIDE.description.preview, today=TODAY)
    assert [sign.part for sign in guide.at_once if sign.noted] == []
    assert [sign.part for sign in guide.signs if not sign.noted] == ["bereaved"]
    assert all(sign.refer for sign in guide.signs if sign.noted)


def test_other_words_are_another_version() -> None:
    def version(template: Template) -> str:
        return read_guide(template, "nl", GUIDE.description.preview, today=TODAY).version

    assert version(GUIDE) == version(load("call-guide"))
    assert version(
        changed(lambda text: text.replace("Gecondoleerd", "Ik leef mee"), "nl.j2")
    ) != version(GUIDE)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            'after = ["file_first"]',
            'after = ["ask_remission"]',
            "'ask_deferral' comes before 'ask_remission'",
        ),
        ('part = "bereaved"', 'part = "grief"', "'grief' is not a part of the words"),
        ('prompts = ["no_more"]', "prompts = []", "'no_more' stands nowhere in the guide"),
        (
            'where = "now"',
            'where = "somewhere"',
            "checklist.0.where: 'somewhere' is not a known word; write 'now'",
        ),
        (
            'part = "open"',
            'part = "open"\nscore = 3',
            "steps.0.score: is not a known key of a call guide",
        ),
        ("at_once = true", "at_once = ", "is not TOML"),
    ],
)
def test_a_guide_that_does_not_hold_together_is_refused(before: str, after: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_plan(changed(lambda text: text.replace(before, after, 1)))
    assert said in str(refused.value)
    assert "templates/call-guide/guide.toml" in str(refused.value)


def test_a_card_is_no_guide() -> None:
    with pytest.raises(BadInput, match=r"contact-card/guide\.toml: is missing"):
        read_plan(load("contact-card"))
