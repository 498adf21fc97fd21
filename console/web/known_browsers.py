"""A cookie by which a browser is known that signed in under a name before.

It opens nothing: it only gives the browser's owner a count of wrong passwords of their own.
"""

import secrets

from fastapi import Request, Response
from itsdangerous import BadSignature, Signer

from console.web.public.rate_limits import visitor_of
from installation.derived_keys import Purpose
from installation.installation import Installation
from installation.sign_in_limits import Origin

LASTS = 180 * 24 * 3600
"""Seconds that a browser stays known."""
SIGN_IN = "sign-in"


def origin_of(installation: Installation, request: Request, name: str) -> Origin:
    """Return where a try to sign in under a name comes from."""
    source = visitor_of(installation, request, SIGN_IN)
    return Origin(source, device=_mark(installation, request, name))


def remember(installation: Installation, request: Request, response: Response, name: str) -> None:
    """Give this browser the cookie of a name, unless it has it."""
    if _mark(installation, request, name):
        return
    value = f"{secrets.token_hex(8)}.{name}"
    https: bool = request.app.state.https
    response.set_cookie(
        _name(request),
        _signer(installation).sign(value).decode(),
        max_age=LASTS,
        secure=https,
        httponly=True,
        samesite="lax",
    )


def _mark(installation: Installation, request: Request, name: str) -> str:
    """Return the mark of a browser that is known under this name, or nothing."""
    try:
        value = _signer(installation).unsign(request.cookies.get(_name(request), "")).decode()
    except (BadSignature, UnicodeError):
        return ""
    mark, _, known_as = value.partition(".")
    return mark if known_as == name.strip().lower() else ""


def _name(request: Request) -> str:
    return "__Host-kaartje-browser" if request.app.state.https else "kaartje-browser"


def _signer(installation: Installation) -> Signer:
    return Signer(installation.settings.key_for(Purpose.KNOWN_BROWSERS))
