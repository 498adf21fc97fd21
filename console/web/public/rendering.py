"""Render public pages without storing anything about their reader."""

from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse

from console.web.rendering import environment
from console.web.sessions import installation_of
from console.web.words import LANGUAGES, Language, language_of, say
from store.written_dates import written_day

LANGUAGE = "lang"


def language_asked(request: Request, form: Any = None) -> Language:
    """Return the language that the address or the form asks for, Dutch by default."""
    return language_of(request.query_params.get(LANGUAGE) or (form or {}).get(LANGUAGE))


def address(path: str, language: Language, **query: str) -> str:
    """Return the address of a public page in this language. Dutch needs no parameter."""
    asked = {**query, **({LANGUAGE: language} if language != "nl" else {})}
    return f"{path}?{urlencode(asked)}" if asked else path


def public_page(
    request: Request,
    name: str,
    language: Language,
    *,
    status: int = 200,
    back: str = "",
    **values: Any,
) -> HTMLResponse:
    """Return the public page `name`.

    Args:
        request: the request.
        name: the template, below `public/`.
        language: of the page.
        status: the answer's status.
        back: the path under which this page can be asked for again, in another language; else the request's own.
        values: what the template is given besides.
    """
    installation, path = installation_of(request), quote(back or request.url.path)
    kept = (
        {name: value for name, value in request.query_params.items() if name != LANGUAGE}
        if not back
        else {}
    )
    common: dict[str, Any] = {
        "language": language,
        "others": [(each, address(path, each, **kept)) for each in LANGUAGES if each != language],
        "address": partial(address, language=language),
        "w": partial(say, language),
        "day": partial(written_day, language=language),
        "name": installation.settings.public_name,
        "language_field": LANGUAGE,
    }
    text = environment().get_template(f"public/{name}").render(common | values)
    return HTMLResponse(text, status_code=status)
