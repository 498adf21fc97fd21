"""Errors of the API as problem details (RFC 9457), without repeating what was sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from store.errors import BadInput
from store.validation_words import in_words

MEDIA = "application/problem+json"
TITLES: dict[int, str] = {
    400: "The request cannot be read",
    401: "A token is needed",
    403: "This token may not do that",
    404: "There is nothing here",
    405: "This cannot be done here",
    409: "It is not in a state for that",
    413: "The request is too long",
    415: "Send JSON",
    422: "Something in it cannot be taken",
    429: "Wait a while",
    500: "Something went wrong on our side",
}
_ABOUT_ONE = re.compile(r"\w+ \d+|hand")
"""A field such as `call 12` names an object in the wrong state, `hand` what an agent has. The input itself is right."""


class Wrong(BaseModel):
    """One error in a request."""

    model_config = ConfigDict(frozen=True)

    field: str = Field(
        description="Where, as a path in the body, or the name of a parameter.", examples=["born"]
    )
    detail: str = Field(description="What is wrong with it.", examples=["is required"])


class Problem(BaseModel):
    """An error (RFC 9457)."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(
        description="A name for this kind of error.", examples=["urn:kaartje:problem:conflict"]
    )
    title: str = Field(description="What it is, the same for every error of this status.")
    status: int = Field(description="The status of the answer.", examples=[409])
    detail: str = Field(description="What is wrong, and what to do instead.")
    errors: list[Wrong] = Field(
        default_factory=list, description="Each thing that is wrong, where there are more."
    )


@dataclass(kw_only=True)
class Refused(Exception):
    """The API refuses a request, with a remedy for a person."""

    status: int
    kind: str  # the last part of the problem's type
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[Wrong, ...] = ()


def answer(refused: Refused) -> JSONResponse:
    """Return a refusal as a problem details response."""
    problem = Problem(
        type=f"urn:kaartje:problem:{refused.kind}",
        title=TITLES.get(refused.status, "It was refused"),
        status=refused.status,
        detail=refused.detail,
        errors=list(refused.errors),
    )
    document = problem.model_dump(mode="json", exclude_defaults=not refused.errors)
    return JSONResponse(document, refused.status, dict(refused.headers), media_type=MEDIA)


def of_bad_input(error: BadInput) -> Refused:
    """Return the refusal for bad input, 409 for a wrong state and 422 otherwise."""
    if error.field and _ABOUT_ONE.fullmatch(error.field):
        return Refused(status=409, kind="conflict", detail=str(error))
    return Refused(
        status=422,
        kind="not-taken",
        detail=str(error),
        errors=(Wrong(field=error.field or "", detail=error.problem),),
    )


def of_validation(error: RequestValidationError) -> Refused:
    """Return the refusal for a request that does not fit the OpenAPI document.

    What was sent is not repeated, because it may be personal.
    """
    found = error.errors()
    places = {str(each["loc"][0]) for each in found}
    wrong = tuple(Wrong(field=_place(each["loc"]), detail=_detail(each)) for each in found)
    if "path" in places:
        return Refused(status=404, kind="not-found", detail="no such thing can exist")
    if places & {"query", "header"} or any(each["type"] == "json_invalid" for each in found):
        return Refused(
            status=400,
            kind="bad-request",
            detail="read the document of this API at /api/v1/openapi.json",
            errors=wrong,
        )
    return Refused(
        status=422,
        kind="not-taken",
        detail="read the document of this API at /api/v1/openapi.json",
        errors=wrong,
    )


def _detail(error: Any) -> str:
    return "; ".join(filter(None, in_words(error, repeat=False)))


def _place(loc: tuple[Any, ...]) -> str:
    return ".".join(map(str, loc[1:])) or str(loc[0])


def of_http(error: HTTPException) -> Refused:
    """Return the refusal for an unknown path or method."""
    kinds = {404: "not-found", 405: "not-here"}
    status = error.status_code if error.status_code in TITLES else 400
    details = {
        404: "see /api/v1/openapi.json for what there is",
        405: "see the Allow header for what can be done",
    }
    return Refused(
        status=status,
        kind=kinds.get(status, "bad-request"),
        detail=details.get(status, "it cannot be read"),
        headers=error.headers or {},
    )


async def answer_refused(_request: Request, error: Exception) -> JSONResponse:
    """Handle a `Refused`."""
    assert isinstance(error, Refused)  # noqa: S101  the registration says so
    return answer(error)


async def answer_bad_input(_request: Request, error: Exception) -> JSONResponse:
    """Handle a `BadInput`."""
    assert isinstance(error, BadInput)  # noqa: S101  idem
    return answer(of_bad_input(error))


async def answer_validation(_request: Request, error: Exception) -> JSONResponse:
    """Handle a request that does not fit the document."""
    assert isinstance(error, RequestValidationError)  # noqa: S101  idem
    return answer(of_validation(error))


async def answer_http(_request: Request, error: Exception) -> JSONResponse:
    """Handle an error of the routing."""
    assert isinstance(error, HTTPException)  # noqa: S101  idem
    return answer(of_http(error))


async def answer_our_fault(_request: Request, _error: Exception) -> JSONResponse:
    """Handle an unexpected error, which the server logs."""
    return answer(
        Refused(
            status=500,
            kind="our-fault",
            detail="try again later under the same Idempotency-Key, and tell us the moment",
        )
    )


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "description": title,
        "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, title in TITLES.items()
}
"""Error responses that the OpenAPI document lists for every operation."""
