"""One text from a citizen: what it means, whom it is from, and all that follows from it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from campaigns.touches.closed_numbers import STOPPED
from desk.cases.hold_releases import lift
from desk.cases.objection_scopes import keep_all, narrow, waiting_objections
from desk.queue.queues import waiting
from inbound.incoming_texts import InboundText, ProcessedText, process_form, process_text
from inbound.intents import Intent, meaning_of
from inbound.replies import import_replies, unmatched
from inbound.text_inbox import process_texts
from installation.installation import Installation
from store.clock import LOCAL, parse_moment
from store.errors import BadInput
from store.states import AnswerKind, EventOutcome, SuppressionScope, TouchState
from store.tables import Answer, Promise, ProviderEvent, Reply, Touch
from suppression.entries import NewEntry, list_entries
from suppression.lists import entries
from suppression.policies import shipped_policy
from suppression.reasons import Reason
from tests.builders import LINE, Builder
from tests.deciding import deciding
from tests.examples import examples

NUMBER, SHARED = "+31612345678", "+31687654321"
NIGHT = parse_moment("2023-06-01T23:30")


def says(
    installation: Installation,
    body: str,
    at: datetime,
    *,
    number: str = NUMBER,
    ref: str = "",
    media: int = 0,
    opt_out: str = "",
) -> ProcessedText:
    text = InboundText(
        provider="twilio",
        ref=ref or f"{body}{at}{number}",
        sender=number,
        to=LINE,
        body=body,
        received_at=at,
        media=media,
        opt_out_type=opt_out,
    )
    return process_text(installation, text, now=at)


def planned(installation: Installation, now: datetime, *numbers: str) -> list[int]:
    """Put down somebody for each number, reached by text, with a card planned."""
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        campaign = builder.campaign(arms=(("card", "card"), ("text", "sms")))
        made = []
        for place, number in enumerate(numbers, 1):
            person, _ = builder.reach(campaign, f"P{place}", number, arm="text", channel="sms")
            made.append(builder.touch(campaign, person, state=TouchState.PLANNED))
        return made


def state_of(installation: Installation, touch: int) -> TouchState:
    with installation.store.reading() as connection:
        return connection.execute(select(Touch.state).where(Touch.id == touch)).scalar_one()


def answers(installation: Installation) -> list[tuple[AnswerKind, str]]:
    with installation.store.reading() as connection:
        return [
            (row[0], row[1])
            for row in connection.execute(select(Answer.kind, Answer.body).order_by(Answer.id))
        ]


def kinds(installation: Installation) -> list[AnswerKind]:
    return [kind for kind, _ in answers(installation)]


@pytest.mark.parametrize(
    ("text", "intent", "calls"),
    [
        ("STOP", Intent.STOP, False),
        ("Stop aub", Intent.STOP, False),
        ("STOP bel me maar", Intent.STOP, True),
        ("Stop, bel me maar", Intent.STOP, True),
        ("STOP bel me niet", Intent.STOP, False),
        ("stop met mij bellen", Intent.STOP, False),
        ("stop met bellen", Intent.STOP, False),
        ("START", Intent.START, False),
        ("aan", Intent.START, False),
        ("Weer aan graag", Intent.START, False),
        ("HULP", Intent.HELP, False),
        ("info", Intent.HELP, False),
        ("help aub", Intent.HELP, False),
        ("help mij met de aangifte", Intent.TALK, False),
        ("ja", Intent.TALK, False),
        ("aan de slag", Intent.TALK, False),
        ("please call me", Intent.TALK, True),
        ("bel mij", Intent.TALK, True),
        ("kunt u mij bellen?", Intent.TALK, True),
        ("bel mij niet", Intent.STOP, False),
        ("wie is dit", Intent.TALK, False),
        ("", Intent.TALK, False),
    ],
)
def test_a_text_is_understood_as_it_was_meant(
    text: str, intent: Intent, *, calls: bool, now: datetime
) -> None:
    found = meaning_of(text, at=now, hours=shipped_policy().hours)
    assert (found.intent, found.calls) == (intent, calls)


def test_stop_holds_everything_planned_for_everyone_on_the_number_and_is_confirmed_once(
    installation: Installation, now: datetime
) -> None:
    touches = planned(installation, now, NUMBER, NUMBER)
    processed = says(installation, "Stop aub", now)
    assert (processed.intent, processed.withheld, processed.call_id) == (Intent.STOP, 2, None)
    assert {state_of(installation, touch) for touch in touches} == {TouchState.WITHHELD}
    says(installation, "STOP!", now + timedelta(minutes=5))
    says(installation, "stop nu", now + timedelta(days=40))
    ((kind, body),) = answers(installation)
    assert kind is AnswerKind.STOPPED
    assert body == (
        "We bellen en sms'en u niet meer, en sturen geen kaartjes meer. "
        "Officiële brieven kunnen nog wel komen.\nVragen? Bel gratis 0800 0543."
    )
    assert waiting(installation.store) == []


def test_of_stops_that_come_in_at_one_moment_one_is_confirmed(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER)
    with ThreadPoolExecutor(4) as pool:
        processed = list(
            pool.map(
                lambda word: says(installation, word, now),
                ("STOP", "Stop aub", "stop nu", "Stoppen"),
            )
        )
    assert sum(each.withheld for each in processed) == 1
    assert kinds(installation) == [AnswerKind.STOPPED]


def test_stop_is_not_confirmed_where_the_provider_did_so(
    installation: Installation, now: datetime
) -> None:
    (touch,) = planned(installation, now, NUMBER)
    assert says(installation, "Arrêt", now, opt_out="STOP").answer is None
    assert state_of(installation, touch) is TouchState.WITHHELD
    assert answers(installation) == []


def test_stop_and_a_call_asked_for_in_one_breath_are_both_done(
    installation: Installation, now: datetime
) -> None:
    (touch,) = planned(installation, now, NUMBER)
    processed = says(installation, "STOP bel me maar morgen na 5", now)
    assert (state_of(installation, touch), processed.answer) == (
        TouchState.WITHHELD,
        AnswerKind.STOPPED,
    )
    (call,) = waiting(installation.store)
    assert call.text == "STOP bel me maar morgen na 5"
    assert call.promised_from == parse_moment("2023-06-05T09:00")


def test_start_lifts_what_the_stop_of_that_number_held_and_says_so_once(
    installation: Installation, now: datetime
) -> None:
    (touch,) = planned(installation, now, NUMBER)
    says(installation, "STOP", now)
    processed = says(installation, "START", now + timedelta(hours=1))
    assert (processed.released, processed.call_id, processed.answer) == (
        1,
        None,
        AnswerKind.STARTED,
    )
    assert state_of(installation, touch) is TouchState.PLANNED
    assert (
        says(installation, "start", now + timedelta(hours=2)).answer is None
    )  # nothing to lift: a person reads it
    assert kinds(installation) == [AnswerKind.STOPPED, AnswerKind.STARTED]
    assert says(installation, "STOP", now + timedelta(hours=3)).answer is AnswerKind.STOPPED


@pytest.mark.thorough
def test_start_lifts_nothing_that_somebody_else_said(
    installation: Installation, now: datetime
) -> None:
    mine, _ = planned(installation, now, NUMBER, SHARED)
    says(installation, "STOP", now)
    says(installation, "STOP", now, number=SHARED)
    says(installation, "START", now + timedelta(hours=1), number=SHARED)
    assert state_of(installation, mine) is TouchState.WITHHELD


def test_start_leaves_what_a_person_recorded_after_asking(
    installation: Installation, now: datetime
) -> None:
    (touch,) = planned(installation, now, NUMBER)
    says(installation, "STOP", now)
    (objection,) = waiting_objections(installation.store)
    keep_all(
        installation.store,
        f"#{objection.id}",
        by=deciding("ann"),
        why="wants nothing at all",
        now=now,
    )
    processed = says(installation, "START", now + timedelta(hours=1))
    assert (processed.released, processed.answer, state_of(installation, touch)) == (
        0,
        None,
        TouchState.WITHHELD,
    )
    assert [call.text for call in waiting(installation.store)] == ["START"]


def test_start_opens_what_was_narrowed_to_texts(installation: Installation, now: datetime) -> None:
    planned(installation, now, NUMBER)
    says(installation, "STOP", now)
    (objection,) = waiting_objections(installation.store)
    narrow(
        installation.store,
        f"#{objection.id}",
        channels=["sms"],
        by=deciding("ann"),
        why="no texts, cards are fine",
        now=now,
    )
    says(installation, "weer aan", now + timedelta(hours=1))
    assert [
        each for each in entries(installation.store) if each.in_force(now + timedelta(hours=2))
    ] == []


def closed_by_provider(installation: Installation, now: datetime, *numbers: str) -> None:
    """Close these numbers as the provider's report that they said STOP to the sender does."""
    with installation.store.writing() as connection:
        listed = [
            NewEntry(
                scope=SuppressionScope.NUMBER,
                reason=Reason.SUPPRESSED,
                source=STOPPED,
                starts_at=now,
                repeat=number,
                e164=number,
                channel="sms",
            )
            for number in numbers
        ]
        list_entries(connection, listed, by="provider", now=now)


