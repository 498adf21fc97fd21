"""Referrals to other organisations, with recorded consent and a receipt."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy import select

from console.api.authentication import SeeingQueue, TakingCalls
from console.api.current_call import checked_person, existing
from console.api.idempotency import post_once
from console.api.pagination import Asked, Page, asked, page_of
from console.api.schemas import IdInPath, Key, Moment, Name, Shape, Text
from desk.cases import referrals
from store.mapped_rows import read_all
from store.tables import Referral as Row

router = APIRouter(tags=["referrals"])


class NewReferral(Shape):
    """Refer the person of a call in your hands, whose identity was checked."""

    call_id: Key
    to_whom: Literal["debt_help", "municipality", "advocate", "volunteers", "legal_help"]
    shared: list[Literal["name", "address", "number", "language", "what_helps"]] = Field(
        min_length=1, max_length=5
    )
    consent: Text = Field(description="The words in which it was asked; it was given now.")


class Referral(Shape):
    """One referral, without a word about whom."""

    id: Key
    case_id: Key
    to_whom: str
    made_at: Moment
    made_by: str
    received_at: Moment | None
    received_ref: str | None
    ended_at: Moment | None


class Receipt(Shape):
    """A receipt of the other organisation."""

    reference: Name


class Ending(Shape):
    """The end of a referral."""

    how: Text


@router.get("/referrals")
def list_referrals(caller: SeeingQueue, page: Annotated[Asked, Depends(asked)]) -> Page[Referral]:
    """List the referrals that have not ended, the oldest first."""
    with caller.installation.store.reading() as connection:
        rows = read_all(connection, select(Row).where(Row.ended_at.is_(None)))
    return page_of(page, rows, lambda row: (row.id,), Referral.model_validate)


@router.get("/referrals/{referral_id}")
def show_referral(caller: SeeingQueue, referral_id: IdInPath) -> Referral:
    """Return one referral."""
    return Referral.model_validate(existing(caller, Row, referral_id, "referral"))


@post_once(router, "/referrals")
def refer(caller: TakingCalls, new: NewReferral) -> Referral:
    """Refer somebody, with the consent that they gave now."""
    ref = checked_person(caller, new.call_id)
    made = referrals.refer(
        caller.installation.store,
        ref,
        new.to_whom,
        shared=new.shared,
        consent=referrals.Consent(new.consent, caller.now()),
        by=caller.name,
        now=caller.now(),
    )
    return Referral.model_validate(existing(caller, Row, made, "referral"))


@post_once(router, "/referrals/{referral_id}/receipts")
def receive_referral(caller: SeeingQueue, referral_id: IdInPath, receipt: Receipt) -> Referral:
    """Record that the other organisation has it. Recorded twice, it is one receipt."""
    existing(caller, Row, referral_id, "referral")
    referrals.receive(
        caller.installation.store,
        referral_id,
        receipt.reference,
        by=caller.decider(),
        now=caller.now(),
    )
    return Referral.model_validate(existing(caller, Row, referral_id, "referral"))


@post_once(router, "/referrals/{referral_id}/ends")
def end_referral(caller: SeeingQueue, referral_id: IdInPath, ending: Ending) -> Referral:
    """Record how a referral ended."""
    existing(caller, Row, referral_id, "referral")
    referrals.end(
        caller.installation.store, referral_id, ending.how, by=caller.decider(), now=caller.now()
    )
    return Referral.model_validate(existing(caller, Row, referral_id, "referral"))
