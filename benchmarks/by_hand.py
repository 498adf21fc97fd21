"""Judge and write one campaign with one hand-written SQL script, as a peer.

It is what somebody would write who needs only this campaign. It knows the benchmarks' countries and
no other campaign (a card, for a duty, without a subject). It chooses the same people for the same
reasons, into the same arms and waves, and writes the same ledger and touches.
"""

import sqlite3
from datetime import date, timedelta
from typing import Any

DAY = date(2023, 6, 5)
_AT = f"{DAY} 07:00:00.000000"
_OUT = "('handed_over', 'delivered', 'printed', 'posted', 'returned', 'unknown', 'claimed')"
_FORCE = f"""
  and (s.lifted_at is null or s.lifted_at > '{_AT}') and s.starts_at <= '{_AT}'
  and (s.ends_at is null or s.ends_at > '{_AT}') and (s.channel is null or s.channel = 'card')
  and (s.purpose is null or s.purpose = 'duty') and s.subject is null
"""
_CARE = "lower(trim(json_extract(p.facts, '$.in_care_of')))"
_WORDS = {
    "stella": "('stella', 'stellateam', 'team stella', 'stella-team')",
    "objection": "('objection', 'bezwaar', 'beroep', 'appeal')",
    "payment": "('payment_arrangement', 'payment arrangement', 'betalingsregeling', 'regeling', 'payment')",
    "debts": "('debt_restructuring', 'debt restructuring', 'wsnp', 'msnp', 'schuldsanering', 'schuldhulpverlening',"
    " 'debt_help')",
    "guardian": "('guardian', 'guardianship', 'bewind', 'bewindvoering', 'beschermingsbewind', 'curatele',"
    " 'mentorschap')",
}
_EVERY_WORD = ", ".join(words[1:-1] for words in _WORDS.values())


def _listed(which: str) -> str:
    return f"""
    (exists (select 1 from suppressions s where s.person_ref = p.person_ref and (s.scope = 'person'
        or (s.scope = 'person_at_address' and s.household_key = p.household_key)) and {which} {_FORCE})
     or exists (select 1 from suppressions s where s.joint_hash = p.joint_hash and s.scope = 'person'
        and {which} {_FORCE})
     or exists (select 1 from suppressions s where s.household_key = p.household_key and s.scope = 'address'
        and {which} {_FORCE}))
    """


def _before(days: int) -> str:
    return (DAY - timedelta(days=days)).isoformat()


_DEAD = _listed("s.reason = 'DECEASED'")


def _objects(reason: str) -> str:
    listed = _listed(f"s.reason = '{reason}'")
    return f"""({listed} or exists (select 1 from person_numbers n
        join suppressions s on s.e164 = n.e164 where n.person_id = p.id and s.scope = 'number'
        and s.reason = '{reason}' {_FORCE}))"""


_APART = """coalesce(p.household_key in (select d.household_key from address_decisions d where d.kind in
  ('separate', 'closed') and not exists (select 1 from address_decisions e
  where e.household_key = d.household_key and e.id > d.id)), 0)"""
_DECIDED = """coalesce(p.household_key in (select d.household_key from address_decisions d
  where not exists (select 1 from address_decisions e where e.household_key = d.household_key and e.id > d.id)), 0)"""
_CLOSED = """coalesce(p.household_key in (select d.household_key from address_decisions d where d.kind = 'closed'
  and not exists (select 1 from address_decisions e where e.household_key = d.household_key and e.id > d.id)), 0)"""

