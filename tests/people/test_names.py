"""How people are greeted, and names that an export damaged."""

# ruff: noqa: RUF001  names as they are

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.names import Name, damaged


@pytest.mark.parametrize(
    ("name", "formal", "informal", "english"),
    [
        (
            Name(initials="J.", given_name="", prefix="in het", family_name="Veld", gender="V"),
            "mevrouw In het Veld",
            "mevrouw In het Veld",
            "Ms In het Veld",
        ),
        (
            Name(initials="J.", given_name="", prefix="van", family_name="Velzen", gender="M"),
            "heer Van Velzen",
            "meneer Van Velzen",
            "Mr Van Velzen",
        ),
        (
            Name(initials="J.", given_name="", prefix="van", family_name="Dam-de Wit", gender="V"),
            "mevrouw Van Dam-de Wit",
            "mevrouw Van Dam-de Wit",
            "Ms Van Dam-de Wit",
        ),
        (
            Name(initials="R.M.", given_name="", prefix="van", family_name="Puffelen", gender="O"),
            "R.M. van Puffelen",
            "R.M. van Puffelen",
            "R.M. van Puffelen",
        ),
        (
            Name(initials="", given_name="", prefix="'t", family_name="Hart", gender="M"),
            "heer 't Hart",
            "meneer 't Hart",
            "Mr 't Hart",
        ),
        (
            Name(initials="", given_name="", prefix="van", family_name="Velzen", gender="O"),
            "Van Velzen",
            "Van Velzen",
            "Van Velzen",
        ),
        (
            Name(initials="", given_name="Sari", prefix="", family_name="", gender="V"),
            "Sari",
            "Sari",
            "Sari",
        ),
    ],
)
def test_a_prefix_takes_a_capital_after_a_title_and_initials_stand_for_an_unknown_gender(
    name: Name, formal: str, informal: str, english: str
) -> None:
    assert name.salutation() == f"Geachte {formal}"
    assert name.informal() == f"Beste {informal}"
    assert name.informal("en") == f"Dear {english}"


def test_a_language_without_words_of_its_own_is_greeted_in_dutch() -> None:
    assert (
        Name(initials="J.", given_name="", prefix="", family_name="Kaya", gender="V").salutation(
            "tr"
        )
        == "Geachte mevrouw Kaya"
    )


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            Name(initials="B.P.", given_name="", prefix="van", family_name="Groenen", gender="M"),
            "B.P. van Groenen",
        ),
        (
            Name(initials="BP", given_name="", prefix="van", family_name="Groenen", gender="M"),
            "B.P. van Groenen",
        ),
        (
            Name(initials="b p", given_name="", prefix="van", family_name="Groenen", gender="M"),
            "B.P. van Groenen",
        ),
        (
            Name(initials="", given_name="Dirk-Willem", prefix="", family_name="Oud", gender="M"),
            "D. Oud",
        ),
        (
            Name(initials="", given_name="Elise Q", prefix="", family_name="Oud", gender="V"),
            "E.Q Oud",
        ),
        *(
            (
                Name(initials="", given_name=given, prefix="de", family_name="Wit", gender="V"),
                f"{initials} de Wit",
            )
            for given, initials in [
                # a name of one letter has no dot, and a space before the next
                *(("J P", "J P"), ("A", "A"), ("Q Sofie", "Q S."), ("Jan Q Piet", "J.Q P.")),
                *(("Omar ibn Said", "O.i.S."), ("Thijs IJsbrand", "T.I."), ("Öykü Ada", "Ö.A.")),
            ]
        ),
        # a name that stands first takes a capital
        (
            Name(initials="", given_name="", prefix="van", family_name="Dam", gender="M"),
            "Van Dam",
        ),
        (
            Name(initials="Th.", given_name="", prefix="d'", family_name="Ancona", gender="M"),
            "Th. d'Ancona",
        ),
        (Name(initials="", given_name="Sari", prefix="", family_name="", gender="V"), "Sari"),
    ],
)
def test_the_name_on_the_envelope_has_its_initials(name: Name, line: str) -> None:
    assert name.addressee() == line


def paired(initials: str, own: str, gender: str, use: str, partner: str) -> Name:
    """Return a name of which both families are written as `prefix|name`."""
    prefix, _, name = own.rpartition("|")
    theirs, _, family = partner.rpartition("|")
    return Name(
        initials=initials,
        given_name="",
        prefix=prefix,
        family_name=name,
        gender=gender,
        use=use,
        partner_prefix=theirs,
        partner_name=family,
    )


VELD, VELZEN = "in het|Veld", "van|Velzen"
BOTH = "Van Velzen-in het Veld"
SARI = Name(
    initials="",
    given_name="Sari",
    prefix="",
    family_name="",
    gender="V",
    use="P",
    partner_prefix="van",
    partner_name="Velzen",
)


