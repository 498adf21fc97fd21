"""What a housemate could read over a shoulder is found, in both languages, in every form of the word."""

import pytest

from templates.lists import search
from templates.texts import Template, available, load

ABOUT = """
title = "Proef"
channel = "{channel}"
reaches = "{reaches}"
purposes = ["duty", "rights", "invitation"]
names = ["sender.name"]
[parts]
front = {{ outside = true }}
inside = {{ outside = false }}
stop = {{ outside = true }}
[preview]
sender = {{ name = "Gemeente Voorbeeldstad" }}
"""


def _template(front: str, inside: str = "", reaches: str = "post") -> Template:
    script = (
        f"{{% block front %}}{front}{{% endblock %}}\n{{% block inside %}}{inside}{{% endblock %}}"
    )
    script += "\n{% block stop %}Antwoord STOP{% endblock %}"
    about = ABOUT.format(channel={"post": "card", "text": "sms"}[reaches], reaches=reaches)
    return Template.from_sources("proef", {"template.toml": about, "nl.j2": script})


@pytest.mark.parametrize(
    "text",
    [
        "Uw belastingaanslag",
        "inkomstenbelasting",
        "BELASTINGDIENST",
        "de bélasting",
        "belas\u00adting",
        "schulden",
        "de schuldhulpverlening",
        "U heeft een betalingsachterstand",
        "aangiftes",
        "Uw toeslagen",
        "de aanmaning",
        "deurwaarders",
        "uw BTW",
        "your tax return",
        "Taxes",
        "VAT",
        "debts",
        "you owe us",
        "in arrears",
        "€ 385",
        "385,00",
        "1.385,-",
        "veertig euro",
        "een verzuimboete",
        "u bent verplicht",
        "legal action",
        "a fine",
        "BSN",
        "burgerservicenummer",
        "249566758",
        "2495.66.758",
        "het vermoeden",
        "hoog risico",
        "wanbetalers",
        "het Stella-team",
        "NO_DUNNING_YET",
        "hold-out",
        "blauwe  envelop",
    ],
)
def test_what_may_not_be_read_from_outside_is_found(text: str) -> None:
    findings = _template(text).lint("invitation")
    assert findings
    assert all(finding.why and finding.remedy for finding in findings)
    assert all(
        (finding.file, finding.part) == ("templates/proef/nl.j2", "front") for finding in findings
    )


@pytest.mark.parametrize(
    "text",
    [
        "Bel gratis 0800 0543, van 9.00 tot 17.00 uur.",
        "Onschuldig, met onze verontschuldigingen.",
        "Neem een taxi naar Europa.",
        "Uw code is 482 913 0572",
        "Het vat is leeg. That is fine.",
        "voorbeeldstad.example/privacy",
        "Hartelijke groet, Henri",
        "123456789",
    ],
)
def test_harmless_words_are_left_alone(text: str) -> None:
    assert _template(text).lint("invitation") == []


def test_what_stands_inside_may_say_more_unless_the_card_goes_open() -> None:
    template = _template("Hallo", inside="Uw belastingaangifte")
    assert not template.is_open
    assert template.lint("duty") == []
    assert [finding.part for finding in template.lint("duty", open_card=True)] == ["inside"]


def test_a_branch_that_is_not_taken_is_read_too() -> None:
    findings = _template(
        "Hallo\n{% if 1 == 2 %}\nUw schulden{% endif %}{{ 'belasting' if 0 else '' }}"
    ).lint("duty")
    assert {(finding.word, finding.line) for finding in findings} == {
        ("schulden", 3),
        ("belasting", 3),
    }


def test_the_campaigns_own_values_are_read_too() -> None:
    template = _template("Groet van {{ sender.name }}")
    assert template.lint("duty") == []
    (finding,) = template.lint("duty", {"sender": {"name": "Belastingdienst"}})
    assert finding.word == "belastingdienst"
    assert "sender.name" in finding.why


def test_a_word_that_only_the_rendering_makes_is_found() -> None:
    (finding,) = _template("Uw schul{{ '' }}den").lint("duty")
    assert finding.word == "schulden"


def test_a_rights_campaign_duns_nobody_inside_either() -> None:
    template = _template("Hallo", inside="U moet dit doen. Dit is een herinnering.")
    assert template.lint("duty") == []
    assert {finding.word for finding in template.lint("rights")} == {"u moet", "herinnering"}


