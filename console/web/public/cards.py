"""The page behind the QR code on a card, with and without a code: call us, be called, an appointment, no contact.

What it shows never depends on whose card it is: a code is looked up only when somebody asks for something with it.
"""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from console.web.public.campaign_facts import is_code, printed_address
from console.web.public.choices import Unclear, chosen_window, number_to_call, when_in_words
from console.web.public.form_keys import KEY, PublicForm
from console.web.public.rate_limits import ASKING, may_go_on
from console.web.public.visits import CARD, READ, Asking, asking_of, code_in, sorry
from console.web.security import LARGEST_ID
from console.web.sessions import installation_of
from desk.queue.appointment_slots import open_slots
from inbound.web_requests import WebRequest, hear_request, make_appointment
from store.errors import BadInput

router = APIRouter()
CALL, APPOINTMENT, STOP = f"{CARD}/call", f"{CARD}/appointment", f"{CARD}/stop"
SHOWN = 12
"""Slots on a page; whoever can come at none of these calls."""


@router.api_route(CARD, methods=READ)
@router.api_route(f"{CARD}/{{code}}", methods=READ)
def show_card(request: Request, code: str = "") -> Response:
    """Show what somebody with a card may do, whoever they are; the code is only put in the forms."""
    return show_printed(request) or _card(asking_of(request), code)


def show_printed(request: Request) -> Response | None:
    """Return the page of the very address that a card's QR code gives; None where no campaign printed it."""
    found = printed_address(installation_of(request), request.url.path, request.url.query)
    return _card(asking_of(request, numbers=found.numbers), found.code) if found else None


def _card(
    asking: Asking, typed: str = "", trouble: Unclear | None = None, at: str = ""
) -> Response:
    """Show the page of a card; with trouble at one of its forms, that form is open."""
    code = typed if is_code(typed) else asking.form.get("code", "")
    code, now = code if is_code(code) else "", asking.installation.now()
    return asking.page(
        "card.html",
        status=422 if trouble else 200,
        back=(f"{CARD}/{code}" if code else CARD) if asking.form else "",
        code=code,
        when=asking.choices,
        slots=open_slots(asking.installation.store, now=now)[:SHOWN],
        trouble=trouble,
        at=at,
        form=asking.form,
        keys={place: asking.key(place) for place in (CALL, APPOINTMENT, STOP)},
    )


@router.post(CALL)
def ask_call(request: Request, form: PublicForm) -> Response:
    """Put somebody in the queue who wants to be called; the number serves this call only."""
    asking = asking_of(request, form)
    if not asking.lines:
        return asking.page("done.html", back=CARD, done="call_us", extra="")
    try:
        code = code_in(form, needed=False)
        number, window = (
            number_to_call(form),
            chosen_window(form, asking.lines[0].calls, asking.installation.now()),
        )
    except Unclear as unclear:
        return _card(asking, trouble=unclear, at=CALL)
    if not may_go_on(asking.installation, request, ASKING):
        return sorry(request, 429)
    wish = WebRequest(
        form[KEY],
        asking.lines[0].id,
        "Wil gebeld worden.",
        asking.language,
        code,
        number=number,
        window=window,
    )
    heard = hear_request(asking.installation, wish, now=asking.installation.now())
    if heard.call_id is None:
        return asking.page("done.html", back=CARD, done="call_us", extra="")
    said = when_in_words(window, asking.language)
    return asking.page("done.html", back=CARD, done="call", extra=said, number=number)


@router.post(APPOINTMENT)
def ask_appointment(request: Request, form: PublicForm) -> Response:
    """Book whoever the card was for. Where that cannot be, the answer is the same for every reason: call us."""
    asking = asking_of(request, form)
    try:
        code = code_in(form, needed=True)
        chosen = _slot(form)
    except Unclear as unclear:
        return _card(asking, trouble=unclear, at=APPOINTMENT)
    if not may_go_on(asking.installation, request, ASKING):
        return sorry(request, 429)
    line = asking.lines[0].id if asking.lines else None
    wish = WebRequest(form[KEY], line, "Maakte zelf een afspraak.", asking.language, code)
    try:
        booked = make_appointment(asking.installation, wish, chosen, now=asking.installation.now())
    except BadInput as error:
        if str(error.field).startswith("slot"):
            return _card(asking, trouble=Unclear("slot", "public.appointment.full"), at=APPOINTMENT)
        return asking.page("done.html", back=CARD, done="call_us", extra="")
    return asking.page("done.html", back=CARD, done="appointment", extra="", booked=booked)


def _slot(form: Mapping[str, str]) -> int:
    """Return the slot that was chosen.

    Raises:
        Unclear: none was.
    """
    chosen = form.get("slot", "")
    if not (chosen.isdecimal() and chosen.isascii() and int(chosen) <= LARGEST_ID):
        raise Unclear("slot", "public.appointment.choose")
    return int(chosen)


@router.post(STOP)
def ask_stop(request: Request, form: PublicForm) -> Response:
    """Hold everything for whoever the card was for, once somebody has said that they are sure.

    Only a pressed button gets here, and only a second one holds: no preview and no scanner objects for anybody. The
    answer is the same for a code that is on no card.
    """
    asking = asking_of(request, form)
    try:
        code = code_in(form, needed=True)
    except Unclear as unclear:
        return _card(asking, trouble=unclear, at=STOP)
    if form.get("sure") != "yes":
        return asking.page("stop.html", back=CARD, code=code, key=asking.key(STOP), place=STOP)
    if not may_go_on(asking.installation, request, ASKING):
        return sorry(request, 429)
    wish = WebRequest(
        form[KEY], None, "Wil geen contact meer.", asking.language, code, objects=True
    )
    hear_request(asking.installation, wish, now=asking.installation.now())
    return asking.page("done.html", back=CARD, done="stopped", extra="")
