"""Names and address lines as the population register publishes them, in rows of our own.

The rules are those of the feature files of Haal Centraal BRP bevragen (aanhef, aanschrijfwijze,
voorletters, adresregels binnenland).
"""

from dataclasses import replace
from itertools import product

import pytest

from people.addresses import NotAPostalAddress, PostalAddress
from people.names import Name

OWN = ("ter", "Horst")
PARTNER = ("d'", "Aulnis")
BARE = ("", "Kramer")


def name(
    own: tuple[str, str],
    partner: tuple[str, str] = ("", ""),
    *,
    use: str = "E",
    gender: str = "V",
    given: str = "Noor Isa",
) -> Name:
    return Name(
        initials="",
        given_name=given,
        prefix=own[0],
        family_name=own[1],
        gender=gender,
        use=use,
        partner_prefix=partner[0],
        partner_name=partner[1],
    )


@pytest.mark.parametrize(
    ("use", "own", "partner", "greeted", "written"),
    [
        ("E", OWN, PARTNER, "Ter Horst", "N.I. ter Horst"),
        ("P", OWN, PARTNER, "D'Aulnis", "N.I. d'Aulnis"),
        ("V", OWN, PARTNER, "D'Aulnis-ter Horst", "N.I. d'Aulnis-ter Horst"),
        ("N", OWN, PARTNER, "Ter Horst-d'Aulnis", "N.I. ter Horst-d'Aulnis"),
        ("E", BARE, OWN, "Kramer", "N.I. Kramer"),
        ("P", BARE, OWN, "Ter Horst", "N.I. ter Horst"),
        ("V", BARE, OWN, "Ter Horst-Kramer", "N.I. ter Horst-Kramer"),
        ("N", BARE, OWN, "Kramer-ter Horst", "N.I. Kramer-ter Horst"),
    ],
)
def test_each_name_use_is_greeted_and_written_as_the_register_says(
    use: str, own: tuple[str, str], partner: tuple[str, str], greeted: str, written: str
) -> None:
    said = {
        gender: name(own, partner, use=use, gender=gender).salutation()
        for gender in ("M", "V", "O")
    }
    assert said == {
        "M": f"Geachte heer {greeted}",
        "V": f"Geachte mevrouw {greeted}",
        "O": f"Geachte {written}",
    }
    assert name(own, partner, use=use).addressee() == written


@pytest.mark.parametrize("use", ["E", "P", "V", "N"])
def test_whoever_never_had_a_partner_goes_by_their_own_name(use: str) -> None:
    assert name(OWN, use=use).addressee() == "N.I. ter Horst"


@pytest.mark.parametrize(
    ("prefix", "written", "greeted"),
    [
        ("uit de", "uit de", "Uit de"),
        ("UIT DE", "uit de", "Uit de"),
        ("Uit de", "Uit de", "Uit de"),
        ("Uit De", "Uit De", "Uit De"),
        ("'t", "'t", "'t"),
    ],
)
def test_a_prefix_keeps_its_letters_unless_all_are_capitals(
    prefix: str, written: str, greeted: str
) -> None:
    somebody = name((prefix, "Kramer"))
    unknown = name((prefix, "Kramer"), gender="O")
    assert somebody.addressee() == f"N.I. {written} Kramer"
    assert somebody.salutation() == f"Geachte mevrouw {greeted} Kramer"
    assert unknown.salutation() == f"Geachte N.I. {written} Kramer"


@pytest.mark.parametrize(
    ("use", "greeted"),
    [
        ("P", "Aan Het Erf"),
        ("V", "Aan Het Erf-Op Ten Brink"),
        ("N", "Op Ten Brink-Aan Het Erf"),
    ],
)
def test_capitals_of_both_prefixes_stay(use: str, greeted: str) -> None:
    own, partner = ("Op Ten", "Brink"), ("Aan Het", "Erf")
    assert name(own, partner, use=use).salutation() == f"Geachte mevrouw {greeted}"
    assert name(own, partner, use=use, gender="O").salutation() == f"Geachte N.I. {greeted}"


@pytest.mark.parametrize(
    ("use", "written"),
    [
        ("E", "Noor bint Isa"),
        ("P", "Ter Horst"),
        ("V", "Ter Horst-Noor bint Isa"),
        ("N", "Noor bint Isa-ter Horst"),
    ],
)
def test_a_chain_of_names_without_given_names_stands_as_the_family_name(
    use: str, written: str
) -> None:
    chain = name(("", "Noor bint Isa"), OWN, use=use, given="")
    assert chain.addressee() == written
    assert chain.salutation() == f"Geachte mevrouw {written}"


