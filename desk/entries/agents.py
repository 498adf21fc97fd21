"""Agents of the phone line, with their languages, training and presence."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    bindparam,
    func,
    or_,
    select,
    update,
)

from store.base import UtcDateTime
from store.clock import local_date
from store.engine import Store
from store.errors import BadInput
from store.insert_ignore import add_new
from store.sentences import Sentence
from store.sql_functions import KeptPlans
from store.states import CallState
from store.tables import Agent, AgentSkill, Call, RosterEntry

PRESENT = timedelta(minutes=2)
"""How long after the last heartbeat of their console an agent counts as present."""
USUAL = ("nl",)
"""The languages of an agent for whom none were recorded."""


@dataclass(frozen=True, slots=True)
class Trained:
    """How many of the agents have a training."""

    skill: str
    trained: int
    agents: int  # all who are agents on that day

    @property
    def share(self) -> float:
        """The part of the agents that has the training, from 0 to 1."""
        return self.trained / self.agents if self.agents else 0.0

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "share": round(self.share, 4)}


@dataclass(frozen=True, slots=True)
class Registered:
    """One agent as registered."""

    name: str
    languages: tuple[str, ...]
    skills: tuple[str, ...]  # that count today
    joined_on: date

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def register(store: Store, name: str, languages: Collection[str] = USUAL, *, now: datetime) -> bool:
    """Register an agent with the languages they speak (ISO 639-1), or change their languages.

    Return whether they are new.

    Raises:
        BadInput: the name is empty, or a language is not two letters.
    """
    if not (called := name.strip()):
        raise BadInput("the name is empty", "write the one they sign in with", field="name")
    for language in languages:
        if not (len(language) == 2 and language.isascii() and language.islower()):  # noqa: PLR2004  ISO 639-1
            raise BadInput(
                Sentence("{seen!r} is not a language code", seen=language),
                "write two letters, as nl or en",
                field="languages",
            )
    with store.writing() as connection:
        spoken = ",".join(dict.fromkeys(languages))
        if ensure(connection, called, now, spoken):
            return True
        connection.execute(
            update(Agent).where(Agent.name == called).values(languages=spoken, left_on=None)
        )
        return False


def ensure(
    connection: Connection, name: str, now: datetime, languages: str = ",".join(USUAL)
) -> bool:
    """Register an agent who is not registered yet. Return whether they are new."""
    row = {
        "name": name,
        "languages": languages,
        "joined_on": local_date(now),
        "left_on": None,
        "seen_at": None,
    }
    return bool(add_new(connection, Agent, [row], Agent.name))


def leave(store: Store, name: str, *, now: datetime) -> None:
    """End the registration of an agent today.

    Raises:
        BadInput: there is no such agent.
    """
    ended = (
        update(Agent)
        .where(Agent.name == name, Agent.left_on.is_(None))
        .values(left_on=local_date(now))
    )
    with store.writing() as connection:
        if not connection.execute(ended).rowcount:
            raise BadInput("is not a registered agent", "see kaartje agent list", field=name)


def train(
    store: Store,
    name: str,
    skill: str,
    *,
    on: date,
    until: date | None = None,
    by: str,
    now: datetime,
) -> bool:
    """Record a training of an agent. Return whether it is new.

    A training that is recorded again gets the new end date.

    Raises:
        BadInput: there is no such agent, the skill has no name, or the end lies before the training.
    """
    if not skill.strip():
        raise BadInput("the skill is empty", "write one, as early-signal", field="skill")
    if until is not None and until < on:
        raise BadInput(
            Sentence("{until} lies before {on}", until=until, on=on),
            "name a later day",
            field="until",
        )
    row = {"agent": name, "skill": skill.strip(), "trained_on": on, "until": until}
    with store.writing() as connection:
        if connection.execute(select(Agent.name).where(Agent.name == name)).first() is None:
            raise BadInput(
                "is not a registered agent",
                "register them first: kaartje agent add NAME",
                field=name,
            )
        if add_new(
            connection, AgentSkill, [{**row, "recorded_at": now, "recorded_by": by}], AgentSkill.id
        ):
            return True
        same = (
            AgentSkill.agent == name,
            AgentSkill.skill == row["skill"],
            AgentSkill.trained_on == on,
        )
        connection.execute(update(AgentSkill).where(*same).values(until=until))
        return False


def progress(store: Store, skill: str, *, today: date) -> Trained:
    """Return how many of all agents have this training today."""
    here = _is_agent(today)
    trained = select(func.count(func.distinct(AgentSkill.agent))).join(
        Agent, Agent.name == AgentSkill.agent
    )
    with store.reading() as connection:
        some = connection.execute(
            trained.where(here, AgentSkill.skill == skill, trained_on(today))
        ).scalar_one()
        return Trained(
            skill, some, connection.execute(select(func.count()).where(here)).scalar_one()
        )


def agents(store: Store, *, today: date) -> list[Registered]:
    """Return all agents by name."""
    with store.reading() as connection:
        skills: dict[str, list[str]] = {}
        trained = select(AgentSkill.agent, AgentSkill.skill).where(trained_on(today)).distinct()
        for name, skill in connection.execute(trained.order_by(AgentSkill.agent, AgentSkill.skill)):
            skills.setdefault(name, []).append(skill)
        people = (
            select(Agent.name, Agent.languages, Agent.joined_on)
            .where(_is_agent(today))
            .order_by(Agent.name)
        )
        return [
            Registered(
                row.name,
                tuple(row.languages.split(",")),
                tuple(skills.get(row.name, ())),
                row.joined_on,
            )
            for row in connection.execute(people)
        ]


def skills_of(connection: Connection, name: str, today: date) -> tuple[str, ...]:
    """Return the trainings of an agent that are valid today."""
    query = select(AgentSkill.skill).where(AgentSkill.agent == name, trained_on(today)).distinct()
    return tuple(connection.execute(query.order_by(AgentSkill.skill)).scalars())


def languages_of(connection: Connection, name: str) -> tuple[str, ...]:
    """Return the languages an agent speaks."""
    found = connection.execute(
        select(Agent.languages).where(Agent.name == name)
    ).scalar_one_or_none()
    return tuple(found.split(",")) if found else USUAL


def seen(connection: Connection, name: str, now: datetime) -> None:
    """Record a heartbeat of an agent's console. The transaction goes on with kept query plans."""
    values = {"who": name, "at": now}
    if connection.execute(_SEEN, values).first() is None:
        ensure(connection, name, now)
        connection.execute(_SEEN, values)