@pytest.mark.parametrize(
    "text",
    [
        "Zie https://a.b",
        "ga naar voorbeeld.nl",
        "www.voorbeeld",
        "Log in met DigiD",
        "klik hier",
        "wachtwoord",
    ],
)
def test_a_text_message_carries_no_link_and_no_login(text: str) -> None:
    assert _template("Hallo", inside=text, reaches="text").lint("invitation")
    assert _template("Hallo", inside=text).lint("invitation") == []


def test_all_of_a_text_message_can_be_read_from_outside() -> None:
    assert _template("Hallo", inside="uw schulden", reaches="text").lint("duty")


def test_a_purpose_that_the_words_are_not_fit_for_is_a_finding() -> None:
    (finding,) = _template("Hallo").lint("revenge")
    assert (finding.word, finding.part) == ("revenge", "purposes")


def test_a_finding_is_one_line_with_its_place() -> None:
    (finding,) = _template("\nUw schulden").lint("duty")
    assert str(finding).startswith("templates/proef/nl.j2, line 2, front: 'schulden' ")


@pytest.mark.parametrize("purpose", ["duty", "rights", "invitation"])
@pytest.mark.parametrize("name", available())
def test_every_template_in_the_tree_is_clean(name: str, purpose: str) -> None:
    template = load(name)
    if purpose in template.purposes:
        assert template.lint(purpose, open_card=template.is_open) == []


def test_every_word_on_every_list_finds_itself_and_has_a_reason() -> None:
    import tomllib
    from pathlib import Path

    from templates import lists

    for path in (Path(lists.__file__).parent / "words").glob("*.toml"):
        for group in tomllib.loads(path.read_text()).values():
            assert group["remedy"]
            for entry in group["words"]:
                hits = list(search(f"hier staat {entry['word']} dus", path.stem))  # type: ignore[arg-type]
                assert hits, entry
                assert entry["why"]


def _in_english(said: str) -> Template:
    script = "{{% block front %}}{0}{{% endblock %}}{{% block inside %}}.{{% endblock %}}"
    stop = "{% block stop %}Antwoord STOP{% endblock %}"
    sources = {
        "template.toml": ABOUT.format(channel="card", reaches="post"),
        "nl.j2": script.format("Hallo") + stop,
        "en.j2": script.format(said) + stop.replace("Antwoord", "Reply"),
    }
    return Template.from_sources("proef", sources)


@pytest.mark.parametrize(
    "name", ["het team van Dichtbij", "Ons team", "team voor inwoners", "Loket, elke maandag"]
)
def test_a_dutch_name_in_an_english_text_is_found_with_where_it_comes_from(name: str) -> None:
    (finding,) = _in_english("Henri from {{ sender.name }}").lint(
        "duty", {"sender": {"name": name}}
    )
    assert finding.word == name
    assert finding.source == "sender.name"
    assert "Dutch in a text that is English" in finding.why
    assert "{nl: …, en: …}" in finding.remedy


@pytest.mark.parametrize(
    "name",
    ["Team Dichtbij", "Dienst Werk en Inkomen", "Centrum voor Jeugd en Gezin", "De Bilt"],
)
def test_a_name_is_of_no_language(name: str) -> None:
    assert not [
        found
        for found in _in_english("Henri from {{ sender.name }}").lint(
            "duty", {"sender": {"name": name}}
        )
        if "Dutch" in found.why
    ]


def test_a_name_in_each_language_is_printed_in_the_language_of_the_text() -> None:
    template = _in_english("Henri from {{ sender.name }}")
    names = {"nl": "het team van Dichtbij", "en": "the Dichtbij team"}
    context = {"sender": {"name": names}}
    assert template.lint("duty", context) == []
    assert template.render("en", context).parts["front"] == "Henri from the Dichtbij team"


def test_a_sentence_in_the_wrong_language_file_is_found() -> None:
    (finding,) = _in_english("We helpen u graag").lint("duty")
    assert (finding.word, finding.file) == ("graag", "templates/proef/en.j2")


@pytest.mark.parametrize("name", available())
def test_no_text_that_we_ship_is_in_two_languages(name: str) -> None:
    template = load(name)
    assert not [found for found in template.lint(template.purposes[0]) if "in a text" in found.why]