def test_start_opens_a_number_whose_stop_only_the_provider_saw_and_no_other(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER, SHARED)
    closed_by_provider(installation, now, NUMBER, SHARED)
    assert says(installation, "START", now + timedelta(hours=1)).answer is AnswerKind.STARTED
    assert {entry.e164: entry.lifted_at is None for entry in entries(installation.store)} == {
        NUMBER: False,
        SHARED: True,
    }


def test_start_leaves_the_provider_s_stop_where_a_person_recorded_an_objection_after_asking(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER)
    says(installation, "STOP", now)
    closed_by_provider(installation, now, NUMBER)
    (objection,) = waiting_objections(installation.store)
    keep_all(
        installation.store,
        f"#{objection.id}",
        by=deciding("ann"),
        why="wants nothing at all",
        now=now,
    )
    assert says(installation, "START", now + timedelta(hours=1)).answer is None
    assert all(entry.lifted_at is None for entry in entries(installation.store))


def test_help_gives_the_free_number_and_stands_in_the_queue_too(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER)
    assert says(installation, "HULP", now).answer is AnswerKind.HELP
    assert "0800 0543" in answers(installation)[0][1]
    assert [call.text for call in waiting(installation.store)] == ["HULP"]


def test_a_call_back_stands_in_the_queue_with_the_window_that_was_named_and_is_confirmed_in_plain_words(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER)
    says(installation, "bel me morgen na 3 uur op 06 87654321", now)
    (call,) = waiting(installation.store)
    assert (call.person_ref, call.number) == ("P1", SHARED)
    assert (call.promised_from, call.promised_until) == tuple(
        map(parse_moment, ("2023-06-02T15:00", "2023-06-02T17:00"))
    )
    assert answers(installation)[0][1].startswith(
        "Dank u. We bellen u vrijdag 2 juni tussen 15.00 en 17.00 uur."
    )