RULES: dict[str, str] = {
    "DECEASED": f"(p.deceased_on is not null or {_DEAD})",
    "MINOR": f"coalesce(p.birth_last > '{DAY.replace(year=DAY.year - 18)}', 0)",
    "MOVED_ABROAD": "(p.moved_abroad_on is not null or p.country <> 'NL')",
    "ADDRESS_UNDER_INVESTIGATION": "p.address_under_investigation",
    "NO_POSTAL_ADDRESS": "(p.household_key is null)",
    "UNDER_GUARDIANSHIP": f"(p.guardian_ref is not null or coalesce({_CARE} in {_WORDS['guardian']}, 0))",
    "OBJECTION": _objects("OBJECTION"),
    "OBJECTION_IN_DOUBT": _objects("OBJECTION_IN_DOUBT"),
    "NO_CONSENT": f"""exists (select 1 from consents c where c.person_ref = p.person_ref and c.kind = 'withdrawn'
        and (c.channel is null or c.channel = 'card') and (c.purpose is null or c.purpose = 'duty')
        and c.said_at <= '{_AT}' and not exists (select 1 from consents y where y.person_ref = c.person_ref
        and y.kind = 'given' and (y.channel is null or y.channel = 'card')
        and (y.purpose is null or y.purpose = 'duty') and y.said_at <= '{_AT}' and y.said_at > c.said_at))""",
    "SUPPRESSED": _listed("s.reason not in ('OBJECTION', 'OBJECTION_IN_DOUBT', 'DECEASED')"),
    "EXTENSION_GRANTED": f"coalesce(json_extract(p.facts, '$.extension_until') >= '{DAY}', 0)",
    "IN_CARE_STELLA": f"coalesce({_CARE} in {_WORDS['stella']}, 0)",
    "IN_CARE_OBJECTION": f"coalesce({_CARE} in {_WORDS['objection']}, 0)",
    "IN_CARE_PAYMENT_ARRANGEMENT": f"coalesce({_CARE} in {_WORDS['payment']}, 0)",
    "IN_CARE_DEBT_RESTRUCTURING": f"coalesce({_CARE} in {_WORDS['debts']}, 0)",
    "IN_OTHER_CARE": f"coalesce({_CARE} <> '' and {_CARE} not in ({_EVERY_WORD}), 0)",
    "LETTER_NEAR": f"""(coalesce(json_extract(p.facts, '$.reminded_on') between '{_before(7)}' and '{_before(-7)}', 0)
        or coalesce(json_extract(p.facts, '$.dunned_on') between '{_before(7)}' and '{_before(-7)}', 0))""",
    "ALREADY_DONE": f"""exists (select 1 from outcomes o where o.person_ref = p.person_ref
        and o.kind in ('filed', 'not_liable') and o.happened_on > '{_before(365)}' and o.happened_on <= '{DAY}')""",
    "COOLING_DOWN": f"""(exists (select 1 from calls c where c.person_id = p.id and (c.state in ('waiting', 'taken')
        or (c.state = 'wrapped_up' and c.wrapped_up_at > '{_before(14)} 07:00:00.000000' and
        coalesce(c.disposition, '') not in ('call_back', 'no_answer', 'busy', 'wrong_number', 'voicemail'))))
        or exists (select 1 from replies r where r.person_id = p.id and r.kind in ('called', 'counter')
        and r.received_at > '{_before(14)} 07:00:00.000000' and r.received_at <= '{_AT}'))""",
    "FREQUENCY_CAP": f"""exists (select 1 from touches t where t.person_id = p.id and t.channel = 'card'
        and t.state in {_OUT} and coalesce(t.handed_over_at, t.updated_at) > '{_before(90)} 07:00:00.000000')""",
    "HOUSEHOLD_CAP": f"""(exists (select 1 from people q join touches t on t.person_id = q.id
        where q.household_key = p.household_key and q.id <> p.id and t.channel = 'card' and t.state in {_OUT}
        and coalesce(t.handed_over_at, t.updated_at) > '{_before(90)} 07:00:00.000000') and not {_APART})""",
    "SHARED_ADDRESS": f"""(((select count(*) from people q where q.household_key = p.household_key) > 8
        and (select count(*) from people q where q.household_key = p.household_key and q.deceased_on is null
        and q.moved_abroad_on is null
        and (q.birth_last is null or q.birth_last <= '{DAY.replace(year=DAY.year - 18)}')) > 8
        and not {_DECIDED}) or {_CLOSED})""",
    "NAME_DAMAGED": "p.name_damaged",
}
"""Every rule that applies to a card for a duty, in the order in which they are asked, each as a condition on `p`."""

COUNTRY = """json_extract(p.facts, '$.years_without_return') >= 2
  and json_extract(p.facts, '$.reminded_on') is not null and json_extract(p.facts, '$.dunned_on') <= '2023-05-11'"""


def judge(connection: sqlite3.Connection, audience: str, seed: int = 2023) -> None:
    """Judge an audience and draw its households into the temporary tables `j` and `u`."""
    mask = " + ".join(f"({condition}) * {1 << bit}" for bit, condition in enumerate(RULES.values()))
    connection.execute(
        f"create temp table j as select p.id, p.household_key,"
        f" case when {_APART} then -p.id else coalesce(p.household_key, -p.id) end as unit,"
        f" p.draw_key, p.person_ref, {mask} as mask from people p where {audience}"
    )
    turn, place = _drawn(seed, "order"), _drawn(seed, "household")
    connection.execute(
        f"""create temp table u as select id, unit, row_number() over (order by turn, person_ref) as rank from (
          select j.id, j.unit, j.person_ref, {turn} as turn,
            row_number() over (partition by j.unit order by {place}, j.person_ref) as nth
          from j where j.mask = 0) where nth = 1"""
    )


def _drawn(seed: int, purpose: str) -> str:
    from campaigns.audience_language.seeded_draws import PRIME, Draw

    draw = Draw.of(seed, purpose)
    once = f"((j.draw_key * {draw.a} + {draw.b}) % {PRIME})"
    squared = f"(({once} * {once}) % {PRIME})"
    return f"((({squared} * {squared}) % {PRIME}) * {once}) % {PRIME}"


