"""Read a webhook's body up to a limit, and check its signature."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from channels.sms.account import Account
from channels.sms.signatures import Fields, Signed, is_genuine

MOST_BYTES = 64 * 1024
MOST_FIELDS = 200
FORM, DOCUMENT = "application/x-www-form-urlencoded", "application/json"


class Refused(Exception):
    """A webhook request that is refused, with the response."""

    def __init__(self, status: int, word: str) -> None:
        super().__init__(word)
        self.answer = Response(word, status, media_type="text/plain")


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a webhook request, raw and as fields."""

    kind: str
    whole: bytes
    fields: Sequence[tuple[str, str]]
    document: Any = None

    def first(self) -> dict[str, str]:
        """Return the fields by name, and the last of one that was sent twice."""
        return dict(self.fields)


def check_signature(account: Account, request: Request, body: Body) -> None:
    """Check the signature over the address as the provider knows it, whatever a proxy made of it since.

    Raises:
        Refused: 403, it was not signed with one of the account's tokens.
    """
    query = query_of(request)
    url = f"{account.public_url.rstrip('/')}{request.scope['path']}{'?' if query else ''}{query}"
    tokens = (account.token, account.second_token) if account.public_url else ()
    fields: Fields = body.fields if body.kind == FORM else ()
    document = None if body.kind == FORM else body.whole
    if not is_genuine(tokens, url, Signed.read(request.headers), fields=fields, document=document):
        raise Refused(403, "forbidden")


def query_of(request: Request) -> str:
    """Return the query exactly as it was sent, as it was signed."""
    return str(request.scope["query_string"].decode("latin-1"))


async def read_body(request: Request) -> Body:
    """Read a body of a kind that providers send.

    Raises:
        Refused: 413 where it is too long, 415 where it is of another kind.
    """
    whole = await _bytes(request)
    if request.method == "GET":
        return Body(
            FORM, whole, [pair for pair in request.query_params.multi_items() if pair[0] != "mark"]
        )
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    match kind:
        case "application/x-www-form-urlencoded":
            return Body(kind, whole, _pairs(whole))
        case "application/json":
            document = _document(whole)
            named = document if isinstance(document, Mapping) else {}
            return Body(
                kind, whole, [(str(name), str(value)) for name, value in named.items()], document
            )
        case _:
            raise Refused(415, "unsupported")


async def _bytes(request: Request) -> bytes:
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length) > MOST_BYTES:
        raise Refused(413, "large")
    whole = bytearray()
    async for chunk in request.stream():
        whole += chunk
        if len(whole) > MOST_BYTES:
            raise Refused(413, "large")
    return bytes(whole)


def _pairs(whole: bytes) -> list[tuple[str, str]]:
    """Read a form. What is not a form has no fields, and no signature fits it."""
    try:
        return parse_qsl(
            whole.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        return []


def _document(whole: bytes) -> Any:
    try:
        return json.loads(whole)
    except (ValueError, RecursionError):
        return None
