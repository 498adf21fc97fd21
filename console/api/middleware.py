"""Middleware of the API for JSON bodies, size limits, versions and ETags."""

import json
from hashlib import sha256

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.api.problems import Refused, answer

VERSION = "1.0.0"
LONGEST = 64 * 1024  # bytes: the longest body is an instruction for a colleague
JSON = "application/json"
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class Fence:
    """Reads the whole body first, and refuses one that is too long or is not JSON."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["api-version"] = VERSION
            await send(message)

        body = await _body(scope, receive)
        if isinstance(body, Refused):
            await answer(body)(scope, receive, sending)
            return
        await self._app(scope, _again(body, receive), sending)


async def _body(scope: Scope, receive: Receive) -> bytes | Refused:
    headers, body, more = Headers(scope=scope), b"", True
    declared = headers.get("content-length", "0")
    too_long = Refused(
        status=413,
        kind="too-long",
        detail=f"a body has at most {LONGEST} bytes",
        headers={"connection": "close"},
    )
    if declared.isdecimal() and int(declared[:20]) > LONGEST:
        return too_long
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        body, more = body + message.get("body", b""), message.get("more_body", False)
        if len(body) > LONGEST:
            return too_long
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and scope["method"] in _WITH_BODY and kind != JSON:
        return Refused(status=415, kind="not-json", detail=f"send the body as {JSON}")
    return _readable(body)


def _readable(body: bytes) -> bytes | Refused:
    """Refuse a body that is not JSON in UTF-8, or is nested too deep."""
    try:
        if body:
            json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return Refused(status=400, kind="bad-request", detail="the body is not JSON in UTF-8")
    return body


def _no_number(text: str) -> float:
    raise ValueError(text)


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def receiving() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


class Tag:
    """Adds an ETag to every answer to a GET, and answers 304 to a known one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        start: Message = {}
        parts: list[bytes] = []

        async def sending(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                await _tagged(scope, start, b"".join(parts), send)

        await self._app(scope, receive, sending)


async def _tagged(scope: Scope, start: Message, body: bytes, send: Send) -> None:
    if start["status"] == 200:  # noqa: PLR2004  only what was found can be the same again
        headers = MutableHeaders(scope=start)
        tag = headers["etag"] = f'"{sha256(body).hexdigest()[:32]}"'
        known = {
            each.strip().removeprefix("W/")
            for each in Headers(scope=scope).get("if-none-match", "").split(",")
        }
        if tag in known:
            kept = [(name, value) for name, value in start["headers"] if name != b"content-length"]
            start, body = {**start, "status": 304, "headers": kept}, b""
    await send(start)
    await send({"type": "http.response.body", "body": body})
