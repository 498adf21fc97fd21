"""Taking the next call, keeping what is in hand, and putting it back."""

from enum import StrEnum

from fastapi import APIRouter, Response
from pydantic import Field

from console.api.authentication import TakingCalls
from console.api.current_call import found
from console.api.idempotency import post_once
from console.api.routes.lines import e164
from console.api.schemas import IdInPath, Key, Moment, Name, Shape
from desk.line import click_to_call, connecting
from desk.queue import queues, taking
from store.states import CallKind

router = APIRouter(tags=["queue"])


class NewTaking(Shape):
    """The call to take. Without one it is what should come next for this agent."""

    call_id: Key | None = Field(default=None, description="This one, and no other.")
    line: Name | None = Field(
        default=None, description="The next of the line with this number.", examples=["+318000543"]
    )


class Connection(StrEnum):
    """Result of putting the caller of a taken call through to the agent."""

    CONNECTING = "connecting"  # your telephone rings, and the caller can hear it
    NOBODY_ON_THE_LINE = "nobody_on_the_line"  # a text, a promise, or a campaign's call
    CALLER_GONE = "caller_gone"  # they hung up just before, and the call has ended
    UNCERTAIN = "uncertain"  # nobody can say whether your telephone will ring


class Taking(Shape):
    """A call that was taken."""

    call_id: Key | None = Field(
        description="The call; null where nothing waits that this agent may take."
    )
    why: CallKind | None
    line: str | None
    received_at: Moment | None
    connection: Connection | None = Field(
        description="Whether a caller is being put through to you; null where nothing was taken."
    )


class Dialling(Shape):
    """A call that is being placed: your telephone rings first, then theirs."""

    call_id: Key
    sure: bool = Field(description="False: nobody can say whether your telephone will ring.")


class Presence(Shape):
    """The calls in an agent's hands."""

    calls: list[Key]


@post_once(router, "/takings")
def take_call(caller: TakingCalls, wanted: NewTaking) -> Taking:
    """Take the next call, or a certain one, and put its caller through to you.

    Agents who ask at the same moment each get a different call.
    """
    if wanted.call_id is not None:
        found(caller, wanted.call_id)
        came: connecting.ConnectResult | None = connecting.connect(
            caller.installation, wanted.call_id, caller.name, now=caller.now()
        )
    else:
        came = connecting.take_next(
            caller.installation, caller.name, now=caller.now(), line=e164(wanted.line)
        )
    return _taking(came)


def _taking(came: connecting.ConnectResult | None) -> Taking:
    match came:
        case connecting.Connecting(call):
            return _taken(call, Connection.CONNECTING)
        case connecting.NobodyOnTheLine(call):
            return _taken(call, Connection.NOBODY_ON_THE_LINE)
        case connecting.Uncertain(call):
            return _taken(call, Connection.UNCERTAIN)
        case connecting.CallerGone():
            gone = Connection.CALLER_GONE
            return Taking(call_id=None, why=None, line=None, received_at=None, connection=gone)
    return Taking(call_id=None, why=None, line=None, received_at=None, connection=None)


def _taken(call: queues.QueuedCall, connection: Connection) -> Taking:
    return Taking(
        call_id=call.id,
        why=call.why,
        line=call.line,
        received_at=call.received_at,
        connection=connection,
    )


@post_once(router, "/calls/{call_id}/dials")
def dial_call(caller: TakingCalls, call_id: IdInPath) -> Dialling:
    """Call the number of a call in your hands. Your telephone rings first."""
    found(caller, call_id)
    ringing = click_to_call.dial(caller.installation, call_id, caller.name, now=caller.now())
    return Dialling(call_id=call_id, sure=ringing.sure)


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
