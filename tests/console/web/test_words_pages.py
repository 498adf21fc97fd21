"""Words of templates in the console: changed, seen as people get them, saved, and frozen in the hash."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from campaigns.planning.submitting import submit
from installation.installation import Installation
from store.states import Role
from store.tables import FrozenText
from tests.conftest import NOW
from tests.console.conftest import Browser, acts_of
from tests.console.web.test_drafts import fields_of
from tests.stories import MANAGER, campaign_file, populate

SignIn = Callable[..., Browser]
HEADLINE = "nl.j2:headline"


def change(browser: Browser, template: str = "contact-card", *, do: str, **more: str) -> Browser:
    fields = fields_of(browser.get(f"/words/{template}").text) | more
    return browser.post(f"/words/{template}", **{**fields, "do": do})


def test_words_that_are_saved_win_and_a_submitted_campaign_keeps_those_it_had(
    console_installation: Installation, signed_in: SignIn, tmp_path: Path
) -> None:
    populate(console_installation, 200, now=NOW)
    browser = signed_in(Role.MANAGER)
    change(browser, do="look", **{HEADLINE: "Zullen we eens praten?"})
    assert browser.status == 200
    assert '<p class="piece">Zullen we eens praten?</p>' in browser.text
    assert "nog niet bewaard" in browser.text
    assert "Zullen we eens praten" not in browser.get("/words/contact-card").text
    change(browser, do="save", **{HEADLINE: "Zullen we eens praten?"})
    assert "De woorden zijn bewaard" in browser.text
    submit(console_installation, campaign_file(tmp_path), by=MANAGER, now=NOW)
    change(browser, do="save", **{HEADLINE: "Iets anders?"})
    with console_installation.store.reading() as connection:
        frozen = connection.execute(
            select(FrozenText.source).where(FrozenText.file == "nl.j2")
        ).scalar_one()
    assert "Zullen we eens praten?" in frozen
    assert len(acts_of(console_installation, "save words")) == 2
    browser.get("/words/contact-card").post("/words/contact-card/back", sure="yes")
    assert "Zullen we even bellen?" in browser.text


@pytest.mark.thorough
@pytest.mark.parametrize(
    "text",
    [
        "U hebt een schuld bij de Belastingdienst",
        "{{ person.bsn }}",
        "{{ ''.__class__ }}",
        "{% include '/etc/passwd' %}",
        "{% endblock %}{% block other %}x",
        "{% for x in range(999999999) %}x{% endfor %}",
        "{{",
        "",
    ],
)
def test_words_that_may_not_go_out_are_refused_and_what_was_typed_stays(
    console_installation: Installation, signed_in: SignIn, text: str
) -> None:
    browser = signed_in(Role.MANAGER)
    change(browser, do="save", **{HEADLINE: text})
    assert browser.status == 400
    assert f">\n{text}</textarea>" in browser.text
    assert "Zullen we even bellen?" in browser.get("/words/contact-card").text


def test_of_two_who_change_the_same_words_the_second_is_told(
    console_installation: Installation, signed_in: SignIn
) -> None:
    anja, bilal = signed_in(Role.MANAGER, "anja"), signed_in(Role.MANAGER, "bilal")
    fields = fields_of(bilal.get("/words/contact-card").text) | {"do": "save"}
    change(anja, do="save", **{HEADLINE: "Zullen we praten?"})
    bilal.post("/words/contact-card", **{**fields, HEADLINE: "Bel ons eens"})
    assert bilal.status == 409
    assert "intussen veranderd" in bilal.text
    bilal.post("/words/contact-card", **{**fields_of(bilal.text), "do": "save"})
    assert "Bel ons eens" in anja.get("/words/contact-card").text


@pytest.mark.thorough
def test_a_text_is_shown_with_its_length_and_price_and_a_card_as_a_picture(
    console_installation: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.MANAGER)
    assert re.search(r"1 sms per persoon, \d+ tekens", browser.get("/words/text-invitation").text)
    assert "Leesbaarheid (Flesch-Douma)" in browser.text
    for template in ("contact-card", "letter"):
        drawn = browser.client.get(f"/words/{template}/long.png")
        assert drawn.content.startswith(b"\x89PNG")
    assert browser.get("/words/text-invitation/long.png").status == 404
    assert browser.get("/words/contact-card/nobody.png").status == 404
    assert browser.get("/words/nothing").status == 404
    assert browser.get("/words/call-guide").status == 200
