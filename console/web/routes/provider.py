"""Signing in by the organisation's own OpenID Connect provider, and once more before what counts."""

import logging
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from console.web.openid_connect import FAILURES, Provider
from console.web.password_again import FRESH
from console.web.permissions import FIRST_PAGE
from console.web.rendering import page_for
from console.web.sessions import begin, installation_of, visitor
from installation import provider_accounts
from installation.provider_accounts import Refused

router = APIRouter()

AGAIN = "again"
"""The session's key of who went to the provider to confirm."""
ASKED = "asked_provider"
"""The session's key of state, nonce and verifier of a request that went to the provider."""
LASTS = timedelta(minutes=5)
_LOG = logging.getLogger("kaartje.console")


@router.get("/sign-in/provider")
def to_provider(request: Request) -> Response:
    """Send somebody to the provider, to sign in."""
    request.session.pop(AGAIN, None)
    return _sent(request)


@router.get("/sign-in/provider/again")
def to_provider_again(request: Request, back: str = FIRST_PAGE) -> Response:
    """Send somebody who is signed in to the provider, to confirm who they are."""
    visit = visitor(request)
    if visit is None:
        return RedirectResponse("/sign-in", 303)
    request.session[AGAIN] = {"name": visit.name, "back": back}
    return _sent(request, prompt="login", max_age=0)


def _sent(request: Request, **asked: Any) -> Response:
    provider = _provider(request)
    try:
        url, kept = provider.asked(_back_to(request), **asked)
    except FAILURES as error:
        return _trouble(request, "provider.away", error)
    request.session[ASKED] = kept
    return RedirectResponse(url, 302)


@router.get("/sign-in/provider/done")
def from_provider(request: Request) -> Response:
    """Begin a session, or note a confirmation, for who comes back from the provider."""
    provider, installation = _provider(request), installation_of(request)
    asked, again = request.session.pop(ASKED, None), request.session.pop(AGAIN, None)
    try:
        claims = provider.claims(dict(request.query_params), asked or {}, _back_to(request))
        who = provider.identity(claims)
        if again:
            return _confirmed(request, again, who, claims)
        signed_in = provider_accounts.sign_in(installation, who)
    except Refused as refused:
        return _trouble(request, refused.key, None, status=403)
    except FAILURES as error:
        return _trouble(request, "provider.failed", error)
    after = str(request.session.get("next") or FIRST_PAGE)
    begin(request.session, signed_in, installation.now())
    return RedirectResponse(_ours(after), 303)


def _provider(request: Request) -> Provider:
    settings = installation_of(request).settings
    if not settings.oidc_issuer:
        raise HTTPException(404)
    return Provider(settings)


def _confirmed(
    request: Request, again: dict[str, str], who: provider_accounts.Identity, claims: dict[str, Any]
) -> Response:
    """Note that somebody confirmed who they are, if it is the same person and just now."""
    installation, visit = installation_of(request), visitor(request)
    if visit is None or visit.name != again.get("name"):
        return RedirectResponse("/sign-in", 303)
    if provider_accounts.subject_of(installation, visit.name) != who.subject:
        raise Refused("provider.somebody_else")
    if int(claims.get("auth_time") or 0) < int(claims["iat"]) - LASTS.total_seconds():
        raise Refused("provider.not_again")
    request.session[FRESH] = (installation.now() + LASTS).timestamp()
    return RedirectResponse(_ours(again.get("back", "")), 303)


def _ours(path: str) -> str:
    """Return a path of our own pages, whatever was asked for."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours and not path.startswith("/sign-in") else FIRST_PAGE


def _back_to(request: Request) -> str:
    scheme = "https" if request.app.state.https else request.url.scheme
    return f"{scheme}://{request.url.netloc}/sign-in/provider/done"


def _trouble(request: Request, key: str, error: Exception | None, *, status: int = 502) -> Response:
    if error is not None:
        _LOG.warning("the OpenID Connect provider: %s: %s", type(error).__name__, error)
    return page_for(request, "sign_in.html", status=status, trouble={"key": key})
