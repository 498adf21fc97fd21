"""A name is the name of one living person; a note, a firm or a second person is never printed."""

import pytest

from people.cells.name_notes import given_alone, not_a_name_alone
from tests.people.cells.test_cells import ADDRESS, Reading, empty, reading

__all__ = ["empty", "reading"]

HELD = [
    *("Vries (overleden)", "Vries †", "Jansen (gesch.)", "Vries / Jansen", "Vries e/v Jansen"),
    *("Vries ev Jansen", "wed. Vries", "Erven Vries", "ERVEN VAN DE HEER VRIES", "Fam. Vries"),
    *("dhr. Vries", "Vries B.V.", "Vries BV", "Stichting Vries", "Vries & Zn", "Vries en Jansen"),
    *('Vries "Piet"', "Vries,", "Vries *", "Vries + Jansen", "Vries geb. Jansen", "Vries; Jansen"),
]
PRINTED = [
    *("Vries-Jansen", "van Erven", "O'Neill", "D\u2019Arc", "Vries Jr.", "St. John", "Ng"),
    *("Puig i Cadafalch", "Fa", "Garcia y Vega", "v/d Berg", "'t Hart", "Puig\u00b7lar", "Heer"),
]


@pytest.mark.parametrize("text", HELD)
def test_more_than_the_name_of_one_person_is_held(text: str) -> None:
    assert not_a_name_alone(text)


@pytest.mark.parametrize("text", PRINTED)
def test_a_name_with_the_signs_of_names_is_printed(text: str) -> None:
    assert not_a_name_alone(text) is None


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("drs. A.", "A."),
        ("Dhr A.B.", "A.B."),
        ("mr.dr.A.", "A."),
        ("Anna (Annie)", "Anna"),
        ('Anna "Annie" Berta', "Anna Berta"),
        ("dr.", ""),
        ("DR", "DR"),
        ("M.R.", "M.R."),
        ("Ch. Th.", "Ch. Th."),
        ("J P", "J P"),
    ],
)
def test_a_title_or_a_note_beside_given_names_is_left_out(text: str, alone: str) -> None:
    assert given_alone(text) == alone


def test_an_import_holds_notes_and_says_so_for_each(reading: Reading) -> None:
    people, report = reading.all(
        *({"family_name": text} for text in HELD[:4]),
        {"initials": "drs. A."},
        {"name_use": "V", "partner_name": "Jansen (gesch.)"},
    )
    assert [person["name_damaged"] for person in people] == [True] * 4 + [False, True]
    assert people[4]["initials"] == "A."
    assert dict(report.remarks) == {"name_and_more": 5, "name_with_note": 1}


@pytest.mark.parametrize(
    "number",
    [
        *("12 t/m 14", "12t/m14", "12 tm 14", "12+14", "12 + 14", "12 & 14", "12 en 14", "12a+b"),
        *("12 tot 14", "12 tot en met 14", "12;14", "12 A t/m C", "12 of 14", "12 ~ 14", "12..14"),
    ],
)
def test_a_row_of_house_numbers_is_no_front_door(reading: Reading, number: str) -> None:
    person, report = reading.one(house_number=number, house_letter="", house_addition="")
    assert [person[name] for name in ADDRESS] == [None] * len(ADDRESS)
    assert dict(report.remarks) == {"bad_address": 1}


@pytest.mark.parametrize(
    ("number", "letter", "addition"),
    [
        ("12-14", "", "14"),
        ("12/14", "", "14"),
        ("12 bis A", "", "bis A"),
        ("12 tm", "", "tm"),
        ("12 onbekend", "", ""),
        ("12 H-14", "", "H-14"),
    ],
)
def test_a_number_with_an_addition_stays_one_front_door(
    reading: Reading, number: str, letter: str, addition: str
) -> None:
    person, _ = reading.one(house_number=number, house_letter="", house_addition="")
    kept = (person["house_number"], person["house_letter"], person["house_addition"])
    assert kept == (12, letter, addition)


@pytest.mark.parametrize("street", ["Straat onbekend", "Geheim", "briefadres", "(geheim)"])
def test_a_word_for_no_street_is_no_street(reading: Reading, street: str) -> None:
    person, _ = reading.one(street=street)
    assert person["postcode"] is None


@pytest.mark.parametrize("phone", ["fax 020-1234567", "020-1234567 (fax)", "telefax: 0201234567"])
def test_a_fax_is_never_called(reading: Reading, phone: str) -> None:
    _, report = reading.one(phone=phone)
    assert dict(report.remarks) == {"unusable_number": 1}


def test_titles_of_the_register_come_in_by_code_or_word_and_others_are_left_out(
    reading: Reading,
) -> None:
    people, report = reading.all(
        {"noble_title": "JH"},
        {"noble_title": "Barones"},
        {"noble_title": "jhr."},
        {"noble_title": "drs."},
        {"noble_title": "n.v.t.", "partner_noble_title": "B"},
        {"noble_title": "", "partner_ended_on": "00000000"},
    )
    assert [person["noble_title"] for person in people] == ["JH", "BS", "JH", "", "", ""]
    assert people[4]["partner_noble_title"] == "B"
    assert [person["partner_former"] for person in people] == [False] * 5 + [True]
    assert dict(report.remarks) == {"unknown_title": 1, "nothing": 1}