def judge_by_hand(connection: sqlite3.Connection) -> int:
    """Judge a country and write the campaign, its ledger and its touches.

    Returns the key of the campaign.
    """
    judge(connection, COUNTRY)
    # the plan a manager looks at: how many of each combination of reasons
    connection.execute(
        "select mask, count(*), min(person_ref), max(person_ref) from j group by mask"
    ).fetchall()
    campaign, reached = _campaign(connection), _split(connection)
    first = (
        "case "
        + " ".join(f"when j.mask & {1 << bit} then '{code}'" for bit, code in enumerate(RULES))
        + " end"
    )
    connection.execute("create index temp.u_unit on u (unit)")
    connection.execute(
        f"""insert into decisions (campaign_id, person_id, selected, reason, reasons, household_key, arm_id, wave_id,
            decided_at)
          select ?, j.id, j.mask = 0 and u.id = j.id and u.rank <= {reached},
            case when j.mask <> 0 then {first} when u.id <> j.id then 'HOUSEHOLD'
              when u.rank > {reached} then 'HOLD_OUT' end,
            j.mask, j.household_key,
            case when j.mask <> 0 then null when u.rank <= {reached} then {campaign + 1} else {campaign + 2} end,
            case when j.mask = 0 and u.id = j.id and u.rank <= {(reached + 1) // 2} then {campaign + 1}
              when j.mask = 0 and u.id = j.id and u.rank <= {reached} then {campaign + 2} end,
            '{_AT}'
          from j left join u on u.unit = j.unit and j.mask = 0""",
        (campaign,),
    )
    for wave, day in ((1, DAY), (2, DAY + timedelta(days=14))):
        _touches(connection, campaign, wave, day)
    _judge_again(connection, campaign)
    return campaign


def _touches(connection: sqlite3.Connection, campaign: int, wave: int, day: date) -> None:
    connection.execute(
        f"""insert into touches (campaign_id, person_id, step_id, wave_id, channel, state, reasons, due_on, not_before,
            updated_at)
          select campaign_id, person_id, {campaign + 1}, wave_id, 'card', 'planned', 0, '{day}',
            '{day - timedelta(days=1)} 22:00:00.000000', '{_AT}'
          from decisions where campaign_id = ? and selected and wave_id = {campaign + wave} order by person_id""",
        (campaign,),
    )


def _judge_again(connection: sqlite3.Connection, campaign: int) -> None:
    """Judge the touches of the second wave for their own day, and withhold some."""
    later = DAY + timedelta(days=14)

    def moved(condition: str) -> str:
        days = {(DAY - timedelta(days=d)).isoformat(): d for d in (365, 90, 14, 7, 0, -7)}
        for day, distance in days.items():
            condition = condition.replace(day, f"<{distance}>")
        for distance in days.values():
            condition = condition.replace(
                f"<{distance}>", (later - timedelta(days=distance)).isoformat()
            )
        grown_up = DAY.replace(year=DAY.year - 18).isoformat()
        return condition.replace(grown_up, later.replace(year=later.year - 18).isoformat())

    mask = " + ".join(
        f"({moved(condition)}) * {1 << bit}" for bit, condition in enumerate(RULES.values())
    )
    connection.execute(
        f"""update touches set reasons = (select {mask} from people p where p.id = touches.person_id)
          where campaign_id = ? and wave_id = {campaign + 2}""",
        (campaign,),
    )
    connection.execute(
        """insert into touch_events (touch_id, from_state, to_state, at, reason)
          select id, 'planned', 'withheld', ?, null from touches where campaign_id = ? and reasons <> 0""",
        (_AT, campaign),
    )
    connection.execute(
        "update touches set state = 'withheld' where campaign_id = ? and reasons <> 0", (campaign,)
    )


def _campaign(connection: sqlite3.Connection) -> int:
    """Write the campaign and its parts under keys of their own."""
    key = 1000
    connection.execute(
        f"""insert into campaigns (id, name, title, purpose, state, spec, source, line_id, line_open_until, first_date,
            frozen_hash, submitted_at, submitted_by)
          values ({key}, 'a-country', 'A', 'duty', 'submitted', '{{}}', '', 1, '2024-06-30', '{DAY}', '', '{_AT}',
            'a')"""
    )
    for at, (name, share, hold_out) in enumerate((("card", 80, 0), ("hold-out", 20, 1)), 1):
        connection.execute(
            "insert into arms values (?, ?, ?, ?, ?, ?)", (key + at, key, at, name, share, hold_out)
        )
        connection.execute(
            "insert into waves values (?, ?, ?, ?)",
            (key + at, key, at, str(DAY + timedelta(days=14 * (at - 1)))),
        )
    connection.execute(
        f"""insert into steps (id, campaign_id, arm_id, position, channel, template, delay_days, condition)
          values ({key + 1}, {key}, {key + 1}, 0, 'card', 'contact-card', 0, 'always')"""
    )
    return key


def _split(connection: sqlite3.Connection) -> int:
    """Return how many households are reached, four of five by the largest remainders."""
    available: Any = connection.execute("select count(*) from u").fetchone()[0]
    whole, rest = divmod(available * 80, 100)
    return int(whole + (rest >= 50))  # the larger remainder takes the last one
