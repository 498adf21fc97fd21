"""Who must not be reached, on whose word, and until when."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from people.importing import import_people
from store.engine import Store
from store.errors import BadInput
from store.states import SuppressionScope
from store.tables import Import, Person
from suppression.importing import import_list
from suppression.judging import mask
from suppression.lists import add, entries, lift
from suppression.occasions import Occasion
from suppression.reasons import Reason, named
from tests.builders import Builder
from tests.files import people_file
from tests.suppression.listings import close_address, object_everywhere

CHANNELS = ("card", "sms")


def listed(store: Store, ref: str, now: datetime, reason: str = "OBJECTION") -> bool:
    return add(store, ref, reason, source="letter", by="ann", now=now)


def test_an_entry_may_wait_for_a_person_yet_unknown(store: Store, now: datetime) -> None:
    assert listed(store, "nobody-yet", now)
    (entry,) = entries(store, ref="nobody-yet")
    assert (entry.scope, entry.reason, entry.added_by) == (
        SuppressionScope.PERSON,
        "OBJECTION",
        "ann",
    )


def test_the_same_entry_stands_once(store: Store, now: datetime) -> None:
    assert listed(store, "P1", now)
    assert not listed(store, "P1", now + timedelta(days=1))
    assert len(entries(store)) == 1


def test_a_longer_entry_is_another_one(store: Store, now: datetime) -> None:
    add(store, "P1", Reason.SUPPRESSED, until=now + timedelta(days=2), source="s", by="b", now=now)
    assert add(store, "P1", Reason.SUPPRESSED, source="s", by="b", now=now + timedelta(days=1))


def test_a_lift_is_recorded_and_nothing_is_deleted(store: Store, now: datetime) -> None:
    listed(store, "P1", now)
    later = now + timedelta(days=3)
    assert lift(store, "P1", by="bea", why="asked to be reached again", now=later) == 1
    (entry,) = entries(store, ref="P1")
    assert (entry.lifted_at, entry.lifted_by, entry.lifted_why) == (
        later,
        "bea",
        "asked to be reached again",
    )
    assert entry.in_force(now + timedelta(days=2))
    assert not entry.in_force(later)


def test_whoever_objects_again_after_a_lift_is_listed_again(store: Store, now: datetime) -> None:
    listed(store, "P1", now)
    lift(store, "P1", by="bea", why="a mistake", now=now + timedelta(days=1))
    assert listed(store, "P1", now + timedelta(days=2))
    assert len(entries(store, active_at=now + timedelta(days=2))) == 1


def test_a_lift_says_why(store: Store, now: datetime) -> None:
    listed(store, "P1", now)
    with pytest.raises(BadInput, match="has no reason"):
        lift(store, "P1", by="bea", why=" ", now=now)


def test_what_was_lifted_once_keeps_who_lifted_it(store: Store, now: datetime) -> None:
    listed(store, "P1", now)
    lift(store, "P1", by="bea", why="a mistake", now=now + timedelta(days=1))
    with pytest.raises(BadInput, match="P1: is on no list, so there is nothing to lift"):
        lift(store, "P1", by="cor", why="again", now=now + timedelta(days=2))
    assert [entry.lifted_by for entry in entries(store)] == ["bea"]


def test_only_the_reason_named_is_lifted(store: Store, now: datetime) -> None:
    listed(store, "P1", now)
    listed(store, "P1", now, "SUPPRESSED")
    assert lift(store, "P1", by="bea", why="moved team", now=now, reason="suppressed") == 1
    assert [entry.reason for entry in entries(store, active_at=now)] == ["OBJECTION"]


def test_what_the_register_says_cannot_be_lifted(store: Store, now: datetime) -> None:
    with store.writing() as connection:
        Builder(connection, now).person("P1", deceased_on=now.date())
    with pytest.raises(
        BadInput, match="DECEASED stands in the people data and cannot be lifted here"
    ):
        lift(store, "P1", by="bea", why="alive and well", now=now)


@pytest.mark.parametrize("reason", ["MINOR", "HOLD_OUT", "no_dunning_yet"])
def test_a_reason_that_is_judged_cannot_be_listed_by_hand(
    store: Store, now: datetime, reason: str
) -> None:
    with pytest.raises(BadInput, match="cannot be listed by hand"):
        listed(store, "P1", now, reason)


@pytest.mark.parametrize("reason", ["", "BECAUSE", "objected"])
def test_an_unknown_reason_is_answered_with_the_known_ones(
    store: Store, now: datetime, reason: str
) -> None:
    with pytest.raises(BadInput, match="write OBJECTION, SUPPRESSED or DECEASED"):
        listed(store, "P1", now, reason)


def test_an_end_in_the_past_is_refused(store: Store, now: datetime) -> None:
    with pytest.raises(BadInput, match="lies in the past"):
        add(store, "P1", "SUPPRESSED", until=now, source="s", by="b", now=now)


def test_an_objection_closes_the_person_and_the_number_it_came_from(
    store: Store, now: datetime
) -> None:
    with store.writing() as connection:
        assert (
            object_everywhere(
                connection, "P1", e164="+31612345678", source="text", by="citizen", now=now
            )
            == 2
        )
    found = entries(store, ref="P1")
    assert {entry.scope for entry in found} == {SuppressionScope.PERSON, SuppressionScope.NUMBER}
    assert {(entry.channel, entry.purpose, entry.ends_at) for entry in found} == {
        (None, None, None)
    }
    assert (
        lift(store, "P1", by="bea", why="asked for help after all", now=now + timedelta(days=1))
        == 2
    )


def test_a_closed_address_closes_only_that_address(store: Store, now: datetime) -> None:
    with store.writing() as connection:
        close_address(connection, "P1", 42, source="returned card", by="post", now=now)
    (entry,) = entries(store, ref="P1")
    assert (entry.scope, entry.reason) == (SuppressionScope.PERSON_AT_ADDRESS, "SUPPRESSED")
    assert "household_key" not in entry.as_data()


def imported(
    store: Store, folder: Path, now: datetime, text: str
) -> tuple[int, int, int, list[str]]:
    file = folder / "list.csv"
    file.write_text(text)
    taken = import_list(
        store, file, now=now, by="ann", channels=CHANNELS, refused=folder / "refused.csv"
    )
    return taken.added, taken.unchanged, taken.refused, [each.problem for each in taken.refusals]


def test_a_list_imported_twice_is_listed_once_even_on_another_day(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    text = "person_ref,reason\nP1,OBJECTION\nP2,SUPPRESSED\nP1,OBJECTION\n"
    assert imported(store, tmp_path, now, text)[:3] == (2, 1, 0)
    assert imported(store, tmp_path, now + timedelta(days=1), text)[:3] == (0, 3, 0)


def test_a_line_that_was_lifted_stays_lifted_when_it_is_imported_again(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    imported(store, tmp_path, now, "person_ref,reason\nP1,OBJECTION\n")
    lift(store, "P1", by="bea", why="a mistake", now=now)
    assert imported(store, tmp_path, now, "person_ref,reason\nP1,OBJECTION\n")[:2] == (0, 1)
    assert entries(store, active_at=now) == []


def test_days_are_whole_days_where_the_citizens_live(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    imported(
        store, tmp_path, now, "person_ref,reason,from,until\nP1,SUPPRESSED,2023-06-10,2023-06-11\n"
    )
    (entry,) = entries(store)
    assert entry.starts_at.isoformat() == "2023-06-09T22:00:00+00:00"
    assert entry.ends_at is not None
    assert entry.ends_at.isoformat() == "2023-06-11T22:00:00+00:00"


def test_a_row_may_be_about_a_number_or_an_address(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    text = (
        "person_ref;number;postcode;house_number;house_letter;reason;channel;purpose\n"
        ";06 12345678;;;;OBJECTION;sms;\n"
        ";;1234 ab;12a;;SUPPRESSED;;rights\n"
        "P1;;1234AB;12;a;SUPPRESSED;card;\n"
    )
    assert imported(store, tmp_path, now, text)[:3] == (3, 0, 0)
    number, address, at_address = entries(store)
    assert (number.scope, number.e164, number.channel) == (
        SuppressionScope.NUMBER,
        "+31612345678",
        "sms",
    )
    assert (address.scope, address.person_ref, address.purpose) == (
        SuppressionScope.ADDRESS,
        None,
        "rights",
    )
    assert at_address.scope == SuppressionScope.PERSON_AT_ADDRESS
    assert at_address.household_key == address.household_key


def test_every_bad_row_is_refused_with_its_remedy_and_the_good_ones_go_on(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    text = (
        "person_ref,number,postcode,house_number,reason,channel,purpose,from,until\n"
        ",,,,OBJECTION,,,,\n"
        "P1,0612345678,,,OBJECTION,,,,\n"
        ",12,,,OBJECTION,,,,\n"
        ",,1234SS,5,OBJECTION,,,,\n"
        "P2,,,,BECAUSE,,,,\n"
        "P2,,,,MINOR,,,,\n"
        "P2,,,,OBJECTION,pigeon,,,\n"
        "P2,,,,OBJECTION,,fun,,\n"
        "P2,,,,OBJECTION,,,1-6-2023,\n"
        "P2,,,,OBJECTION,,,,2022-01-01\n"
        "P2,,,,OBJE\x00CTION,,,,\n"
        "P2,,,\n"
        "P3,,,,objection,,,,\n"
    )
    added, _, refused, problems = imported(store, tmp_path, now, text)
    assert (added, refused) == (1, 12)
    for problem, said in zip(
        problems,
        [
            "person_ref: is about nobody; name a person_ref",
            "number: is about a number and about something else",
            "number: '12' is too short",
            "postcode: '1234SS' is not a Dutch postcode",
            "reason: 'BECAUSE' is no reason we know",
            "reason: MINOR is judged from the people data",
            "channel: 'pigeon' is not a channel of this installation; write card or sms",
            "purpose: 'fun' is not a purpose",
            "from: '1-6-2023' is not a date; write it as 2023-06-01",
            "until: lies before the row begins to hold",
            "reason: holds the control character U+0000",
            "has 4 fields where the header has 9",
        ],
        strict=True,
    ):
        assert said in problem
    assert len((tmp_path / "refused.csv").read_text().splitlines()) == 13


def test_refused_rows_can_be_mended_and_imported_as_they_are(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    imported(store, tmp_path, now, "person_ref,reason,note\nP1,OBJECTOIN,a\n")
    mended = (tmp_path / "refused.csv").read_text().replace("P1,OBJECTOIN", "P1,OBJECTION")
    assert mended.startswith("person_ref,reason,note,refused_line,refused_because\n")
    assert imported(store, tmp_path, now, mended)[:3] == (1, 0, 0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"person_ref,note\nP1,x\n", "line 1: there is no column reason"),
        (b"person_ref,reason,reason\nP1,x,y\n", "line 1, reason: stands twice in the header"),
        (
            b"person_ref,reason,chanel\nP1,OBJECTION,sms\n",
            "line 1, chanel: is not a column of this file",
        ),
        ("person_ref,reason,note\nP1,OBJECTION,caf\xe9\n".encode("latin-1"), "is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(
    store: Store, tmp_path: Path, now: datetime, content: bytes, said: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    with pytest.raises(BadInput, match=said):
        import_list(store, file, now=now, by="ann", channels=CHANNELS)
    assert entries(store) == []


def test_a_file_that_turns_bad_half_way_leaves_nothing_behind(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    file = tmp_path / "list.csv"
    rows = b"".join(b"P%d,OBJECTION,\n" % number for number in range(5000))
    file.write_bytes(b"person_ref,reason,note\nP0,WHAT,\n" + rows + b"P9,OBJECTION,caf\xe9\n")
    with pytest.raises(BadInput, match="is not UTF-8"):
        import_list(
            store, file, now=now, by="ann", channels=CHANNELS, refused=tmp_path / "refused.csv"
        )
    assert entries(store) == []
    assert [path.name for path in tmp_path.glob("*refused*")] == []


def test_a_byte_order_mark_windows_line_ends_and_quoted_line_breaks_are_taken(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(
        b'\xef\xbb\xbfperson_ref;reason;note\r\nP1;OBJECTION;"two\r\nlines; one ""note"""\r\n\r\n'
    )
    assert import_list(store, file, now=now, by="ann", channels=CHANNELS).added == 1
    assert entries(store)[0].note == 'two\r\nlines; one "note"'


