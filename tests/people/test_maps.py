"""A source's own columns: read through a map, and a map proposed by looking at the file."""

import csv
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from people.cells.findings import MASK
from people.columns import COLUMNS
from people.importing import import_people
from people.maps import parse_map, read_map
from people.proposing import propose_map
from store.engine import Store
from store.errors import BadInput
from store.facts import fact
from store.tables import FactColumn, Person
from tests.people.exports import EXPORT_COLUMNS, a_person, write_export, write_people

KEY = b"a key for tests only, nobody has another"
FACTS = {
    "years_without_return": "int",
    "reminded_on": "date",
    "dunned_on": "date",
    "extension_until": "date",
    "refund_expected": "bool",
    "in_care_of": "text",
}


@pytest.mark.everyday(3)
@pytest.mark.parametrize(
    ("seed", "encoding", "date"),
    [
        (0, "utf-8-sig", "{y:04}{m:02}{d:02}"),
        (1, "cp1252", "{y:04}{m:02}{d:02}"),
        (2, "cp850", "{d:02}-{m:02}-{y:04}"),
        (3, "iso-8859-15", "{y:04}-{m:02}-{d:02}"),
        (4, "utf-16", "{d}/{m}/{y:04}"),
        (5, "utf-8", "{y:04}{m:02}{d:02}"),
        (6, "mac-roman", "{y:04}{m:02}{d:02}"),
    ],
)
def test_the_proposed_map_takes_everybody_whatever_the_encoding_the_order_and_the_dates(
    store: Store, tmp_path: Path, now: datetime, seed: int, encoding: str, date: str
) -> None:
    file = write_export(tmp_path / "export.csv", 400, seed=seed, encoding=encoding, date=date)
    proposed = tmp_path / "map.yaml"
    proposed.write_text(propose_map(file), encoding="utf-8")
    report = import_people(store, file, key=KEY, now=now, map=proposed)
    assert (report.rows, report.added, report.refused) == (401, 400, 1)
    assert report.refusals[0].record == 401
    with store.reading() as connection:
        declared = {
            row.name: row.type
            for row in connection.execute(select(FactColumn.name, FactColumn.type))
        }
        streets = set(
            connection.execute(select(Person.street).where(Person.street.is_not(None))).scalars()
        )
        towns = set(
            connection.execute(select(Person.town).where(Person.town.is_not(None))).scalars()
        )
        counts = connection.execute(
            select(
                func.count(Person.deceased_on),
                func.count(Person.moved_abroad_on),
                func.count(fact("extension_until", "date")),
            )
        ).one()
        flags = [
            connection.execute(select(func.count()).where(column)).scalar_one()
            for column in (Person.address_under_investigation, Person.secret_address)
        ]
    assert declared == FACTS
    assert streets == {"Súdwesterhaven", "Molenweg achter de kerk"}
    assert towns == {"Fryslân"}
    assert [*counts, *flags] == [14, 10, 40, 16, 20]


def test_letters_that_the_export_lost_hold_the_name(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    file = write_export(tmp_path / "export.csv", 300, seed=1, encoding="cp1252")
    import_people(store, file, key=KEY, now=now, map=parse_map(propose_map(file)))
    with store.reading() as connection:
        names = connection.execute(select(Person.family_name, Person.name_damaged)).all()
    assert {name for name, damaged in names if damaged} == {
        "Y?ld?z",
        "?ukasiewicz",
        "Nguy?n",
        "=cmd()",
    }
    assert {"Schäfer", "Öztürk", "Reünis"} <= {name for name, damaged in names if not damaged}


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ";"), ("cp1252", ";"), ("utf-16", "\t"), ("cp850", "|"), ("utf-8-sig", ",")],
)
def test_refused_rows_are_mended_and_imported_with_the_same_map(
    store: Store, tmp_path: Path, now: datetime, encoding: str, delimiter: str
) -> None:
    file, once, twice = (tmp_path / name for name in ("export.csv", "once.csv", "twice.csv"))
    rows = [
        ["1", "000000012", "Schäfer", "31-02-1980"],
        ["2", "", "Reünis; Jr", "30-02-1981"],
        *([str(number), "", "Visser", f"{number}-06-1971"] for number in range(10, 31)),
    ]
    with file.open("w", encoding=encoding, newline="") as text:
        csv.writer(text, delimiter=delimiter).writerows(
            [["Klantnr", "BSN", "Achternaam", "Geb.datum"], *rows]
        )
    proposed = parse_map(propose_map(file))
    first = import_people(store, file, key=KEY, now=now, map=proposed, refused=once)
    assert (first.added, first.refused) == (21, 2)
    mend(once, "31-02-1980", "28-02-1980")
    mend(once, MASK, "000000012")
    second = import_people(store, once, key=KEY, now=now, map=proposed, refused=twice)
    assert (second.added, second.refused) == (1, 1)
    mend(twice, "30-02-1981", "28-02-1981")
    third = import_people(store, twice, key=KEY, now=now, map=proposed)
    assert (third.added, third.refused) == (1, 0)
    with store.reading() as connection:
        names = set(connection.execute(select(Person.family_name)).scalars())
    assert names == {"Schäfer", "Reünis; Jr", "Visser"}


