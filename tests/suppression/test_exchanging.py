"""Two bodies share whom they must not reach, and no names."""

import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from shutil import copy

import pytest
from sqlalchemy import select

from people.importing import import_people
from people.shared_keys import JointKey
from store.engine import Store, open_store
from store.errors import BadInput
from store.tables import Import, Person
from suppression.hashed_exchange import (
    COLUMNS,
    Exchanged,
    export_exchange,
    import_exchange,
    joint_key,
)
from suppression.judging import mask
from suppression.lists import add, entries, lift
from suppression.occasions import Occasion
from suppression.reasons import Reason, named
from tests.fictitious_numbers import fictitious
from tests.files import people_file
from tests.suppression.listings import close_address

KEY, OTHER = (
    JointKey(b"a joint key that two bodies agreed on"),
    JointKey(b"a key of nobody else in this whole world"),
)
BSNS = list(islice(fictitious(), 100, 104))
NUMBER, UNKNOWN = "+31612345678", "+31687654321"


@pytest.fixture
def there(tmp_path: Path, sqlite_template: Path) -> Iterator[Store]:
    """The other body's house."""
    file = copy(sqlite_template, tmp_path / "there.sqlite3")
    store = open_store(f"sqlite:///{file}", locks=tmp_path / "locks-there")
    yield store
    store.engine.dispose()


def lives(
    store: Store, folder: Path, now: datetime, *people: dict[str, str], joint: JointKey | None = KEY
) -> None:
    import_people(store, people_file(folder, *people), key=b"its own", joint=joint, now=now)


def sent(here: Store, folder: Path, now: datetime) -> Path:
    text = io.StringIO(newline="")
    export_exchange(here, text, KEY, now=now)
    (folder / "exchange.csv").write_text(text.getvalue(), newline="")
    return folder / "exchange.csv"


def taken(store: Store, file: Path, now: datetime, key: JointKey = KEY) -> Exchanged:
    return import_exchange(
        store, file, key, source="City of A", by="bea", now=now, channels=("card", "sms")
    )


def held(
    store: Store, now: datetime, channel: str = "card", reaches: str = "post"
) -> dict[str, list[Reason]]:
    occasion = Occasion(
        channel=channel,
        reaches=reaches,
        purpose="duty",
        on=now.date(),
        at=now,
        declared=frozenset(),
    )
    with store.reading() as connection:
        rows = connection.execute(select(Person.person_ref, mask(occasion).label("reasons")))
        return {row.person_ref: named(row.reasons) for row in rows}


def test_what_a_citizen_objected_to_here_holds_there_under_another_name(
    store: Store, there: Store, tmp_path: Path, now: datetime
) -> None:
    lives(
        store,
        tmp_path,
        now,
        {"person_ref": "A1", "bsn": BSNS[0]},
        {"person_ref": "A2", "bsn": BSNS[1]},
    )
    lives(
        there,
        tmp_path,
        now,
        {"person_ref": "B7", "bsn": BSNS[0]},
        {"person_ref": "B8", "bsn": BSNS[1]},
    )
    add(store, "A1", "OBJECTION", source="letter", by="ann", now=now)
    assert taken(there, sent(store, tmp_path, now), now).taken.added == 1
    later = now + timedelta(hours=1)
    assert held(there, later) == {"B7": [Reason.OBJECTION], "B8": []}
    (entry,) = entries(there, ref="B7")
    assert (entry.source, entry.person_ref, entry.note) == ("City of A", None, "")
    assert lift(there, "B7", by="bea", why="asked us to write", now=later) == 1
    assert held(there, later)["B7"] == []


def test_whoever_appears_later_is_held_too(
    store: Store, there: Store, tmp_path: Path, now: datetime
) -> None:
    lives(store, tmp_path, now, {"person_ref": "A1", "bsn": BSNS[0]})
    add(store, "A1", "DECEASED", source="family", by="ann", now=now)
    add(store, UNKNOWN, "OBJECTION", source="text", by="ann", now=now)
    assert taken(there, sent(store, tmp_path, now), now).recognised == 0
    later = now + timedelta(hours=1)
    lives(
        there,
        tmp_path,
        later,
        {"person_ref": "B1", "bsn": BSNS[0]},
        {"person_ref": "B2", "phone": UNKNOWN},
    )
    assert held(there, later) == {"B1": [Reason.DECEASED], "B2": [Reason.OBJECTION]}


