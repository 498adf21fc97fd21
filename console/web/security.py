"""Security headers, the content security policy and cross-site request protection."""

import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Request, Response
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from store.plain_errors import is_of_the_machine, log_failure

_LOG = logging.getLogger("kaartje.console")

MAX_FORM = 64 * 1024  # bytes; our longest form is a note of a call
MAX_FIELDS = 100
LARGEST_ID = 2**63 - 1
"""The largest key of a row. A larger number in an address cannot exist."""
TOKEN = "csrf"  # noqa: S105  the field's name

HEADERS = {
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
FORM = "application/x-www-form-urlencoded"
NO_STORE = "no-store"
ASK_FIRST = "no-cache"  # may be kept, if it is still the same
HSTS = "max-age=31536000"


@dataclass(frozen=True, slots=True)
class Policy:
    """Permissions of a page beyond showing our own content."""

    scripts: bool = False  # run our own files; never a script that is written into a page
    reaches: tuple[str, ...] = ()  # whom its scripts may speak to besides us, as wss://example.org
    microphone: bool = False

    def headers(self) -> dict[str, str]:
        """Return the policy as response headers."""
        content = (
            "default-src 'self'",
            "script-src 'self'" if self.scripts else "script-src 'none'",
            " ".join(("connect-src 'self'", *self.reaches)),
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
        allowed = "(self)" if self.microphone else "()"
        return {
            "content-security-policy": "; ".join(content),
            "permissions-policy": f"camera=(), microphone={allowed}, geolocation=(), payment=()",
        }


PLAIN = Policy(scripts=True)


class Guard:
    """Middleware that sets the security headers, and shows an error page when we fail."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        https: bool,
        our_fault: Callable[[Request], Response],
        policy: Policy = PLAIN,
        but: Mapping[str, Policy] = MappingProxyType({}),
    ) -> None:
        """Make the guard.

        Args:
            app: What answers.
            https: Whether people reach it over https.
            our_fault: Makes the page for what went wrong on our side.
            policy: What every page may do.
            but: The few pages that may do something else, by their path.
        """
        self._app = app
        self._https = https
        self._our_fault = our_fault
        self._policy = policy.headers()
        self._but = {path: other.headers() for path, other in but.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._set(MutableHeaders(scope=message), str(scope["path"]))
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:
            return  # nobody hears an answer
        except Exception as error:
            if not begun:
                await self._our_fault(Request(scope))(scope, receive, sending)
            if not is_of_the_machine(error):
                raise  # so that the server writes it to its log
            log_failure(_LOG, error, f"{scope['method']} {scope['path']} was not answered")

    def _set(self, headers: MutableHeaders, path: str) -> None:
        for name, value in (HEADERS | self._but.get(path, self._policy)).items():
            headers[name] = value
        headers["cache-control"] = ASK_FIRST if path.startswith("/static/") else NO_STORE
        if self._https:
            headers["strict-transport-security"] = HSTS


def token(session: dict[str, Any]) -> str:
    """Return the anti-forgery token of this session, made on first use."""
    return str(session.setdefault(TOKEN, secrets.token_urlsafe(32)))


async def posted(request: Request) -> Mapping[str, str]:
    """Read a form of one of our own pages, and check its anti-forgery token.

    Raises:
        HTTPException: 403 without the session's token, 413 for a form that is too long, 415 for
            another kind of body.
    """
    fields = await read_form(request)
    expected = str(request.session.get(TOKEN, ""))
    if not expected or not hmac.compare_digest(fields.get(TOKEN, "").encode(), expected.encode()):
        raise HTTPException(403, "stale_form")
    return fields


async def read_form(request: Request) -> Mapping[str, str]:
    """Read a form without checking who sent it.

    Raises:
        HTTPException: 413 for a form that is too long, 415 for another kind of body, 400 for a body
            that is not a form.
    """
    kind = request.headers.get(
        "content-type", FORM
    )  # a form without a field is sent without a kind
    if kind.partition(";")[0].strip() != FORM:
        raise HTTPException(415)
    return _fields(await _body(request))


Posted = Annotated[Mapping[str, str], Depends(posted)]


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM:
            raise HTTPException(413)
    return body


def _fields(body: bytes) -> dict[str, str]:
    """Parse the fields, without null characters (no database stores them)."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise HTTPException(400) from None
    return {name: value.replace("\0", "").strip() for name, value in pairs}
