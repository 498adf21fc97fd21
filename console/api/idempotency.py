"""Asked once, done once: whoever asks again under the same key hears what they heard before."""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from threading import BoundedSemaphore
from typing import Annotated

from fastapi import Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import delete, select, update

from console.api.authentication import Caller
from console.api.problems import Refused
from installation.derived_keys import Purpose
from store.errors import BadInput
from store.insert_ignore import add_new
from store.tables import ApiAnswer

KEPT = timedelta(days=1)
"""How long an answer is remembered; a key older than that asks anew."""
REPLAYED = "Idempotency-Replayed"
_acting = BoundedSemaphore(
    6
)  # each holds its key and acts over two connections, of the fifteen that there are


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked, and under which key."""

    key: str
    what: str  # the method and the path
    body: bytes


async def asking(
    request: Request,
    key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=100,
            pattern=r"^[\x21-\x7e]+$",
            description="A name of yours for this one act, as a UUID. Sent again within a day it changes nothing.",
            examples=["0b8c2c3e-7f1e-4b7e-9a55-3f0f5a3d1c11"],
        ),
    ],
) -> Asking:
    """Read the key of an act."""
    return Asking(key, f"{request.method} {request.url.path}", await request.body())


def once(
    caller: Caller, asked: Asking, act: Callable[[], BaseModel], *, status: int = 201
) -> JSONResponse:
    """Act, and remember the answer; asked before, return that answer.

    What is answered to an act holds nothing of a person: it is kept for a day.

    Args:
        caller: who asks.
        asked: what, and under which key.
        act: does it; what it refuses was not done, and may be asked again under the same key.
        status: of the answer.

    Raises:
        Refused: the key was used for something else (422), it is being done now, or nobody knows how it ended (409).
    """
    store, print_ = caller.installation.store, _fingerprint(caller, asked)
    with _acting, store.holding(f"api {caller.name} {asked.key}") as held:
        if not held:
            raise Refused(
                status=409, kind="under-way", detail="this is being done now; ask again in a moment"
            )
        if (before := _begin(caller, asked, print_)) is not None:
            return before
        try:
            document = act().model_dump(mode="json", by_alias=True)
        except (BadInput, Refused):
            _forget(caller, asked)
            raise
        mine = (ApiAnswer.caller == caller.name, ApiAnswer.key == asked.key)
        with store.writing() as connection:
            connection.execute(
                update(ApiAnswer).where(*mine).values(status=status, answer={"body": document})
            )
    return JSONResponse(document, status)


def _begin(caller: Caller, asked: Asking, fingerprint: str) -> JSONResponse | None:
    """Write down what is asked; return the answer that it got before, if it did."""
    now = caller.now()
    row = {
        "caller": caller.name,
        "key": asked.key,
        "asked": fingerprint,
        "asked_at": now,
        "status": None,
        "answer": None,
    }
    with caller.installation.store.writing() as connection:
        connection.execute(delete(ApiAnswer).where(ApiAnswer.asked_at < now - KEPT))
        if add_new(connection, ApiAnswer, [row], ApiAnswer.id):
            return None
        mine = (ApiAnswer.caller == caller.name, ApiAnswer.key == asked.key)
        found = connection.execute(select(ApiAnswer.__table__).where(*mine)).one()
    if found.asked != fingerprint:
        raise Refused(
            status=422,
            kind="key-used",
            detail="this Idempotency-Key was used for something else; take a new one",
        )
    if found.status is None:
        told = "we stopped half-way, and do not know whether it was done: look, and ask anew under another key"
        raise Refused(status=409, kind="not-known", detail=told)
    return JSONResponse(found.answer["body"], found.status, {REPLAYED: "true"})


def _forget(caller: Caller, asked: Asking) -> None:
    mine = (ApiAnswer.caller == caller.name, ApiAnswer.key == asked.key, ApiAnswer.status.is_(None))
    with caller.installation.store.writing() as connection:
        connection.execute(delete(ApiAnswer).where(*mine))


def _fingerprint(caller: Caller, asked: Asking) -> str:
    """Hash what is asked under our key: a date of birth must not be found by trying."""
    key = caller.installation.settings.key_for(Purpose.API_ANSWERS)
    body = json.dumps(json.loads(asked.body), sort_keys=True).encode() if asked.body else b""
    return hmac.new(key, asked.what.encode() + b"\0" + body, sha256).hexdigest()
