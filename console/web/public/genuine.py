"""The public page that says who we are, and gives a number to call for any code."""

from fastapi import APIRouter, Request, Response

from console.web.public.campaign_facts import PublicLine, line_for_code
from console.web.public.choices import Unclear
from console.web.public.form_keys import PublicForm
from console.web.public.rate_limits import LOOKING, may_go_on
from console.web.public.visits import GENUINE, READ, PublicVisit, code_in, public_visit, sorry

router = APIRouter()


@router.api_route(GENUINE, methods=READ)
def show_genuine(request: Request) -> Response:
    """Show who we are, what we send and what we never ask."""
    return _genuine(public_visit(request))


@router.post(GENUINE)
def check_genuine(request: Request, form: PublicForm) -> Response:
    """Answer any code with a number to call.

    A real code can be copied, a real number cannot. So the answer does not say whether the code is
    ours.
    """
    visit = public_visit(request, form)
    try:
        code = code_in(form, needed=True) or ""
    except Unclear as unclear:
        return _genuine(visit, trouble=unclear)
    if not visit.lines:
        return _genuine(visit)
    if not may_go_on(visit.installation, request, LOOKING):
        return sorry(request, 429)
    return _genuine(visit, line=line_for_code(visit.installation, code, visit.lines))


def _genuine(
    visit: PublicVisit, *, trouble: Unclear | None = None, line: PublicLine | None = None
) -> Response:
    return visit.page(
        "genuine.html",
        status=422 if trouble else 200,
        back=GENUINE,
        key=visit.key(GENUINE),
        place=GENUINE,
        trouble=trouble,
        line=line,
        form=visit.form,
    )