_SEEN = (
    update(Agent)
    .where(Agent.name == bindparam("who"))
    .values(seen_at=bindparam("at", type_=UtcDateTime()))
    .returning(KeptPlans())
)


def present(connection: Connection, now: datetime) -> dict[str, tuple[str, ...]]:
    """Return the agents who are present now, with their languages."""
    query = select(Agent.name, Agent.languages).where(
        Agent.seen_at > now - PRESENT, Agent.left_on.is_(None)
    )
    return {row.name: tuple(row.languages.split(",")) for row in connection.execute(query)}


def anybody_there(connection: Connection, now: datetime) -> bool:
    """Return whether an agent is present, or in a conversation without signs of life."""
    if present(connection, now):
        return True
    held = (Call.state == CallState.TAKEN, Call.lease_until > now)
    return connection.execute(select(Call.id).where(*held).limit(1)).first() is not None


def on_duty(connection: Connection, line_id: int, day: date, *, skill: str = "any") -> int:
    """Return how many people keep promises of a line on a day.

    Counted are registered agents, of those only the trained where a skill is needed, and names on the line's roster.
    Where neither register nor roster names anybody at all they are not in use, and one person counts.
    """
    query = select(Agent.name).where(_is_agent(day))
    if skill != "any":
        trained = select(AgentSkill.agent).where(AgentSkill.skill == skill, trained_on(day))
        return len(connection.execute(query.where(Agent.name.in_(trained))).all())
    rostered = select(RosterEntry.first_name).where(
        RosterEntry.line_id == line_id,
        RosterEntry.on_from <= day,
        or_(RosterEntry.on_until.is_(None), RosterEntry.on_until >= day),
    )
    names = {
        name.casefold() for each in (query, rostered) for name in connection.execute(each).scalars()
    }
    return len(names) or int(not _anybody(connection, line_id))


def _anybody(connection: Connection, line_id: int) -> bool:
    agent = select(Agent.name).limit(1)
    rostered = select(RosterEntry.id).where(RosterEntry.line_id == line_id).limit(1)
    return any(connection.execute(each).first() is not None for each in (agent, rostered))


def _is_agent(today: date) -> ColumnElement[bool]:
    return (Agent.joined_on <= today) & or_(Agent.left_on.is_(None), Agent.left_on > today)


def trained_on(today: date | BindParameter[Any]) -> ColumnElement[bool]:
    """Match trainings that are valid on a day."""
    return (AgentSkill.trained_on <= today) & or_(
        AgentSkill.until.is_(None), AgentSkill.until >= today
    )
