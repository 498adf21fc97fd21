"""The call guide: in the order of a conversation, true on the day, and never a score of anybody."""

from collections.abc import Callable
from datetime import date

import pytest

from store.errors import BadInput
from templates.guides import FILE, read_guide, read_plan
from templates.texts import Template, load

TODAY = date(2026, 11, 24)
GUIDE = load("call-guide")


def changed(change: Callable[[str], str], file: str = FILE) -> Template:
    return Template.from_sources("call-guide", {**GUIDE.sources, file: change(GUIDE.sources[file])})


@pytest.mark.parametrize(("language", "titles"), [
    ("nl", ["Beginnen", "Luisteren", "Doorvragen", "Uitleggen", "Afspreken", "Afronden"]),
    ("en", ["Open", "Listen", "Ask further", "Explain", "Agree", "Close"]),
    ("tr", ["Beginnen", "Luisteren", "Doorvragen", "Uitleggen", "Afspreken", "Afronden"]),
])  # fmt: skip
def test_the_steps_are_those_of_a_conversation(language: str, titles: list[str]) -> None:
    guide = read_guide(GUIDE, language, GUIDE.description.preview, today=TODAY)
    assert [step.title for step in guide.steps] == titles
    assert all(step.words for step in guide.steps)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_whoever_does_not_want_to_live_gets_the_help_line_before_anything_else(language: str) -> None:
    guide = read_guide(GUIDE, language, GUIDE.description.preview, today=TODAY)
    sign, danger = guide.at_once
    assert danger.number == "112"
    assert sign.number == "113"
    assert sign.refer is not None
    assert "113" in sign.refer
    assert "112" in sign.refer


def test_the_return_is_filed_first_and_remission_is_asked_after_the_new_assessment() -> None:
    words = [fact.words for fact in read_guide(GUIDE, "en", GUIDE.description.preview, today=TODAY).checklist]
    order = [
        "First file the return",
        "deferral of payment together with",
        "Await the new",
        "ask remission",
        "twelve months",
    ]
    assert [next(at for at, said in enumerate(words) if start in said) for start in order] == [0, 1, 2, 3, 4]
    assert [fact.months for fact in read_plan(GUIDE).checklist if fact.months] == [12]


def test_a_fact_whose_day_has_passed_is_not_said_but_named_to_be_checked() -> None:
    guide = read_guide(GUIDE, "nl", GUIDE.description.preview, today=date(2027, 3, 19))
    assert guide.checklist == ()
    assert len(guide.to_check) == 5
    later = changed(lambda text: text.replace('part = "file_first"', 'part = "file_first"\nvalid_from = 2026-11-25'))
    assert len(read_guide(later, "nl", GUIDE.description.preview, today=TODAY).to_check) == 1
    assert len(read_guide(later, "nl", GUIDE.description.preview, today=date(2026, 11, 25)).checklist) == 5


def test_other_words_are_another_version() -> None:
    def version(template: Template) -> str:
        return read_guide(template, "nl", GUIDE.description.preview, today=TODAY).version

    assert version(GUIDE) == version(load("call-guide"))
    assert version(changed(lambda text: text.replace("Gecondoleerd", "Ik leef mee"), "nl.j2")) != version(GUIDE)


@pytest.mark.parametrize(("before", "after", "said"), [
    ('after = ["file_first"]', 'after = ["ask_remission"]', "'ask_deferral' comes before 'ask_remission'"),
    ('part = "bereaved"', 'part = "grief"', "'grief' is no part of the words"),
    ('prompts = ["no_more"]', "prompts = []", "'no_more' stands nowhere in the guide"),
    ('where = "now"', 'where = "somewhere"', "checklist.0.where: Input should be 'now', 'later' or 'counter'"),
    ('part = "open"', 'part = "open"\nscore = 3', "steps.0.score: Extra inputs are not permitted"),
    ("at_once = true", "at_once = ", "is no TOML"),
])  # fmt: skip
def test_a_guide_that_does_not_hold_together_is_refused(before: str, after: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_plan(changed(lambda text: text.replace(before, after, 1)))
    assert said in str(refused.value)
    assert "templates/call-guide/guide.toml" in str(refused.value)


def test_a_card_is_no_guide() -> None:
    with pytest.raises(BadInput, match=r"contact-card/guide\.toml: is missing"):
        read_plan(load("contact-card"))
