"""Named audiences, saved in versions that never change, each with the days on which it is valid."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from campaigns.audience_language.where_clause import Audience, AudienceRefused, parse
from campaigns.touches.campaign_files import AudienceFile
from campaigns.touches.campaign_parts import NAME_PATTERN
from installation.installation import Installation
from store.audit_log import About, Decider, Kind, record
from store.clock import local_date
from store.errors import BadInput
from store.sentences import Sentence, joined
from store.tables import Campaign, NamedAudience
from suppression.judging import declared_facts

_COLUMNS = (
    NamedAudience.id,
    NamedAudience.name,
    NamedAudience.version,
    NamedAudience.where.label("rule"),
    NamedAudience.necessity,
    NamedAudience.valid_from,
    NamedAudience.valid_until,
    NamedAudience.saved_at,
    NamedAudience.saved_by,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """An audience expression, with its necessity and the days on which it is valid."""

    where: str
    necessity: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None  # this day included

    def outside(self, day: date) -> str | None:
        """Return the days on which it is valid, unless `day` is one of them."""
        before = self.valid_from is not None and day < self.valid_from
        after = self.valid_until is not None and day > self.valid_until
        if not (before or after):
            return None
        begins, ends = self.valid_from, self.valid_until
        said = [Sentence("from {day}", day=begins)] if begins else []
        said += [Sentence("until {day}", day=ends)] if ends else []
        return joined(" ", said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a named audience."""

    id: int
    name: str
    number: int  # 1, 2, ...
    rule: Rule
    saved_at: datetime
    saved_by: str

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "name": self.name,
            "version": self.number,
            **asdict(self.rule),
            "saved_at": self.saved_at,
            "saved_by": self.saved_by,
        }


def save(
    installation: Installation, name: str, rule: Rule, *, by: Decider, now: datetime
) -> tuple[Version, bool]:
    """Save a rule under a name, as the next version if it changed.

    Return the version, and whether it is new.

    Raises:
        BadInput: the name, the rule or its days cannot be taken, or nobody says why a sensitive column must select.
    """
    _hold_name(name)
    with installation.store.holding(f"audience {name}") as held:
        if not held:
            raise BadInput(
                Sentence("{name} is being saved by somebody else", name=name),
                "try again in a moment",
                field="name",
            )
        with installation.store.writing() as connection:
            _hold(connection, rule, today=local_date(now))
            earlier = versions(connection, name)
            if earlier and earlier[-1].rule == rule:
                return earlier[-1], False
            number = len(earlier) + 1
            columns = {"version": number, **asdict(rule), "saved_at": now, "saved_by": by.name}
            connection.execute(insert(NamedAudience).values(name=name, **columns))
            record(
                connection, by, "save audience", About(Kind.AUDIENCE, name), now=now, version=number
            )
            return find(connection, name), True


def _hold_name(name: str) -> None:
    if not re.fullmatch(NAME_PATTERN, name):
        raise BadInput(
            Sentence("{name!r} cannot name an audience", name=name),
            "use lower case letters, digits and hyphens",
            field="name",
        )


def _hold(connection: Connection, rule: Rule, *, today: date) -> None:
    if rule.valid_from and rule.valid_until and rule.valid_until < rule.valid_from:
        raise BadInput(
            Sentence(
                "it would end on {valid_until}, before it begins", valid_until=rule.valid_until
            ),
            "write a later day",
            field="valid_until",
        )
    try:
        audience = parsed(connection, rule.where, today=today)
    except AudienceRefused as refused:
        raise BadInput(refused.problem, refused.remedy, field="where") from None
    hold_necessity(audience, rule.necessity, field="where")


def hold_necessity(audience: Audience, necessity: str | None, **place: Any) -> None:
    """Refuse a rule that selects on sensitive columns without a stated necessity.

    Raises:
        BadInput: `necessity` is empty, and a sensitive column selects.
    """
    if audience.sensitive and not necessity:
        raise BadInput(
            Sentence(
                "{sensitive} selects people by who they are",
                sensitive=", ".join(audience.sensitive),
            ),
            "state the necessity: why this audience must; the approver will read it",
            **place,
        )


