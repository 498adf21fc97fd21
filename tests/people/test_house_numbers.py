"""House numbers as sources write them, as the register prints them, and the one key of a front door."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.addresses import NotAPostalAddress, PostalAddress

NUMBER, LETTER, ADDITION, DESIGNATION = range(4)


def home(number: str, letter: str = "", addition: str = "", near: str = "") -> PostalAddress:
    return PostalAddress.parse(
        street="Sluiskade",
        house_number=number,
        house_letter=letter,
        house_addition=addition,
        house_designation=near,
        postcode="1234AB",
        town="Ons Dorp",
    )


def key(*parts: str) -> int:
    return home(*parts).household_key


def located(place: str, town: str = "'s-Gravenhage", postcode: str = "") -> PostalAddress:
    return PostalAddress.parse(street=place, house_number="", postcode=postcode, town=town)


@pytest.mark.parametrize(
    ("parts", "printed"),
    [
        (("15", "", "", "by"), "bij 15"),
        (("15", "", "", "to"), "t/o 15"),
        (("15", "C", "", "by"), "bij 15 C"),
        (("15", "C", "", "to"), "t/o 15 C"),
        (("15", "", "IV", "by"), "bij 15 IV"),
        (("15", "", "IV", "to"), "t/o 15 IV"),
        (("15", "", "4", "by"), "bij 15-4"),
        (("15", "", "4", "to"), "t/o 15-4"),
        (("15", "C", "IV", "by"), "bij 15 CIV"),
        (("15", "C", "4", "to"), "t/o 15 C4"),
        (("15", "C", "4x", ""), "15 C4x"),
        (("15", "", "-a", ""), "15 a"),
        (("15", "", "- 2", ""), "15-2"),
        (("15", "", "H.S.", ""), "15 H.S."),
        (("bij 15", "", "", ""), "bij 15"),
        (("t/o 15-4", "", "", ""), "t/o 15-4"),
        (("15 t/o", "", "", ""), "t/o 15"),
        (("15", "", "bij IV", ""), "bij 15 IV"),
        (("15", "", "4 by", ""), "bij 15-4"),
        (("15a", "", "2", ""), "15 a2"),
        (("15a", "a", "", ""), "15 a"),
        (("15", "", "-", ""), "15"),
        (("15", "", "0", ""), "15"),
    ],
)
def test_a_house_number_is_printed_as_the_register_writes_it(
    parts: tuple[str, ...], printed: str
) -> None:
    assert home(*parts).lines()[0] == f"Sluiskade {printed}"


@pytest.mark.parametrize(
    "door",
    [
        [("12", "a"), ("12", "", "a"), ("12a",), ("12", "", "-a"), ("12 A",), ("12", "", "A.")],
        [("12", "", "by"), ("12", "", "bij"), ("12", "", "", "by"), ("bij 12",), ("12", "b", "y")],
        [("12", "", "to"), ("12", "", "t/o"), ("12", "", "", "Tegenover"), ("12 t.o.",)],
        [("12", "", "hs"), ("12", "", "H.S."), ("12", "", "huis"), ("12 hs",), ("12-Huis",)],
        [("12", "", "2"), ("12", "", "-2"), ("12", "", "02"), ("12-2",), ("12/2",), ("12 2",)],
        [("12", "a", "2"), ("12a2",), ("12", "", "a2"), ("12", "a", "-2"), ("12a", "", "02")],
        [("12", "", "III"), ("12", "", "iii"), ("12-III",), ("12 I.I.I.",)],
        [("12", "", "2-1"), ("12", "", "2/1"), ("12-2-1",), ("12", "", "2 1")],
        [("12", "L", "Toe"), ("12", "", "L toe"), ("12LTOE",)],
        [("12", "", "III", "by"), ("12", "", "bij III"), ("bij 12 III",)],
        [("12",), ("012",), ("12", "", "-"), ("12", "", "0"), ("12", ".", "")],
    ],
)
def test_every_spelling_of_one_front_door_has_one_key(door: list[tuple[str, ...]]) -> None:
    assert len({key(*parts) for parts in door}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("12", "", "II"), ("12", "", "2")),  # two floors in Amsterdam
        (("12", "", "21"), ("12", "", "2-1")),
        (("12", "", "2"), ("122",)),
        (("12", "", "h"), ("12", "", "hs")),
        (("12", "", "", "by"), ("12",)),
        (("12", "", "", "by"), ("12", "", "", "to")),
        (("12", "", "2", "by"), ("12", "", "2")),
        (("12", "", "1hoog"), ("12", "", "1")),
        (("12", "a"), ("12", "a", "2")),
        (("12", "", "20"), ("12", "", "2")),
    ],
)
def test_what_may_be_another_front_door_has_another_key(
    one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    assert key(*one) != key(*other)


@pytest.mark.parametrize(
    ("parts", "field", "said"),
    [
        (("12", "", "", "achter"), "house_designation", "'achter' is not a designation"),
        (("12", "", "by", "to"), "house_designation", "both beside and opposite"),
        (("12a", "b"), "house_number", "has a letter or addition of its own"),
        (("12", "bis"), "house_letter", "'bis' is not a single letter"),
        (("bij",), "house_number", "'bij' is not a house number"),
    ],
)
def test_a_house_number_that_contradicts_itself_is_refused(
    parts: tuple[str, ...], field: str, said: str
) -> None:
    with pytest.raises(NotAPostalAddress, match=said) as refused:
        home(*parts)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("place", "postcode", "second"),
    [
        ("Woonboot tegenover de Lange Vaart", "", "'S-GRAVENHAGE"),
        ("Woonwagen nabij sluis 4", "2584 BZ", "2584 BZ  'S-GRAVENHAGE"),
        ("Ligplaats De Hoop", "", "'S-GRAVENHAGE"),
    ],
)
def test_a_place_without_a_number_has_the_two_lines_of_the_register(
    place: str, postcode: str, second: str
) -> None:
    assert located(place, postcode=postcode).lines() == (place, second)


@pytest.mark.parametrize("street", ["Kerkstraat", "Achter de Kerk", "Woonbootstraat", "De Bij"])
def test_a_street_of_which_the_number_is_missing_is_no_place(street: str) -> None:
    with pytest.raises(NotAPostalAddress, match="the house number is missing"):
        located(street, postcode="1234AB")


def test_a_place_has_one_key_however_it_is_spelled_and_another_in_another_town() -> None:
    spelled = [
        ("Woonboot tegenover de Lange Vaart", "'s-Gravenhage"),
        ("woonboot t/o de Lange-Vaart.", "Den Haag"),
        ("WOONBOOT  T.O. DE LANGE VAART", "DEN HAAG"),
    ]
    assert len({located(*each).household_key for each in spelled}) == 1
    assert (
        located(spelled[0][0], "Delft").household_key
        != located(spelled[0][0]).household_key
        != located(spelled[0][0], postcode="2584BZ").household_key
    )


RUNS = st.lists(
    st.one_of(
        st.text("abcdefgijklmnpqrsvwxz", min_size=1, max_size=3),  # no word but what is drawn
        st.integers(1, 99).map(str),
    ),
    min_size=1,
    max_size=4,
)
"""A door behind a number, as runs of letters and of digits."""
JOINTS = ("", " ", "-", ".", "/", " - ")


def canonical(runs: list[str]) -> tuple[str, ...]:
    """Return the runs with those of letters that stand beside each other joined."""
    found: list[str] = []
    for run in runs:
        if found and run.isalpha() and found[-1].isalpha():
            found[-1] += run
        else:
            found.append(run)
    return tuple(found)


def spelled(runs: list[str], draw: st.DataObject) -> str:
    """Return the runs as somebody may write them."""
    text = ""
    for run in runs:
        digits = run.isdigit()
        joints = JOINTS[1:] if digits and text[-1:].isdigit() else JOINTS
        shown = draw.draw(st.sampled_from([run, f"0{run}"] if digits else [run, run.upper()]))
        text += (draw.draw(st.sampled_from(joints)) if text else "") + shown
    return text


@given(RUNS, st.data())
def test_noise_in_the_spelling_never_changes_the_key(runs: list[str], draw: st.DataObject) -> None:
    plain = "-".join(canonical(runs))
    written = spelled(runs, draw)
    assert key("12", "", written) == key("12", "", plain)
    if written[0].isalpha() and written[1:]:
        assert key("12", written[0], written[1:]) == key("12", "", plain)
    assert key(f"12-{written}") == key("12", "", plain)


@given(RUNS, RUNS, st.data())
def test_two_doors_never_share_a_key(one: list[str], other: list[str], draw: st.DataObject) -> None:
    same = canonical(one) == canonical(other)
    assert (key("12", "", spelled(one, draw)) == key("12", "", spelled(other, draw))) is same