def test_an_answer_is_in_the_language_of_the_words(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER)
    says(installation, "please call me monday between 10 and 12", now)
    assert answers(installation)[0][1].startswith(
        "Thank you. We will call you on Monday 5 June between 10:00 and 12:00."
    )


@pytest.mark.parametrize(
    ("words", "answered"),
    [
        pytest.param("Stop calling me", "We will not call or text you", id="english"),
        pytest.param(
            "Don\u2019t phone me ever again",
            "We will not call or text you",
            id="english typed well",
        ),
        pytest.param("Niet meer bellen", "We bellen en sms", id="dutch"),
        pytest.param("STOP", "We bellen en sms", id="either"),
    ],
)
def test_an_objection_is_confirmed_in_the_language_it_was_written_in(
    installation: Installation, now: datetime, words: str, answered: str
) -> None:
    planned(installation, now, NUMBER)
    says(installation, words, now)
    assert answers(installation)[0][1].startswith(answered)


@pytest.mark.parametrize(
    "words",
    [
        "bel me zondag om 11",
        "call me at 3 am",
        "bel me 's nachts",
        "bel me op 31 december om 10",
        "bel me over 3 weken",
        "call me next month",
    ],
)
def test_who_names_a_time_at_which_nobody_can_call_is_not_promised_as_soon_as_we_can(
    installation: Installation, now: datetime, words: str
) -> None:
    planned(installation, now, NUMBER)
    says(installation, words, now)
    assert [call.text for call in waiting(installation.store)] == [words]  # for an agent to read
    assert answers(installation) == []