def test_a_number_that_we_know_is_recognised_at_once(
    store: Store, there: Store, tmp_path: Path, now: datetime
) -> None:
    lives(there, tmp_path, now, {"person_ref": "B1", "phone": NUMBER}, {"person_ref": "B2"})
    for number in (NUMBER, UNKNOWN):
        add(store, number, "SUPPRESSED", source="bounced", by="ann", now=now)
    done = taken(there, sent(store, tmp_path, now), now)
    assert (done.taken.added, done.recognised) == (2, 1)
    assert sorted(entry.e164 or "" for entry in entries(there)) == ["", NUMBER]
    assert held(there, now + timedelta(hours=1), "sms", "text")["B1"] == [Reason.NO_USABLE_NUMBER]


def test_nothing_in_the_file_says_who_anybody_is(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    lives(
        store,
        tmp_path,
        now,
        {"person_ref": "A1", "bsn": BSNS[0], "family_name": "Verzonnen", "phone": NUMBER},
    )
    add(
        store,
        "A1",
        "OBJECTION",
        note="mevrouw Verzonnen, 06 12345678",
        source="reply 7: texted",
        by="annelies",
        now=now,
    )
    add(store, NUMBER, "OBJECTION", note="STOP", source="reply 7: texted", by="annelies", now=now)
    add(store, "A9", "OBJECTION", source="somebody unknown", by="annelies", now=now)
    with store.writing() as connection:
        close_address(connection, "A1", 42, source="returned card", by="post", now=now)
    text = sent(store, tmp_path, now).read_text()
    said = [line.split(",") for line in text.splitlines()[1:]]
    assert [row[1] for row in said] == ["person", "number"]
    secrets = (
        BSNS[0],
        "A1",
        "A9",
        "Verzonnen",
        "12345678",
        "612345678",
        "STOP",
        "reply",
        "annelies",
    )
    assert [each for each in secrets if each in text] == []
    shapes = (
        r"[0-9a-f]{16}",
        r"person|number",
        r"[0-9a-f]{64}",
        "OBJECTION",
        "",
        "",
        "",
        "2023-06-01",
        "",
    )
    assert all(
        re.fullmatch(shape, cell) for row in said for shape, cell in zip(shapes, row, strict=True)
    )


def test_only_what_is_in_force_goes_out_and_nothing_that_came_in(
    store: Store, there: Store, tmp_path: Path, now: datetime
) -> None:
    people = [{"person_ref": f"A{place}", "bsn": bsn} for place, bsn in enumerate(BSNS)]
    lives(store, tmp_path, now, *people)
    lives(there, tmp_path, now, *people)
    add(store, "A0", "OBJECTION", channel="sms", source="letter", by="ann", now=now)
    add(store, "A1", "SUPPRESSED", until=now + timedelta(days=2), source="list", by="ann", now=now)
    add(store, "A2", "OBJECTION", source="letter", by="ann", now=now)
    lift(store, "A2", by="bea", why="asked us to", now=now)
    day_after = now + timedelta(days=1)
    assert taken(there, sent(store, tmp_path, day_after), day_after).taken.added == 2
    assert [(entry.channel, entry.reason) for entry in entries(there) if entry.channel] == [
        ("sms", "OBJECTION")
    ]
    until = next(entry.ends_at for entry in entries(there) if entry.reason == "SUPPRESSED")
    assert until is not None
    assert until >= now + timedelta(days=2)  # the whole of its last day
    assert sent(there, tmp_path, day_after).read_text().splitlines() == [",".join(COLUMNS)]


def test_the_same_file_taken_twice_adds_nothing_and_a_source_keeps_its_name(
    store: Store, there: Store, tmp_path: Path, now: datetime
) -> None:
    lives(store, tmp_path, now, {"person_ref": "A1", "bsn": BSNS[0]})
    add(store, "A1", "OBJECTION", source="letter", by="ann", now=now)
    file = sent(store, tmp_path, now)
    assert [taken(there, file, now + timedelta(days=days)).taken.added for days in (0, 1)] == [1, 0]
    with there.reading() as connection:
        assert set(connection.execute(select(Import.source)).scalars()) == {"City of A"}


def test_a_file_under_another_key_is_refused_whole(
    store: Store, there: Store, tmp_path: Path, now: datetime
) -> None:
    lives(store, tmp_path, now, {"person_ref": "A1", "bsn": BSNS[0]})
    add(store, "A1", "OBJECTION", source="letter", by="ann", now=now)
    said = rf"line 2, key: was made with another key \({KEY.fingerprint()}\) than ours \({OTHER.fingerprint()}\)"
    with pytest.raises(BadInput, match=said):
        taken(there, sent(store, tmp_path, now), now, OTHER)
    assert entries(there) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("person,", "address,"), "kind: 'address' is not a kind of entry; write person or number"),
        (("OBJECTION", "MINOR"), "reason: MINOR is judged from the people data"),
        (
            ("OBJECTION,", "OBJECTION,pigeon"),
            "channel: 'pigeon' is not a channel of this installation",
        ),
        (("2023-06-01", "1 june"), "from: '1 june' is not a date"),
    ],
)
def test_a_row_that_cannot_be_is_refused_and_the_others_go_on(
    store: Store, there: Store, tmp_path: Path, now: datetime, change: tuple[str, str], said: str
) -> None:
    lives(
        store,
        tmp_path,
        now,
        {"person_ref": "A1", "bsn": BSNS[0]},
        {"person_ref": "A2", "bsn": BSNS[1]},
    )
    for ref in ("A1", "A2"):
        add(store, ref, "OBJECTION", source="letter", by="ann", now=now)
    file = sent(store, tmp_path, now)
    file.write_text(file.read_text().replace(*change, 1))
    done = taken(there, file, now).taken
    assert (done.added, done.refused) == (1, 1)
    assert said in done.refusals[0].problem


