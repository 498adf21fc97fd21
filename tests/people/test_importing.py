"""People come in from a file: good rows are taken, the others written out, and nothing is ever half-done."""

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from people import citizen_numbers
from people.columns import COLUMNS, PARTNER_COLUMNS
from people.importing import ImportReport, import_people
from people.invented.population import HEADER, generate, write_population
from people.reading import Record, open_source
from people.sources import own_map
from store.engine import Store
from store.errors import BadInput
from store.tables import FactColumn, Import, Person, PersonNumber
from tests.people.exports import a_person, write_people

KEY = b"a key for tests only, nobody has another"


def take(store: Store, file: Path, now: datetime, **also: Any) -> ImportReport:
    return import_people(store, file, key=KEY, now=now, **also)


def everybody(store: Store) -> list[Mapping[str, Any]]:
    with store.reading() as connection:
        return [
            dict(row)
            for row in connection.execute(
                select(Person.__table__).order_by(Person.person_ref)
            ).mappings()
        ]


def the_person(store: Store) -> Mapping[str, Any]:
    (person,) = everybody(store)
    return person


def refused_rows(report: ImportReport) -> list[dict[str, str]]:
    assert report.refused_file is not None
    with report.refused_file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def test_a_row_becomes_a_person_with_parsed_values(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    file = write_people(
        tmp_path / "p.csv",
        [a_person(bsn="000000012", gender="v", country="6030", secret_address="7")],
    )
    report = take(store, file, now)
    person = the_person(store)
    assert (report.rows, report.added, report.refused) == (1, 1, 0)
    assert (person["postcode"], person["house_number"], person["country"]) == ("1234AB", 12, "NL")
    assert (person["gender"], person["secret_address"]) == ("V", True)
    assert str(person["birth_first"]) == str(person["birth_last"]) == "1980-06-15"
    assert person["imported_at"] == person["updated_at"] == now
    with store.reading() as connection:
        number = connection.execute(select(PersonNumber.__table__)).mappings().one()
    assert (number["e164"], number["may_text"], number["person_id"]) == (
        "+31612345678",
        True,
        person["id"],
    )


def test_a_citizen_number_is_nowhere_in_the_clear(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    file = write_people(
        tmp_path / "p.csv",
        [
            a_person("K1", bsn="000000012"),
            a_person("K1", bsn="000000024"),
            a_person("K2", bsn="123456789"),
        ],
    )
    report = take(store, file, now, refused=tmp_path / "r.csv", remarks=tmp_path / "m.csv")
    said = (tmp_path / "r.csv").read_text() + str(report) + str(everybody(store))
    assert report.refused == 2
    assert not any(bsn in said for bsn in ("000000012", "000000024", "123456789"))
    digests = [citizen_numbers.keyed_hash(bsn, KEY) for bsn in ("000000012", "000000024")]
    assert not any(digest in said for digest in digests)


@pytest.mark.parametrize(
    ("shape", "facts"),
    [
        ({"delimiter": ";", "encoding": "utf-8-sig", "line_end": "\r\n"}, ["x:int"]),
        ({"delimiter": "\t"}, ["x:int"]),
        ({"line_end": "\r\n"}, ["x:int"]),
        ({"encoding": "utf-8-sig"}, ["x:int"]),
    ],
)
def test_the_shape_of_the_file_makes_no_difference(
    store: Store, tmp_path: Path, now: datetime, shape: dict[str, Any], facts: list[str]
) -> None:
    people = [a_person("K1", **{"x:int": "3"}), a_person("K2", street="Molenweg\nachter de kerk")]
    take(store, write_people(tmp_path / "a.csv", people, facts), now)
    again = take(store, write_people(tmp_path / "b.csv", people, facts, **shape), now)
    assert (again.rows, again.unchanged) == (2, 2)
    assert everybody(store)[1]["street"] == "Molenweg achter de kerk"


def test_the_same_file_twice_changes_nothing_and_a_newer_one_updates(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    file = write_people(tmp_path / "p.csv", [a_person("K1"), a_person("K2")])
    take(store, file, now)
    before = everybody(store)
    again = take(store, file, now + timedelta(days=1))
    assert (again.added, again.updated, again.unchanged) == (0, 0, 2)
    assert everybody(store) == before
    newer = write_people(
        tmp_path / "n.csv", [a_person("K1"), a_person("K2", phone="020-1234567"), a_person("K3")]
    )
    report = take(store, newer, now + timedelta(days=2))
    assert (report.added, report.updated, report.unchanged) == (1, 1, 1)
    after = everybody(store)
    assert {**after[0], "seen_at": None} == {**before[0], "seen_at": None}
    assert after[0]["seen_at"] == now + timedelta(days=2), (
        "a newer file that says the same makes it fresher"
    )
    assert after[1]["updated_at"] == now + timedelta(days=2)
    assert (after[1]["id"], after[1]["imported_at"]) == (before[1]["id"], now)
    with store.reading() as connection:
        numbers = (
            connection.execute(select(PersonNumber.e164).order_by(PersonNumber.person_id))
            .scalars()
            .all()
        )
    assert numbers == ["+31612345678", "+31201234567", "+31612345678"]


def test_facts_are_typed_and_keep_their_type_for_ever(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    facts = ["years:int", "on:date", "sure:bool", "team:text", "owed:decimal"]
    row = {
        "years:int": "-3",
        "on:date": "20230113",
        "sure:bool": "ja",
        "team:text": "WSNP",
        "owed:decimal": "12,5",
    }
    take(store, write_people(tmp_path / "p.csv", [a_person(**row)], facts), now)
    assert the_person(store)["facts"] == {
        "years": -3,
        "on": "2023-01-13",
        "sure": True,
        "team": "WSNP",
        "owed": 125_000,
    }
    with store.reading() as connection:
        declared = {
            row.name: row.type
            for row in connection.execute(select(FactColumn.name, FactColumn.type))
        }
    assert declared == {
        "years": "int",
        "on": "date",
        "sure": "bool",
        "team": "text",
        "owed": "decimal",
    }
    with pytest.raises(BadInput, match=r"was declared as int .* keeps that type"):
        take(store, write_people(tmp_path / "q.csv", [a_person("K2")], ["years:text"]), now)
    assert len(everybody(store)) == 1


BAD_ROWS = [
    ({"person_ref": ""}, "person_ref", "is empty"),
    ({"person_ref": "GOOD1"}, "person_ref", "stands on line 2 already"),
    ({"bsn": "123456789"}, "bsn", "11-test"),
    ({"family_name": "Jan\x07sen"}, "family_name", "U+0007"),
    ({"town": "\u202eProed"}, "town", "U+202E"),
    ({"family_name": "x" * 5000}, "family_name", "5,000 characters"),
    ({"gender": "Q"}, "gender", "not a known gender"),
    ({"birth_date": "1980-13-01"}, "birth_date", "not a day of the calendar"),
    ({"birth_date": "2043-01-01"}, "birth_date", "future"),
    ({"deceased_on": "gisteren"}, "deceased_on", "not a date"),
    ({"secret_address": "misschien"}, "secret_address", "neither yes nor no"),
    ({"years:int": "drie"}, "years:int", "not a whole number"),
    ({"on:date": "20230000"}, "on:date", "partly known"),
    ({"sure:bool": "hm"}, "sure:bool", "neither yes nor no"),
    ({"owed:decimal": "1.23456"}, "owed:decimal", "more than 4 decimals"),
    ({"name_use": "X"}, "name_use", "not a known name use"),
]


def test_a_bad_row_is_written_out_with_its_reason_and_the_good_ones_go_on(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    facts = ["years:int", "on:date", "sure:bool", "owed:decimal"]
    bad = [
        a_person(**{"person_ref": f"BAD{index}", **changed})
        for index, (changed, _, _) in enumerate(BAD_ROWS)
    ]
    file = write_people(tmp_path / "p.csv", [a_person("GOOD1"), *bad, a_person("GOOD2")], facts)
    report = take(store, file, now, refused=tmp_path / "out" / "refused.csv")
    assert [person["person_ref"] for person in everybody(store)] == ["GOOD1", "GOOD2"]
    assert (report.rows, report.added, report.refused) == (len(BAD_ROWS) + 2, 2, len(BAD_ROWS))
    for line, (row, (_, field, reason)) in enumerate(
        zip(refused_rows(report), BAD_ROWS, strict=True), start=3
    ):
        assert (row["refused_line"], row["refused_field"]) == (str(line), field)
        assert reason in row["refused_because"]
        assert row["refused_remedy"]
        assert row["town"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["refused.csv"]


def test_the_refused_file_can_be_mended_and_imported_as_it_is(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    file = write_people(tmp_path / "p.csv", [a_person("K1"), a_person("K2", gender="Q")])
    report = take(store, file, now, refused=tmp_path / "r.csv")
    assert report.refused_file
    report.refused_file.write_text(
        report.refused_file.read_text(encoding="utf-8").replace(",Q,", ",M,"), encoding="utf-8"
    )
    mended = take(store, report.refused_file, now)
    assert (mended.added, mended.refused) == (1, 0)


def test_no_spreadsheet_takes_a_refused_cell_for_a_formula(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    file = write_people(tmp_path / "p.csv", [a_person(family_name="=HYPERLINK(1)", gender="Q")])
    row = refused_rows(take(store, file, now, refused=tmp_path / "r.csv"))[0]
    assert row["family_name"] == "'=HYPERLINK(1)"


def test_a_row_with_too_many_or_too_few_fields_is_refused(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    file = write_people(tmp_path / "p.csv", [a_person("K1")])
    with file.open("a") as text:
        text.write("K2,too,few\n\n" + ",".join(["K3"] + ["x"] * 40) + "\n")
    report = take(store, file, now, refused=tmp_path / "r.csv")
    assert (report.rows, report.added, report.refused) == (3, 1, 2)
    assert [row.line for row in report.refusals] == [3, 5]
    assert "has 3 fields where the header has 27" in report.refusals[0].reason


@pytest.mark.parametrize(
    ("said", "use"), [("", "E"), ("e", "E"), ("P", "P"), ("partner-eigen", "V"), ("n", "N")]
)
def test_by_which_name_somebody_goes_is_read_as_sources_write_it(
    store: Store, tmp_path: Path, now: datetime, said: str, use: str
) -> None:
    partner = {"name_use": said, "partner_prefix": "in het", "partner_name": "Veld"}
    report = take(store, write_people(tmp_path / "p.csv", [a_person("K1", **partner)]), now)
    (person,) = everybody(store)
    assert (person["name_use"], person["partner_prefix"], person["partner_name"]) == (
        use,
        "in het",
        "Veld",
    )
    assert not report.remarks


def test_a_file_from_before_partners_had_columns_is_taken_and_nobody_is_written_anew(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    older, newer = tmp_path / "older.csv", tmp_path / "newer.csv"
    header = [name for name in COLUMNS if name not in PARTNER_COLUMNS]
    people = [a_person("K1"), a_person("K2")]
    with older.open("w", newline="") as text:
        writer = csv.DictWriter(text, header, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(people)
    assert take(store, older, now).added == 2
    again = take(store, write_people(newer, people), now)
    assert (again.unchanged, again.updated) == (2, 0)
    people[0] |= {"name_use": "V", "partner_name": "Veld"}
    married = take(store, write_people(newer, people), now)
    assert (married.unchanged, married.updated) == (1, 1)


def test_lines_are_counted_as_an_editor_shows_them(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    file = write_people(
        tmp_path / "p.csv", [a_person("K1", street="Een\nTwee\nDrie"), a_person("K2", gender="Q")]
    )
    (row,) = take(store, file, now).refusals
    assert (row.line, row.record) == (5, 2)
    assert str(row).startswith("line 5 (record 2): gender: 'Q' is not a known gender; ")


REMARKED = [
    ({"phone": "0612"}, "unusable_number", {}),
    ({"phone": "geen"}, "nothing", {}),
    ({"phone": "0800-1234567"}, "unusable_number", {}),
    (
        {"postcode": "35112AB"},
        "bad_address",
        {"postcode": None, "household_key": None, "street": None},
    ),
    ({"house_number": ""}, "bad_address", {"postcode": None, "household_key": None}),
    ({"family_name": "Y?ld?z"}, "damaged_name", {"name_damaged": True}),
    ({"family_name": "=cmd()"}, "damaged_name", {"name_damaged": True}),
    ({"street": "MÃ¼hlenweg"}, "damaged_name", {"name_damaged": True}),
    ({"family_name": "", "given_name": "", "initials": ""}, "missing_name", {"name_damaged": True}),
    ({"name_use": "V"}, "missing_partner", {"name_damaged": False, "name_use": "V"}),
    ({"name_use": "N", "partner_name": "Y?ld?z"}, "damaged_name", {"name_damaged": True}),
    ({"name_use": "E", "partner_name": "Y?ld?z"}, "damaged_name", {"name_damaged": False}),
    ({"country": "Atlantis"}, "unknown_country", {"country": "ZZ", "postcode": None}),
    ({"language": "klingon"}, "unknown_language", {"language": ""}),
    ({"email": "jan"}, "bad_email", {"email": None}),
]


@pytest.mark.parametrize(("changed", "kind", "kept"), REMARKED)
def test_what_can_be_left_out_is_remarked_and_the_person_is_kept(
    sqlite_url: str,
    tmp_path: Path,
    now: datetime,
    changed: dict[str, str],
    kind: str,
    kept: dict[str, Any],
) -> None:
    from store.engine import open_store
    from store.migrating import migrate

    store = open_store(sqlite_url, locks=tmp_path)
    migrate(store)
    file = write_people(tmp_path / "p.csv", [a_person(**changed)])
    report = take(store, file, now, remarks=tmp_path / "remarks.csv")
    person = the_person(store)
    assert (report.added, dict(report.remarks)) == (1, {kind: 1})
    assert {name: person[name] for name in kept} == kept
    assert kind in (tmp_path / "remarks.csv").read_text(encoding="utf-8")
    store.engine.dispose()


def test_a_date_of_which_only_the_year_is_known_keeps_both_ends(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    take(
        store,
        write_people(tmp_path / "p.csv", [a_person(birth_date="19800000", deceased_on="00000000")]),
        now,
    )
    person = the_person(store)
    assert (str(person["birth_first"]), str(person["birth_last"])) == ("1980-01-01", "1980-12-31")
    assert person["deceased_on"] is not None


def bad_header(tmp_path: Path, change: Any) -> Path:
    file = tmp_path / "p.csv"
    file.write_text(",".join(change(list(COLUMNS))) + "\n")
    return file


BAD_FILES: list[tuple[str, bytes, str]] = [
    ("empty", b"", "is empty"),
    ("only blank lines", b"\n\n", "is empty"),
    ("a workbook", b"PK\x03\x04....", "is a spreadsheet"),
    ("UTF-16", "person_ref;bsn".encode("utf-16"), "is UTF-16"),
    (
        "cp1252",
        (",".join(COLUMNS) + "\nK1,,J.,Zoë\n").encode("cp1252"),
        "line 2: is not UTF-8 text",
    ),
    ("a missing column", ",".join(COLUMNS[:-1]).encode(), "there is no column guardian_ref"),
    ("a column twice", (",".join(COLUMNS) + ",town").encode(), "town: stands twice"),
    (
        "no type",
        (",".join(COLUMNS) + ",years").encode(),
        "years: is not a known column; declare it as years:int",
    ),
    (
        "an unknown type",
        (",".join(COLUMNS) + ",years:float").encode(),
        "'float' is not a type of fact",
    ),
    (
        "a fact named as a column",
        (",".join(COLUMNS) + ",draw_key:int").encode(),
        "is a column of a person already",
    ),
    (
        "nationality",
        (",".join(COLUMNS) + ",nationality:text").encode(),
        "nobody may be selected by nationality",
    ),
    (
        "257 columns",
        ",".join([*COLUMNS, *(f"f{i}:int" for i in range(230))]).encode(),
        "has 257 columns",
    ),
    ("an open quote", (",".join(COLUMNS) + '\nK1,"' + "x\n" * 80_000).encode(), "never closed"),
]


@pytest.mark.parametrize(
    ("content", "said"), [case[1:] for case in BAD_FILES], ids=[case[0] for case in BAD_FILES]
)
def test_a_bad_file_is_refused_in_one_line_and_nothing_is_taken(
    store: Store, tmp_path: Path, now: datetime, content: bytes, said: str
) -> None:
    file = tmp_path / "p.csv"
    file.write_bytes(content)
    with pytest.raises(BadInput) as refused:
        take(store, file, now, refused=tmp_path / "r.csv")
    assert said in str(refused.value)
    assert str(file) in str(refused.value)
    assert "\n" not in str(refused.value)
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Import)).scalar_one() == 0
    assert [path.name for path in tmp_path.glob("*r.csv*")] == []


def test_a_file_that_turns_bad_half_way_leaves_nothing_behind(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    file = write_people(
        tmp_path / "p.csv",
        [a_person(f"K{index}", gender="MQ"[index % 2]) for index in range(6_000)],
    )
    with file.open("ab") as data:
        data.write(b"K9999,,J.,Zo\xeb\n")
    with pytest.raises(BadInput, match="line 6002: is not UTF-8 text"):
        take(store, file, now, refused=tmp_path / "r.csv")
    assert everybody(store) == []
    assert [path.name for path in tmp_path.glob("*r.csv*")] == []


@pytest.mark.thorough
def test_generated_people_are_the_same_on_both_databases(
    sqlite_url: str, postgres_url: str, tmp_path: Path, now: datetime
) -> None:
    from store.engine import open_store
    from store.migrating import migrate

    file = tmp_path / "p.csv"
    with file.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows([HEADER, *generate(300, 5)])
    found = []
    for url in (sqlite_url, postgres_url):
        store = open_store(url, locks=tmp_path)
        migrate(store)
        take(store, file, now)
        found.append(everybody(store))
        store.engine.dispose()
    assert found[0] == found[1]


@pytest.mark.thorough
def test_an_import_that_is_killed_has_not_happened_and_can_be_done_again(
    tmp_path: Path, now: datetime
) -> None:
    from store.engine import open_store
    from store.migrating import migrate

    file = write_people(
        tmp_path / "p.csv",
        [a_person(f"K{index}", gender="MMQ"[index % 3]) for index in range(6_000)],
    )
    url = f"sqlite:///{tmp_path / 'k.sqlite3'}"
    store = open_store(url, locks=tmp_path)
    migrate(store)
    program = (
        "import os, signal, sys; from pathlib import Path; from datetime import datetime, UTC\n"
        "from people.importing import import_people; from store.engine import open_store\n"
        "watch = lambda phase, done, total: done > 3000 and os.kill(os.getpid(), signal.SIGKILL)\n"
        "import_people(open_store(sys.argv[1], locks=Path('.')), Path(sys.argv[2]), key=b'k', watch=watch,"
        " now=datetime.now(UTC), refused=Path(sys.argv[3]))\n"
    )
    arguments = [sys.executable, "-c", program, url, str(file), str(tmp_path / "r.csv")]
    killed = subprocess.run(
        arguments, check=False, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )
    assert killed.returncode == -signal.SIGKILL
    assert everybody(store) == []
    assert not (tmp_path / "r.csv").exists()
    report = take(store, file, now, refused=tmp_path / "r.csv")
    assert (report.added, report.refused) == (4_000, 2_000)
    assert len(refused_rows(report)) == 2_000
    with store.reading() as connection:
        indexes = (
            connection.exec_driver_sql("select name from sqlite_master where type = 'index'")
            .scalars()
            .all()
        )
    assert {"ix_people_joint_hash", "ix_people_household_key", "ix_person_numbers_e164"} <= set(
        indexes
    )
    store.engine.dispose()


def test_reading_rows_together_comes_to_the_same_as_reading_each_alone(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    write_population(file, 700, 11)
    source = open_source(file)
    parser = own_map(source).layout(source).parser(source, KEY, "2023-06-01")
    records = [record.cells for record in source.records() if isinstance(record, Record)]
    assert parser.parse_many(records) == [parser.parse(cells) for cells in records]


def test_one_bad_row_among_many_costs_only_itself(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    people = [
        a_person(f"K{index}", phone="0612", gender="Q" if index == 123 else "V")
        for index in range(600)
    ]
    people.append(a_person("K5"))
    report = take(store, write_people(tmp_path / "p.csv", people), now)
    assert (report.added, report.refused, dict(report.remarks)) == (
        599,
        2,
        {"unusable_number": 599},
    )
    assert [row.line for row in report.refusals] == [125, 602]


def test_the_import_is_written_down_with_its_figures(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    report = take(store, write_people(tmp_path / "p.csv", [a_person("K1"), a_person("K1")]), now)
    with store.reading() as connection:
        row = connection.execute(select(Import.__table__)).mappings().one()
    assert (row["id"], row["kind"], row["rows"], row["added"], row["refused"]) == (
        report.import_id,
        "people",
        2,
        1,
        1,
    )
    assert (row["started_at"], row["finished_at"], len(row["sha256"])) == (now, now, 64)


def test_facts_stand_in_the_database_as_json(
    sqlite_url: str, tmp_path: Path, now: datetime
) -> None:
    from store.engine import open_store
    from store.migrating import migrate

    store = open_store(sqlite_url, locks=tmp_path)
    migrate(store)
    file = write_people(
        tmp_path / "p.csv", [a_person(**{"team:text": 'a "q" \\ é'})], ["team:text"]
    )
    take(store, file, now)
    with store.reading() as connection:
        raw = connection.exec_driver_sql("select facts from people").scalar_one()
    assert json.loads(raw) == {"team": 'a "q" \\ é'}
    store.engine.dispose()
