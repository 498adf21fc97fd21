"""Signing in and out, and choosing a language."""

from collections.abc import Mapping
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
from installation import accounts

router = APIRouter()


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
    match accounts.check(
        installation.store,
        name,
        password,
        installation.now(),
        key=installation.settings.key(),
        origin=origin_of(installation, request, name),
    ):
        case accounts.SignedIn() as signed_in:
            after = _inside(request.session.get("next", ""), FIRST_PAGE)
            begin(request.session, signed_in, installation.now())
            response = RedirectResponse(after, 303)
            remember(installation, request, response, signed_in.name)
            return response
        case accounts.TooManyTries(until):
            minutes = max(1, -(-int((until - installation.now()).total_seconds()) // 60))
            trouble = {"key": "sign_in.too_many_tries", "minutes": minutes}
            return page_for(request, "sign_in.html", status=429, trouble=trouble)
        case accounts.WrongPassword():
            return page_for(request, "sign_in.html", status=401, trouble={"key": "sign_in.wrong"})


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