def mend(file: Path, wrong: str, right: str) -> None:
    """Replace one value, as in an editor."""
    text = file.read_text(encoding="utf-8")
    assert text.count(wrong) > 0
    file.write_text(text.replace(wrong, right), encoding="utf-8")


def write_csv(file: Path, header: list[str], *rows: list[str], delimiter: str = ";") -> Path:
    with file.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    return file


def test_other_words_for_the_same_columns_are_known(tmp_path: Path) -> None:
    header = [
        *(
            "Cliëntnummer",
            "BSN",
            "Achternaam",
            "tussenvoegsels",
            "Voorletters",
            "geboorte-datum",
            "Huisnummer",
        ),
        *(
            "Huisnummer Toevoeging",
            "Postcode",
            "Plaats",
            "Mobiel",
            "Telefoon",
            "E-mail",
            "Overlijdensdatum",
        ),
    ]
    row = [
        "C1",
        "000000012",
        "Jansen",
        "",
        "J.",
        "15-06-1980",
        "1",
        "",
        "1234AB",
        "X",
        "",
        "",
        "",
        "",
    ]
    proposed = parse_map(propose_map(write_csv(tmp_path / "e.csv", header, row)))
    assert proposed.columns == {
        "person_ref": "Cliëntnummer",
        "bsn": "BSN",
        "initials": "Voorletters",
        "prefix": "tussenvoegsels",
        "family_name": "Achternaam",
        "birth_date": "geboorte-datum",
        "house_number": "Huisnummer",
        "house_addition": "Huisnummer Toevoeging",
        "postcode": "Postcode",
        "town": "Plaats",
        "phone": "Mobiel",
        "phone2": "Telefoon",
        "email": "E-mail",
        "deceased_on": "Overlijdensdatum",
    }
    assert proposed.dates == ("dd-mm-yyyy",)


def test_columns_with_names_that_say_nothing_are_known_by_what_stands_in_them(
    tmp_path: Path,
) -> None:
    header = ["V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8"]
    rows = [
        [
            f"X{n}",
            f"{1000 + n} AB",
            f"a{n}@example.org",
            f"{n % 7}",
            "1,50",
            f"{1 + n % 28:02}-01-2023",
            "Ja",
            f"tekst {n}",
        ]
        for n in range(150)
    ]
    proposed = parse_map(propose_map(write_csv(tmp_path / "e.csv", header, *rows)))
    assert proposed.columns == {"person_ref": "V1", "postcode": "V2", "email": "V3"}
    assert {(f.name, f.type) for f in proposed.facts} == {
        ("v4", "int"),
        ("v5", "decimal"),
        ("v6", "date"),
        ("v7", "bool"),
    }
    assert (proposed.ignore, proposed.decimal_comma) == (("V8",), True)


@pytest.mark.parametrize(
    ("name", "written", "kept"),
    [
        ("OPSCHORTING", ["O", "e", "", "."], ["O", "E", None, "."]),
        (
            "opschorting_bijhouding",
            ["Overlijden", "Emigratie", "Ministeriële beschikking", "RNI"],
            list("OEMR"),
        ),
        ("Reden opschorting", ["F", "fout", "onbekend", "VOW"], list("FF.U")),
        ("REDEN_OPSCHORTING", ["O - Overlijden", "E: emigratie", "J", "n"], ["O", "E", ".", None]),
        ("VERBLIJF_ONBEKEND", ["J", "N", "", "1"], ["U", None, None, "U"]),
        ("VOW", ["ja", "nee", "VOW", "0"], ["U", None, "U", None]),
    ],
)
def test_a_suspension_of_the_register_is_one_letter_however_it_is_written(
    store: Store,
    tmp_path: Path,
    now: datetime,
    name: str,
    written: list[str],
    kept: list[str | None],
) -> None:
    rows = [[f"K{n}", text] for n, text in enumerate(written)]
    file = write_csv(tmp_path / "e.csv", ["KLANTNR", name], *rows)
    proposed = parse_map(propose_map(file))
    assert [(fact.name, fact.type) for fact in proposed.facts] == [("brp_suspension", "text")]
    assert import_people(store, file, key=KEY, now=now, map=proposed).refused == 0
    with store.reading() as connection:
        query = select(fact("brp_suspension", "text")).order_by(Person.person_ref)
        assert list(connection.execute(query).scalars()) == kept


