"""A text names nobody, tells how to object, and says of an appointment when and in which street."""

import pytest

from templates.texts import Template, load

ABOUT = """
title = "Proef"
channel = "sms"
reaches = "text"
purposes = ["invitation"]
names = ["appointment.date", "appointment.office", "appointment.street", "appointment.time", "line.number",
  "person.salutation"]
[parts]
body = { outside = true }
stop = { outside = true }
[preview]
appointment = { date = "dinsdag 13 juni", time = "10.30", street = "Voorbeeldstraat 12", office = "het wijkhuis" }
line = { number = "0800 0543" }
person = { salutation = "Beste mevrouw Jansen" }
"""
WHEN = "{{ appointment.date }}, {{ appointment.time }}, {{ appointment.street }}"


def words_found(body: str, stop: str = "Antwoord STOP") -> list[str]:
    script = f"{{% block body %}}{body}{{% endblock %}}\n{{% block stop %}}{stop}{{% endblock %}}"
    template = Template.from_sources("proef", {"template.toml": ABOUT, "nl.j2": script})
    return [finding.word for finding in template.lint("invitation")]


@pytest.mark.parametrize("stop", ["Antwoord STOP.", "Liever niet? Bel {{ line.number }}"])
def test_a_text_that_says_how_to_object_is_clean(stop: str) -> None:
    assert words_found("We helpen u graag.", stop) == []


def test_a_text_without_a_way_to_object_is_found() -> None:
    assert words_found("We helpen u graag. Antwoord STOP.", "Tot ziens") == ["Tot ziens"]


def test_a_text_names_nobody() -> None:
    assert words_found("{{ person.salutation }}, we helpen u graag.") == ["person.salutation"]


def test_an_appointment_says_when_and_in_which_street() -> None:
    assert words_found(WHEN) == []
    assert words_found("{{ appointment.date }} om {{ appointment.time }}") == ["appointment.street"]


def test_an_appointment_never_says_whose_office_it_is() -> None:
    assert words_found(f"{WHEN}, {{{{ appointment.office }}}}") == ["appointment.office"]
    assert words_found(f"{WHEN}, op het stadskantoor") == ["stadskantoor"]
    assert words_found("U vindt het kantoor om de hoek") == []


@pytest.mark.parametrize(
    "body",
    [
        "Maak het over op NL91 ABNA 0417 1643 00",
        "NL91ABNA0417164300",
        "Uw rekeningnummer graag",
        "Reageer binnen 24 uur",
        "Your case is urgent",
        "zie kaart.xyz/a1",
        "bit.ly/abc",
        "€ 20",
        "u krijgt een boete",
        "log in",
    ],
)
def test_what_swindlers_write_is_found(body: str) -> None:
    assert words_found(body)


@pytest.mark.parametrize("name", ["text-invitation", "text-appointment"])
def test_our_own_texts_say_who_what_and_how_to_object_in_both_languages(name: str) -> None:
    for language in ("nl", "en"):
        said = " ".join(load(name).preview(language).parts.values())
        for needed in ("Even Bellen", "0800 0543", "STOP"):
            assert needed in said