@pytest.mark.parametrize(
    "words",
    [
        "bel me over de brief van 12 mei",
        "goedenacht, bel me",
        "bel me, ik heb in maart aangifte gedaan",
        "call me, I work 3 days a week",
        "bel me over het jaar 2022",
    ],
)
def test_a_time_of_something_else_is_no_time_to_call(
    installation: Installation, now: datetime, words: str
) -> None:
    planned(installation, now, NUMBER)
    says(installation, words, now)
    assert kinds(installation) == [AnswerKind.CALL_BACK]


def test_a_call_back_is_in_the_language_of_its_text(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER, SHARED)
    says(installation, "Could you call me please?", now)
    says(installation, "ok", now, number=SHARED)
    assert [call.language for call in waiting(installation.store)] == ["en", "nl"]


def test_a_promise_for_later_waits_behind_who_waits_now_and_the_last_word_counts(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER)
    for minutes, body in enumerate(
        ("wie is dit?", "bel morgen na 5", "bel vandaag na 5", "wat kost het?")
    ):
        says(installation, body, now + timedelta(minutes=minutes))
    assert [call.text for call in waiting(installation.store)] == [
        "wie is dit?",
        "wat kost het?",
        "bel vandaag na 5",
    ]


def test_nobody_is_here_is_said_once_a_day(installation: Installation, now: datetime) -> None:
    planned(installation, now, NUMBER)
    for minutes, body in enumerate(("wie is dit?", "hallo?", "is daar iemand")):
        says(installation, body, NIGHT + timedelta(minutes=minutes))
    assert len(waiting(installation.store)) == 3
    ((kind, body),) = answers(installation)
    assert kind is AnswerKind.OUT_OF_HOURS
    assert "We zijn er weer vrijdag 2 juni vanaf 9.00 uur" in body
    says(installation, "hallo", NIGHT + timedelta(days=1))
    assert kinds(installation) == [AnswerKind.OUT_OF_HOURS] * 2


def test_in_open_hours_a_person_answers_and_no_machine(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER)
    assert says(installation, "wie is dit?", now).answer is None


@pytest.mark.thorough
def test_two_machines_do_not_talk_for_ever(installation: Installation, now: datetime) -> None:
    planned(installation, now, NUMBER)
    for minutes in range(0, 100, 5):
        says(installation, "HELP", now + timedelta(minutes=minutes))
    assert kinds(installation) == [AnswerKind.HELP] * installation.policy.answers.a_day
    assert says(installation, "STOP", now + timedelta(hours=3)).answer is AnswerKind.STOPPED
    assert says(installation, "HELP", now + timedelta(days=2)).answer is AnswerKind.HELP


