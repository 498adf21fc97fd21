"""When somebody wants to be called, in the words in which people say it."""

# ruff: noqa: RUF001  letters of many alphabets, on purpose

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.wishes.callback_times import named_window
from store.clock import LOCAL, local_date, parse_moment
from suppression.contact_hours import is_open
from suppression.policies import shipped_policy

HOURS = shipped_policy().hours
THURSDAY = parse_moment("2023-06-01T10:00")

NAMED = {
    "bel me morgen na 5 uur": "06-02 17:00-20:00",
    "kan u maandag tussen 10 en 12 bellen": "06-05 10:00-12:00",
    "vanavond graag": "06-01 17:00-20:00",
    "Ja graag, morgenmiddag": "06-02 12:00-17:00",
    "'s ochtends ben ik thuis": "06-01 10:00-12:00",  # what is left of this morning
    "not before 3pm": "06-01 15:00-20:00",
    "niet voor 3 uur": "06-01 15:00-20:00",
    "please call me tomorrow at half past 4": "06-02 16:30-17:30",
    "half 6": "06-01 17:30-18:30",
    "dinsdag om half zes": "06-06 17:30-18:30",
    "10 voor half 6 morgen": "06-02 17:20-18:20",
    "kwart over vier": "06-01 16:15-17:15",
    "maandag 12 juni om 10 uur": "06-12 10:00-11:00",
    "12-6 na 14.00": "06-12 14:00-20:00",
    "call me June 13th before noon": "06-13 09:00-12:00",
    "Goedemorgen, bel mij overmorgen": "06-03 10:00-16:00",  # a Saturday's hours
    "volgende week dinsdag voor 12 uur": "06-06 09:00-12:00",
    "next monday between 5 and 7 pm": "06-05 17:00-19:00",
    "tussen 5 en 7": "06-01 17:00-19:00",
    "van 9 tot 11": "06-01 10:00-11:00",
    "10-12 uur": "06-01 10:00-12:00",
    "between two and four on friday": "06-02 14:00-16:00",
    "tussen de middag": "06-01 12:00-13:00",
    "vrijdag 16u30": "06-02 16:30-17:30",
    "bel 06-12345678 morgen tussen 9:00 en 10:00": "06-02 09:00-10:00",
    "rond 11 uur": "06-01 10:30-11:30",
    "na 9 uur 's avonds niet, maar om 7 uur": None,
    "maandag": "06-05 09:00-20:00",
    "over een uur": "06-01 11:00-11:30",
    "Bel me over een uurtje": "06-01 11:00-11:30",
    "vandaag over een uurtje graag": "06-01 11:00-11:30",
    "over anderhalf uur": "06-01 11:30-12:00",
    "over een half uurtje": "06-01 10:30-11:00",
    "over een kwartier": "06-01 10:15-10:45",
    "over twee uur": "06-01 12:00-12:30",
    "over 20 minuten": "06-01 10:20-10:50",
    "over 'n uurtje": "06-01 11:00-11:30",
    "over een klein uurtje": "06-01 11:00-11:30",
    "over een uur of twee": "06-01 12:00-12:30",
    "over 1,5 uur": "06-01 11:30-12:00",
    "over 2u": "06-01 12:00-12:30",
    "over 3 kwartier": "06-01 10:45-11:15",
    "in a couple of hours": "06-01 12:00-12:30",
    "morgen na vijven": "06-02 17:00-20:00",
    "na 5en": "06-01 17:00-20:00",
    "morgen voor twaalven": "06-02 09:00-12:00",
    "dinsdag tussen vieren en zessen": "06-06 16:00-18:00",
    "we vieren morgen feest, bel gerust": "06-02 09:00-20:00",
    "morgen nach 17 Uhr": "06-02 17:00-20:00",
    "morgen zwischen 10 und 12 Uhr": "06-02 10:00-12:00",
    "morgen na mijn werk": "06-02 17:00-20:00",
    "na het werk": "06-01 17:00-20:00",
    "tomorrow after work please": "06-02 17:00-20:00",
    "na de lunch": "06-01 13:00-20:00",
    "morgen na schooltijd": None,
    "over een paar uur": "06-01 12:00-14:00",
    "over een paar uurtjes graag": "06-01 12:00-14:00",
    "in a few hours": "06-01 12:00-14:00",
    "binnen een paar uur": "06-01 10:00-14:00",
    "over 5 kwartier": "06-01 11:15-11:45",
    "over ruim een uur": "06-01 11:00-11:30",
    "over een minuut of 20": "06-01 10:20-10:50",
    "om een uur of vijf": "06-01 16:30-17:30",
    "aan het eind van de middag": "06-01 15:00-17:00",
    "morgen begin van de middag": "06-02 12:00-14:00",
    "late afternoon": "06-01 15:00-17:00",
    "over twee dagen": "06-03 10:00-16:00",
    "over een week": "06-08 09:00-20:00",
    "in two days after 2 pm": "06-03 14:00-16:00",
    "binnen een uur": "06-01 10:00-11:00",
    "in 2 hours": "06-01 12:00-12:30",
    "call me in half an hour please": "06-01 10:30-11:00",
}
UNCLEAR = [
    "bel mij",
    "",
    "?",
    "maandag of dinsdag",
    "niet maandag",
    "goede morgen bel mij",
    "zondag",
    "om 2 uur 's nachts",
    "nachts",
    "om 11 uur 's nachts",
    "rond middernacht",
    "call me at 3 in the night",
    "volgende week",
    "volgende zaterdag",
    "Jullie belden gisteren om 3 uur",
    "Ik heb maandag aangifte gedaan",
    "gisteren over een paar uur",
    "over een dag of twee",
    "over 90 dagen",
    "domani dopo le 17:00",
    "завтра после 17:00",
    "luni la 10:00",
    "nicht am Montag",
    "pas demain",
    "nie jutro o 17",
    "لا غدا",
    "een uur geleden belde u",
    "over een uur, om 5 uur",
    "morgen over een uur",
    "niet over een uur",
    "over 11 uur",  # in the night
    "Moet ik voor 1 mei aangifte doen?",
    "31 februari om 3 uur",
    "vandaag tussen 8 en 9",
    "at half six",
    "Ik heb 2 kinderen en 3 uur geleden gebeld",
    "om 25 uur",
    "ochtend of middag",
    "12 juni 2031",
    "vandaag na 20:00",
]


