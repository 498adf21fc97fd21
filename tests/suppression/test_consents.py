"""Consent: the latest word wins, a consent has its proof, and a contradiction counts for nobody."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select

from people.sheet_imports import Taken
from store.engine import Store
from store.errors import BadInput
from store.states import ConsentKind
from store.tables import Consent, Import, Person
from suppression import importing_consents
from suppression.consents import (
    ConsentState,
    NewStatement,
    consent_states,
    has_consent,
    has_withdrawn,
    record_statement,
    state_of,
    statements_of,
    still_holds,
)
from tests.builders import Builder
from tests.examples import examples

GIVEN, WITHDRAWN = ConsentKind.GIVEN, ConsentKind.WITHDRAWN
AT = datetime(2023, 6, 1, 7, 0, tzinfo=UTC)
CHANNELS, PURPOSES = ("card", "sms"), ("rights", "invitation")
HEADER = "person_ref,kind,channel,purpose,said_at,until,source,text_shown\n"


def word(
    kind: ConsentKind = GIVEN,
    days: float = -10,
    *,
    ref: str = "P1",
    channel: str | None = None,
    purpose: str | None = None,
    until: float | None = None,
) -> NewStatement:
    ends_at = None if until is None else AT + timedelta(days=until)
    said_at = AT + timedelta(days=days)
    return NewStatement(
        person_ref=ref,
        kind=kind,
        channel=channel,
        purpose=purpose,
        said_at=said_at,
        ends_at=ends_at,
        source="form",
        text_shown="Mag het Belteam u bellen?",
    )


words = st.builds(
    word,
    st.sampled_from(ConsentKind),
    st.integers(-4, 1),  # few moments, so that ties are common
    ref=st.sampled_from(["P1", "P2", "P3"]),
    channel=st.sampled_from([None, *CHANNELS]),
    purpose=st.sampled_from([None, *PURPOSES]),
    until=st.sampled_from([None, None, -1, 0, 3]),
)


@given(st.lists(words, max_size=8))
@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_database_and_the_law_in_python_agree_on_everyone(
    store: Store, said: list[NewStatement]
) -> None:
    with store.writing() as connection:
        builder = Builder(connection, AT)
        refs = ["P1", "P2", "P3", "silent"]
        for ref in refs:
            builder.person(ref)
        rows = [
            {**each.columns(), "entry_key": str(n), "added_at": AT, "added_by": "t"}
            for n, each in enumerate(said)
        ]
        if rows:
            connection.execute(insert(Consent), rows)
        for channel in CHANNELS:
            for purpose in PURPOSES:
                law = {
                    r: state_of([w for w in said if w.person_ref == r], channel, purpose, AT)
                    for r in refs
                }
                for condition, wanted in (
                    (has_consent, ConsentState.GIVEN),
                    (has_withdrawn, ConsentState.WITHDRAWN),
                ):
                    query = select(Person.person_ref).where(condition(channel, purpose, AT))
                    found = set(connection.execute(query).scalars())
                    assert found == {ref for ref, state in law.items() if state is wanted}
                assert all(
                    state_of(statements_of(connection, ref), channel, purpose, AT) is state
                    for ref, state in law.items()
                )
        for table in (Consent, Person, Import):
            connection.execute(delete(table))


@given(st.lists(words, max_size=8))
def test_a_word_that_no_longer_holds_can_be_left_out_of_the_living_ones(
    said: list[NewStatement],
) -> None:
    mine = [each for each in said if each.ends_at is None]
    kept = [each for each in mine if still_holds(each, mine, AT)]
    for channel, purpose in consent_states(mine, CHANNELS, PURPOSES, AT):
        assert state_of(kept, channel, purpose, AT) is state_of(mine, channel, purpose, AT)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ([], ConsentState.NONE),
        ([word(GIVEN)], ConsentState.GIVEN),
        ([word(GIVEN, -10), word(WITHDRAWN, -5)], ConsentState.WITHDRAWN),
        ([word(WITHDRAWN, -10), word(GIVEN, -5)], ConsentState.GIVEN),
        ([word(GIVEN), word(WITHDRAWN)], ConsentState.WITHDRAWN),
        ([word(GIVEN, until=-1)], ConsentState.EXPIRED),
        ([word(GIVEN, until=0)], ConsentState.EXPIRED),
        ([word(GIVEN, -10), word(GIVEN, -5, until=-1)], ConsentState.EXPIRED),
        ([word(GIVEN, -10, until=-1), word(GIVEN, -5)], ConsentState.GIVEN),
        ([word(GIVEN, -10), word(WITHDRAWN, -5, channel="sms")], ConsentState.GIVEN),
        ([word(GIVEN, -10), word(WITHDRAWN, -5, channel="card")], ConsentState.WITHDRAWN),
        ([word(WITHDRAWN, -10), word(GIVEN, -5, channel="sms")], ConsentState.WITHDRAWN),
        ([word(WITHDRAWN, -10, channel="card"), word(GIVEN, -5)], ConsentState.GIVEN),
        ([word(GIVEN, purpose="rights")], ConsentState.NONE),
        ([word(GIVEN, days=1)], ConsentState.NONE),
    ],
)
def test_the_latest_word_about_a_channel_and_a_purpose_wins(
    said: list[NewStatement], state: ConsentState
) -> None:
    assert state_of(said, "card", "invitation", AT) is state
    assert state_of(said[::-1], "card", "invitation", AT) is state


def imported(store: Store, folder: Path, text: str, now: datetime = AT) -> Taken:
    file = folder / "consents.csv"
    file.write_text(text, encoding="utf-8")
    return importing_consents.import_consents(
        store, file, now=now, by="ann", channels=CHANNELS, refused=folder / "refused.csv"
    )


def history(store: Store, ref: str = "P1") -> list[tuple[str, str | None, str | None]]:
    with store.reading() as connection:
        return [
            (each.kind.value, each.channel, each.purpose) for each in statements_of(connection, ref)
        ]


def test_a_file_is_a_history_and_the_same_file_twice_changes_nothing(
    store: Store, tmp_path: Path
) -> None:
    text = (
        HEADER
        + "P1,given,sms,invitation,2023-05-01T14:30,2023-12-31,form 12,Wij sturen u een sms.\n"
        "P1,withdrawn,sms,,2023-05-20,,,\n"
        "P1,withdrawn,sms,,2023-05-20,,,\n"
        "stranger,GIVEN,,,2023-05-01,,counter,Mogen we u bellen?\n"
    )
    first = imported(store, tmp_path, text)
    assert (first.rows, first.added, first.unchanged, first.refused) == (4, 3, 1, 0)
    again = imported(store, tmp_path, text, AT + timedelta(days=1))
    assert (again.added, again.unchanged, again.refused) == (0, 4, 0)
    assert history(store) == [("given", "sms", "invitation"), ("withdrawn", "sms", None)]
    with store.reading() as connection:
        first_word, withdrawn = statements_of(connection, "P1")
        assert (first_word.said_at, first_word.ends_at) == (
            datetime(2023, 5, 1, 12, 30, tzinfo=UTC),
            datetime(2023, 12, 31, 23, 0, tzinfo=UTC),
        )
        assert (first_word.source, first_word.text_shown) == ("form 12", "Wij sturen u een sms.")
        assert (withdrawn.source, withdrawn.added_by, withdrawn.added_at) == (
            "consents.csv",
            "ann",
            AT,
        )
        assert (
            state_of(statements_of(connection, "stranger"), "card", "rights", AT)
            is ConsentState.GIVEN
        )
        booked = connection.execute(
            select(Import.kind, Import.added, Import.unchanged).order_by(Import.id)
        ).all()
    assert [tuple(row) for row in booked] == [("consents", 3, 1), ("consents", 0, 4)]


def test_every_bad_row_is_refused_with_its_remedy_and_the_good_ones_go_on(
    store: Store, tmp_path: Path
) -> None:
    text = (
        HEADER + ",given,,,2023-05-01,,form,text\n"
        "P1,maybe,,,2023-05-01,,form,text\n"
        "P1,given,,,,,form,text\n"
        "P1,given,,,1-5-2023,,form,text\n"
        "P1,given,,,2023-06-02,,form,text\n"
        "P1,given,,,2023-05-01,2023-04-30,form,text\n"
        "P1,given,,,2023-05-01,soon,form,text\n"
        "P1,withdrawn,,,2023-05-01,2023-06-30,form,text\n"
        "P1,given,,,2023-05-01,,,text\n"
        "P1,given,,,2023-05-01,,form,\n"
        "P1,given,pigeon,,2023-05-01,,form,text\n"
        "P1,given,,fun,2023-05-01,,form,text\n"
        "P1,given,,,2023-05-01,,form,text\n"
    )
    taken = imported(store, tmp_path, text)
    assert (taken.rows, taken.added, taken.refused) == (13, 1, 12)
    for each, wanted in zip(
        taken.refusals,
        [
            "person_ref: is empty",
            "kind: 'maybe' is neither; write given or withdrawn",
            "said_at: is empty",
            "said_at: '1-5-2023' is not a date",
            "said_at: 2023-06-01T22:00:00+00:00 is still to come",
            "until: lies before the consent was given",
            "until: 'soon' is not a date",
            "until: a withdrawal has no end",
            "source: a consent needs its proof; say where",
            "text_shown: a consent needs its proof; write the text that was shown",
            "channel: 'pigeon' is not a channel",
            "purpose: 'fun' is not a purpose",
        ],
        strict=True,
    ):
        assert wanted in each.problem


def test_two_lines_that_contradict_each_other_are_both_refused_and_name_each_other(
    store: Store, tmp_path: Path
) -> None:
    many = "".join(
        f"X{n},given,,,2023-05-02,,form,text\n" for n in range(2_500)
    )  # more than a batch lies between
    text = (
        HEADER + "P1,given,,invitation,2023-05-01T12:00,,form,text\n"
        "P1,given,card,rights,2023-05-01T12:00,,form,text\n"
        f"{many}"
        "P1,withdrawn,sms,,2023-05-01T10:00Z,,,\n"
    )
    taken = imported(store, tmp_path, text)
    assert (taken.rows, taken.added, taken.refused) == (2_503, 2_501, 2)
    said = (
        "kind: contradicts line {}: given and withdrawn at the same moment; keep the one that holds"
    )
    assert [each.line for each in taken.refusals] == [2, 2504]
    for each, other in zip(taken.refusals, (2504, 2), strict=True):
        assert each.problem.startswith(said.format(other))
    assert history(store) == [("given", "card", "rights")]
    refused = (tmp_path / "refused.csv").read_text().splitlines()
    assert refused[1].startswith("P1,given,,invitation,2023-05-01T12:00,,form,text,2,")
    assert len(refused) == 3


def test_a_line_that_contradicts_what_is_recorded_is_refused_and_names_it(
    store: Store, tmp_path: Path
) -> None:
    imported(store, tmp_path, HEADER + "P1,given,,,2023-05-01,,form,text\n")
    taken = imported(
        store,
        tmp_path,
        HEADER + "P1,withdrawn,sms,,2023-05-01,,,\nP1,given,,,2023-05-01,,form,text\n",
    )
    (refusal,) = taken.refusals
    assert (taken.added, taken.unchanged) == (0, 1)
    assert refusal.problem.startswith(
        "kind: contradicts #1, recorded by ann on 2023-06-01: given and withdrawn"
    )
    assert history(store) == [("given", None, None)]


def test_what_lies_apart_does_not_contradict(store: Store, tmp_path: Path) -> None:
    text = (
        HEADER + "P1,given,card,,2023-05-01,,form,text\nP1,withdrawn,sms,,2023-05-01,,,\n"
        "P2,withdrawn,card,,2023-05-01,,,\nP1,withdrawn,card,,2023-05-02,,,\n"
    )
    assert imported(store, tmp_path, text).added == 4


def test_a_file_that_turns_bad_half_way_leaves_nothing_behind_and_the_next_one_goes_well(
    store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "bad.csv"
    rows = b"".join(b"P%d,withdrawn,2023-05-01\n" % n for n in range(5_000))
    file.write_bytes(b"person_ref,kind,said_at\n" + rows + b"caf\xe9,withdrawn,2023-05-01\n")
    with pytest.raises(BadInput, match="is not UTF-8"):
        importing_consents.import_consents(store, file, now=AT, by="ann")
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Consent)).scalar_one() == 0
    assert imported(store, tmp_path, HEADER + "P1,withdrawn,,,2023-05-01,,,\n").added == 1


def test_an_empty_list_is_taken(store: Store, tmp_path: Path) -> None:
    assert imported(store, tmp_path, HEADER).rows == 0


def test_a_word_by_hand_is_recorded_once_and_may_not_contradict(store: Store) -> None:
    assert record_statement(store, word(GIVEN), by="ann", now=AT)
    assert not record_statement(store, word(GIVEN), by="bea", now=AT)
    with pytest.raises(BadInput, match="contradicts #1, recorded by ann on 2023-06-01"):
        record_statement(store, word(WITHDRAWN, channel="sms"), by="ann", now=AT)
    assert record_statement(store, word(WITHDRAWN, -9), by="ann", now=AT)
    assert history(store) == [("given", None, None), ("withdrawn", None, None)]
