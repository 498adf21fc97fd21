"""Cursor pagination of lists.

A cursor holds the key of the last item, so that no item comes twice when the list grows.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Query, Request, Response
from pydantic import Field

from console.api.problems import Refused, Wrong
from console.api.schemas import Shape

T = TypeVar("T")
S = TypeVar("S")
Key = tuple[int | str, ...]
MOST = 200
PLACE = "/api/v1"


class Page(Shape, Generic[T]):
    """One page of a list."""

    items: list[T] = Field(description="What is on this page.")
    next: str | None = Field(
        description="Where the next page is; null on the last.",
        examples=["/api/v1/slots?cursor=WzFd"],
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """The page that a request asks for."""

    request: Request
    response: Response
    limit: int
    after: Key | None


def asked(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many on a page.")] = 50,
    cursor: Annotated[
        str | None,
        Query(max_length=1_000, description="After what the page begins: take it from `next`."),
    ] = None,
) -> Asked:
    """Read the requested page from the query."""
    return Asked(request, response, limit, _read(cursor) if cursor else None)


def page_of(
    page: Asked, found: Iterable[T], key: Callable[[T], Key], shape: Callable[[T], S]
) -> Page[S]:
    """Return one page of `found` in the order of `key`, each item shaped by `shape`."""
    try:
        rest = sorted(((key(each), each) for each in found), key=lambda pair: pair[0])
        rest = [pair for pair in rest if page.after is None or pair[0] > page.after]
    except TypeError:
        raise _no_cursor() from None
    shown = rest[: page.limit]
    following = _link(page, shown[-1][0]) if len(rest) > page.limit else None
    if following:
        page.response.headers["link"] = f'<{following}>; rel="next"'
    return Page(items=[shape(each) for _, each in shown], next=following)


def _link(page: Asked, last: Key) -> str:
    cursor = base64.urlsafe_b64encode(json.dumps(last).encode()).decode().rstrip("=")
    query = {name: value for name, value in page.request.query_params.items() if name != "cursor"}
    return f"{PLACE}{page.request.scope['path'].removeprefix(PLACE)}?{urlencode(query | {'cursor': cursor})}"


def _read(cursor: str) -> Key:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(base64.b64decode(padded.encode(), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise _no_cursor() from None
    if not isinstance(key, list) or not all(type(part) in {int, str} for part in key):
        raise _no_cursor()
    return tuple(key)


def _no_cursor() -> Refused:
    return Refused(
        status=400,
        kind="bad-request",
        detail="take the cursor from `next`",
        errors=(Wrong(field="cursor", detail="is not a cursor of this list"),),
    )
