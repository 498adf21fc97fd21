"""Every row of the decision table is what the database judges of somebody put down for it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from store.engine import Store
from store.tables import Consent, FactColumn, Import, Person, PersonNumber, Suppression
from suppression.decision_table import CHANNELS, CONSENTS, NUMBERS, PURPOSES, Row, table
from suppression.judging import mask
from suppression.occasions import Occasion
from suppression.policies import shipped_policy
from suppression.reasons import Reason, named
from suppression.verdicts import Blocked

AT = datetime(2023, 6, 6, 8, tzinfo=UTC)
DAY = timedelta(days=1)
ROWS = list(table(shipped_policy()))


def test_the_table_has_a_row_for_every_channel_number_consent_and_purpose() -> None:
    keys = {(row.channel, row.number_type, row.consent, row.purpose) for row in ROWS}
    assert len(keys) == len(ROWS) == len(CHANNELS) * len(NUMBERS) * len(CONSENTS) * len(PURPOSES)


@pytest.mark.thorough
def test_the_database_says_the_same_of_somebody_put_down_for_each_row(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(
            insert(Import).values(id=1, kind="people", file="f", sha256="0", started_at=AT)
        )
        connection.execute(insert(FactColumn).values(name="asked_on", type="date", declared_at=AT))
        connection.execute(insert(Person), [_person(at) for at, _ in enumerate(ROWS, 1)])
        for table_, make in ((PersonNumber, _number), (Consent, _words), (Suppression, _objection)):
            connection.execute(
                insert(table_),
                [values for at, row in enumerate(ROWS, 1) for values in make(at, row)],
            )
        for channel, reaches in CHANNELS.items():
            for purpose in PURPOSES:
                mine = {
                    at: row
                    for at, row in enumerate(ROWS, 1)
                    if (row.channel, row.purpose) == (channel, purpose)
                }
                judged = connection.execute(
                    select(Person.id, mask(_occasion(channel, reaches, purpose))).where(
                        Person.id.in_(mine)
                    )
                )
                for person_id, held in judged:
                    assert set(named(held)) == _reasons(mine[person_id]), mine[person_id]
        connection.rollback()


def _reasons(row: Row) -> set[Reason]:
    return {row.verdict.reason, *row.verdict.also} if isinstance(row.verdict, Blocked) else set()


def _occasion(channel: str, reaches: str, purpose: str) -> Occasion:
    asked_on = "asked_on" if purpose == "service" else None
    return Occasion(
        channel=channel,
        reaches=reaches,
        purpose=purpose,
        on=AT.date(),
        at=AT,
        declared=frozenset({"asked_on"}),
        asked_on=asked_on,
    )


def _person(at: int) -> dict[str, Any]:
    return {
        "id": at,
        "person_ref": f"P{at}",
        "initials": "A.",
        "given_name": "",
        "prefix": "",
        "family_name": "Jansen",
        "name_damaged": False,
        "birth_first": date(1980, 1, 1),
        "birth_last": date(1980, 1, 1),
        "gender": "O",
        "language": "nl",
        "country": "NL",
        "household_key": at,
        "address_under_investigation": False,
        "secret_address": False,
        "facts": {"asked_on": "2023-06-05"},
        "draw_key": at,
        "content_hash": at,
        "import_id": 1,
        "imported_at": AT,
        "updated_at": AT,
    }


def _number(at: int, row: Row) -> list[dict[str, Any]]:
    if row.number is None:
        return []
    # each their own number of this kind, so that nobody shares one
    return [
        {
            "person_id": at,
            "position": 1,
            "e164": f"{row.number.e164}#{at}",
            "type": row.number.type,
            "may_text": row.number.may_text,
            "may_call": row.number.may_call,
        }
    ]


def _words(at: int, row: Row) -> list[dict[str, Any]]:
    if row.consent not in {"given", "withdrawn", "expired"}:
        return []
    ends = AT - DAY if row.consent == "expired" else None
    said = [("given", AT - 3 * DAY, ends)]
    if row.consent == "withdrawn":
        said.append(("withdrawn", AT - 2 * DAY, None))
    return [
        {
            "entry_key": f"{at}-{kind}",
            "person_ref": f"P{at}",
            "kind": kind,
            "said_at": moment,
            "ends_at": until,
            "source": "form",
            "text_shown": "yes",
            "added_at": AT,
            "added_by": "a",
        }
        for kind, moment, until in said
    ]


def _objection(at: int, row: Row) -> list[dict[str, Any]]:
    if row.consent != "objected":
        return []
    return [
        {
            "entry_key": f"o{at}",
            "scope": "person",
            "person_ref": f"P{at}",
            "reason": "OBJECTION",
            "source": "call",
            "note": "",
            "starts_at": AT - 3 * DAY,
            "added_at": AT,
            "added_by": "a",
        }
    ]


def test_nobody_is_called_or_texted_on_a_number_that_is_no_person_s() -> None:
    never = {
        "MACHINE_097",
        "UAN_14",
        "TOLL_FREE",
        "PREMIUM_RATE",
        "PAGER",
        "SHORT",
        "EMERGENCY",
        "NONE",
    }
    allowed = [row for row in ROWS if not isinstance(row.verdict, Blocked)]
    assert not never & {row.number_type for row in allowed if row.channel in {"sms", "call"}}
    assert {row.number_type for row in allowed if row.channel == "sms"} == {"MOBILE"}


def test_an_objection_stops_everything_but_what_was_asked_for_since() -> None:
    objected = [row for row in ROWS if row.consent == "objected" and row.number_type == "MOBILE"]
    assert {row.purpose for row in objected if not isinstance(row.verdict, Blocked)} == {"service"}


def test_an_invitation_by_telephone_needs_consent_and_says_by_which_law() -> None:
    asked = [
        row
        for row in ROWS
        if row.purpose == "invitation" and row.channel == "sms" and row.number_type == "MOBILE"
    ]
    assert {row.consent for row in asked if not isinstance(row.verdict, Blocked)} == {"given"}
    assert all("11.7" in row.reference for row in asked)
