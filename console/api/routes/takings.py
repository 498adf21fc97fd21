"""Taking the next call, keeping what is in hand, and putting it back."""

from fastapi import APIRouter, Response
from pydantic import Field

from console.api.authentication import TakingCalls
from console.api.current_call import found
from console.api.idempotency import post_once
from console.api.routes.lines import e164
from console.api.schemas import IdInPath, Key, Moment, Name, Shape
from desk.queue import queues, taking
from store.states import CallKind

router = APIRouter(tags=["queue"])


class NewTaking(Shape):
    """The call to take. Without one it is what should come next for this agent."""

    call_id: Key | None = Field(default=None, description="This one, and no other.")
    line: Name | None = Field(
        default=None, description="The next of the line with this number.", examples=["+318000543"]
    )


class Taking(Shape):
    """A call that was taken."""

    call_id: Key | None = Field(
        description="The call; null where nothing waits that this agent may take."
    )
    why: CallKind | None
    line: str | None
    received_at: Moment | None


class Presence(Shape):
    """The calls in an agent's hands."""

    calls: list[Key]


@post_once(router, "/takings")
def take_call(caller: TakingCalls, wanted: NewTaking) -> Taking:
    """Take the next call, or a certain one. Of all who ask at once, each gets another."""
    if wanted.call_id is not None:
        found(caller, wanted.call_id)
        taken: queues.QueuedCall | None = queues.take(
            caller.installation.store, wanted.call_id, caller.name, caller.now()
        )
    else:
        taken = taking.take_next(
            caller.installation, caller.name, now=caller.now(), line=e164(wanted.line)
        )
    if taken is None:
        return Taking(call_id=None, why=None, line=None, received_at=None)
    return Taking(call_id=taken.id, why=taken.why, line=taken.line, received_at=taken.received_at)


@router.delete("/takings/{call_id}", status_code=204)
def put_back_call(caller: TakingCalls, call_id: IdInPath) -> Response:
    """Put a call back at its old place in the queue."""
    found(caller, call_id)
    queues.put_back(caller.installation.store, call_id, caller.name)
    return Response(status_code=204)


@router.put("/presence")
def keep_calls(caller: TakingCalls) -> Presence:
    """Give a sign of life, at least every two minutes, to keep what is in hand."""
    kept = taking.keep(caller.installation.store, caller.name, now=caller.now())
    return Presence(calls=list(kept.calls))
