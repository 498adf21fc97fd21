"""Fill a database with a fictional country, by SQL arithmetic.

Nobody in it exists. Everything follows from a person's number, so that the same size gives the same
country on SQLite and on PostgreSQL. For N people there are N/5 suppressions, N/2 earlier touches,
N/10 outcomes, and N/50 consents, calls and replies each.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import Connection, text

from store.clock import parse_moment
from store.engine import Store

TODAY = date(2023, 6, 1)
MOMENT = parse_moment("2023-06-01")
FIRST_DATE = date(2023, 6, 5)
WHERE = "years_without_return >= 2 and reminded_on is not null and dunned_on <= today - 21"
FACTS = {
    "years_without_return": "int",
    "reminded_on": "date",
    "dunned_on": "date",
    "extension_until": "date",
    "in_care_of": "text",
}

_NUMBERED = ("imports", "people", "phone_lines", "campaigns", "arms", "waves", "steps")


def fill(store: Store, people: int) -> None:
    """Make a country of `people` people in an empty database."""
    with store.writing() as connection:
        dialect = _Dialect(connection)
        for statement in _statements(dialect, people):
            connection.execute(text(statement))
        if not dialect.embedded:
            for table in _NUMBERED:  # rows that came with their key did not count it on
                last = f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))"
                connection.execute(text(last))
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("analyze")


class _Dialect:
    """SQL in which the two databases differ."""

    def __init__(self, connection: Connection) -> None:
        self.embedded = connection.dialect.name == "sqlite"

    def numbers(self, count: int) -> str:
        if self.embedded:
            counted = f"select 1 union all select i + 1 from n where i < {count}"
            return f"(with recursive n(i) as ({counted}) select i from n) n"
        return f"(select i::bigint from generate_series(1, {count}) i) n"

    def ref(self, i: str) -> str:
        return f"printf('P%09d', {i})" if self.embedded else f"('P' || lpad(({i})::text, 9, '0'))"

    def day(self, text_: str) -> str:
        return text_ if self.embedded else f"({text_})::date"

    def yes(self, condition: str) -> str:
        return f"({condition})"

    def json(self, text_: str) -> str:
        return text_ if self.embedded else f"({text_})::jsonb"

    def moment(self, days: str) -> str:
        """Return the moment so many days before the country is looked at."""
        if self.embedded:
            return f"strftime('%Y-%m-%d 07:00:00.000000', '{TODAY}', '-' || ({days}) || ' days')"
        return f"(timestamptz '{TODAY} 07:00+00' - ({days}) * interval '1 day')"

    def days_ago(self, days: str) -> str:
        """Return a day, as ISO text."""
        if self.embedded:
            return f"date('{TODAY}', '-' || ({days}) || ' days')"
        return f"to_char(date '{TODAY}' - ({days})::int, 'YYYY-MM-DD')"


def _statements(d: _Dialect, people: int) -> Iterator[str]:
    now = d.moment("0")
    yield (
        "insert into imports (id, kind, file, sha256, started_at, finished_at, rows, added, updated, unchanged,"
        f" refused) values (1, 'people', 'country', '0', {now}, {now}, {people}, {people}, 0, 0, 0)"
    )
    for name, kind in FACTS.items():
        yield f"insert into fact_columns (name, type, declared_at) values ('{name}', '{kind}', {now})"
    yield _people(d, people, now)
    yield (
        "insert into person_numbers (person_id, position, e164, type, may_text, may_call)"
        f" select i * 2, 1, '+316' || (10000000 + i), 'MOBILE', {'1, 1' if d.embedded else 'true, true'}"
        f" from {d.numbers(people // 2)}"
    )
    yield from _earlier_campaign(d, people, now)
    yield _entries(d, people, now)
    yield (
        "insert into outcomes (person_ref, kind, happened_on, reference, import_id)"
        f" select {d.ref(f'1 + (i * 7919) % {people}')}, 'filed', {d.day(d.days_ago('30 + i % 700'))}, 'r' || i, 1"
        f" from {d.numbers(people // 10)}"
    )
    some = d.numbers(max(people // 50, 1))
    yield (
        "insert into consents (entry_key, person_ref, kind, said_at, source, text_shown, added_at, added_by)"
        f" select 'c' || i, {d.ref(f'1 + (i * 104729) % {people}')},"
        f" case when i % 5 = 0 then 'withdrawn' else 'given' end, {d.moment('i % 900')}, 'form', 'yes', {now}, 'b'"
        f" from {some}"
    )
    yield (
        "insert into calls (line_id, person_id, received_at, state, wrapped_up_at, disposition, note)"
        f" select 1, 1 + (i * 15485863) % {people}, {d.moment('i % 300')}, 'wrapped_up', {d.moment('i % 300')},"
        f" 'helped', '' from {some}"
    )
    yield (
        "insert into replies (reply_key, kind, received_at, text, objects, person_id, import_id)"
        f" select 'r' || i, 'called', {d.moment('i % 300')}, '', {'0' if d.embedded else 'false'},"
        f" 1 + (i * 32452843) % {people}, 1 from {some}"
    )


def _people(d: _Dialect, people: int, now: str) -> str:
    facts = (
        """'{"years_without_return":' || (i % 6)"""
        f""" || ',"reminded_on":"' || {d.days_ago("200 + i % 50")} || '"'"""
        f""" || case when i % 8 < 6 then ',"dunned_on":"' || {d.days_ago("10 + i % 120")} || '"' else '' end"""
        """ || case when i % 20 = 0 then ',"extension_until":"2023-09-01"' else '' end"""
        """ || case when i % 33 = 0 then ',"in_care_of":"Stella"' when i % 41 = 0 then ',"in_care_of":"WSNP"'"""
        """ when i % 171 = 0 then ',"in_care_of":"the church"' else '' end || '}'"""
    )
    columns = {
        "id": "i",
        "person_ref": d.ref("i"),
        "initials": "'A.'",
        "given_name": "'Ada'",
        "prefix": "'van'",
        "family_name": "'Verzonnen'",
        "name_damaged": d.yes("i % 301 = 0"),
        "birth_first": d.day("'1980-05-17'"),
        "birth_last": d.day("case when i % 91 = 0 then '2010-05-17' else '1980-05-17' end"),
        "gender": "'V'",
        "language": "'nl'",
        "street": "'Verzonnenlaan'",
        "house_number": "12",
        "postcode": "'1234AB'",
        "town": "'Nergenshuizen'",
        "country": "'NL'",
        # two or three people at an address, and no order among the addresses
        "household_key": "case when i % 61 = 0 then null else ((i * 2 / 5) * 2654435761) % 4611686018427387847 end",
        "deceased_on": d.day("case when i % 71 = 0 then '2023-01-01' end"),
        "moved_abroad_on": d.day("case when i % 113 = 0 then '2022-11-13' end"),
        "address_under_investigation": d.yes("i % 47 = 0"),
        "secret_address": d.yes("i % 12 = 0"),
        "guardian_ref": "case when i % 131 = 0 then 'G' end",
        "facts": d.json(facts),
        "draw_key": "(i * 1103515245 + 12345) % 2147483647",
        "content_hash": "i",
        "import_id": "1",
        "imported_at": now,
        "updated_at": now,
    }
    return f"insert into people ({', '.join(columns)}) select {', '.join(columns.values())} from {d.numbers(people)}"


def _earlier_campaign(d: _Dialect, people: int, now: str) -> Iterator[str]:
    nothing = d.json("'{}'")
    yield "insert into phone_lines (id, number, name, hours) values (1, '+318001234', 'Line', '9-17')"
    yield (
        "insert into campaigns (id, name, title, purpose, state, spec, source, line_id, line_open_until, first_date,"
        " frozen_hash, submitted_at, submitted_by) values (1, 'earlier', 'Earlier', 'duty', 'finished',"
        f" {nothing}, '', 1, '2023-12-31', '2022-06-01', '', {now}, 'a')"
    )
    yield (
        "insert into arms (id, campaign_id, position, name, share, hold_out)"
        f" values (1, 1, 0, 'card', 100, {'0' if d.embedded else 'false'})"
    )
    yield "insert into waves (id, campaign_id, number, date) values (1, 1, 1, '2022-06-01')"
    yield (
        "insert into steps (id, campaign_id, arm_id, position, channel, template, delay_days, condition)"
        " values (1, 1, 1, 0, 'card', 'contact-card', 0, 'always'), (2, 1, 1, 1, 'card', 'contact-card', 9, 'always')"
    )
    yield (
        "insert into touches (campaign_id, person_id, step_id, wave_id, channel, state, reasons, due_on, not_before,"
        f" handed_over_at, updated_at) select 1, 1 + (i * 2) % {people}, 1, 1, 'card', 'handed_over', 0, '2022-06-01',"
        f" {now}, {d.moment('(i * 31) % 900')}, {d.moment('(i * 31) % 900')} from {d.numbers(people // 2)}"
    )


def _entries(d: _Dialect, people: int, now: str) -> str:
    who = f"1 + (i * 7907) % {people}"
    columns = {
        "entry_key": "'e' || i",
        "scope": "case i % 10 when 0 then 'number' when 1 then 'address' when 2 then 'person_at_address'"
        " else 'person' end",
        "person_ref": f"case when i % 10 > 1 then {d.ref(who)} end",
        "household_key": f"case when i % 10 in (1, 2) then ((({who}) * 2 / 5) * 2654435761) % 4611686018427387847 end",
        "e164": f"case when i % 10 = 0 then '+316' || (10000000 + (i * 13) % {max(people // 2, 1)}) end",
        "reason": "case when i % 3 = 0 then 'OBJECTION' when i % 50 = 1 then 'DECEASED' else 'SUPPRESSED' end",
        "channel": "case when i % 7 = 0 then 'sms' end",
        "source": "'country'",
        "note": "''",
        "starts_at": d.moment("i % 800"),
        "ends_at": f"case when i % 6 = 0 then {d.moment('i % 100')} end",
        "added_at": now,
        "added_by": "'b'",
    }
    values = ", ".join(columns.values())
    return f"insert into suppressions ({', '.join(columns)}) select {values} from {d.numbers(people // 5)}"


CAMPAIGN = f"""\
campaign: a-country
title: A whole country
purpose: duty
legal_basis: public task
dpia: {{reference: DPIA-1, valid_until: 2024-12-31}}
retention: two-years
owner: Team Dichtbij
open_card: true
sender:
  name: Team Dichtbij
  team: {{nl: het team, en: the team}}
  return_address: Postbus 1200, Utrecht
  privacy_url: a.example/p
phone_line: {{number: 0800 1234, name: Lijn, hours: "ma-vr 9-17", open_until: 2024-06-30}}
audience: {{where: "{WHERE}"}}
seed: 2023
arms:
  - {{name: card, share: 80, steps: [{{channel: card, template: contact-card, price: 0.85}}]}}
  - {{name: hold-out, share: 20, hold_out: true}}
waves: [{{date: {FIRST_DATE}}}, {{date: {FIRST_DATE + timedelta(days=14)}}}]
budget: 100000000
"""
