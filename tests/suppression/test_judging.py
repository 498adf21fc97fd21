"""The judge: each rule on its own, on both databases, with every reason that held."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import BigInteger, insert, literal, select

from store.engine import Store
from store.tables import Import, Outcome, Person, PersonNumber, Suppression
from suppression.judging import first_of, first_reason, mask
from suppression.occasions import Occasion
from suppression.policies import shipped_policy
from suppression.reasons import Reason, bits, named
from suppression.rules import BY_REASON
from suppression.year_spans import years_before

DAY = date(2023, 6, 5)
AT = datetime(2023, 6, 5, 7, tzinfo=UTC)
FACTS = frozenset({"dunned_on", "extension_until", "in_care_of"})
BARE: dict[str, Any] = {
    "person_ref": "P1",
    "initials": "A.",
    "given_name": "",
    "prefix": "",
    "family_name": "Jansen",
    "name_damaged": False,
    "gender": "O",
    "language": "nl",
    "country": "NL",
    "address_under_investigation": False,
    "secret_address": False,
    "draw_key": 1,
    "content_hash": 1,
    "import_id": 1,
    "imported_at": AT,
    "updated_at": AT,
    "household_key": 7,
    "facts": {"dunned_on": "2023-01-01"},
}
Judge = Callable[..., set[Reason]]


def occasion(
    reaches: str = "post", channel: str = "card", purpose: str = "duty", **also: Any
) -> Occasion:
    return Occasion(
        channel=channel, reaches=reaches, purpose=purpose, on=DAY, at=AT, declared=FACTS, **also
    )


@pytest.fixture
def judge(store: Store) -> Judge:
    """Judge one person who has these columns, numbers, suppressions and outcomes."""

    def judged(
        on: Occasion | None = None,
        *,
        numbers: tuple[tuple[str, bool, bool], ...] = (),
        listed: tuple[dict[str, Any], ...] = (),
        outcomes: tuple[dict[str, Any], ...] = (),
        **columns: Any,
    ) -> set[Reason]:
        with store.writing() as connection:
            connection.execute(
                insert(Import).values(id=1, kind="people", file="f", sha256="0", started_at=AT)
            )
            connection.execute(insert(Person).values(id=1, **{**BARE, **columns}))
            for position, (e164, text, call) in enumerate(numbers, 1):
                connection.execute(
                    insert(PersonNumber).values(
                        person_id=1,
                        position=position,
                        e164=e164,
                        type="MOBILE",
                        may_text=text,
                        may_call=call,
                    )
                )
            for at, entry in enumerate(listed):
                bare = {
                    "entry_key": str(at),
                    "scope": "person",
                    "reason": "SUPPRESSED",
                    "source": "t",
                    "note": "",
                    "starts_at": AT - timedelta(days=1),
                    "added_at": AT,
                    "added_by": "t",
                }
                connection.execute(insert(Suppression).values({**bare, **entry}))
            for outcome in outcomes:
                connection.execute(
                    insert(Outcome).values(
                        {"person_ref": "P1", "reference": "r", "import_id": 1, **outcome}
                    )
                )
            held = connection.execute(
                select(mask(on or occasion())).where(Person.id == 1)
            ).scalar_one()
            first = connection.execute(select(first_reason(literal(held, BigInteger)))).scalar_one()
            connection.rollback()
        assert first == (reason.value if (reason := first_of(held)) else None)
        return set(named(held))

    return judged


def test_somebody_with_nothing_against_them_may_be_reached(judge: Judge) -> None:
    assert judge() == set()


@pytest.mark.everyday(10)
@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"deceased_on": date(2023, 1, 1)}, Reason.DECEASED),
        ({"birth_last": date(2005, 6, 6)}, Reason.MINOR),
        ({"birth_first": date(2005, 1, 1), "birth_last": date(2005, 12, 31)}, Reason.MINOR),
        ({"guardian_ref": "G"}, Reason.UNDER_GUARDIANSHIP),
        ({"name_damaged": True}, Reason.NAME_DAMAGED),
        (
            {"facts": {"dunned_on": "2023-01-01", "extension_until": "2023-06-05"}},
            Reason.EXTENSION_GRANTED,
        ),
        ({"facts": {"dunned_on": "2023-01-01", "in_care_of": "the church"}}, Reason.IN_OTHER_CARE),
        (
            {"facts": {"dunned_on": "2023-01-01", "in_care_of": "WSNP"}},
            Reason.IN_CARE_DEBT_RESTRUCTURING,
        ),
        ({"facts": {}}, Reason.NO_DUNNING_YET),
        ({"facts": {"dunned_on": "2023-05-16"}}, Reason.NO_DUNNING_YET),
    ],
)
@pytest.mark.parametrize(
    ("reaches", "channel"), [("post", "card"), ("text", "sms"), ("call", "call")]
)
def test_a_reason_about_the_person_holds_on_every_channel(
    judge: Judge, columns: dict[str, Any], reason: Reason, reaches: str, channel: str
) -> None:
    assert judge(
        occasion(reaches, channel), numbers=(("+31612345678", True, True),), **columns
    ) == {reason}


@pytest.mark.parametrize(
    "columns",
    [
        {"birth_last": date(2005, 6, 5)},
        {"birth_last": None},
        {"facts": {"dunned_on": "2023-05-15"}},
        {"facts": {"dunned_on": "2023-01-01", "extension_until": "2023-06-04", "in_care_of": ""}},
        {"secret_address": True},
    ],
)
def test_just_beside_a_reason_there_is_none(judge: Judge, columns: dict[str, Any]) -> None:
    assert judge(**columns) == set()


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"household_key": None}, Reason.NO_POSTAL_ADDRESS),
        ({"address_under_investigation": True}, Reason.ADDRESS_UNDER_INVESTIGATION),
        ({"moved_abroad_on": date(2023, 1, 1)}, Reason.MOVED_ABROAD),
        ({"country": "BE"}, Reason.MOVED_ABROAD),
    ],
)
def test_a_reason_about_the_address_holds_for_post_alone(
    judge: Judge, columns: dict[str, Any], reason: Reason
) -> None:
    assert judge(**columns) == {reason}
    assert (
        judge(occasion("text", "sms"), numbers=(("+31612345678", True, True),), **columns) == set()
    )


def test_a_text_needs_a_number_that_may_be_texted_and_a_card_needs_none(judge: Judge) -> None:
    landline = (("+31302345678", False, True),)
    assert judge(occasion("text", "sms"), numbers=landline) == {Reason.NO_USABLE_NUMBER}
    assert judge(occasion("call", "call"), numbers=landline) == set()
    assert judge(occasion("call", "call")) == {Reason.NO_USABLE_NUMBER}
    assert judge() == set()


def test_a_number_that_bounced_is_closed_and_the_other_one_is_used(judge: Judge) -> None:
    bounced = {"scope": "number", "e164": "+31612345678"}
    one, other = ("+31612345678", True, True), ("+31687654321", True, True)
    assert judge(occasion("text", "sms"), numbers=(one,), listed=(bounced,)) == {
        Reason.NO_USABLE_NUMBER
    }
    assert judge(occasion("text", "sms"), numbers=(one, other), listed=(bounced,)) == set()
    assert judge(numbers=(one,), listed=(bounced,)) == set()


def test_stop_from_a_number_holds_the_card_of_whoever_is_on_it(judge: Judge) -> None:
    stop = {"scope": "number", "e164": "+31612345678", "reason": "OBJECTION"}
    assert judge(numbers=(("+31612345678", True, True),), listed=(stop,)) == {Reason.OBJECTION}
    assert judge(numbers=(("+31687654321", True, True),), listed=(stop,)) == set()


@pytest.mark.everyday(8)
@pytest.mark.parametrize(
    ("entry", "held"),
    [
        ({"person_ref": "P1"}, {Reason.SUPPRESSED}),
        ({"person_ref": "P1", "reason": "OBJECTION"}, {Reason.OBJECTION}),
        ({"person_ref": "P1", "reason": "DECEASED"}, {Reason.DECEASED}),
        ({"person_ref": "P2"}, set()),
        ({"person_ref": "P1", "channel": "card"}, {Reason.SUPPRESSED}),
        ({"person_ref": "P1", "channel": "sms"}, set()),
        ({"person_ref": "P1", "purpose": "duty"}, {Reason.SUPPRESSED}),
        ({"person_ref": "P1", "purpose": "rights"}, set()),
        ({"person_ref": "P1", "starts_at": AT}, {Reason.SUPPRESSED}),
        ({"person_ref": "P1", "starts_at": AT + timedelta(seconds=1)}, set()),
        ({"person_ref": "P1", "ends_at": AT + timedelta(seconds=1)}, {Reason.SUPPRESSED}),
        ({"person_ref": "P1", "ends_at": AT}, set()),
        ({"person_ref": "P1", "lifted_at": AT}, set()),
        ({"scope": "address", "household_key": 7}, {Reason.SUPPRESSED}),
        ({"scope": "address", "household_key": 8}, set()),
        (
            {"scope": "person_at_address", "person_ref": "P1", "household_key": 7},
            {Reason.SUPPRESSED},
        ),
        ({"scope": "person_at_address", "person_ref": "P1", "household_key": 8}, set()),
        ({"scope": "person_at_address", "person_ref": "P2", "household_key": 7}, set()),
    ],
)
def test_an_entry_holds_whom_it_names_while_it_is_in_force(
    judge: Judge, entry: dict[str, Any], held: set[Reason]
) -> None:
    assert judge(listed=(entry,)) == held


@pytest.mark.parametrize(
    ("outcome", "done"),
    [
        ({"kind": "filed", "happened_on": DAY}, True),
        ({"kind": "filed", "happened_on": DAY - timedelta(days=364)}, True),
        ({"kind": "filed", "happened_on": DAY - timedelta(days=365)}, False),
        ({"kind": "filed", "happened_on": DAY + timedelta(days=1)}, False),
        ({"kind": "not_liable", "happened_on": DAY}, True),
        ({"kind": "appointment", "happened_on": DAY}, False),
        ({"kind": "filed", "happened_on": DAY, "person_ref": "P2"}, False),
    ],
)
def test_who_has_filed_is_left_alone(judge: Judge, outcome: dict[str, Any], done: bool) -> None:  # noqa: FBT001
    assert judge(outcomes=(outcome,)) == ({Reason.ALREADY_DONE} if done else set())


def test_every_reason_that_holds_is_kept(judge: Judge) -> None:
    held = judge(
        deceased_on=date(2023, 1, 1),
        guardian_ref="G",
        name_damaged=True,
        household_key=None,
        facts={},
        listed=({"person_ref": "P1", "reason": "OBJECTION"},),
    )
    assert held == {
        Reason.DECEASED,
        Reason.UNDER_GUARDIANSHIP,
        Reason.NAME_DAMAGED,
        Reason.NO_POSTAL_ADDRESS,
        Reason.NO_DUNNING_YET,
        Reason.OBJECTION,
    }


@pytest.mark.thorough
def test_a_campaign_that_asks_about_the_dunning_letter_itself_judges_it_itself(
    judge: Judge,
) -> None:
    assert judge(occasion(asked=frozenset({"dunned_on"})), facts={}) == set()
    assert judge(occasion(purpose="rights"), facts={}) == set()


def test_the_first_reason_is_the_first_in_the_order_of_the_rules() -> None:
    assert first_of(bits([Reason.NAME_DAMAGED, Reason.MINOR])) is Reason.MINOR
    assert first_of(0) is None
    assert {*shipped_policy().rules.order} == {*BY_REASON}


def test_a_birthday_on_29_february_is_counted() -> None:
    assert years_before(date(2024, 2, 29), 18) == date(2006, 2, 28)
    assert years_before(date(2024, 2, 29), 4) == date(2020, 2, 29)
