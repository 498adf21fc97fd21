"""From a source's file to the card: one front door has one card, however its number is spelled."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import update

from campaigns.planning.plans import Plan, plan
from installation.installation import Installation
from people.importing import import_people
from people.maps import parse_map
from people.proposing import propose_map
from store.clock import parse_moment
from store.states import AddressKind
from store.tables import Suppression
from suppression.addresses import decide, key_of
from suppression.importing import import_list
from tests.passes import deliver
from tests.people.exports import a_person, write_people
from tests.stories import campaign_file, launched

DUE = parse_moment("2023-06-05")
CARDS = (
    "  - {name: card, share: 100, steps: [{channel: card, template: contact-card, price: 0.85}]}"
)
FORMER_12_A = int.from_bytes(blake2b(b"nl|1234ab|12|a|", digest_size=8).digest(), "big") >> 1
"""The key of 1234 AB 12, letter a, before every spelling of a front door had one."""
FACTS = ("reminded_on:date", "dunned_on:date")
EXPORT = """\
KLANTNR;GESLACHTSNAAM;VOORLETTERS;STRAATNAAM;HUISNR;HUISLETTER;TOEVOEGING;AANDUIDING_BIJ_HUISNUMMER;\
LOCATIEBESCHRIJVING;POSTCODE;WOONPLAATS;DATUM_HERINNERING;DATUM_AANMANING
K1;Bakker;A.;Molenkade;210;;IV;by;;1234AB;Ons Dorp;20230102;20230202
K2;Visser;B.;Molenkade;210;K;4;to;;1234AB;Ons Dorp;20230102;20230202
K3;Smit;C.;;;;;;Woonboot achter het gemaal;;Ons Dorp;20230102;20230202
K4;Mulder;D.;Molenkade;210;;;by;;1234AB;Ons Dorp;20230102;20230202
"""


def take(
    installation: Installation, folder: Path, people: Iterable[dict[str, str]], now: datetime
) -> None:
    dunned = {"reminded_on:date": "2023-01-02", "dunned_on:date": "2023-02-02", "phone": ""}
    file = write_people(folder / "people.csv", [{**each, **dunned} for each in people], FACTS)
    import_people(installation.store, file, key=installation.settings.key(), now=now)


def planned(installation: Installation, folder: Path, now: datetime) -> Plan:
    file = campaign_file(folder, where="dunned_on is not null", arms=CARDS)
    return plan(installation, file, now=now)


def cards(installation: Installation) -> list[str]:
    """Return the text of every side that was handed to the print shop."""
    found = []
    for path in sorted(installation.settings.outbox.glob("*/*.pdf")):
        with pypdfium2.PdfDocument(path) as document:
            found += [page.get_textpage().get_text_range() for page in document]
    return found


@pytest.mark.parametrize(
    "spelled",
    [
        [{"house_letter": "a"}, {"house_letter": "", "house_addition": "A"}],
        [{"house_number": "12a", "house_letter": ""}, {"house_letter": "", "house_addition": "-a"}],
        [{"house_letter": "", "house_addition": "hs"}, {"house_letter": "", "house_addition": "H.S."}],
        [{"house_letter": "", "house_addition": "by"}, {"house_number": "bij 12", "house_letter": ""}],
        [{"house_letter": "a", "house_addition": "2"}, {"house_number": "12a2", "house_letter": ""}],
    ],
)  # fmt: skip
def test_two_people_behind_one_front_door_get_one_card_however_it_is_spelled(
    installation: Installation, tmp_path: Path, now: datetime, spelled: list[dict[str, str]]
) -> None:
    people = [a_person(f"K{at}", **each) for at, each in enumerate(spelled)]
    take(installation, tmp_path, people, now)
    made = planned(installation, tmp_path, now)
    assert dict(made.left_out) == {"HOUSEHOLD": 1}


@pytest.mark.thorough
def test_an_address_stays_closed_under_every_spelling(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    spelled = [{"house_letter": "", "house_addition": "h.s."}, {"house_number": "12 Huis"}]
    people = [{**a_person(f"K{at}", **each), "house_letter": ""} for at, each in enumerate(spelled)]
    take(installation, tmp_path, people, now)
    shelter = key_of("1234 AB", "12", addition="hs")
    decide(installation.store, shelter, AddressKind.CLOSED, why="a shelter", by="ann", now=now)
    made = planned(installation, tmp_path, now)
    assert dict(made.left_out) == {"SHARED_ADDRESS": 2}


@pytest.mark.parametrize(
    ("row", "lives"),
    [
        ("1234AB,12,,hs,,,", {"house_letter": "", "house_addition": "Huis"}),
        ("1234AB,12,,2,by,,", {"house_letter": "", "house_addition": "bij 02"}),
        (",,,,,Woonboot t/o de Vaart,Ons Dorp",
         {"house_number": "", "street": "Woonboot tegenover de Vaart", "postcode": ""}),
    ],
)  # fmt: skip
def test_a_list_of_addresses_holds_whoever_lives_there_however_the_number_is_spelled(
    installation: Installation, tmp_path: Path, now: datetime, row: str, lives: dict[str, str]
) -> None:
    person = {**a_person("K1"), **lives}
    if not person["house_number"]:
        person["house_letter"] = ""
    take(installation, tmp_path, [person], now)
    file = tmp_path / "closed.csv"
    columns = "postcode,house_number,house_letter,house_addition,house_designation"
    file.write_text(
        f"reason,{columns},location_description,town\nSUPPRESSED,{row}\n", encoding="utf-8"
    )
    report = import_list(installation.store, file, now=now, by="ann")
    assert (report.added, report.refused) == (1, 0)
    assert dict(planned(installation, tmp_path, now).left_out) == {"SUPPRESSED": 1}


@pytest.mark.thorough
def test_the_registers_own_columns_reach_the_card_as_the_register_writes_them(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    file = tmp_path / "export.csv"
    file.write_text(EXPORT, encoding="utf-8")
    proposed = parse_map(propose_map(file))
    assert proposed.columns["house_designation"] == "AANDUIDING_BIJ_HUISNUMMER"
    assert proposed.columns["location_description"] == "LOCATIEBESCHRIJVING"
    report = import_people(
        installation.store, file, key=installation.settings.key(), now=now, map=proposed
    )
    assert (report.added, report.refused, dict(report.remarks)) == (4, 0, {})
    campaign = campaign_file(tmp_path, where="dunned_on is not null", arms=CARDS)
    launched(installation, campaign, now=now)
    assert deliver(installation, now=DUE).handed_over == 4
    text = "\n".join(cards(installation)).replace("\r\n", "\n")
    for lines in (
        "Molenkade bij 210 IV\n1234 AB ONS DORP",
        "Molenkade t/o 210 K4\n1234 AB ONS DORP",
        "Molenkade bij 210\n1234 AB ONS DORP",
        "Woonboot achter het gemaal\nONS DORP",
    ):
        assert lines in text


def test_an_address_that_was_listed_under_a_former_key_is_held_from_the_day_somebody_there_is_known(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    file = tmp_path / "closed.csv"
    file.write_text("reason,postcode,house_number,house_letter\nSUPPRESSED,1234AB,12,a\n")
    assert import_list(installation.store, file, now=now, by="ann").added == 1
    with installation.store.writing() as connection:
        connection.execute(update(Suppression).values(household_key=FORMER_12_A))
    take(installation, tmp_path, [a_person("K1", house_number="12 A", house_letter="")], now)
    assert dict(planned(installation, tmp_path, now).left_out) == {"SUPPRESSED": 1}
    again = import_list(installation.store, file, now=now, by="ann")
    assert (again.added, again.unchanged) == (0, 1)