def test_a_list_has_a_name_under_which_its_age_is_agreed(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("person_ref,reason,source\nP1,OBJECTION,\nP2,OBJECTION,a letter\n")
    import_list(store, file, now=now, by="ann", channels=CHANNELS, source="stella")
    assert [entry.source for entry in entries(store)] == ["stella", "a letter"]
    with store.reading() as connection:
        assert connection.execute(select(Import.source, Import.kind)).one() == (
            "stella",
            "suppressions",
        )


def test_a_row_may_be_about_one_subject(store: Store, tmp_path: Path, now: datetime) -> None:
    text = "person_ref,reason,subject\nP1,OBJECTION,income-tax\nP1,OBJECTION,Income tax!\nP1,OBJECTION,\n"
    added, _, refused, problems = imported(store, tmp_path, now, text)
    assert (added, refused) == (2, 1)
    assert "subject: 'Income tax!' is not a subject; write small letters" in problems[0]
    assert [entry.subject for entry in entries(store)] == ["income-tax", None]


def test_rows_that_overlap_are_all_kept_and_hold_while_any_of_them_does(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    text = "person_ref,reason,from,until\nP1,SUPPRESSED,2023-06-01,2023-06-20\nP1,SUPPRESSED,2023-06-10,2023-06-30\n"
    assert imported(store, tmp_path, now, text)[:3] == (2, 0, 0)
    held = [len(entries(store, active_at=now + timedelta(days=days))) for days in (5, 15, 25, 35)]
    assert held == [1, 2, 1, 0]


def test_a_list_waits_for_people_yet_unknown_and_holds_when_they_appear(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    imported(
        store, tmp_path, now, "person_ref,number,reason\nP1,,OBJECTION\n,06 12345678,SUPPRESSED\n"
    )
    file = people_file(
        tmp_path,
        {"person_ref": "P1"},
        {"person_ref": "P2", "phone": "06 12345678"},
        {"person_ref": "P3"},
    )
    import_people(store, file, key=b"key", now=now)
    assert held(store, now, "card", "post") == {"P1": [Reason.OBJECTION], "P2": [], "P3": []}
    assert held(store, now, "sms", "text")["P2"] == [Reason.NO_USABLE_NUMBER]


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("7", "write 0000007"),
        ("007", "write 0000007"),
        ("B12", "write B0012"),
        ("b-0012", "write B0012"),
        ("0612345678", "list the number: +31612345678"),
        ("+31 6 12345678", "list the number: +31612345678"),
        ("7.0", "is a number of a spreadsheet"),
        ("1.2E+10", "lost digits in a spreadsheet"),
        ("12-mrt", "is a date that a spreadsheet made"),
    ],
)
def test_an_entry_that_would_hold_nobody_by_a_slip_is_refused_with_who_may_be_meant(
    store: Store, tmp_path: Path, now: datetime, written: str, remedy: str
) -> None:
    file = people_file(tmp_path, {"person_ref": "0000007"}, {"person_ref": "B0012"})
    import_people(store, file, key=b"key", now=now)
    text = f"person_ref,reason\n{written},OBJECTION\n0000007,OBJECTION\nC0012,OBJECTION\n"
    added, _, refused, (problem,) = imported(store, tmp_path, now, text)
    assert (added, refused) == (2, 1)
    assert remedy in problem


def held(store: Store, now: datetime, channel: str, reaches: str) -> dict[str, list[Reason]]:
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


def test_an_import_that_adds_to_a_list_is_taken_as_the_first_was(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    # the first import of an embedded house builds its indexes at the end: they must all be there afterwards
    with store.reading() as connection:
        before = {index["name"] for index in inspect(connection).get_indexes("suppressions")}
    assert imported(store, tmp_path, now, "person_ref,reason\nP1,OBJECTION\nP1,OBJECTION\n")[
        :3
    ] == (1, 1, 0)
    assert imported(store, tmp_path, now, "person_ref,reason\nP1,OBJECTION\nP2,OBJECTION\n")[
        :3
    ] == (1, 1, 0)
    with store.reading() as connection:
        assert {
            index["name"] for index in inspect(connection).get_indexes("suppressions")
        } == before
