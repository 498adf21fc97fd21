"""How people are greeted, and names that an export damaged."""

# ruff: noqa: RUF001  names as they are

import pytest

from people.names import Name, damaged


@pytest.mark.parametrize(
    ("name", "formal", "informal", "english"),
    [
        (Name("J.", "", "in het", "Veld", "V"), "mevrouw In het Veld", "mevrouw In het Veld", "Ms In het Veld"),
        (Name("J.", "", "van", "Velzen", "M"), "heer Van Velzen", "meneer Van Velzen", "Mr Van Velzen"),
        (
            Name("J.", "", "van", "Dam-de Wit", "V"),
            "mevrouw Van Dam-de Wit",
            "mevrouw Van Dam-de Wit",
            "Ms Van Dam-de Wit",
        ),
        (Name("R.M.", "", "van", "Puffelen", "O"), "R.M. van Puffelen", "R.M. van Puffelen", "R.M. van Puffelen"),
        (Name("", "", "'t", "Hart", "M"), "heer 't Hart", "meneer 't Hart", "Mr 't Hart"),
        (Name("", "", "van", "Velzen", "O"), "Van Velzen", "Van Velzen", "Van Velzen"),
        (Name("", "Sari", "", "", "V"), "Sari", "Sari", "Sari"),
    ],
)
def test_a_prefix_takes_a_capital_after_a_title_and_initials_stand_for_an_unknown_gender(
    name: Name, formal: str, informal: str, english: str
) -> None:
    assert name.salutation() == f"Geachte {formal}"
    assert name.informal() == f"Beste {informal}"
    assert name.informal("en") == f"Dear {english}"


def test_a_language_without_words_of_its_own_is_greeted_in_dutch() -> None:
    assert Name("J.", "", "", "Kaya", "V").salutation("tr") == "Geachte mevrouw Kaya"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (Name("B.P.", "", "van", "Groenen", "M"), "B.P. van Groenen"),
        (Name("BP", "", "van", "Groenen", "M"), "B.P. van Groenen"),
        (Name("b p", "", "van", "Groenen", "M"), "B.P. van Groenen"),
        (Name("", "Dirk-Willem", "", "Oud", "M"), "D. Oud"),
        (Name("", "Elise Q", "", "Oud", "V"), "E.Q Oud"),
        (Name("Th.", "", "d'", "Ancona", "M"), "Th. d'Ancona"),
        (Name("", "Sari", "", "", "V"), "Sari"),
    ],
)
def test_the_name_on_the_envelope_has_its_initials(name: Name, line: str) -> None:
    assert name.addressee() == line


@pytest.mark.parametrize(
    "text",
    [
        "Y?ld?z",
        "Ngu\ufffdn",
        "MÃ¼ller",
        "Å‚ukasz",
        "Nguyá»…n",
        "=HYPERLINK(1)",
        "+1+2",
        "@SUM(A1)",
        "-2+3",
        "\tJansen",
        "Jos&eacute;",
    ],
)
def test_a_name_that_lost_letters_or_holds_a_formula_is_damaged(text: str) -> None:
    assert damaged(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Jansen",
        "Yıldız",
        "Łukasiewicz",
        "Nguyễn",
        "Súdwest-Fryslân",
        "'t Hart",
        "Ünlü",
        "Zoë",
        "Coëlho",
        "Plein '44",
        "São",
        "Jansen-Öz",
    ],
)
def test_a_name_with_accents_is_whole(text: str) -> None:
    assert damaged(text) is None