@pytest.mark.thorough
def test_a_machine_that_stops_and_starts_in_turn_is_not_answered_for_ever(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER)
    for minutes in range(0, 200, 5):
        says(installation, "START" if minutes % 2 else "STOP", now + timedelta(minutes=minutes))
    assert len(answers(installation)) == installation.policy.answers.a_day


def test_received_twice_it_is_one_text(installation: Installation, now: datetime) -> None:
    planned(installation, now, NUMBER)
    first, again = (
        says(installation, "bel mij", now + timedelta(minutes=n), ref="SM1") for n in (0, 9)
    )
    assert (first.new, again.new, again.reply_id) == (True, False, first.reply_id)
    assert len(waiting(installation.store)) == 1


def test_the_same_words_within_a_minute_are_kept_but_neither_queued_nor_answered_again(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER)
    for seconds in (0, 20, 90):
        says(installation, "bel mij na 5", now + timedelta(seconds=seconds))
    with installation.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Reply)).scalar_one() == 3
    assert (len(waiting(installation.store)), len(answers(installation))) == (1, 2)


def test_of_several_on_one_number_the_only_one_whom_we_texted_lately_is_meant(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, SHARED)
    with installation.store.writing() as connection:
        Builder(connection, now).person("P9", SHARED)
    processed = says(installation, "bel mij", now + timedelta(days=2), number=SHARED)
    assert (processed.matched_by, processed.candidates) == ("recent", ())
    later = says(installation, "bel mij", now + timedelta(days=40), number=SHARED)
    assert (later.matched_by, later.candidates) == (None, ("P1", "P9"))


def test_of_several_whom_we_texted_nobody_is_guessed_and_all_are_shown(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, SHARED, SHARED)
    processed = says(installation, "bel mij", now + timedelta(days=2), number=SHARED)
    assert (processed.matched_by, processed.candidates) == (None, ("P1", "P2"))
    assert [each.candidates for each in unmatched(installation.store)] == [("P1", "P2")]
    assert [call.line for call in waiting(installation.store)] == [LINE]


def test_of_two_lines_a_text_nobody_is_matched_to_goes_to_the_one_they_were_told_of(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, SHARED, SHARED)
    with installation.store.writing() as connection:
        Builder(connection, now).line("+318000111")
    says(installation, "bel mij", now + timedelta(days=2), number=SHARED)
    assert [call.line for call in waiting(installation.store)] == [LINE]


ODD = [
    "",
    "😀" * 50,
    "\0",
    "\ud83d",
    "\ud83d\ude00",
    "a\x07b\x1b[0m",
    "x" * 5000,
    "Bel\r\nmij",
    "\u202eabc",
    "' or 1=1 --",
]


@pytest.mark.everyday(4)
@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
def test_nothing_that_can_be_typed_breaks_anything_or_is_lost(
    installation: Installation, now: datetime, body: str
) -> None:
    planned(installation, now, NUMBER)
    says(installation, body, now, media=2)
    (call,) = waiting(installation.store)
    assert call.text.endswith("[2 x media]")
    assert len(call.text) >= len(body.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def test_a_sender_without_a_number_is_processed_and_never_answered(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER)
    processed = says(installation, "Uw pakket is onderweg", NIGHT, number="PostBezorgd")
    assert (processed.answer, processed.matched_by) == (None, None)
    assert [call.text for call in waiting(installation.store)] == [
        "Uw pakket is onderweg [PostBezorgd]"
    ]


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200), st.text(max_size=12))
def test_any_text_from_anybody_is_processed(
    installation: Installation, now: datetime, body: str, sender: str
) -> None:
    with installation.store.writing() as connection:
        Builder(connection, now).line()
    processed = says(installation, body, now, number=sender)
    with installation.store.reading() as connection:
        assert connection.execute(
            select(Reply.id).where(Reply.id == processed.reply_id)
        ).scalar_one()