def test_a_suspension_nobody_knows_refuses_its_row(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    rows = [["K1", "Q"], ["K2", "verhuisd"], ["K3", "O"]]
    file = write_csv(tmp_path / "e.csv", ["KLANTNR", "OPSCHORTING"], *rows)
    report = import_people(store, file, key=KEY, now=now, map=parse_map(propose_map(file)))
    assert (report.added, report.refused) == (1, 2)
    assert (
        "OPSCHORTING: 'Q' is not a known reason of a suspension; write O, E, M, R, F, U or ."
        in str(report.refusals[0])
    )


def test_in_our_own_columns_a_suspension_is_a_letter_too(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    people = [
        a_person("K1", **{"brp_suspension:text": "overleden"}),
        a_person("K2", **{"brp_suspension:text": "f"}),
    ]
    import_people(
        store, write_people(tmp_path / "p.csv", people, ["brp_suspension:text"]), key=KEY, now=now
    )
    with store.reading() as connection:
        query = select(fact("brp_suspension", "text")).order_by(Person.person_ref)
        assert list(connection.execute(query).scalars()) == ["O", "F"]


def test_beside_a_reason_a_flag_for_an_unknown_residence_is_a_fact_of_its_own(
    tmp_path: Path,
) -> None:
    file = write_csv(
        tmp_path / "e.csv", ["KLANTNR", "OPSCHORTING", "VOW"], ["K1", "O", "J"], ["K2", "E", "N"]
    )
    facts = {fact.name: column for fact, column in parse_map(propose_map(file)).facts.items()}
    assert facts == {"brp_suspension": "OPSCHORTING", "vow": "VOW"}


def test_the_days_of_an_assessment_and_of_a_letter_are_known(tmp_path: Path) -> None:
    header = ["KLANTNR", "DATUM_AMBTSHALVE_AANSLAG", "Geplande aanslagdatum", "DATUM_LAATSTE_BRIEF"]
    file = write_csv(tmp_path / "e.csv", header, ["K1", "20230401", "20230901", "20230515"])
    facts = {
        (fact.name, fact.type): column
        for fact, column in parse_map(propose_map(file)).facts.items()
    }
    assert facts == {
        ("assessed_on", "date"): "DATUM_AMBTSHALVE_AANSLAG",
        ("assessment_due_on", "date"): "Geplande aanslagdatum",
        ("official_letter_on", "date"): "DATUM_LAATSTE_BRIEF",
    }


def test_nationality_is_never_proposed(tmp_path: Path) -> None:
    file = write_csv(
        tmp_path / "e.csv", ["KLANTNR", "NATIONALITEIT", "GEBOORTELAND"], ["K1", "0001", "6030"]
    )
    assert parse_map(propose_map(file)).ignore == ("NATIONALITEIT", "GEBOORTELAND")


def test_an_x_in_a_flag_says_yes(store: Store, tmp_path: Path, now: datetime) -> None:
    rows = [[f"K{n}", "X" if n % 2 else "", "00000000"] for n in range(10)]
    file = write_csv(tmp_path / "e.csv", ["KLANTNR", "IND_GEHEIM", "DATUM_OVERLIJDEN"], *rows)
    import_people(store, file, key=KEY, now=now, map=parse_map(propose_map(file)))
    with store.reading() as connection:
        secret, deceased = connection.execute(
            select(func.count().filter(Person.secret_address), func.count(Person.deceased_on))
        ).one()
    assert (secret, deceased) == (5, 0)


def test_a_file_without_anything_that_tells_people_apart_gets_no_map(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "e.csv", ["POSTCODE", "PLAATS"], ["1234AB", "X"], ["1234AB", "X"])
    with pytest.raises(BadInput, match="no column tells the people apart"):
        propose_map(file)


BAD_MAPS = [
    ("columns: {person_ref: A", "line 1: has a { that is not closed"),
    ("columns: &c {person_ref: A}", "line 1: has the anchor c"),
    ("[]", "is not a map"),
    ("colums:\n  person_ref: A", "line 1, colums: is not a known key of a map"),
    ("columns:\n  name: A", "line 2, name: is not a known key of columns; write one of person_ref"),
    ("columns:\n  bsn: A", "no column is named for person_ref"),
    ("columns:\n  person_ref: [A]", "line 2, person_ref: ['A'] is not text"),
    (
        "columns:\n  person_ref: A\nencoding: klingon",
        "line 3, encoding: 'klingon' is not a known encoding",
    ),
    ("columns:\n  person_ref: A\nencoding: base64", "'base64' is not a known encoding"),
    ("columns:\n  person_ref: A\ndelimiter: x", "'x' is not a delimiter"),
    (
        "columns:\n  person_ref: A\ndates: dmy",
        "'dmy' is not an order of dates; write one of yyyy-mm-dd",
    ),
    (
        "columns:\n  person_ref: A\nfacts:\n  x:float: B",
        "line 4, x:float: 'float' is not a type of fact",
    ),
    (
        "columns:\n  person_ref: A\nfacts:\n  x:text: NATIONALITEIT",
        "nobody may be selected by nationality",
    ),
    (
        "columns:\n  person_ref: A\n  language: NATIONALITEIT",
        "line 3, language: NATIONALITEIT: nobody may be selected",
    ),
    (
        "columns:\n  person_ref: A\nfacts:\n  nat_code:text: B",
        "nobody may be selected by nationality",
    ),
    ("columns:\n  person_ref: A\n  bsn: A", "the column A is named twice"),
    ("columns:\n  person_ref: A\nconstants:\n  bsn: '1'", "bsn: cannot be a constant"),
    ("columns:\n  person_ref: A\ndecimal_comma: maybe", "'maybe' is neither true nor false"),
    ("columns:\n  person_ref: A\n  bsn: C", "line 3, bsn: e.csv has no column C"),
    ("columns:\n  person_ref: A", "says nothing of the column B"),
]


@pytest.mark.parametrize(("text", "said"), BAD_MAPS)
def test_a_bad_map_is_refused_with_its_line(
    sqlite_url: str, tmp_path: Path, now: datetime, text: str, said: str
) -> None:
    from store.engine import open_store
    from store.migrating import migrate

    store = open_store(sqlite_url, locks=tmp_path)
    migrate(store)
    written = tmp_path / "map.yaml"
    written.write_text(text, encoding="utf-8")
    file = write_csv(tmp_path / "e.csv", ["A", "B"], ["1", "2"])
    with pytest.raises(BadInput) as refused:
        import_people(store, file, key=KEY, now=now, map=written)
    assert said in str(refused.value)
    assert "map.yaml" in str(refused.value)
    store.engine.dispose()


def test_constants_fill_what_the_source_does_not_say(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    file = write_csv(tmp_path / "e.csv", ["A", "B"], ["1", "Jansen"])
    text = "columns: {person_ref: A, family_name: B}\nconstants: {language: tr, country: BE}"
    import_people(store, file, key=KEY, now=now, map=parse_map(text))
    with store.reading() as connection:
        assert tuple(connection.execute(select(Person.language, Person.country)).one()) == (
            "tr",
            "BE",
        )


def test_the_fixture_has_every_column_of_such_an_export(tmp_path: Path) -> None:
    proposed = parse_map(propose_map(write_export(tmp_path / "e.csv", 50, seed=0)))
    assert {*proposed.columns.values(), *proposed.facts.values()} == set(EXPORT_COLUMNS)
    assert set(proposed.columns) == set(COLUMNS) - {"email", "guardian_ref"}


def test_a_map_is_read_from_its_file(tmp_path: Path) -> None:
    written = tmp_path / "m.yaml"
    written.write_text("delimiter: tab\nflags: {'yes': X, 'no': '-'}\ncolumns: {person_ref: A}")
    read = read_map(written)
    assert (read.delimiter, read.yes, read.no) == ("\t", frozenset({"x"}), frozenset({"-"}))


DESCRIBED = """
columns: {person_ref: NR}
facts: {"years_open:int": JAREN, "refund_waits:bool": TERUGGAAF}
source: aangifteregister
descriptions:
"""


def test_a_map_describes_its_facts_for_citizens_and_names_its_register() -> None:
    found = parse_map(
        f"""{DESCRIBED}  years_open: {{nl: "u {{value}} jaar niets deed", en: "for {{value}} years"}}"""
    )
    assert found.source == "aangifteregister"
    assert found.descriptions == {
        "years_open": {"nl": "u {value} jaar niets deed", "en": "for {value} years"}
    }


@pytest.mark.parametrize(
    ("described", "complaint"),
    [
        ("  years_open: {nl: u niets deed}", "is not described in English; add en: …"),
        ("  years_open: {nl: u, en: you, fr: vous}", "fr is not a known key of a description"),
        ('  years_open: {nl: "u {x} deed", en: you}', "holds other braces than one {value}"),
        ('  years_open: {nl: "{value} {value}", en: you}', "holds other braces than one {value}"),
        ("  years_open: u niets deed", "is not described by language"),
        ("  other: {nl: u, en: you}", "other: is not a known key of descriptions"),
    ],
)
def test_a_description_that_cannot_be_said_is_refused_with_its_line(
    described: str, complaint: str
) -> None:
    with pytest.raises(BadInput) as refused:
        parse_map(DESCRIBED + described)
    assert complaint in str(refused.value)
    assert "line 6" in str(refused.value)
