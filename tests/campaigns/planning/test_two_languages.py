"""What a campaign says of itself is said in the language of the text that it stands in."""

from datetime import datetime
from pathlib import Path

import pytest

from campaigns.planning.campaign_checks import check
from installation.installation import Installation
from store.clock import parse_moment
from store.errors import BadInput
from tests.stories import campaign_file, populate

TEAM = "team: {nl: het team van Dichtbij, en: the Dichtbij team}"


def complaints(installation: Installation, file: Path, now: datetime) -> list[str]:
    populate(installation, 200, now=now)
    with pytest.raises(BadInput) as refused:
        check(installation, file, now=now)
    return str(refused.value).splitlines()


@pytest.mark.parametrize(
    ("before", "after", "place", "other"),
    [
        (TEAM, "team: het team van Dichtbij", "line 11, sender.team", "Dutch"),
        ("name: Team Dichtbij", "name: Loket voor iedereen", "line 10, sender.name", "Dutch"),
        (
            '{nl: "maandag tot en met vrijdag, 9 tot 17 uur", en: "Monday to Friday, 9 to 17 hours"}',
            "Monday to Friday",
            "phone_line.hours",
            "English",
        ),
    ],
)
def test_a_value_in_one_language_is_refused_where_a_text_in_another_prints_it(
    installation: Installation,
    tmp_path: Path,
    now: datetime,
    before: str,
    after: str,
    place: str,
    other: str,
) -> None:
    file = campaign_file(tmp_path)
    file.write_text(file.read_text().replace(before, after, 1))
    (said,) = complaints(installation, file, now)
    assert place in said
    assert f"is {other} in a text that is" in said
    assert "write it in each language: {nl: …, en: …}" in said


def test_a_team_that_is_not_said_in_dutch_is_refused(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path)
    file.write_text(file.read_text().replace(TEAM, "team: {en: the Dichtbij team}"))
    (said,) = complaints(installation, file, now)
    assert "sender: the team is not said in Dutch; add nl: …" in said


@pytest.mark.thorough
@pytest.mark.parametrize(
    "step",
    [
        "{channel: card, template: refund-card, price: 0.85}",
        "{channel: letter, template: refund-letter, price: 0.95}",
        "{channel: call, template: refund-guide, price: 0}",
    ],
)
def test_a_campaign_about_money_that_may_be_waiting_can_go_by_card_letter_and_call(
    installation: Installation, tmp_path: Path, now: datetime, step: str
) -> None:
    populate(installation, 200, now=now)
    arms = f"  - {{name: help, share: 100, steps: [{step}]}}"
    where = "years_without_return >= 1"
    file = campaign_file(tmp_path, purpose="rights", arms=arms, where=where)
    file.write_text(file.read_text().replace("open_card: true\n", ""))
    assert check(installation, file, now=now).templates


def test_a_guide_whose_source_was_read_over_a_year_ago_is_refused(
    installation: Installation, tmp_path: Path
) -> None:
    file = campaign_file(tmp_path)
    card = "{channel: card, template: contact-card, price: 0.85}"
    text = file.read_text()
    assert card in text
    file.write_text(text.replace(card, "{channel: call, template: call-guide, price: 0}"))
    said = complaints(installation, file, parse_moment("2027-12-01"))
    (old,) = [line for line in said if "last read in its source" in line]
    assert "read Kamerstuk 31 066, nr. 1348 again" in old
    assert "templates/call-guide/guide.toml" in old
    assert "template" in old


@pytest.mark.thorough
def test_a_campaign_of_cards_names_the_guide_for_its_callers(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path)
    text = file.read_text()

    def named(guide: str) -> None:
        file.write_text(text.replace("phone_line:\n", f"phone_line:\n  guide: {guide}\n"))

    named("municipal-guide")
    populate(installation, 200, now=now)
    assert "municipal-guide" in check(installation, file, now=now).templates
    for wrong, said in (
        ("contact-card", "is written for card, not for call"),
        ("refund-guide", "is not a purpose of this template"),
        ("guide-of-nobody", "is not a template"),
    ):
        named(wrong)
        assert said in "\n".join(complaints(installation, file, now))
