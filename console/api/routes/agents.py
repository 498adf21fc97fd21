"""Agents, their languages and trainings, and the progress of a training."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from console.api.authentication import SeeingQueue
from console.api.idempotency import post_once
from console.api.pagination import Asked, Page, asked, page_of
from console.api.schemas import Day, Name, NameInPath, Shape
from desk.entries import agents
from store.clock import local_date

router = APIRouter(tags=["agents"])


class Agent(Shape):
    """One agent, as the register knows them."""

    name: str
    languages: list[str]
    skills: list[str] = Field(description="That count today.")
    joined_on: Day


class NewAgent(Shape):
    """An agent to register, or the languages one speaks from now on."""

    name: Name
    languages: list[Annotated[str, Field(pattern=r"^[a-z]{2}$")]] = Field(
        default=["nl"], min_length=1, max_length=20, description="ISO 639-1."
    )


class Registered(Shape):
    """Whether they are new."""

    name: str
    new: bool


class NewTraining(Shape):
    """A training of an agent, who from then on gets the calls that need it."""

    skill: Name
    on: Day
    until: Day | None = Field(
        default=None, description="The last day on which it counts; null: no end."
    )


class Training(Shape):
    """A training that was recorded."""

    name: str
    skill: str
    new: bool


class Progress(Shape):
    """How far a training has come."""

    skill: str
    trained: int
    agents: int = Field(description="All who pick up today.")
    share: float = Field(description="The part that was trained, from 0 to 1.")


@router.get("/agents")
def list_agents(caller: SeeingQueue, page: Annotated[Asked, Depends(asked)]) -> Page[Agent]:
    """List the agents, by name."""
    found = agents.agents(caller.installation.store, today=local_date(caller.now()))
    return page_of(page, found, lambda agent: (agent.name,), _as_response)


@post_once(router, "/agents")
def register_agent(caller: SeeingQueue, new: NewAgent) -> Registered:
    """Register an agent."""
    return Registered(
        name=new.name,
        new=agents.register(caller.installation.store, new.name, new.languages, now=caller.now()),
    )


@post_once(router, "/agents/{name}/trainings")
def record_training(caller: SeeingQueue, name: NameInPath, new: NewTraining) -> Training:
    """Record a training of an agent."""
    made = agents.train(
        caller.installation.store,
        name,
        new.skill,
        on=new.on,
        until=new.until,
        by=caller.name,
        now=caller.now(),
    )
    return Training(name=name, skill=new.skill, new=made)


@router.get("/trainings/{skill}")
def show_training(caller: SeeingQueue, skill: NameInPath) -> Progress:
    """Return how many of all agents are trained for a skill today."""
    found = agents.progress(caller.installation.store, skill, today=local_date(caller.now()))
    return Progress(
        skill=found.skill, trained=found.trained, agents=found.agents, share=round(found.share, 4)
    )


def _as_response(agent: agents.Registered) -> Agent:
    return Agent(
        name=agent.name,
        languages=list(agent.languages),
        skills=list(agent.skills),
        joined_on=agent.joined_on,
    )
