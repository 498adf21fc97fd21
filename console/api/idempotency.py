"""Idempotency keys, by which a repeated request is answered with the stored response."""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial, wraps
from hashlib import sha256
from inspect import Parameter, Signature, signature
from threading import BoundedSemaphore
from typing import Annotated, Any, ParamSpec, TypeVar, get_type_hints

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import delete, select, update

from console.api.authentication import Caller
from console.api.problems import Refused
from installation.derived_keys import Purpose
from store.errors import BadInput
from store.insert_ignore import add_new
from store.tables import ApiAnswer

P = ParamSpec("P")
Document = TypeVar("Document", bound=BaseModel)
KEPT = timedelta(days=1)
"""How long a response is stored; a key older than that is new again."""
REPLAYED = "Idempotency-Replayed"
_CREATED = 201
# Each holds its key and acts over two connections, of the fifteen that there are.
_acting = BoundedSemaphore(6)


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request and its Idempotency-Key."""

    key: str
    target: str  # the method and the path
    body: bytes


async def _keyed_request(
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
) -> KeyedRequest:
    return KeyedRequest(key, f"{request.method} {request.url.path}", await request.body())


def post_once(
    router: APIRouter, path: str, **more: Any
) -> Callable[[Callable[P, Document]], Callable[P, Document]]:
    """Register a POST route that answers a repeated request with the stored response.

    The function has a parameter `caller`, and returns the document of a 201. What it refuses was
    not done, and may be asked again under the same key. What it returns is stored for a day, so it
    holds nothing of a person.

    Args:
        router: Where the route belongs.
        path: Its path.
        more: Other arguments of `APIRouter.post`, as tags.
    """

    def register(act: Callable[P, Document]) -> Callable[P, Document]:
        hints = get_type_hints(act, include_extras=True)
        model = hints.pop("return")

        @wraps(act)
        def answer(key: KeyedRequest, **given: Any) -> JSONResponse:
            return _answer(given["caller"], key, partial(act, **given))

        taken = [
            parameter.replace(annotation=hints[name])
            for name, parameter in signature(act).parameters.items()
        ]
        header = Parameter(
            "key",
            Parameter.KEYWORD_ONLY,
            annotation=Annotated[KeyedRequest, Depends(_keyed_request)],
        )
        whole = Signature([*taken, header], return_annotation=object)
        answer.__signature__ = whole  # type: ignore[attr-defined]  # FastAPI reads it
        router.post(path, status_code=_CREATED, response_model=model, **more)(answer)
        return act

    return register


def _answer(caller: Caller, asked: KeyedRequest, act: Callable[[], BaseModel]) -> JSONResponse:
    """Act and store the response, or return the one that is stored.

    Raises:
        Refused: the key was used for something else (422), it is being done now, or it is not
            known how it ended (409).
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
        stored = {"status": _CREATED, "answer": {"body": document}}
        with store.writing() as connection:
            connection.execute(update(ApiAnswer).where(*mine).values(stored))
    return JSONResponse(document, _CREATED)


def _begin(caller: Caller, asked: KeyedRequest, fingerprint: str) -> JSONResponse | None:
    """Record the request, or return the response that was stored for its key."""
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
        unknown = "we stopped half-way, and do not know whether it was done: look, and ask anew under another key"
        raise Refused(status=409, kind="not-known", detail=unknown)
    return JSONResponse(found.answer["body"], found.status, {REPLAYED: "true"})


def _forget(caller: Caller, asked: KeyedRequest) -> None:
    mine = (ApiAnswer.caller == caller.name, ApiAnswer.key == asked.key, ApiAnswer.status.is_(None))
    with caller.installation.store.writing() as connection:
        connection.execute(delete(ApiAnswer).where(*mine))


def _fingerprint(caller: Caller, asked: KeyedRequest) -> str:
    """Hash the request under a key of ours, since a date of birth could be found by trying."""
    key = caller.installation.settings.key_for(Purpose.API_ANSWERS)
    body = json.dumps(json.loads(asked.body), sort_keys=True).encode() if asked.body else b""
    return hmac.new(key, asked.target.encode() + b"\0" + body, sha256).hexdigest()
