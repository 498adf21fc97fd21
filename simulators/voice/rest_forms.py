"""Forms, pages and problems of the REST API of a simulated telephone network."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from simulators.voice.network_state import Source
from simulators.voice.simulated_queues import SimulatedQueue

_PROBLEMS = {
    20001: (400, "Invalid parameter"),
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    21201: (400, "No 'To' number is specified"),
    21205: (400, "Url parameter is required."),
    21213: (400, "'From' phone number is required"),
    21217: (400, "Phone number does not appear to be valid"),
    21220: (400, "Call is not in-progress. Cannot redirect."),
    22002: (400, "The call is no longer in the queue"),
    22003: (409, "A queue with this name already exists"),
    22004: (400, "Queue is not empty"),
}

Form = dict[str, list[str]]


class Refused(Exception):
    """A request is refused with this code of the real API."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def problem(code: int, message: str = "") -> Response:
    """Return the error document of a code."""
    status, usual = _PROBLEMS[code]
    more = f"https://www.twilio.com/docs/errors/{code}"
    return document(
        {"code": code, "message": message or usual, "more_info": more, "status": status}, status
    )


async def form_of(request: Request) -> Form:
    """Return the fields of a posted form."""
    return parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)


def one(form: Form, name: str) -> str:
    """Return the first value of a field, or an empty string."""
    return form.get(name, [""])[0]


def source_of(form: Form) -> Source | None:
    """Return the source to which a call is sent, or None where the form has none."""
    url, twiml = one(form, "Url"), one(form, "Twiml")
    if twiml:
        return Source("", document=twiml)
    if not url:
        return None
    if urlsplit(url).scheme not in {"http", "https"}:
        raise Refused(21205)
    return Source(url, one(form, "Method") or "POST")


def resize(queue: SimulatedQueue, form: Form) -> None:
    """Change the size of a queue, where the form asks for it."""
    given = one(form, "MaxSize")
    if given and not (given.isdigit() and 1 <= int(given) <= 5000):  # noqa: PLR2004  the real one's bounds
        raise Refused(20001)
    queue.largest = int(given or queue.largest)


def page_of(request: Request, name: str, found: Sequence[dict[str, Any]]) -> Response:
    """Return one page of a list, with the links of the real API."""
    asked = request.query_params
    size, page = min(max(int(asked.get("PageSize", 50)), 1), 1000), int(asked.get("Page", 0))
    some, more = found[page * size : (page + 1) * size], (page + 1) * size < len(found)
    kept = "".join(
        f"&{key}={value}"
        for key, value in asked.items()
        if key not in {"Page", "PageSize", "PageToken"}
    )
    here = f"{request.url.path}?PageSize={size}{kept}"
    return document(
        {
            name: some,
            "page": page,
            "page_size": size,
            "start": page * size,
            "uri": f"{here}&Page={page}",
            "end": page * size + max(len(some) - 1, 0),
            "first_page_uri": f"{here}&Page=0",
            "previous_page_uri": None,
            "next_page_uri": f"{here}&Page={page + 1}" if more else None,
        }
    )


def document(document: Any, status: int = 200) -> Response:
    """Return a JSON response."""
    return Response(json.dumps(document), status, media_type="application/json")