def test_what_a_provider_posts_is_read_or_refused_in_one_line(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER)
    form = {"MessageSid": "SM1", "From": NUMBER, "To": LINE, "Body": "bel mij", "NumMedia": "²"}
    assert process_form(installation, form, now=now).matched_by == "number"
    with pytest.raises(BadInput, match="MessageSid: is missing"):
        process_form(installation, {"From": NUMBER}, now=now)


def test_what_was_stored_by_the_webhook_is_processed_once(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER)
    forms = {"a": {"MessageSid": "SM1", "From": NUMBER, "Body": "bel mij"}, "b": {"From": NUMBER}}
    with installation.store.writing() as connection:
        for key, raw in forms.items():
            row = {
                "event_key": key,
                "provider": "twilio",
                "kind": "text",
                "raw": raw,
                "received_at": NIGHT,
            }
            connection.execute(insert(ProviderEvent).values(row))
    assert process_texts(installation, now=NIGHT + timedelta(minutes=1)) == 2
    assert process_texts(installation, now=NIGHT + timedelta(minutes=2)) == 0
    (call,) = waiting(installation.store)
    assert (call.text, call.received_at) == ("bel mij", NIGHT)
    with installation.store.reading() as connection:
        noted = (
            connection.execute(select(ProviderEvent.outcome).order_by(ProviderEvent.id))
            .scalars()
            .all()
        )
    assert noted == [EventOutcome.APPLIED, EventOutcome.LEFT]


def test_a_file_of_replies_is_processed_in_the_same_way(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER)
    file = installation.settings.home / "replies.csv"
    at = now.astimezone(LOCAL)
    rows = [
        f"{at:%Y-%m-%dT%H:%M},texted,{NUMBER},{body}" for body in ("bel mij morgen na 5", "STOP")
    ]
    file.write_text(
        "\n".join(
            ["received_at,kind,number,text", *rows, "2023-01-05T10:00,texted,0612345678,bel mij"]
        )
    )
    report = import_replies(installation, file, now=now + timedelta(hours=1))
    assert (report.followed.calls, report.followed.objections, report.followed.answers) == (2, 1, 2)
    assert report.as_data()["answers"] == 2
    (call,) = waiting(installation.store)  # one number, one wish; the line is closed at that hour
    assert call.promised_from == parse_moment("2023-06-05T09:00")


def test_whoever_a_colleague_opened_again_is_told_of_a_new_stop(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER)
    says(installation, "STOP", now)
    lift(
        installation.store,
        "P1",
        by="ann",
        why="asked for it at the counter",
        now=now + timedelta(hours=1),
    )
    assert says(installation, "STOP", now + timedelta(days=3)).answer is AnswerKind.STOPPED


@pytest.mark.parametrize(
    "number",
    [
        "+8816123456789",  # satellites
        "+882161234567",
        "+870773123456",  # ships
        "+31906123456",  # the house would pay
        "+491805123456",
        "+31662123456",  # a pager
        "+3197012345678",  # a machine
    ],
)
def test_no_call_back_is_promised_to_a_number_that_is_never_dialled(
    installation: Installation, now: datetime, number: str
) -> None:
    planned(installation, now, NUMBER)  # so there is a line
    says(installation, "bel me morgen na 3 uur", now, number=number)
    says(
        installation,
        f"bel me morgen na 4 uur op {number}",
        now + timedelta(minutes=5),
        number=number,
    )
    assert {call.promised_from for call in waiting(installation.store)} == {None}
    assert AnswerKind.CALL_BACK not in kinds(installation)
    with installation.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Promise)).scalar_one() == 0


def test_who_asks_whether_they_are_too_late_gets_an_agent(
    installation: Installation, now: datetime
) -> None:
    planned(installation, now, NUMBER)  # so there is a line
    for minutes, text in enumerate(("ben ik te laat?", "Ben ik nog op tijd", "am I too late?")):
        says(installation, text, now + timedelta(minutes=minutes), number=f"+3161234560{minutes}")
    assert len(waiting(installation.store)) == 3