@pytest.mark.parametrize(
    ("given", "initials"),
    [
        ("Sem", "S."),
        ("Roos Emma", "R.E."),
        ("Lars Otto Bram", "L.O.B."),
        ("Thea Philine IJda", "T.P.I."),
        ("Eva-Lotte Kim", "E.K."),
        ("Ko Q", "K.Q"),
    ],
)
def test_initials_are_one_letter_for_each_given_name(given: str, initials: str) -> None:
    assert name(BARE, given=given).addressee() == f"{initials} Kramer"


@pytest.mark.parametrize(
    ("number", "letter", "addition", "near", "line"),
    [
        ("7", "", "", "", "7"),
        ("7", "d", "", "", "7 d"),
        ("7", "", "IV", "", "7 IV"),
        ("7", "", "3", "", "7-3"),
        ("7", "K", "Zol", "", "7 KZol"),
        ("7", "C", "12b", "", "7 C12b"),
        ("7", "", "", "by", "bij 7"),
        ("7", "", "", "to", "t/o 7"),
        ("7", "", "3", "by", "bij 7-3"),
        ("7", "K", "IV", "to", "t/o 7 KIV"),
    ],
)
def test_the_first_address_line_is_that_of_the_register(
    number: str, letter: str, addition: str, near: str, line: str
) -> None:
    for street, town in product(
        ("2e Lindenlaan", "Jhr. v. Zonnelaan"), ("Ons Dorp", "'s-Verzonnen")
    ):
        home = PostalAddress.parse(
            street=street,
            house_number=number,
            house_letter=letter,
            house_addition=addition,
            house_designation=near,
            postcode="2491CX",
            town=town,
        )
        assert home.lines() == (f"{street} {line}", f"2491 CX  {town.upper()}")


@pytest.mark.parametrize(("street", "number"), [("", "88"), (".", "88"), ("Lindenlaan", "0")])
def test_without_a_street_or_a_number_there_are_no_address_lines(street: str, number: str) -> None:
    known = "" if street == "." else street
    with pytest.raises(NotAPostalAddress):
        PostalAddress.parse(street=known, house_number=number, postcode="2491CX", town="Ons Dorp")


def noble(
    title: str = "",
    partner_title: str = "",
    *,
    use: str = "E",
    gender: str = "M",
    left: bool = False,
) -> Name:
    """Return somebody with a title or predicate, whose partner may have one."""
    return replace(
        name(OWN, ("", "Kramer"), use=use, gender=gender),
        noble_title=title,
        partner_noble_title=partner_title,
        partner_former=left,
    )


HIGH, HIGHER = "Hoogwelgeboren", "Hooggeboren"


@pytest.mark.parametrize(
    ("codes", "rank", "man", "woman"),
    [
        (("B", "BS"), HIGH, "baron", "barones"),
        (("G", "GI"), HIGHER, "graaf", "gravin"),
        (("H", "HI"), HIGH, "hertog", "hertogin"),
        (("M", "MI"), HIGH, "markies", "markiezin"),
        (("R",), HIGH, "ridder", ""),
    ],
)
def test_a_title_is_greeted_by_its_rank_and_stands_before_the_name(
    codes: tuple[str, ...], rank: str, man: str, woman: str
) -> None:
    for code in codes:
        he, she, nobody = (noble(code, gender=gender) for gender in ("M", "V", "O"))
        assert he.salutation() == f"{rank} heer"
        assert she.salutation() == f"{rank} vrouwe"
        assert nobody.salutation() == "Geachte N.I. ter Horst"
        assert he.addressee() == f"N.I. {man} ter Horst"
        assert she.addressee() == f"N.I. {woman} ter Horst".replace("  ", " ")
        assert nobody.addressee() == "N.I. ter Horst"


@pytest.mark.parametrize("code", ["P", "PS"])
@pytest.mark.parametrize(("gender", "form"), [("M", "prins "), ("V", "prinses "), ("O", "")])
def test_a_prince_is_a_highness_whatever_the_gender(code: str, gender: str, form: str) -> None:
    prince = noble(code, gender=gender)
    assert (prince.salutation(), prince.addressee()) == ("Hoogheid", f"N.I. {form}ter Horst")


