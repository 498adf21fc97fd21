"""A person, as shown in a call in which their identity was checked."""

from pydantic import Field
from sqlalchemy import select

from console.api.authentication import Caller
from console.api.schemas import Day, Key, Moment, Shape
from console.web.reading.identity import known
from desk.entries.person_returns import returns_of
from store.states import TouchState
from store.tables import Case


class Sent(Shape):
    """One thing that went out to this person."""

    campaign: str
    channel: str
    handed_over_at: Moment | None
    state: TouchState


class Talk(Shape):
    """One earlier conversation."""

    at: Moment
    agent: str | None
    disposition: str | None
    note: str


class FiledReturn(Shape):
    """One return of a tax and year, filed or still owed."""

    tax: str = Field(examples=["income"])
    year: int
    is_owed: bool = Field(description="Whether it has still to be filed.")
    filed_on: Day | None
    assessed_on: Day | None = Field(description="When an assessment was made without it.")
    dunned_on: Day | None
    extension_until: Day | None
    refund_expected: bool | None


class Known(Shape):
    """A person, and what they were sent."""

    person_ref: str
    name: str
    address: list[str] = Field(description="Line by line.")
    language: str
    sent: list[Sent]
    returns: list[FiledReturn] = Field(description="What is owed first.")
    talks: list[Talk] = Field(description="The latest first.")
    case_id: Key | None
    case_owner: str | None


def known_of(caller: Caller, person_id: int) -> Known | None:
    """Return a person. Call it only after the identity was checked."""
    found = known(caller.installation, person_id)
    if found is None:
        return None
    with caller.installation.store.reading() as connection:
        case_id = connection.execute(
            select(Case.id).where(Case.person_id == person_id)
        ).scalar_one_or_none()
    return Known(
        person_ref=found.person_ref,
        name=found.name,
        address=list(found.address),
        language=found.language,
        sent=[Sent.model_validate(each) for each in found.sent],
        returns=[
            FiledReturn.model_validate(each)
            for each in returns_of(caller.installation.store, person_id)
        ],
        talks=[Talk.model_validate(each) for each in found.conversations],
        case_id=case_id,
        case_owner=found.owner,
    )