def parsed(connection: Connection, where: str, *, today: date, seed: int = 0) -> Audience:
    """Parse a rule against the imported facts and the submitted campaigns.

    Raises:
        AudienceRefused: see `campaigns.audience_language.where_clause.parse`.
    """
    return parse(
        where,
        facts=declared_facts(connection),
        today=today,
        campaigns=campaign_names(connection),
        seed=seed,
    )


def campaign_names(connection: Connection) -> frozenset[str]:
    """Return the name of every campaign that was submitted."""
    return frozenset(connection.execute(select(Campaign.name)).scalars())


def versions(connection: Connection, name: str) -> tuple[Version, ...]:
    """Return every version of a named audience, the oldest first."""
    found = select(*_COLUMNS).where(NamedAudience.name == name).order_by(NamedAudience.version)
    return _read(connection, found)


def latest(connection: Connection) -> tuple[Version, ...]:
    """Return the newest version of every named audience, by name."""
    newest = (
        select(NamedAudience.name, func.max(NamedAudience.version))
        .group_by(NamedAudience.name)
        .subquery()
    )
    found = select(*_COLUMNS).join(
        newest, (newest.c[0] == NamedAudience.name) & (newest.c[1] == NamedAudience.version)
    )
    return _read(connection, found.order_by(NamedAudience.name))


def _read(connection: Connection, found: Select[*tuple[Any, ...]]) -> tuple[Version, ...]:
    return tuple(
        Version(
            id=row.id,
            name=row.name,
            number=row.version,
            rule=Rule(row.rule, row.necessity, row.valid_from, row.valid_until),
            saved_at=row.saved_at,
            saved_by=row.saved_by,
        )
        for row in connection.execute(found)
    )


def find(connection: Connection, name: str, version: int | None = None) -> Version:
    """Return one version of a named audience, the newest where none is asked for.

    Raises:
        BadInput: there is no such name, or no such version of it.
    """
    found = versions(connection, name)
    if not found:
        known = ", ".join(each.name for each in latest(connection))
        remedy = (
            Sentence("saved are {known}", known=known)
            if known
            else "save one: kaartje audience save NAME --where …"
        )
        raise BadInput(Sentence("there is no audience {name!r}", name=name), remedy, field="name")
    if version is None:
        return found[-1]
    chosen = next((each for each in found if each.number == version), None)
    if chosen is None:
        raise BadInput(
            Sentence("{name} has no version {version}", name=name, version=version),
            Sentence("write a version up to {count}", count=len(found)),
            field="version",
        )
    return chosen


def written_out(connection: Connection, audience: AudienceFile, *, today: date) -> AudienceFile:
    """Return a campaign's audience with the text of the saved rule that it names.

    Raises:
        BadInput: it has both a name and a `where`, names none that was saved, or does not hold on this day.
    """
    if audience.name is None:
        return audience
    if audience.where:
        raise BadInput(
            "stands beside a name",
            "keep one of the two: a rule, or the name of a saved one",
            field="where",
        )
    saved = find(connection, audience.name, audience.version)
    if days := saved.rule.outside(today):
        raise BadInput(
            Sentence(
                "{name}, version {number}, holds {days}, and today is {today}",
                name=saved.name,
                number=saved.number,
                days=days,
                today=today,
            ),
            "choose the version that holds today, or save one",
            field="version",
        )
    changes: Mapping[str, Any] = {
        "where": saved.rule.where,
        "necessity": audience.necessity or saved.rule.necessity,
    }
    return audience.model_copy(update=changes)


def quoted_below(source: str, audience: AudienceFile) -> str:
    """Return the text of a campaign file with the saved rule as comments below it.

    What is signed then holds the rule itself.
    """
    if audience.name is None:
        return source
    lines = (
        f"The audience {audience.name}, version {audience.version}, says:",
        *audience.where.splitlines(),
    )
    return "\n".join((source.rstrip("\n"), *(f"# {line}" for line in lines))) + "\n"