@pytest.mark.parametrize(
    ("title", "use", "greeted", "written"),
    [
        ("G", "P", "Geachte heer Kramer", "N.I. Kramer"),
        ("G", "V", "Hooggeboren heer", "N.I. Kramer-graaf ter Horst"),
        ("G", "N", "Hooggeboren heer", "N.I. graaf ter Horst-Kramer"),
        ("JH", "E", "Hoogwelgeboren heer", "Jonkheer N.I. ter Horst"),
        ("JV", "E", "Hoogwelgeboren heer", "Jonkheer N.I. ter Horst"),
        ("JH", "P", "Geachte heer Kramer", "N.I. Kramer"),
        ("JH", "V", "Hoogwelgeboren heer", "N.I. Kramer-jonkheer ter Horst"),
        ("JH", "N", "Hoogwelgeboren heer", "Jonkheer N.I. ter Horst-Kramer"),
    ],
)
def test_a_mans_title_follows_his_name_use(
    title: str, use: str, greeted: str, written: str
) -> None:
    he = noble(title, "BS", use=use)
    assert (he.salutation(), he.addressee()) == (greeted, written)


@pytest.mark.parametrize(
    ("use", "greeted", "written"),
    [
        ("E", "Ter Horst", "ter Horst"),
        ("P", "Kramer", "Kramer"),
        ("V", "Kramer-ter Horst", "Kramer-ter Horst"),
        ("N", "Ter Horst-Kramer", "ter Horst-Kramer"),
    ],
)
def test_a_jonkvrouw_has_her_predicate_again_when_she_goes_by_her_own_name_and_alone(
    use: str, greeted: str, written: str
) -> None:
    married, left = (noble("JV", use=use, gender="V", left=left) for left in (False, True))
    plain = (f"Geachte mevrouw {greeted}", f"N.I. {written}")
    assert (married.salutation(), married.addressee()) == plain
    alone = ("Hoogwelgeboren vrouwe", "Jonkvrouw N.I. ter Horst") if use == "E" else plain
    assert (left.salutation(), left.addressee()) == alone


@pytest.mark.parametrize(
    ("own", "partner", "use", "greeted", "written"),
    [
        ("", "B", "E", "Geachte mevrouw Ter Horst", "N.I. ter Horst"),
        ("", "B", "P", "Hoogwelgeboren vrouwe", "N.I. barones Kramer"),
        ("", "G", "V", "Hooggeboren vrouwe", "N.I. gravin Kramer-ter Horst"),
        ("", "M", "N", "Hoogwelgeboren vrouwe", "N.I. ter Horst-markiezin Kramer"),
        ("", "P", "P", "Hoogheid", "N.I. prinses Kramer"),
        ("", "R", "P", "Geachte mevrouw Kramer", "N.I. Kramer"),
        ("", "JH", "P", "Geachte mevrouw Kramer", "N.I. Kramer"),
        ("", "BS", "P", "Geachte mevrouw Kramer", "N.I. Kramer"),
        ("GI", "B", "V", "Hoogwelgeboren vrouwe", "N.I. barones Kramer-gravin ter Horst"),
        ("PS", "B", "N", "Hoogwelgeboren vrouwe", "N.I. prinses ter Horst-barones Kramer"),
        ("GI", "R", "V", "Hooggeboren vrouwe", "N.I. Kramer-gravin ter Horst"),
        ("BS", "P", "E", "Hoogwelgeboren vrouwe", "N.I. barones ter Horst"),
    ],
)
def test_a_woman_has_the_title_that_comes_with_her_partners_name(
    own: str, partner: str, use: str, greeted: str, written: str
) -> None:
    she = noble(own, partner, use=use, gender="V")
    assert (she.salutation(), she.addressee()) == (greeted, written)
    for gender in ("M", "O"):
        other = noble("", partner, use="P", gender=gender)
        assert other.addressee() == "N.I. Kramer"
        assert not other.salutation().startswith("Hoo")


def test_the_warm_greeting_and_english_have_no_title() -> None:
    count = noble("G")
    assert count.informal() == "Beste meneer Ter Horst"
    assert count.salutation("en") == "Dear Mr Ter Horst"


@pytest.mark.parametrize("partner", [("", "Kramer"), ("", "")])
def test_without_initials_an_envelope_begins_with_a_capital(partner: tuple[str, str]) -> None:
    bare = replace(name(OWN, partner, gender="M", given=""), noble_title="B")
    assert bare.addressee() == "Baron ter Horst"
