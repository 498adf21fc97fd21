"""Signing in and out, and choosing a language."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from console.web.known_browsers import origin_of, remember
from console.web.permissions import FIRST_PAGE
from console.web.rendering import page_for
from console.web.security import Posted
from console.web.sessions import NOTICE, begin, installation_of, visitor
from console.web.turns import Turns
from console.web.words import language_of
from installation import accounts, second_factors

router = APIRouter()

HALF = "half"
"""The session's key of an account whose password was right, and whose code is still to come."""
_FOR_THE_CODE = timedelta(minutes=5)


@router.get("/sign-in")
def sign_in_page(request: Request) -> Response:
    """Show the sign-in form, or redirect somebody who is signed in."""
    visit = visitor(request)
    return (
        RedirectResponse(FIRST_PAGE, 303)
        if visit
        else page_for(request, "sign_in.html", trouble=None)
    )


_TURNS = Turns(2)  # checking a password is slow on purpose


@router.post("/sign-in")
async def sign_in(request: Request, form: Posted) -> Response:
    """Begin a session after a correct password."""
    return await _TURNS.run(partial(_sign_in, request, form))


def _sign_in(request: Request, form: Mapping[str, str]) -> Response:
    installation = installation_of(request)
    name, password = form.get("name", ""), form.get("password", "")
    second = second_factors.is_asked(installation, name)
    match accounts.check(
        installation.store,
        name,
        password,
        installation.now(),
        key=installation.settings.key(),
        origin=origin_of(installation, request, name),
        action=accounts.GAVE_PASSWORD if second else accounts.SIGNED_IN,
    ):
        case accounts.SignedIn() as signed_in if second:
            until = (installation.now() + _FOR_THE_CODE).timestamp()
            request.session[HALF] = {"name": signed_in.name, "until": until}
            return RedirectResponse("/sign-in/code", 303)
        case accounts.SignedIn() as signed_in:
            return _begun(request, signed_in)
        case accounts.TooManyTries(until):
            return _too_many(request, "sign_in.html", until)
        case accounts.WrongPassword():
            return page_for(request, "sign_in.html", status=401, trouble={"key": "sign_in.wrong"})


def _begun(request: Request, signed_in: accounts.SignedIn) -> Response:
    installation = installation_of(request)
    after = _inside(request.session.get("next", ""), FIRST_PAGE)
    begin(request.session, signed_in, installation.now())
    response = RedirectResponse(after, 303)
    remember(installation, request, response, signed_in.name)
    return response


def _too_many(request: Request, page: str, until: datetime) -> Response:
    minutes = max(1, -(-int((until - installation_of(request).now()).total_seconds()) // 60))
    trouble = {"key": "sign_in.too_many_tries", "minutes": minutes}
    return page_for(request, page, status=429, trouble=trouble)


def _half(request: Request) -> str:
    """Return the account whose password was given in this browser just now, or nothing."""
    half = request.session.get(HALF) or {}
    if half.get("until", 0) <= installation_of(request).now().timestamp():
        return ""
    return str(half.get("name", ""))


@router.get("/sign-in/code")
def code_page(request: Request) -> Response:
    """Ask for the code of the app, after the password."""
    if not _half(request):
        return RedirectResponse("/sign-in", 303)
    return page_for(request, "sign_in_code.html", trouble=None)


@router.post("/sign-in/code")
def give_code(request: Request, form: Posted) -> Response:
    """Begin a session after a right code."""
    installation, name = installation_of(request), _half(request)
    if not name:
        return RedirectResponse("/sign-in", 303)
    origin = origin_of(installation, request, name)
    match second_factors.check(installation, name, form.get("code", ""), origin=origin):
        case accounts.SignedIn() as signed_in:
            return _begun(request, signed_in)
        case accounts.TooManyTries(until):
            return _too_many(request, "sign_in_code.html", until)
        case accounts.WrongPassword():
            trouble = {"key": "sign_in.code_wrong"}
            return page_for(request, "sign_in_code.html", status=401, trouble=trouble)


@router.post("/sign-out")
def sign_out(request: Request, form: Posted) -> Response:
    """End every session of this account."""
    del form
    visit, language = visitor(request), request.session.get("language")
    if visit:
        accounts.sign_out(visit.installation.store, visit.name, visit.installation.now())
    request.session.clear()
    request.session.update({NOTICE: "sign_in.bye"} | ({"language": language} if language else {}))
    return RedirectResponse("/sign-in", 303)


@router.post("/language")
def choose_language(request: Request, form: Posted) -> Response:
    """Set the language of the pages."""
    request.session["language"] = language_of(form.get("language"))
    return RedirectResponse(_inside(form.get("back", ""), "/"), 303)


def _inside(path: str, otherwise: str) -> str:
    """Return the path only if it leads to one of our own pages."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours and path not in ("/", "/sign-in") else otherwise
