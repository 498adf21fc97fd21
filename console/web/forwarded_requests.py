"""Middleware that gives a request the visitor's own address where a trusted proxy passes it on."""

from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from installation.trusted_proxies import read_networks, visitor_address


class ForwardedRequests:
    """Reads `X-Forwarded-For` of the trusted proxies, and of nobody else."""

    def __init__(self, app: ASGIApp, *, trusted: str) -> None:
        self._app = app
        self._trusted = read_networks(trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        client: tuple[str, int] | None = scope.get("client")
        if client and scope["type"] in {"http", "websocket"}:
            given = Headers(scope=scope).getlist("x-forwarded-for")
            visitor = visitor_address(client[0], given, self._trusted) if given else client[0]
            changed: dict[str, Any] = {"client": (visitor, client[1])}
            scope = {**scope, **changed}
        await self._app(scope, receive, send)
