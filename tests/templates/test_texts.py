"""A template says what is wrong with it, where, and what to write instead."""

from typing import Any

import pytest

from store.errors import BadInput
from templates.language_scripts import tidy
from templates.texts import Template, available, load

ABOUT = """
title = "Proef"
channel = "sms"
reaches = "text"
purposes = ["invitation"]
names = ["agent", "line.number"]
[parts]
body = { outside = true }
english = { outside = true, only_for_other_languages = true }
[preview]
agent = "Samira"
line = { number = "0800 0543" }
"""
DUTCH = """{% block body %}Groet van {{ agent }}. Bel {{ line.number }}.{% endblock %}
{% block english %}English?{% endblock %}"""
CONTEXT: dict[str, Any] = {"agent": "Henri", "line": {"number": "0800 1234"}}


def _template(**sources: str) -> Template:
    files = {"template.toml": ABOUT, "nl.j2": DUTCH} | {
        f"{name}.j2": text for name, text in sources.items()
    }
    return Template.from_sources("proef", files)


def test_a_template_is_put_into_words() -> None:
    words = _template().render("nl", CONTEXT)
    assert words.parts == {"body": "Groet van Henri. Bel 0800 1234."}
    assert words.language == "nl"


def test_somebody_whose_language_we_do_not_write_gets_dutch_and_one_english_line() -> None:
    words = _template().render("tr", CONTEXT)
    assert words.parts == {"body": "Groet van Henri. Bel 0800 1234.", "english": "English?"}
    assert words.language == "nl"


def test_a_language_beside_dutch_needs_no_line_for_others() -> None:
    template = _template(en="{% block body %}Regards, {{ agent }}.{% endblock %}")
    assert template.render("en", CONTEXT).parts == {"body": "Regards, Henri."}
    assert template.languages == ("nl", "en")


def test_a_value_may_be_given_per_language() -> None:
    template = _template(en="{% block body %}Regards, {{ agent }}.{% endblock %}")
    context = CONTEXT | {"agent": {"nl": "het team", "en": "the team"}}
    assert template.render("en", context).parts["body"] == "Regards, the team."
    assert template.render("tr", context).parts["body"].startswith("Groet van het team.")


@pytest.mark.parametrize("agent", [None, "", "  "])
def test_a_missing_or_blank_value_names_the_file_the_line_and_the_name(agent: str | None) -> None:
    template = _template(nl=DUTCH.replace("Groet", "\nGroet"))
    with pytest.raises(BadInput) as caught:
        template.render("nl", CONTEXT | {"agent": agent})
    assert (caught.value.file, caught.value.line, caught.value.field) == (
        "templates/proef/nl.j2",
        2,
        "agent",
    )
    assert caught.value.remedy


def test_a_missing_name_inside_another_is_found() -> None:
    with pytest.raises(BadInput, match=r"line\.number: has no value"):
        _template().render("nl", {"agent": "Henri", "line": {}})