def test_two_files_pasted_together_do_not_pass(
    store: Store, there: Store, tmp_path: Path, now: datetime
) -> None:
    lives(store, tmp_path, now, {"person_ref": "A1", "bsn": BSNS[0]})
    add(store, "A1", "OBJECTION", source="letter", by="ann", now=now)
    file = sent(store, tmp_path, now)
    row = file.read_text().splitlines()[1].replace(KEY.fingerprint(), OTHER.fingerprint())
    file.write_text(file.read_text() + row + "\n")
    done = taken(there, file, now).taken
    assert (done.added, done.refused) == (1, 1)
    assert "another key than that of the first row" in done.refusals[0].problem


def test_people_known_before_the_key_was_agreed_are_found_after_they_are_imported_again(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    file = people_file(tmp_path, {"person_ref": "A1", "bsn": BSNS[0]}, {"person_ref": "A2"})
    reports = [
        import_people(store, file, key=b"its own", joint=joint, now=now + timedelta(days=day))
        for day, joint in enumerate((None, None, KEY, KEY))
    ]
    assert [(report.added, report.updated, report.unchanged) for report in reports] == [
        (2, 0, 0),
        (0, 0, 2),
        (0, 2, 0),
        (0, 0, 2),
    ]
    with store.reading() as connection:
        found = dict(connection.execute(select(Person.person_ref, Person.joint_hash)).all())
    assert found == {"A1": KEY.persons()(BSNS[0]), "A2": None}


def test_a_key_that_is_missing_or_too_short_says_so() -> None:
    with pytest.raises(
        BadInput, match="KAARTJE_JOINT_SECRET: is not set, so nothing can be exchanged"
    ):
        joint_key(JointKey.of(""))
    with pytest.raises(
        BadInput, match="KAARTJE_JOINT_SECRET: has 5 characters; agree on at least 32"
    ):
        JointKey.of("12345")


def test_a_person_and_a_number_of_the_same_digits_have_different_hashes_and_the_key_is_never_shown() -> (
    None
):
    assert (
        len({KEY.persons()("061234567"), KEY.numbers()("061234567"), OTHER.persons()("061234567")})
        == 3
    )
    assert "joint" not in repr(KEY)
