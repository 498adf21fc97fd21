"""What citizens and postmen tell us, and what follows from it."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from channels.codes import response_code
from desk.cases.cases import case_of
from desk.queue.queues import take, waiting
from desk.queue.wrap_up import wrap_up
from inbound.replies import RepliesReport, import_replies, match_by_hand, unmatched
from installation.installation import Installation
from store.errors import BadInput
from store.states import CallKind, CampaignState, SuppressionScope, TouchState
from store.tables import Call, Decision, Reply, Touch, TouchEvent
from suppression.lists import entries
from suppression.reasons import Reason, bits
from tests.builders import LINE, Builder
from tests.deciding import deciding

CODE, OTHER_CODE, UNKNOWN_CODE = response_code(11), response_code(12), response_code(13)
NUMBER, SHARED = "+31612345678", "+31687654321"
HEADER = "received_at,kind,response_code,number,person_ref,text,reason,objects,line\n"


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + timedelta(days=20)


def took(
    installation: Installation, rows: str, now: datetime, header: str = HEADER
) -> RepliesReport:
    file = installation.settings.home / "replies.csv"
    file.write_text(header + rows)
    return import_replies(
        installation, file, now=now, refused=installation.settings.home / "refused.csv"
    )


def state_of(installation: Installation, touch_id: int) -> TouchState:
    with installation.store.reading() as connection:
        return connection.execute(select(Touch.state).where(Touch.id == touch_id)).scalar_one()


def count(installation: Installation, table: type) -> int:
    with installation.store.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_call_with_a_code_enters_the_queue_of_its_campaigns_line(
    installation: Installation, now: datetime, later: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.reach(
            builder.campaign("other", line_id=builder.line("+318000111")), "P2", code=OTHER_CODE
        )
        builder.reach(builder.campaign(), "P1", code=CODE)
    printed = f"{CODE[:3]} {CODE[3:6]}-{CODE[6:]}"
    report = took(installation, f"2023-06-14T10:30,called,{printed},,,,,,\n", later)
    assert (report.matched, report.unmatched, report.followed.calls) == ({"code": 1}, 0, 1)
    (call,) = waiting(installation.store)
    assert (call.line, call.campaign, call.person_ref, call.kind) == (LINE, "pilot", "P1", "called")
    assert call.received_at.isoformat() == "2023-06-14T08:30:00+00:00"


def test_nobody_waits_on_the_telephone_for_what_a_file_tells(
    installation: Installation, now: datetime, later: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.reach(builder.campaign(), "P1", NUMBER, code=CODE)
    rows = (f"called,{CODE},,,,,,", "texted,,06 12345678,,ik snap het niet,,,", "counter,,,P1,,,,")
    took(installation, "".join(f"2023-06-14T10:30,{row}\n" for row in rows), later)
    assert {call.why for call in waiting(installation.store)} == {CallKind.CALL_BACK}


def test_a_text_and_a_visit_enter_the_queue_too(
    installation: Installation, now: datetime, later: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.reach(builder.campaign(), "P1", NUMBER)
    took(
        installation,
        "2023-06-14,texted,,06 12345678,,bel mij,,,\n2023-06-15,counter,,,P1,,,,\n",
        later,
    )
    assert [(call.kind, call.person_ref, call.text) for call in waiting(installation.store)] == [
        ("texted", "P1", "bel mij"),
        ("counter", "P1", ""),
    ]


@pytest.mark.parametrize(
    "state", [CampaignState.STOPPED, CampaignState.FINISHED, CampaignState.PAUSED]
)
def test_the_end_of_a_campaign_does_not_close_its_codes(
    installation: Installation, now: datetime, later: datetime, state: CampaignState
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.reach(builder.campaign(state=state, ended_at=now), "P1", code=CODE)
    assert took(installation, f"2023-06-14,called,{CODE},,,,,,\n", later).followed.calls == 1


def test_the_line_takes_calls_until_the_end_of_its_last_day_and_no_longer(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.reach(builder.campaign(line_open_until=date(2023, 6, 30)), "P1", code=CODE)
    rows = f"2023-06-30T23:59,called,{CODE},,,,,,\n2023-07-01T00:01,called,{CODE},,,,,,\n"
    report = took(installation, rows, now + timedelta(days=60))
    assert (report.followed.calls, report.followed.without_line) == (1, 1)
    assert count(installation, Reply) == 2


def test_who_calls_again_after_six_months_is_matched_by_the_same_card_and_has_the_same_case(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.reach(builder.campaign(state=CampaignState.FINISHED), "P1", code=CODE)
    known = []
    for day in ("2023-06-14", "2023-12-14"):
        moment = datetime.fromisoformat(f"{day}T10:30+00:00")
        took(installation, f"{day}T10:30,called,{CODE},,,,,,\n", moment)
        (call,) = waiting(installation.store)
        assert call.person_ref == "P1"
        take(installation.store, call.id, "Henri", moment)
        wrap_up(
            installation.store,
            call.id,
            by=deciding("Henri"),
            disposition="helped",
            note="",
            now=moment,
        )
        known.append(case_of(installation.store, "P1"))
    first, again = known
    assert first is not None
    assert again is not None
    assert (again.id, again.owner, again.conversations) == (first.id, "Henri", 2)


def test_somebody_nobody_knows_is_served_all_the_same(
    installation: Installation, now: datetime, later: datetime
) -> None:
    with installation.store.writing() as connection:
        Builder(connection, now).line()
    report = took(installation, "2023-06-14,called,,anoniem,,wil hulp,,,\n", later)
    assert (report.unmatched, report.followed.calls) == (1, 1)
    (call,) = waiting(installation.store)
    assert (call.person_ref, call.from_number, call.text) == (None, None, "wil hulp")


def test_where_there_are_two_lines_the_file_names_the_one_that_was_called(
    installation: Installation, now: datetime, later: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.line()
        builder.line("+318000111")
    report = took(
        installation, "2023-06-14,called,,,,a,,,\n2023-06-14,called,,,,b,,,0800-0111\n", later
    )
    assert (report.followed.calls, report.followed.without_line) == (1, 1)
    assert [call.text for call in waiting(installation.store, "+318000111")] == ["b"]
    assert waiting(installation.store, LINE) == []


def test_imported_twice_it_is_one_reply(
    installation: Installation, now: datetime, later: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.reach(builder.campaign(), "P1", code=CODE)
    rows = f"2023-06-14,called,{CODE},,,,,,\n2023-06-14,called,{CODE},,,,,,\n2023-06-15,counter,,,,,,,\n"
    rows += "2023-06-15,counter,,,,,,,\n"
    first, second = (
        took(installation, rows, later),
        took(installation, rows, later + timedelta(days=1)),
    )
    assert (first.taken.added, first.taken.unchanged) == (
        3,
        1,
    )  # two visitors without a name are two
    assert (second.taken.added, second.taken.unchanged) == (0, 4)
    assert (count(installation, Reply), count(installation, Call)) == (3, 3)


def test_a_number_that_two_people_share_is_left_for_a_hand(
    installation: Installation, now: datetime, later: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        campaign = builder.campaign()
        builder.reach(campaign, "P1", SHARED)
        _, touch_id = builder.reach(campaign, "P2", SHARED)
    assert took(installation, f"2023-06-14,called,,{SHARED},,,,,\n", later).unmatched == 1
    (waits,) = unmatched(installation.store)
    assert (
        match_by_hand(installation, waits.id, "P2", now=later).calls == 0
    )  # it is in the queue already
    assert unmatched(installation.store) == []
    (call,) = waiting(installation.store)
    assert call.person_ref == "P2"
    with installation.store.reading() as connection:
        assert connection.execute(select(Reply.touch_id, Reply.matched_by)).one() == (
            touch_id,
            "hand",
        )


def test_a_person_named_by_hand_comes_before_the_number_of_a_daughter(
    installation: Installation, now: datetime, later: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.person("P1")
        builder.person("daughter", NUMBER)
        builder.line()
    took(installation, f"2023-06-14,called,,{NUMBER},P1,,,,\n", later)
    assert [call.person_ref for call in waiting(installation.store)] == ["P1"]


def test_by_number_a_reply_answers_the_latest_touch_that_had_gone_out_by_then(
    installation: Installation, now: datetime, later: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        person_id, _ = builder.reach(builder.campaign("first"), "P1", NUMBER, handed_over_at=now)
        builder.touch(
            builder.campaign("second"), person_id, handed_over_at=now + timedelta(days=10)
        )
        builder.touch(builder.campaign("planned"), person_id, state=TouchState.PLANNED)
    took(
        installation,
        f"2023-06-05,called,,{NUMBER},,early,,,\n2023-06-15,called,,{NUMBER},,late,,,\n",
        later,
    )
    assert [(call.text, call.campaign) for call in waiting(installation.store)] == [
        ("early", "first"),
        ("late", "second"),
    ]


def test_a_code_that_was_never_given_matches_nobody(
    installation: Installation, now: datetime, later: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.reach(builder.campaign(), "P1", code=CODE)
    report = took(installation, f"2023-06-14,called,{UNKNOWN_CODE},,,,,,\n", later)
    assert (report.taken.refused, report.unmatched, report.followed.calls) == (0, 1, 1)


@pytest.mark.parametrize("state", [TouchState.HANDED_OVER, TouchState.PRINTED, TouchState.POSTED])
def test_a_returned_card_moves_its_touch_and_closes_that_address_for_that_person(
    installation: Installation, now: datetime, later: datetime, state: TouchState
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        _, touch_id = builder.reach(builder.campaign(), "P1", code=CODE, state=state)
    report = took(installation, f"2023-06-14,returned,{CODE},,,,moved,,\n", later)
    assert (report.followed.returned, report.followed.closed_addresses, report.followed.calls) == (
        1,
        1,
        0,
    )
    assert state_of(installation, touch_id) == TouchState.RETURNED
    (entry,) = entries(installation.store, ref="P1")
    assert (entry.scope, entry.note) == (SuppressionScope.PERSON_AT_ADDRESS, "moved")
    with installation.store.reading() as connection:
        moves = connection.execute(
            select(TouchEvent.to_state, TouchEvent.reason).order_by(TouchEvent.id)
        ).all()
    assert moves[-1] == (TouchState.RETURNED, "moved")


OLD, NEW = 41, 42


@pytest.mark.parametrize(
    ("changed_after", "closed"),
    [(timedelta(days=-1), NEW), (timedelta(days=1), OLD)],
    ids=["moved before the card went", "moved after the card went"],
)
def test_the_address_that_is_closed_is_the_one_the_card_was_sent_to(
    installation: Installation,
    now: datetime,
    later: datetime,
    changed_after: timedelta,
    closed: int,
) -> None:
    sent_at = now + timedelta(days=4)
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        campaign = builder.campaign()
        person_id = builder.person("P1", household_key=NEW, updated_at=sent_at + changed_after)
        builder.decide(campaign, person_id, arm="card", wave=1)
        connection.execute(update(Decision).values(household_key=OLD))
        builder.touch(campaign, person_id, code=CODE, handed_over_at=sent_at)
    took(installation, f"2023-06-14,returned,{CODE},,,,moved,,\n", later)
    assert [entry.household_key for entry in entries(installation.store, ref="P1")] == [closed]


def test_a_card_that_was_refused_closes_no_address_and_may_be_an_objection(
    installation: Installation, now: datetime, later: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        _, touch_id = builder.reach(builder.campaign(), "P1", code=CODE)
    took(installation, f"2023-06-14,returned,{CODE},,,,refused,,\n", later)
    assert state_of(installation, touch_id) == TouchState.RETURNED
    (held,) = entries(installation.store)
    assert (held.reason, held.person_ref, held.household_key) == (
        "OBJECTION_IN_DOUBT",
        "P1",
        None,
    )


def test_a_card_that_comes_back_without_a_word_was_not_known_there(
    installation: Installation, now: datetime, later: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.reach(builder.campaign(), "P1", code=CODE)
    took(installation, f"2023-06-14,returned,{CODE},,,,,,\n", later)
    assert [entry.note for entry in entries(installation.store)] == ["unknown"]


@pytest.mark.parametrize("kind", ["returned", "called", "counter"])
def test_word_of_a_death_holds_everything_at_once(
    installation: Installation, now: datetime, later: datetime, kind: str
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        person_id, _ = builder.reach(builder.campaign(), "P1", code=CODE)
        planned = builder.touch(builder.campaign("next"), person_id, state=TouchState.PLANNED)
    report = took(installation, f"2023-06-14,{kind},{CODE},,,,deceased,,\n", later)
    assert (report.followed.deceased, report.followed.withheld) == (1, 1)
    assert state_of(installation, planned) == TouchState.WITHHELD
    assert [(entry.scope, entry.reason) for entry in entries(installation.store)] == [
        ("person", "DECEASED")
    ]


@pytest.mark.parametrize(
    "row",
    [
        f"2023-06-14,called,{CODE},,,,,ja,",
        "2023-06-14,counter,,,P1,wil dit niet,,x,",
        f"2023-06-14,texted,,{NUMBER},,S.T.O.P. a.u.b.,,,",
        f"2023-06-14,returned,{CODE},,,,refused,yes,",
    ],
)
def test_an_objection_suppresses_everywhere_at_once(
    installation: Installation, now: datetime, later: datetime, row: str
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        person_id, _ = builder.reach(builder.campaign(), "P1", NUMBER, code=CODE)
        planned = builder.touch(builder.campaign("next"), person_id, state=TouchState.PLANNED)
        _, neighbours = builder.reach(builder.campaign("third"), "P2", state=TouchState.PLANNED)
    report = took(installation, row + "\n", later)
    assert (report.followed.objections, report.followed.withheld) == (1, 1)
    assert state_of(installation, planned) == TouchState.WITHHELD
    assert state_of(installation, neighbours) == TouchState.PLANNED
    person = next(
        entry
        for entry in entries(installation.store, ref="P1")
        if entry.scope == SuppressionScope.PERSON
    )
    assert (person.reason, person.channel, person.purpose, person.ends_at) == (
        "OBJECTION",
        None,
        None,
        None,
    )
    with installation.store.reading() as connection:
        why = connection.execute(
            select(Touch.reason, Touch.reasons).where(Touch.id == planned)
        ).one()
    assert why == ("OBJECTION", bits([Reason.OBJECTION]))
    assert (
        waiting(installation.store) == []
    )  # nobody calls back somebody who asked not to be called


def test_stop_from_a_number_that_two_people_share_holds_both_until_somebody_sorts_it_out(
    installation: Installation, now: datetime, later: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        campaign = builder.campaign()
        touches = [
            builder.reach(campaign, ref, SHARED, state=TouchState.PLANNED)[1]
            for ref in ("P1", "P2")
        ]
    report = took(installation, f"2023-06-01T08:00,texted,,{SHARED},,STOP,,,\n", later)
    assert (report.unmatched, report.followed.withheld) == (1, 2)
    assert [state_of(installation, touch) for touch in touches] == [
        TouchState.WITHHELD,
        TouchState.WITHHELD,
    ]
    assert [(entry.scope, entry.e164) for entry in entries(installation.store)] == [
        (SuppressionScope.NUMBER, SHARED)
    ]


def test_an_objection_of_somebody_yet_unknown_waits_for_them(
    installation: Installation, now: datetime, later: datetime
) -> None:
    took(installation, "2023-06-14,counter,,,P9,,,yes,\n", later)
    assert [entry.person_ref for entry in entries(installation.store)] == ["P9"]


def test_an_objection_matched_by_hand_holds_at_that_moment(
    installation: Installation, now: datetime, later: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        _, planned = builder.reach(builder.campaign(), "P1", state=TouchState.PLANNED)
    took(installation, "2023-06-14,counter,,,,meneer uit de Verzonnenlaan,,yes,\n", later)
    assert state_of(installation, planned) == TouchState.PLANNED
    followed = match_by_hand(installation, unmatched(installation.store)[0].id, "P1", now=later)
    assert (followed.objections, followed.withheld) == (1, 1)
    assert state_of(installation, planned) == TouchState.WITHHELD


def test_a_returned_card_without_a_readable_code_is_matched_by_hand_to_the_latest_post(
    installation: Installation, now: datetime, later: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        campaign = builder.campaign(arms=(("card", "card"), ("text", "sms")))
        person_id, card = builder.reach(campaign, "P1")
        builder.touch(
            campaign, person_id, arm="text", channel="sms", handed_over_at=now + timedelta(days=3)
        )
    took(installation, "2023-06-14,returned,,,,,moved,,\n", later)
    assert (
        match_by_hand(installation, unmatched(installation.store)[0].id, "P1", now=later).returned
        == 1
    )
    assert state_of(installation, card) == TouchState.RETURNED


def test_a_reply_is_matched_once(
    installation: Installation, now: datetime, later: datetime
) -> None:
    with installation.store.writing() as connection:
        Builder(connection, now).person("P1")
    took(installation, "2023-06-14,counter,,,P1,,,,\n2023-06-14,counter,,,,,,,\n", later)
    with pytest.raises(BadInput, match="reply 1: is from P1 already"):
        match_by_hand(installation, 1, "P1", now=later)
    with pytest.raises(BadInput, match="P7: is not a known person"):
        match_by_hand(installation, 2, "P7", now=later)
    with pytest.raises(BadInput, match="there is no such reply"):
        match_by_hand(installation, 99, "P1", now=later)


BAD_ROWS = [
    (",called,,,,,,,", "received_at: the date and time are missing"),
    (
        "14-06-2023,called,,,,,,,",
        "received_at: '14-06-2023' is not a date and time; write it as 2023-06-14",
    ),
    ("2023-02-30,called,,,,,,,", "received_at: '2023-02-30' is not a date and time"),
    ("2033-06-14,called,,,,,,,", "received_at: 2033-06-14 is in the future"),
    ("2023-06-14,,,,,,,,", "kind: the kind is missing"),
    (
        "2023-06-14,phoned,,,,,,,",
        "kind: 'phoned' is not a kind of reply; write called, texted, returned, counter",
    ),
    (
        f"2023-06-14,called,{int(CODE) + 1},,,,,,",
        "response_code: is not a code of ours: one digit is wrong",
    ),
    (
        "2023-06-14,called,12345,,,,,,",
        "response_code: is not a response code; write its ten digits",
    ),
    ("2023-06-14,called,,12,,,,,", "number: '12' is too short"),
    (
        "2023-06-14,returned,,,,,vacation,,",
        "reason: 'vacation' is not a known reason; write moved, unknown, refused, deceased",
    ),
    ("2023-06-14,called,,,,,refused,,", "reason: only mail can be refused"),
    ("2023-06-14,called,,,,,,maybe,", "objects: 'maybe' is neither yes nor no"),
    (
        "2023-06-14,called,,,,,,,0800-9999",
        "line: +318009999 is not one of our lines; lines: none yet",
    ),
    ("2023-06-14,called,,,,bell\x07,,,", "text: holds the control character U+0007"),
    (f"2023-06-14,called,,,,{'x' * 5001},,,", "text: has 5001 characters"),
    ("2023-06-14,called,,", "has 4 fields where the header has 9"),
]


@pytest.mark.parametrize(("row", "said"), BAD_ROWS)
def test_a_bad_row_is_refused_with_its_remedy_and_the_others_go_on(
    installation: Installation, later: datetime, row: str, said: str
) -> None:
    report = took(installation, f"{row}\n2023-06-14,counter,,,,fine,,,\n", later)
    assert (report.taken.added, report.taken.refused) == (1, 1)
    assert said in report.taken.refusals[0].problem
    assert report.taken.refusals[0].line == 2
    assert (
        said.split(";", maxsplit=1)[0] in (installation.settings.home / "refused.csv").read_text()
    )


def test_a_formula_in_a_text_is_only_a_text(installation: Installation, later: datetime) -> None:
    took(installation, '2023-06-14,texted,,,,"=HYPERLINK(""x"")",,,\n', later)
    assert unmatched(installation.store)[0].text == '=HYPERLINK("x")'


@pytest.mark.thorough
def test_a_file_that_turns_bad_half_way_leaves_nothing_behind(
    installation: Installation, now: datetime, later: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        _, touch_id = builder.reach(builder.campaign(), "P1", code=CODE)
    file = installation.settings.home / "replies.csv"
    rows = b"".join(b"2023-06-14,counter,,,P%d,,,yes,\n" % number for number in range(3000))
    file.write_bytes(
        HEADER.encode()
        + b"2023-06-14,returned,"
        + CODE.encode()
        + b",,,,moved,,\n"
        + rows
        + b"caf\xe9\n"
    )
    with pytest.raises(BadInput, match="is not UTF-8"):
        import_replies(installation, file, now=later)
    assert (count(installation, Reply), entries(installation.store)) == (0, [])
    assert state_of(installation, touch_id) == TouchState.HANDED_OVER
