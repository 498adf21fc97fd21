"""The helpers' entrance: volunteers, councils and legal-aid desks who help somebody else, and want to talk with us."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from console.web.public.choices import Unclear, chosen_window, number_to_call, when_in_words
from console.web.public.form_keys import KEY, PublicForm
from console.web.public.rate_limits import ASKING, may_go_on
from console.web.public.visits import HELPERS, READ, Asking, asking_of, sorry
from inbound.web_requests import WebRequest, hear_request

router = APIRouter()
_LONGEST_NAME = 100


@router.api_route(HELPERS, methods=READ)
def show_helpers(request: Request) -> Response:
    """Show what people who help somebody else can read and ask."""
    return _helpers(asking_of(request))


def _helpers(asking: Asking, trouble: Unclear | None = None) -> Response:
    return asking.page(
        "helpers.html",
        status=422 if trouble else 200,
        back=HELPERS,
        key=asking.key(HELPERS),
        place=HELPERS,
        when=asking.choices,
        trouble=trouble,
        form=asking.form,
    )


@router.post(HELPERS)
def ask_as_helper(request: Request, form: PublicForm) -> Response:
    """Put a helper in the helpers' queue. Nothing is asked of whom they help."""
    asking = asking_of(request, form)
    if not asking.lines:
        return asking.page("done.html", back=HELPERS, done="call_us", extra="")
    try:
        text = _helper(form)
        number, window = (
            number_to_call(form),
            chosen_window(form, asking.lines[0].calls, asking.installation.now()),
        )
    except Unclear as unclear:
        return _helpers(asking, unclear)
    if not may_go_on(asking.installation, request, ASKING):
        return sorry(request, 429)
    wish = WebRequest(
        form[KEY], asking.lines[0].id, text, asking.language, number=number, window=window, helper=True
    )  # fmt: skip
    hear_request(asking.installation, wish, now=asking.installation.now())
    said = when_in_words(window, asking.language)
    return asking.page("done.html", back=HELPERS, done="call", extra=said, number=number)


def _helper(form: Mapping[str, str]) -> str:
    """Return who asks, in words for the desk.

    Raises:
        Unclear: no name or no organisation is given, or nobody said whether there is an authorisation.
    """
    for field in ("name", "organisation"):
        if not form.get(field):
            raise Unclear(field, f"public.helpers.no_{field}")
    said = {"yes": "heeft een machtiging", "no": "heeft geen machtiging"}.get(
        form.get("authorised", "")
    )
    if said is None:
        raise Unclear("authorised", "public.helpers.say_authorised")
    name, organisation = (form[field][:_LONGEST_NAME] for field in ("name", "organisation"))
    return f"Helpt iemand anders: {name}, {organisation}; {said}."
