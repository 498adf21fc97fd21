"""The public page for volunteers, councils and legal-aid desks who help somebody else."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from console.web.public.choices import Unclear, chosen_window, number_to_call, when_in_words
from console.web.public.form_keys import KEY, PublicForm
from console.web.public.rate_limits import ASKING, may_go_on
from console.web.public.visits import HELPERS, READ, PublicVisit, public_visit, sorry
from inbound.web_requests import WebRequest, take_request

router = APIRouter()
_LONGEST_NAME = 100


@router.api_route(HELPERS, methods=READ)
def show_helpers(request: Request) -> Response:
    """Show the page for helpers."""
    return _helpers(public_visit(request))


def _helpers(visit: PublicVisit, trouble: Unclear | None = None) -> Response:
    return visit.page(
        "helpers.html",
        status=422 if trouble else 200,
        back=HELPERS,
        key=visit.key(HELPERS),
        place=HELPERS,
        when=visit.choices,
        trouble=trouble,
        form=visit.form,
    )


@router.post(HELPERS)
def ask_as_helper(request: Request, form: PublicForm) -> Response:
    """Add a helper's call-back request to their queue. It names nobody they help."""
    visit = public_visit(request, form)
    if not visit.lines:
        return visit.page("done.html", back=HELPERS, done="call_us", extra="")
    try:
        text = _helper(form)
        number = number_to_call(form)
        with visit.turns() as turns:
            window = chosen_window(form, turns)
    except Unclear as unclear:
        return _helpers(visit, unclear)
    if not may_go_on(visit.installation, request, ASKING):
        return sorry(request, 429)
    wish = WebRequest(
        key=form[KEY],
        line_id=visit.lines[0].id,
        text=text,
        language=visit.language,
        number=number,
        window=window,
        helper=True,
    )
    stored = take_request(visit.installation, wish, now=visit.installation.now())
    extra = when_in_words(stored.promised, visit.language)
    return visit.page("done.html", back=HELPERS, done="call", extra=extra, number=number)


def _helper(form: Mapping[str, str]) -> str:
    """Return who asks, in words for the desk.

    Raises:
        Unclear: The name, the organisation or the answer about an authorisation is missing.
    """
    for field in ("name", "organisation"):
        if not form.get(field):
            raise Unclear(field, f"public.helpers.no_{field}")
    authorised = {"yes": "heeft een machtiging", "no": "heeft geen machtiging"}.get(
        form.get("authorised", "")
    )
    if authorised is None:
        raise Unclear("authorised", "public.helpers.say_authorised")
    name, organisation = (form[field][:_LONGEST_NAME] for field in ("name", "organisation"))
    return f"Helpt iemand anders: {name}, {organisation}; {authorised}."