SAME = {
    "in one hour": (
        "za godzinę",
        "bir saat sonra",
        "بعد ساعة",
        "in einer Stunde",
        "dans une heure",
        "en una hora",
    ),
    "in half an hour": (
        "za pół godziny",
        "yarım saat sonra",
        "بعد نصف ساعة",
        "in einer halben Stunde",
        "dans une demi-heure",
        "dentro de media hora",
    ),
    "in 2 hours": (
        "za dwie godziny",
        "iki saat sonra",
        "بعد ساعتين",
        "in zwei Stunden",
        "dans deux heures",
        "en dos horas",
    ),
    "in a few hours": (
        "za kilka godzin",
        "birkaç saat sonra",
        "بعد عدة ساعات",
        "in ein paar Stunden",
        "dans quelques heures",
        "dentro de unas horas",
    ),
    "tomorrow after 5 pm": (
        "jutro po godzinie 17",
        "jutro po piątej",
        "yarın saat 5'ten sonra",
        "غدا بعد الساعة 5",
        "morgen nach fünf",
        "demain après 17h",
        "mañana después de las 5",
    ),
    "monday between 10 and 12": (
        "w poniedziałek między 10 a 12",
        "Pazartesi 10-12 arası",
        "يوم الاثنين بين 10 و 12",
        "Montag zwischen 10 und 12 Uhr",
        "lundi de 10h à 12h",
        "el lunes entre las 10 y las 12",
    ),
    "tomorrow morning": (
        "jutro rano",
        "yarın sabah",
        "غداً صباحاً",
        "morgen früh",
        "demain matin",
        "mañana por la mañana",
    ),
    "this afternoon": (
        "dziś po południu",
        "bugün öğleden sonra",
        "اليوم بعد الظهر",
        "heute Nachmittag",
        "cet après-midi",
        "esta tarde",
    ),
    "after work": (
        "proszę zadzwonić po pracy",
        "işten sonra",
        "بعد العمل",
        "nach der Arbeit",
        "après le travail",
        "después del trabajo",
    ),
}