def test_an_unknown_template_lists_those_there_are() -> None:
    with pytest.raises(BadInput, match="contact-card") as caught:
        load("contactcard")
    assert caught.value.file == "templates/contactcard/template.toml"


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("{% block body %}{{ agent }\n{% endblock %}", 1, "not Jinja"),
        ("\n{% block body %}{{ bsn }}{% endblock %}", 2, "may not use"),
        ("{% block body %}x{% endblock %}\n\nHallo", 3, "outside any block"),
        ("{% block body %}x{% endblock %}\n{% block ps %}y{% endblock %}", 2, "unknown part"),
        ("{% extends 'base' %}", 1, "reaches for another file"),
        ("{% block body %}{% include 'x' %}{% endblock %}", 1, "reaches for another file"),
        ("{% block body %}\n{% block in %}y{% endblock %}{% endblock %}", 2, "block in a block"),
        ("{% block ps %}{% endblock %}", 1, "unknown part"),
        ("", None, "add {% block body %}"),
    ],
)
def test_a_wrong_script_names_its_line_and_a_remedy(
    source: str, line: int | None, said: str
) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        _template(en=source)
    assert caught.value.file == "templates/proef/en.j2"
    assert caught.value.line == line
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("about", "said"),
    [
        (ABOUT.replace('title = "Proef"', ""), "title"),
        (ABOUT.replace('"invitation"', '"pressure"'), "purposes"),
        (ABOUT.replace('agent = "Samira"', ""), "preview.agent"),
        (ABOUT + "\n[extra]\n", "extra"),
        ("title = ", "not TOML"),
    ],
)
def test_a_wrong_description_is_bad_input(about: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        Template.from_sources("proef", {"template.toml": about, "nl.j2": DUTCH})
    assert caught.value.file == "templates/proef/template.toml"


def test_a_template_without_dutch_is_refused() -> None:
    with pytest.raises(BadInput, match="is missing") as caught:
        Template.from_sources("proef", {"template.toml": ABOUT, "en.j2": DUTCH})
    assert caught.value.file == "templates/proef/nl.j2"


@pytest.mark.parametrize(
    "escape",
    ["{{ agent.__class__.__mro__ }}", "{{ agent.__init__.__globals__ }}", "{{ agent.format }}"],
)
def test_a_template_cannot_climb_out_of_its_sandbox(escape: str) -> None:
    with pytest.raises(BadInput):
        _template(en=f"{{% block body %}}{escape}{{% endblock %}}").render("en", CONTEXT)


def test_what_goes_wrong_while_rendering_is_bad_input() -> None:
    template = _template(en="{% block body %}{{ agent / 2 }}{% endblock %}")
    with pytest.raises(BadInput, match="goes wrong"):
        template.render("en", CONTEXT)


def test_letters_that_html_would_escape_stay_as_they_are() -> None:
    words = _template().render("nl", CONTEXT | {"agent": "Jan & Piet <'t Hooft>"})
    assert "Jan & Piet <'t Hooft>" in words.parts["body"]


def test_lines_are_joined_and_paragraphs_kept() -> None:
    assert tidy("\n  een\n twee  drie \n\n\n vier\n - vijf\n") == "een twee drie\nvier\n- vijf"


@pytest.mark.parametrize("name", available())
def test_a_frozen_template_says_the_same_as_the_one_in_the_tree(name: str) -> None:
    template = load(name)
    frozen = Template.from_sources(name, dict(template.sources))
    for language in (*template.languages, "xx"):
        assert frozen.preview(language) == template.preview(language)
    assert frozen.layout == template.layout


@pytest.mark.parametrize("name", available())
def test_every_template_in_the_tree_is_written_for_a_channel_there_is(name: str) -> None:
    from channels import KINDS

    template = load(name)
    assert KINDS[template.channel].reaches == template.description.reaches


def test_the_contact_card_offers_help_a_way_out_and_where_to_read_about_privacy() -> None:
    for language in ("nl", "en", "ar"):
        said = " ".join(load("contact-card").preview(language).parts.values())
        for needed in ("Henri", "0800 0543", "voorbeeldstad.example/privacy", "code"):
            assert needed in said
        assert ("stoppen we" in said) or ("we stop" in said)
    assert "in English too" in load("contact-card").preview("ar").parts["other_language"]


def test_a_team_introduces_itself_as_a_team() -> None:
    template = load("contact-card")
    context = dict(template.description.preview) | {"agent": "Team Even Bellen"}
    assert template.render("nl", context).parts["hello"] == "Hallo! Wij zijn Team Even Bellen."
    assert template.render("nl", context).parts["text"].endswith("groet,\u2028Team Even Bellen")


def test_the_contact_card_speaks_in_short_sentences() -> None:
    for language in ("nl", "en"):
        parts = load("contact-card").preview(language).parts
        prose = ". ".join(parts[part] for part in ("offer", "text", "code_why", "stop")).replace(
            "\n", ". "
        )
        sentences = [
            sentence.split() for sentence in prose.replace("?", ".").split(".") if sentence.strip()
        ]
        assert max(map(len, sentences)) <= 15
        assert sum(map(len, sentences)) / len(sentences) <= 9
