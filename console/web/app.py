"""The FastAPI application of the console, built for one installation."""

from collections.abc import Callable
from importlib.resources import files

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.routing import Match
from starlette.staticfiles import StaticFiles

from console import monitoring
from console.api import app as api
from console.web import public
from console.web.browser_phone import PLACE as PHONE
from console.web.browser_phone import Phone, phone_of
from console.web.forwarded_requests import ForwardedRequests
from console.web.live_queue import Board
from console.web.permissions import FIRST_PAGE
from console.web.post import import_uploads, run_pages, seed_pages, shop_pages
from console.web.rendering import bare_page, page_for
from console.web.routes import (
    account,
    agreements,
    approving,
    calls,
    campaigns,
    cards,
    casework,
    doubts,
    draft_checks,
    draft_saving,
    drafts,
    effects,
    follow_ups,
    helpers,
    imports,
    looks,
    phone,
    print_runs,
    privacy_requests,
    provider,
    queue,
    relatives,
    search,
    sign_in,
    staff_accounts,
    today,
    why,
    words,
    wrap_up,
)
from console.web.security import Guard
from console.web.sessions import NOTICE, WORKING_DAY, SignInFirst
from inbound.sms_webhooks import SmsWebhooks
from inbound.voice.voice_webhooks import VoiceWebhooks
from installation.derived_keys import Purpose
from installation.installation import Installation

ROUTERS = (
    sign_in.router,
    provider.router,
    today.router,
    account.router,
    effects.router,
    approving.router,
    campaigns.router,
    draft_checks.router,
    drafts.router,
    words.router,
    imports.router,
    print_runs.router,
    run_pages.router,
    seed_pages.router,
    shop_pages.router,
    import_uploads.router,
    queue.router,
    calls.router,
    draft_saving.router,
    agreements.router,
    wrap_up.router,
    follow_ups.router,
    casework.router,
    relatives.router,
    helpers.router,
    phone.router,
    cards.router,
    search.router,
    why.router,
    looks.router,
    privacy_requests.router,
    staff_accounts.router,
    doubts.router,
    monitoring.router,
    *public.ROUTERS,
)

_FORM_TROUBLE = {"stale_form": "errors/stale_form.html"}
_PAGES = {403: "errors/forbidden.html", 404: "errors/not_found.html"}


def make_app(
    installation: Installation, *, https: bool = False, on_event: Callable[[], None] = lambda: None
) -> FastAPI:
    """Build the application with its pages, webhooks and API.

    Args:
        installation: The store, the clock and the settings that every page works with.
        https: Whether people reach it over https; then the cookie never travels any other way.
        on_event: Called after each provider event is stored.

    Raises:
        BadInput: The settings of the phone in agents' browsers are incomplete.
    """
    desk_phone = phone_of(installation.settings)
    app = FastAPI(
        title="Kaartje",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=_middleware(installation, desk_phone, https=https),
    )
    app.state.installation, app.state.phone = installation, desk_phone
    app.state.board, app.state.https = Board(installation), https
    app.state.sketches = queue.Sketches()
    for router in ROUTERS:
        app.include_router(router)
    app.router.routes.append(SmsWebhooks(installation, on_event).mount())
    app.router.routes.append(VoiceWebhooks(installation).mount())
    app.router.routes.append(api.mount(installation))
    app.mount(
        "/static",
        StaticFiles(directory=str(files("console.web").joinpath("static"))),
        name="static",
    )
    app.add_exception_handler(SignInFirst, _to_sign_in)
    app.add_exception_handler(HTTPException, _kindly)
    app.add_exception_handler(RequestValidationError, _not_found)
    return app


def _middleware(
    installation: Installation, desk_phone: Phone | None, *, https: bool
) -> list[Middleware]:
    key = installation.settings.key_for(Purpose.CONSOLE_SESSIONS).hex()
    return [
        Middleware(ForwardedRequests, trusted=installation.settings.trusted_proxies),
        Middleware(
            Guard,
            https=https,
            our_fault=_our_fault,
            but={PHONE: desk_phone.policy} if desk_phone else {},
        ),
        Middleware(
            SessionMiddleware,
            secret_key=key,
            session_cookie="__Host-kaartje" if https else "kaartje",
            max_age=int(WORKING_DAY.total_seconds()),
            same_site="lax",
            https_only=https,
        ),
    ]


def _to_sign_in(request: Request, error: Exception) -> Response:
    del error
    request.session["next"] = _page_of(request)
    if request.method == "POST":
        request.session[NOTICE] = "sign_in.ended"
    return RedirectResponse("/sign-in", 303)


def _page_of(request: Request) -> str:
    """Return the page to come back to: the one that was asked for, or that a form was sent from."""
    path = request.url.path
    while path and not _is_page(request, path):
        path = path.rpartition("/")[0]
    return path or FIRST_PAGE


def _is_page(request: Request, path: str) -> bool:
    scope = {**request.scope, "type": "http", "method": "GET", "path": path}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes)


def _kindly(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  the registration above says so
    if response := public.answer(request, error.status_code, str(error.detail)):
        return response
    name = _FORM_TROUBLE.get(str(error.detail)) or _PAGES.get(
        error.status_code, "errors/not_taken.html"
    )
    response = page_for(request, name, status=error.status_code)
    response.headers.update(error.headers or {})
    return response


def _not_found(request: Request, error: Exception) -> Response:
    del error
    return page_for(request, "errors/not_found.html", status=404)


def _our_fault(request: Request) -> Response:
    return bare_page(request, "errors/our_fault.html", status=500)