@pytest.mark.parametrize(
    ("english", "text"), [(english, text) for english, texts in SAME.items() for text in texts]
)
def test_a_window_is_understood_in_the_other_languages_of_callers(english: str, text: str) -> None:
    meant = named_window(english, at=THURSDAY, hours=HOURS)
    assert meant is not None
    assert named_window(text, at=THURSDAY, hours=HOURS) == meant


@pytest.mark.parametrize(("text", "window"), [pair for pair in NAMED.items() if pair[1]])
def test_a_window_is_understood_as_it_was_meant(text: str, window: str) -> None:
    found = named_window(text, at=THURSDAY, hours=HOURS)
    assert found is not None
    begins, ends = found.begins.astimezone(LOCAL), found.ends.astimezone(LOCAL)
    assert f"{begins:%m-%d %H:%M}-{ends:%H:%M}" == window


@pytest.mark.parametrize(
    "text", [*UNCLEAR, *(text for text, window in NAMED.items() if window is None)]
)
def test_what_is_unclear_or_cannot_be_kept_is_no_promise(text: str) -> None:
    assert named_window(text, at=THURSDAY, hours=HOURS) is None


def test_a_holiday_is_no_day_to_promise() -> None:
    assert (
        named_window(
            "2e pinksterdag, maandag na 3", at=parse_moment("2023-05-26T10:00"), hours=HOURS
        )
        is None
    )


def test_the_hour_is_the_one_on_the_wall_on_both_sides_of_a_change_of_the_clocks() -> None:
    before = named_window("maandag om 15.00", at=parse_moment("2023-03-24T10:00"), hours=HOURS)
    after = named_window("maandag om 15.00", at=parse_moment("2023-10-27T10:00"), hours=HOURS)
    assert before is not None
    assert after is not None
    assert (before.begins.isoformat(), after.begins.isoformat()) == (
        "2023-03-27T13:00:00+00:00",
        "2023-10-30T14:00:00+00:00",
    )


PIECES = """
    na voor tussen en half 6 10 12 17:30 25 uur morgen maandag vrijdag 5pm van tot - om niet avond 31-2 30 juni volgende
    week @0530? @9999! 0 ' kwart over een one vandaag between and noon before overmorgen ochtend 24:00 \ud800 \0
"""
MOMENTS = st.datetimes(datetime(2023, 1, 1), datetime(2026, 12, 31), timezones=st.just(LOCAL))  # noqa: DTZ001  the zone is drawn beside it


@given(
    st.lists(st.sampled_from(PIECES.split()), max_size=9).map(" ".join) | st.text(max_size=80),
    MOMENTS,
)
def test_whatever_is_typed_a_window_lies_ahead_within_the_calling_hours_of_one_day(
    text: str, at: datetime
) -> None:
    found = named_window(text, at=at, hours=HOURS)
    if found is None:
        return
    assert at <= found.begins < found.ends
    assert local_date(found.begins) == local_date(found.ends)
    assert is_open(found.begins, HOURS)
    assert is_open(found.ends - timedelta(seconds=1), HOURS)


@given(st.integers(9, 19), st.integers(1, 10), st.sampled_from(("maandag", "dinsdag", "vrijdag")))
def test_between_two_hours_is_between_those_hours(first: int, length: int, day: str) -> None:
    last = min(first + length, 20)
    said = f"{day} tussen {first}:00 en {last}:00"
    found = named_window(said, at=THURSDAY, hours=HOURS)
    english = {"maandag": "monday", "dinsdag": "tuesday", "vrijdag": "friday"}[day]
    assert found is not None
    assert (found.begins.astimezone(LOCAL).hour, found.ends.astimezone(LOCAL).hour) == (first, last)
    assert found == named_window(said.upper(), at=THURSDAY, hours=HOURS)
    assert found == named_window(
        f"{english} between {first}:00 and {last}:00", at=THURSDAY, hours=HOURS
    )
