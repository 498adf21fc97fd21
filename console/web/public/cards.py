"""The public page behind the QR code on a card, with and without a code.

It offers to call us, to be called, an appointment and no further contact. What it shows never
depends on whose card it is. A code is looked up only when somebody asks for something with it.
"""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from console.web.public.campaign_facts import is_code, printed_address
from console.web.public.choices import Unclear, chosen_window, number_to_call, when_in_words
from console.web.public.form_keys import KEY, PublicForm
from console.web.public.rate_limits import ASKING, may_go_on
from console.web.public.visits import CARD, READ, PublicVisit, code_in, public_visit, sorry
from console.web.security import LARGEST_ID
from console.web.sessions import installation_of
from desk.queue.appointment_slots import open_slots
from inbound.web_requests import WebRequest, make_appointment, take_request
from store.errors import BadInput

router = APIRouter()
CALL, APPOINTMENT, STOP = f"{CARD}/call", f"{CARD}/appointment", f"{CARD}/stop"
SHOWN = 12
"""Slots on a page. People who can come at none of them call us."""


@router.api_route(CARD, methods=READ)
@router.api_route(f"{CARD}/{{code}}", methods=READ)
def show_card(request: Request, code: str = "") -> Response:
    """Show the page of a card to anybody. The code is only put in its forms."""
    return show_printed(request) or _card(public_visit(request), code)


def show_printed(request: Request) -> Response | None:
    """Return the card page for an address that a QR code gives, or None if none was printed."""
    found = printed_address(installation_of(request), request.url.path, request.url.query)
    return _card(public_visit(request, numbers=found.numbers), found.code) if found else None


def _card(
    visit: PublicVisit, typed: str = "", trouble: Unclear | None = None, at: str = ""
) -> Response:
    """Show the page of a card, with the form opened that had trouble."""
    code = typed if is_code(typed) else visit.form.get("code", "")
    code, now = code if is_code(code) else "", visit.installation.now()
    return visit.page(
        "card.html",
        status=422 if trouble else 200,
        back=(f"{CARD}/{code}" if code else CARD) if visit.form else "",
        code=code,
        when=visit.choices,
        slots=open_slots(visit.installation.store, now=now)[:SHOWN],
        trouble=trouble,
        at=at,
        form=visit.form,
        keys={place: visit.key(place) for place in (CALL, APPOINTMENT, STOP)},
    )


@router.post(CALL)
def ask_call(request: Request, form: PublicForm) -> Response:
    """Add a call-back request to the queue. The number serves this call only."""
    visit = public_visit(request, form)
    if not visit.lines:
        return visit.page("done.html", back=CARD, done="call_us", extra="")
    try:
        code = code_in(form, needed=False)
        number = number_to_call(form)
        with visit.turns() as turns:
            window = chosen_window(form, turns)
    except Unclear as unclear:
        return _card(visit, trouble=unclear, at=CALL)
    if not may_go_on(visit.installation, request, ASKING):
        return sorry(request, 429)
    wish = WebRequest(
        key=form[KEY],
        line_id=visit.lines[0].id,
        text="Wil gebeld worden.",
        language=visit.language,
        code=code,
        number=number,
        window=window,
    )
    stored = take_request(visit.installation, wish, now=visit.installation.now())
    if stored.call_id is None:
        return visit.page("done.html", back=CARD, done="call_us", extra="")
    extra = when_in_words(stored.promised, visit.language)
    return visit.page("done.html", back=CARD, done="call", extra=extra, number=number)


@router.post(APPOINTMENT)
def ask_appointment(request: Request, form: PublicForm) -> Response:
    """Book an appointment for the person of this card.

    Every failure gets the same answer (call us), so that it reveals nothing.
    """
    visit = public_visit(request, form)
    try:
        code = code_in(form, needed=True)
        chosen = _slot(form)
    except Unclear as unclear:
        return _card(visit, trouble=unclear, at=APPOINTMENT)
    if not may_go_on(visit.installation, request, ASKING):
        return sorry(request, 429)
    line = visit.lines[0].id if visit.lines else None
    wish = WebRequest(
        key=form[KEY],
        line_id=line,
        text="Maakte zelf een afspraak.",
        language=visit.language,
        code=code,
    )
    try:
        booked = make_appointment(visit.installation, wish, chosen, now=visit.installation.now())
    except BadInput as error:
        if str(error.field).startswith("slot"):
            return _card(visit, trouble=Unclear("slot", "public.appointment.full"), at=APPOINTMENT)
        return visit.page("done.html", back=CARD, done="call_us", extra="")
    return visit.page("done.html", back=CARD, done="appointment", extra="", booked=booked)


def _slot(form: Mapping[str, str]) -> int:
    """Return the chosen slot.

    Raises:
        Unclear: No slot was chosen.
    """
    chosen = form.get("slot", "")
    if not (chosen.isdecimal() and chosen.isascii() and int(chosen) <= LARGEST_ID):
        raise Unclear("slot", "public.appointment.choose")
    return int(chosen)


@router.post(STOP)
def ask_stop(request: Request, form: PublicForm) -> Response:
    """Suppress contact with the person of this card, after a confirmation.

    Only a pressed button gets here, and only the second press suppresses, so that no preview or
    scanner objects for anybody. The answer is the same for a code that is on no card.
    """
    visit = public_visit(request, form)
    try:
        code = code_in(form, needed=True)
    except Unclear as unclear:
        return _card(visit, trouble=unclear, at=STOP)
    if form.get("sure") != "yes":
        return visit.page("stop.html", back=CARD, code=code, key=visit.key(STOP), place=STOP)
    wish = WebRequest(  # an objection is never refused by a limit
        key=form[KEY],
        line_id=None,
        text="Wil geen contact meer.",
        language=visit.language,
        code=code,
        objects=True,
    )
    take_request(visit.installation, wish, now=visit.installation.now())
    return visit.page("done.html", back=CARD, done="stopped", extra="")
