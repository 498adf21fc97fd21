"""A ward is written to through the guardian, in a closed letter, where the campaign says so; else not at all."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import update

from campaigns.planning.plans import plan
from installation.installation import Installation
from store.clock import parse_moment
from store.errors import BadInput
from store.tables import Person
from tests.passes import deliver
from tests.stories import campaign_file, launched, populate

LETTERS = (
    "  - {name: letter, share: 100, steps: [{channel: letter, template: letter, price: 1.40}]}"
)
CARDS = (
    "  - {name: card, share: 100, steps: [{channel: card, template: contact-card, price: 0.85}]}"
)
WHERE = "person_ref = 'P0000001'"
DUE = parse_moment("2023-06-05")


@pytest.fixture
def guarded(installation: Installation, now: datetime) -> Installation:
    """Have one ward without anything else against them, and a guardian at another address."""
    populate(installation, 60, now=now)
    plain: dict[str, Any] = {
        "deceased_on": None,
        "moved_abroad_on": None,
        "address_under_investigation": False,
        "country": "NL",
        "name_damaged": False,
        "birth_first": None,
        "birth_last": None,
        "postcode": "1234AB",
        "town": "Nergenshuizen",
        "house_letter": "",
        "house_addition": "",
        "language": "nl",
        "prefix": "",
        "initials": "A.",
    }
    ward = {"family_name": "Pupil", "street": "Wijkstraat", "house_number": 3, "household_key": 3}
    guardian = {"family_name": "Voogd", "street": "Hoflaan", "house_number": 9, "household_key": 9}
    facts = {"dunned_on": "2023-01-02", "in_care_of": ""}
    with installation.store.writing() as connection:
        for ref, own in (
            ("P0000001", {**ward, "guardian_ref": "P0000002"}),
            ("P0000002", {**guardian, "guardian_ref": None}),
        ):
            connection.execute(
                update(Person)
                .where(Person.person_ref == ref)
                .values(**{**plain, **own, "facts": facts})
            )
    return installation


def reasons(installation: Installation, file: Path, now: datetime) -> set[str]:
    return set(plan(installation, file, now=now).left_out)


def test_without_a_word_of_the_campaign_nobody_writes_to_a_ward(
    guarded: Installation, tmp_path: Path, now: datetime
) -> None:
    assert reasons(guarded, campaign_file(tmp_path, where=WHERE, arms=LETTERS), now) == {
        "UNDER_GUARDIANSHIP"
    }


def test_an_open_card_to_a_guardian_is_refused_before_anybody_is_chosen(
    guarded: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, where=WHERE, arms=CARDS, more="to_representative: true")
    with pytest.raises(BadInput, match="has a guardian"):
        plan(guarded, file, now=now)


@pytest.mark.thorough
def test_a_closed_letter_goes_to_the_guardian_and_shows_the_ward_to_nobody(
    guarded: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, where=WHERE, arms=LETTERS, more="to_representative: true")
    assert plan(guarded, file, now=now).selected == 1
    launched(guarded, file, now=now)
    assert deliver(guarded, now=DUE).handed_over == 1
    (pdf,) = guarded.settings.outbox.glob("*/*.pdf")
    first = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    assert "Voogd" in first
    assert "Hoflaan 9" in first
    assert "Pupil" not in first
    assert "Wijkstraat" not in first


@pytest.mark.parametrize("gone", [{"household_key": None}, {"deceased_on": date(2023, 1, 1)}])
def test_a_guardian_who_cannot_be_written_to_holds_the_letter(
    guarded: Installation, tmp_path: Path, now: datetime, gone: dict[str, Any]
) -> None:
    with guarded.store.writing() as connection:
        connection.execute(update(Person).where(Person.person_ref == "P0000002").values(**gone))
    file = campaign_file(tmp_path, where=WHERE, arms=LETTERS, more="to_representative: true")
    assert reasons(guarded, file, now) == {"NO_REPRESENTATIVE"}
