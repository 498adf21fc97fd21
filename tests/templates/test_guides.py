"""The call guide: in the order of a conversation, true on the day, and never a score of anybody."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.clock import months_after
from store.errors import BadInput
from templates.guide_plans import FILE, read_plan
from templates.guides import read_guide
from templates.texts import Template, load

TODAY = date(2026, 11, 24)
GUIDE = load("call-guide")
GUIDES = ("call-guide", "refund-guide", "vat-guide", "municipal-guide")


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


def said(template: Template, language: str = "en", **kwargs: Any) -> dict[str, str]:
    """Return the words of a checklist by part, in order."""
    today = kwargs.pop("today", TODAY)
    guide = read_guide(template, language, template.description.preview, today=today, **kwargs)
    return {fact.part: fact.words for fact in guide.checklist}


def test_the_return_is_filed_first_and_remission_is_asked_after_the_new_assessment() -> None:
    order = ["file_first", "await_assessment", "ask_remission", "deferral_twelve_months"]
    assert [part for part in said(GUIDE) if part in order] == order
    assert [fact.months for fact in read_plan(GUIDE).checklist if fact.months] == [12]


@pytest.mark.parametrize("name", GUIDES)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_guide_names_the_term_of_an_objection_and_promises_nothing_of_deferral(
    name: str, language: str
) -> None:
    guide = read_guide(load(name), language, load(name).description.preview, today=TODAY)
    explained = " ".join(f"{each.title} {each.words}" for each in guide.explanations)
    words = " ".join(fact.words for fact in guide.checklist)
    weeks = "zes weken" if language == "nl" else "six weeks"
    assert weeks in words
    for nl, en in (
        ("aanslag", "assessment"),
        ("Uitstel", "Deferral"),
        ("Kwijtschelding", "Remission"),
    ):
        assert (nl if language == "nl" else en) in explained
    if name != "refund-guide":  # a campaign about a right threatens nobody
        assert ("De boete" if language == "nl" else "The fine") in explained
        unsure = (
            "stopt de invordering niet vanzelf"
            if language == "nl"
            else "not stop collection by itself"
        )
        assert unsure in words.replace("de invordering niet vanzelf stopt", unsure)
    everything = f"{words} {explained} {' '.join(step.words for step in guide.steps)}"
    for promise in ("niets wordt ingevorderd", "nothing is collected", "geen kwijtschelding zijn"):
        assert promise not in everything


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", "in beginsel geen kwijtschelding"), ("en", "there is in principle no remission")],
)
def test_remission_without_a_return_is_excluded_in_principle_only(
    language: str, words: str
) -> None:
    assert words in said(GUIDE, language)["file_first"]


def test_who_files_before_the_date_of_the_dunning_letter_gets_no_assessment_without_a_return() -> (
    None
):
    assert "before the date in the dunning letter" in said(GUIDE)["before_the_date"]
    assert "vóór de datum in de aanmaning" in said(GUIDE, "nl")["before_the_date"]
    assert "before_the_date" not in said(GUIDE, known=("to_file", "assessed"))


def test_who_filed_is_not_asked_to_file_again() -> None:
    filed = said(GUIDE, known=("filed",))
    assert {"file_first", "before_the_date", "refund_too"}.isdisjoint(filed)
    assert {"ask_deferral", "await_assessment", "ask_remission"} <= filed.keys()
    assert "object" in said(GUIDE, known=("filed", "assessed"))
    assert said(GUIDE, known=()) == said(GUIDE)
    assert "file_vat" not in said(load("vat-guide"), known=("filed",))
    assert "file_together" not in said(load("refund-guide"), known=("filed",))


@pytest.mark.parametrize("name", GUIDES)
def test_nobody_of_ours_listens_in(name: str) -> None:
    guide = read_guide(load(name), "nl", load(name).description.preview, today=TODAY)
    words = " ".join([guide.steps[0].words, *guide.steps[0].prompts])
    assert "mag meeluisteren" not in words
    assert "vrij kan praten" in words
    assert "Van ons luistert niemand mee" in words


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_a_guide_says_in_a_conversation_is_the_same_in_every_guide(language: str) -> None:
    """The parts that are about no tax: opening, feelings, danger, and the way to help."""
    first = GUIDE.render(language, GUIDE.description.preview).parts
    for name in ("vat-guide", "municipal-guide"):
        parts = load(name).render(language, GUIDE.description.preview).parts
        common = (first.keys() & parts.keys()) - {"at_the_counter", "to_bring"}
        assert len(common) > 25
        assert [part for part in common if parts[part] != first[part]] == []


@pytest.mark.parametrize("name", GUIDES)
def test_every_fact_and_explanation_names_its_source_and_is_read_again_within_a_year(
    name: str,
) -> None:
    plan = read_plan(load(name))
    sourced = [*plan.checklist, *plan.explanations]
    assert len(plan.explanations) == 4
    assert all(each.source and each.read_on for each in sourced)
    assert all(each.last_day <= months_after(each.day_read, 12) for each in sourced)
    assert plan.overdue(TODAY) == ()
    late = max(each.last_day for each in sourced) + timedelta(days=1)
    assert len(plan.overdue(late)) == len(sourced)
    guide = read_guide(load(name), "nl", load(name).description.preview, today=late)
    assert (guide.checklist, guide.explanations) == ((), ())
    assert len(guide.to_check) == len(sourced)


def test_a_fact_counts_from_its_first_day_to_its_last_and_never_longer_than_a_year() -> None:
    def facts(line: str, today: date) -> bool:
        guide = changed(
            lambda text: text.replace('part = "file_first"', f'part = "file_first"\n{line}')
        )
        return "file_first" in said(guide, today=today)

    assert not facts("valid_from = 2026-11-25", TODAY)
    assert facts("valid_from = 2026-11-25", date(2026, 11, 25))
    assert not facts("valid_until = 2026-11-23", TODAY)
    assert not facts("check_again = 2026-11-23", TODAY)
    assert facts("check_again = 2040-01-01", date(2027, 11, 30))
    assert not facts("check_again = 2040-01-01", date(2027, 12, 1))


def test_a_fact_without_a_day_of_reading_is_refused() -> None:
    dayless = changed(lambda text: re.sub(r"(?m)^(said|read)_on = .*\n", "", text))
    with pytest.raises(BadInput, match="write read_on, the day on which somebody read the source"):
        read_plan(dayless)


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
    assert [fact.until for fact in facts if fact.until] == [until]


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
    spoken = " ".join(prompt for step in guide.steps for prompt in step.prompts).casefold()
    assert [word for word in words if word.casefold() not in spoken] == []


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
            "'await_assessment' comes before 'ask_remission'",
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