@pytest.mark.parametrize(
    ("name", "line", "formal", "informal"),
    [
        (
            paired("J.", VELD, "V", "E", VELZEN),
            "J. in het Veld",
            "mevrouw In het Veld",
            "mevrouw In het Veld",
        ),
        (
            paired("J.", VELD, "V", "P", VELZEN),
            "J. van Velzen",
            "mevrouw Van Velzen",
            "mevrouw Van Velzen",
        ),
        (
            paired("J.", VELD, "V", "V", VELZEN),
            "J. van Velzen-in het Veld",
            f"mevrouw {BOTH}",
            f"mevrouw {BOTH}",
        ),
        (
            paired("J.", VELD, "M", "N", VELZEN),
            "J. in het Veld-van Velzen",
            "heer In het Veld-van Velzen",
            "meneer In het Veld-van Velzen",
        ),
        (
            paired("K.L.", "Oud", "O", "V", "d'|Ancona"),
            "K.L. d'Ancona-Oud",
            "K.L. d'Ancona-Oud",
            "K.L. d'Ancona-Oud",
        ),
        (
            paired("S.", "Kok", "V", "V", "'t|Hart"),
            "S. 't Hart-Kok",
            "mevrouw 't Hart-Kok",
            "mevrouw 't Hart-Kok",
        ),
        (
            paired("S.", "Kok", "M", "N", "'t|Hart"),
            "S. Kok-'t Hart",
            "heer Kok-'t Hart",
            "meneer Kok-'t Hart",
        ),
        (paired("S.", "Kok", "M", "P", ""), "S. Kok", "heer Kok", "meneer Kok"),
        (
            Name(
                initials="",
                given_name="Dirk-Willem",
                prefix="",
                family_name="Kok",
                gender="M",
                use="N",
                partner_prefix="van der",
                partner_name="Wal",
            ),
            "D. Kok-van der Wal",
            "heer Kok-van der Wal",
            "meneer Kok-van der Wal",
        ),
        (SARI, "S. van Velzen", "mevrouw Van Velzen", "mevrouw Van Velzen"),
        (
            replace(SARI, use="V"),
            "Van Velzen-Sari",
            "mevrouw Van Velzen-Sari",
            "mevrouw Van Velzen-Sari",
        ),
        (
            replace(SARI, use="N", gender="O"),
            "Sari-van Velzen",
            "Sari-van Velzen",
            "Sari-van Velzen",
        ),
    ],
)
def test_people_go_by_the_name_they_chose_their_own_or_their_partners_or_both(
    name: Name, line: str, formal: str, informal: str
) -> None:
    assert name.addressee() == line
    assert name.salutation() == f"Geachte {formal}"
    assert name.informal() == f"Beste {informal}"


FAMILIES = st.sampled_from(
    ["Oud", VELD, VELZEN, "'t|Hart", "d'|Ancona", "Yıldız", "de|Graaf", "Al Hassan"]
)
INITIALS = st.sampled_from(["", "J.", "R M", "Th."])
GENDERS = st.sampled_from("MVO")
USES = st.sampled_from("EPVN")


@given(INITIALS, FAMILIES, GENDERS, USES)
def test_without_a_partners_name_everybody_goes_by_their_own(
    initials: str, own: str, gender: str, use: str
) -> None:
    alone = paired(initials, own, gender, "E", "")
    single = paired(initials, own, gender, use, "")
    assert single.addressee() == alone.addressee()
    assert single.salutation() == alone.salutation()


@given(INITIALS, FAMILIES, GENDERS, FAMILIES)
def test_both_names_stand_in_full_in_either_order_and_change_places_with_the_partners(
    initials: str, own: str, gender: str, partner: str
) -> None:
    def line(use: str, mine: str, theirs: str) -> str:
        return paired(initials, mine, gender, use, theirs).addressee()

    def behind(family: str) -> str:
        # a name that stands first takes a capital, one behind it does not
        return paired("X.", family, gender, "E", "").addressee().removeprefix("X. ")

    assert line("V", own, partner) == line("N", partner, own)
    assert line("P", own, partner) == line("E", partner, own)
    before, after = line("E", own, ""), line("E", partner, "")
    assert line("N", own, partner) == f"{before}-{behind(partner)}"
    assert line("V", own, partner) == f"{after}-{behind(own)}"


@given(INITIALS, FAMILIES, GENDERS, USES, FAMILIES, st.sampled_from(["nl", "en", "tr"]))
def test_a_greeting_ends_with_the_name_on_the_envelope_but_for_a_capital(
    initials: str, own: str, gender: str, use: str, partner: str, language: str
) -> None:
    name = paired(initials, own, gender, use, partner)
    family = paired("X.", own, gender, use, partner).addressee().removeprefix("X. ")
    for greeting in (name.salutation(language), name.informal(language)):
        assert greeting.endswith((family, family[0].upper() + family[1:]))
        assert gender != "O" or not initials or greeting.endswith(f" {name.addressee()}")
        assert greeting == " ".join(greeting.split())


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
