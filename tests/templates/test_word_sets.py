"""Words rendered in sets, held against words rendered person by person."""

import pytest

from store.errors import BadInput
from templates.texts import available, load
from templates.word_sets import WordSet

OWN = ("person", "code", "appointment")


@pytest.mark.parametrize("name", [name for name in available() if "text" not in name])
def test_a_set_says_to_everyone_what_rendering_one_by_one_says(name: str) -> None:
    template = load(name)
    context = dict(template.description.preview)
    shared = {name: value for name, value in context.items() if name not in OWN}
    words = WordSet(template, shared)
    for language in (*template.languages, "tr"):
        for salutation in ("Beste mevrouw De Wit", "Beste  meneer Óz", "- Beste\\"):
            own = {name: value for name, value in context.items() if name in OWN}
            own["person"] = {**own.get("person", {}), "salutation": salutation}
            assert words.render(language, own) == template.render(language, {**context, **own})


def test_what_one_person_lacks_is_not_taken_from_the_person_before() -> None:
    template = load("contact-card")
    context = dict(template.description.preview)
    person = context.pop("person")
    words = WordSet(template, context)
    assert words.render("nl", {"person": person}).parts["greeting"]
    with pytest.raises(BadInput, match=r"person\.salutation"):
        words.render("nl", {})


def test_a_shared_name_that_is_missing_is_said_for_everyone() -> None:
    template = load("contact-card")
    context = dict(template.description.preview)
    del context["line"]
    words = WordSet(template, {name: each for name, each in context.items() if name not in OWN})
    for _ in range(2):
        with pytest.raises(BadInput, match=r"line\.\w+"):
            words.render("nl", {"person": context["person"], "code": "1"})
