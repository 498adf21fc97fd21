"""Render pages with Jinja, and the values that every page is given."""

from datetime import date
from functools import cache, partial
from importlib.resources import files
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from campaigns.post.incidents import incidents
from console.catalogues import translation_to
from console.web import formats
from console.web.browser_phone import client_of
from console.web.password_again import FRESH
from console.web.permissions import Area
from console.web.security import TOKEN, token
from console.web.sessions import NOTICE, Visit, visitor
from console.web.words import LANGUAGES, Language, known, language_of, say
from desk.cases.authorisations import in_call
from installation.accounts import called
from installation.provider_accounts import subject_of
from installation.stop_everything import Stop, present_stop
from people.numbers import PhoneNumber
from store.written_dates import weekday_and_moment, written_day, written_moment
from suppression.reasons import Reason

NAVIGATION = (
    (Area.TODAY, "/today", "nav.today"),
    (Area.CAMPAIGNS, "/", "nav.campaigns"),
    (Area.STATISTICS, "/calculators", "nav.calculators"),
    (Area.PRINT_RUNS, "/print-runs", "nav.print_runs"),
    (Area.PRINT_SHOP, "/print-shop", "nav.print_shop"),
    (Area.IMPORTS, "/imports", "nav.imports"),
    (Area.QUEUE, "/queue", "nav.queue"),
    (Area.CALLS, "/cards", "nav.cards"),
    (Area.FOLLOW_UPS, "/follow-ups", "nav.follow_ups"),
    (Area.DOUBTS, "/doubts", "nav.doubts"),
    (Area.REQUESTS, "/requests", "nav.requests"),
    (Area.WHY, "/why", "nav.why"),
    (Area.LOOKS, "/looks", "nav.looks"),
    (Area.ACCOUNTS, "/accounts", "nav.accounts"),
)


_COUNTS = ("count", "pieces", "people", "rows")
"""Names of values that are a number of things, in a text of the pages."""


@cache
def environment() -> Environment:
    """Return the Jinja environment, which escapes every value and refuses undefined names."""
    html = str(files("console.web").joinpath("html"))
    made = Environment(
        loader=FileSystemLoader(html),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "code": formats.code,
        "phone": _phone,
        "iso_day": _iso_day,
        "perhaps_day": _perhaps_day,
    }
    return made


def page(visit: Visit, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Render the page `name` for a signed-in colleague."""
    return _render(visit.request, visit, name, status=status, values=values)


def page_for(request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Render the page `name` for anybody. Without a session it has no menu."""
    return _render(request, visitor(request), name, status=status, values=values)


def bare_page(request: Request, name: str, *, status: int) -> HTMLResponse:
    """Render a page that needs no database, for when the installation is in trouble."""
    return _render(request, None, name, status=status, values={})


def fragment(language: Language, name: str, **values: Any) -> str:
    """Render a part of a page in this language."""
    return environment().get_template(name).render(_saying(language) | values)


def _say_counted(language: Language, key: str, /, **values: object) -> str:
    """Return the text of a key, or of its `_one` where there is one and a count of it is 1."""
    one = f"{key}_one"
    single = any(str(values.get(name)) == "1" for name in _COUNTS)
    return say(language, one if single and known(one) else key, **values)


def _saying(language: Language) -> dict[str, Any]:
    return {
        "language": language,
        "w": partial(_say_counted, language),
        "wo": lambda key, other: say(language, key) if known(key) else other,
        "day": partial(written_day, language=language),
        "weekday_moment": partial(weekday_and_moment, language=language),
        "moment": partial(written_moment, language=language),
        "window": partial(formats.window, language=language),
        "waited": partial(formats.waited, language=language),
        "number": partial(formats.number, language=language),
        "amount": partial(formats.amount, language=language),
        "euros": partial(formats.euros, language=language),
        "decimal": partial(formats.decimal, language=language),
        "share": partial(formats.percentage, language=language),
        "size": partial(formats.size, language=language),
        "why": lambda code: Reason(code).sentence(language),
        "translated": translation_to(language),
        "token_field": TOKEN,
    }


def _render(
    request: Request, visit: Visit | None, name: str, *, status: int, values: dict[str, Any]
) -> HTMLResponse:
    session = request.scope.get("session", {})  # missing when things went wrong before it was read
    language = language_of(session.get("language"))
    notice = session.pop(NOTICE, None)
    common: dict[str, Any] = {
        **_saying(language),
        "incidents": partial(incidents, visit.installation) if visit else list,
        "stopped": partial(_stop, visit) if visit else lambda: None,
        "authorisations": partial(in_call, visit.installation.store) if visit else list,
        "languages": LANGUAGES,
        "visit": visit,
        "provider": bool(getattr(request.app.state.installation.settings, "oidc_issuer", "")),
        "by_provider": partial(_by_provider, visit) if visit else str,
        "called": partial(called, visit.installation.store, visit.name) if visit else str,
        "may": visit.may if visit else lambda _: False,
        "navigation": _navigation(visit) if visit else [],
        "path": request.url.path if request.method == "GET" else "",
        "token": token(session),
        "desk_phone": client_of(visit) if visit else None,
        "notice": notice if isinstance(notice, str) and known(notice) else None,
    }
    text = environment().get_template(name).render(common | values)
    return HTMLResponse(text, status_code=status)


def _navigation(visit: Visit) -> list[tuple[str, str]]:
    """Return the pages of the menu. Who sees every run reaches the shop's entrance from there."""
    left_out = Area.PRINT_SHOP if visit.may(Area.PRINT_RUNS) else Area.PRINT_RUNS
    return [
        (path, key) for area, path, key in NAVIGATION if visit.may(area) and area is not left_out
    ]


def _by_provider(visit: Visit) -> str:
    """Say how somebody of the provider confirms who they are: `again`, or `fresh` once they did."""
    if subject_of(visit.installation, visit.name) is None:
        return ""
    until = visit.request.session.get(FRESH, 0)
    return "fresh" if visit.installation.now().timestamp() < until else "again"


def _stop(visit: Visit) -> Stop | None:
    installation = visit.installation
    return present_stop(installation.store, now=installation.now())


def _phone(e164: str) -> str:
    try:
        return PhoneNumber.parse(e164).printed()
    except ValueError:
        return e164


def _iso_day(text: str, language: Language) -> str:
    return written_day(date.fromisoformat(text), language)


def _perhaps_day(text: str, language: Language) -> str:
    """Return a text, a day as it is written and anything else as it is."""
    try:
        return _iso_day(text, language)
    except ValueError:
        return text
