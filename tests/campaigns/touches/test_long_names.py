"""A name too long for its greeting is greeted shorter, and one that fits nowhere is in the plan."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from installation.installation import Installation
from people.names import Name
from store.states import TouchState
from store.tables import Touch
from tests.campaigns.touches.test_front_doors import CARDS, DUE, cards, planned, take
from tests.passes import deliver
from tests.people.exports import a_person
from tests.stories import campaign_file, launched

LONG = "Hoekstra-van Wijngaarden-de Ruyter"


@pytest.mark.thorough
def test_a_name_too_long_for_one_line_is_greeted_on_two_or_shorter_and_goes_out(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    take(
        installation,
        tmp_path,
        [
            a_person("K1", prefix="", family_name=LONG, gender="V"),
            a_person("K2", prefix="van", family_name="Velzen", house_number="14"),
            a_person(
                "K3",
                prefix="van den",
                family_name="Boogaardenberghe tot Ruyterswijk",
                gender="V",
                name_use="N",
                partner_prefix="van der",
                partner_name="Wijngaardenstraat tot Hoekstrawijk",
                house_number="16",
            ),
        ],
        now,
    )
    file = campaign_file(tmp_path, where="dunned_on is not null", arms=CARDS)
    launched(installation, file, now=now)
    deliver(installation, now=DUE)
    printed = " ".join("\n".join(cards(installation)).split())
    assert f"Beste mevrouw {LONG}," in printed
    assert f"J. {LONG}" in printed
    assert "Beste meneer Van Velzen," in printed
    assert "Beste mevrouw Van den Boogaardenberghe tot Ruyterswijk," in printed
    with installation.store.reading() as connection:
        failed = select(func.count()).where(Touch.state == TouchState.FAILED)
        assert connection.execute(failed).scalar_one() == 0


def test_a_name_that_fits_nowhere_is_in_the_plan_with_its_reason(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    take(
        installation,
        tmp_path,
        [
            a_person("K1", prefix="", family_name="Wijngaarden" * 12),
            a_person("K2", prefix="", family_name=LONG, house_number="14"),
        ],
        now,
    )
    said = [each for each in planned(installation, tmp_path, now).warnings if "printed" in each]
    assert len(said) == 1
    assert said[0].startswith("1 of the people cannot be printed on contact-card: the text is too")
    assert said[0].endswith("they are held at delivery")


@pytest.mark.parametrize(
    ("use", "gender", "language", "greetings"),
    [
        ("E", "V", "nl", ("Beste mevrouw In het Veld", "Beste mevrouw")),
        (
            "V",
            "M",
            "nl",
            ("Beste meneer Van Velzen-in het Veld", "Beste meneer Van Velzen", "Beste meneer"),
        ),
        ("N", "V", "en", ("Dear Ms In het Veld-van Velzen", "Dear Ms In het Veld", "Dear Madam")),
        ("E", "O", "nl", ("Beste J. in het Veld", "Goedendag")),
    ],
)
def test_greetings_grow_shorter_by_the_register_and_never_cut_a_name(
    use: str, gender: str, language: str, greetings: tuple[str, ...]
) -> None:
    name = Name(
        initials="J.",
        given_name="",
        prefix="in het",
        family_name="Veld",
        gender=gender,
        use=use,
        partner_prefix="van",
        partner_name="Velzen",
    )
    assert name.greetings(language) == greetings
