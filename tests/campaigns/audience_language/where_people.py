"""Invented people who stand close to every edge that an audience can ask about, and their history."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from store.states import ReplyKind, TouchState
from store.tables import Obligation, Outcome, PersonNumber, Reply
from suppression.reasons import Reason
from tests.builders import Builder, BuiltCampaign, spread

TODAY = date(2023, 6, 1)
FACTS = {
    "years": "int",
    "dunned_on": "date",
    "filed_on": "date",
    "refund": "bool",
    "care": "text",
    "income": "decimal",
}
CAMPAIGNS = ("card-2022", "card-2023")
TOWNS = ("Utrecht", "'s-Gravenhage", "Zwolle", "")


@dataclass(kw_only=True)
class Somebody:
    """One invented person, with everything a rule may ask."""

    ref: str
    columns: dict[str, Any]  # as the people table keeps them
    facts: dict[str, Any]  # as Python values; what is not there is not known
    texts: bool
    calls: bool
    touches: dict[str, TouchState] = field(default_factory=dict)
    replies: dict[str, ReplyKind] = field(default_factory=dict)
    decided: dict[str, Reason | None] = field(default_factory=dict)
    outcomes: list[tuple[str, date]] = field(default_factory=list)
    obligations: list[tuple[str, int, bool, bool]] = field(
        default_factory=list
    )  # tax, year, filed, assessed

    def known(self, name: str) -> Any:
        """Return a column or a fact; None is unknown."""
        if name == "under_guardianship":
            return self.columns["guardian_ref"] is not None
        return self.columns[name] if name in self.columns else self.facts.get(name)

    def age(self, on: date) -> int | None:
        """Count whole birthdays up to this day, the way a person does on their fingers."""
        born = self.columns["birth_last"]
        return (
            None
            if born is None
            else on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        )


def invent(count: int, seed: int) -> list[Somebody]:
    """Invent people who stand close to every edge."""
    random = Random(seed)
    return [_somebody(random, f"P{number:04}") for number in range(count)]


def _near(random: Random) -> date | None:
    around = (*range(-23, -18), -1, 0, 1, -365, -366, 400)
    return random.choice(
        [None, None, *(TODAY + timedelta(days=days) for days in around), date(2020, 2, 29)]
    )


def _birth(random: Random) -> tuple[date | None, date | None]:
    edges = [
        date(2005, 6, 1),
        date(2005, 6, 2),
        date(2005, 5, 31),
        date(2004, 2, 29),
        date(2004, 3, 1),
        TODAY,
    ]
    match random.randrange(8):
        case 0:
            return None, None
        case 1:
            return date(2005, 1, 1), date(2005, 12, 31)
        case 2:
            return date(2005, 6, 1), date(2005, 6, 30)
        case 3:
            day = date(1935, 1, 1) + timedelta(days=random.randrange(32_000))
            return day, day
        case _:
            day = random.choice(edges)
            return day, day


def _somebody(random: Random, ref: str) -> Somebody:
    first, last = _birth(random)
    facts = {
        "years": random.choice([None, -1, 0, 1, 2, 3, 2**40]),
        "dunned_on": _near(random),
        "filed_on": _near(random),
        "refund": random.choice([None, True, False]),
        "care": random.choice([None, "", "STELLA", "a'b"]),
        "income": random.choice(
            [None, Decimal(0), Decimal("12.5"), Decimal("12.5001"), Decimal(-3)]
        ),
    }
    columns = {
        "language": random.choice(["nl", "en", ""]),
        "gender": random.choice("MVO"),
        "country": "NL",
        "postcode": random.choice([None, "1234AB", "9999ZZ"]),
        "town": random.choice([None, *TOWNS]),
        "deceased_on": _near(random),
        "moved_abroad_on": _near(random),
        "birth_first": first,
        "birth_last": last,
        "address_under_investigation": random.random() < 0.3,
        "secret_address": random.random() < 0.3,
        "guardian_ref": random.choice([None, None, "G1"]),
        "household_key": random.choice([None, 1, 2]),
    }
    return Somebody(
        ref=ref,
        columns=columns,
        facts={name: value for name, value in facts.items() if value is not None},
        texts=random.random() < 0.4,
        calls=random.random() < 0.4,
        touches={
            name: random.choice(list(TouchState)) for name in CAMPAIGNS if random.random() < 0.7
        },
        replies={
            name: random.choice(list(ReplyKind)) for name in CAMPAIGNS if random.random() < 0.5
        },
        decided={
            name: random.choice([None, Reason.HOLD_OUT, Reason.MINOR])
            for name in CAMPAIGNS
            if random.random() < 0.7
        },
        outcomes=[
            (kind, TODAY + timedelta(days=days))
            for kind in ("filed", "debt_help")
            for days in (-365, -1, 1)
            if random.random() < 0.2
        ],
        obligations=[
            (tax, year, random.random() < 0.4, random.random() < 0.2)
            for tax in ("income", "vat")
            for year in (2020, 2021)
            if random.random() < 0.6
        ],
    )


def put(builder: Builder, people: list[Somebody]) -> None:
    """Put the invented people and their history into the database."""
    campaigns = {name: builder.campaign(name) for name in CAMPAIGNS}
    for each in people:
        facts = {name: _stored(value) for name, value in each.facts.items()}
        key = builder.person(each.ref, facts=facts, draw_key=draw_key(each), **each.columns)
        _put_number(builder, key, each)
        _put_history(builder, key, each, campaigns)
        for kind, day in each.outcomes:
            builder.put(
                Outcome, person_ref=each.ref, kind=kind, happened_on=day, reference="", import_id=1
            )
        for tax, year, filed, assessed in each.obligations:
            days = {
                "filed_on": TODAY if filed else None,
                "assessed_on": TODAY if assessed else None,
            }
            builder.put(
                Obligation,
                person_ref=each.ref,
                tax=tax,
                year=year,
                import_id=1,
                updated_at=builder.now,
                **days,
            )


def draw_key(each: Somebody) -> int:
    return spread(each.ref, 31)


def _stored(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return int(value * 10_000)
        case _:
            return value


def _put_number(builder: Builder, key: int, each: Somebody) -> None:
    if each.texts or each.calls:
        columns = {
            "e164": "+31612345678",
            "type": "MOBILE",
            "may_text": each.texts,
            "may_call": each.calls,
        }
        builder.put(PersonNumber, person_id=key, position=1, **columns)


def _put_history(
    builder: Builder, key: int, each: Somebody, campaigns: dict[str, BuiltCampaign]
) -> None:
    for name, state in each.touches.items():
        builder.touch(campaigns[name], key, state=state)
    for name, kind in each.replies.items():
        builder.put(
            Reply,
            reply_key=f"{each.ref}-{name}",
            kind=kind,
            received_at=builder.now,
            text="",
            objects=False,
            person_id=key,
            campaign_id=campaigns[name].id,
            import_id=1,
        )
    for name, reason in each.decided.items():
        builder.decide(campaigns[name], key, *([reason] if reason else []))
