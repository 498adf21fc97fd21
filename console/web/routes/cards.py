"""Find a card by the code printed on it.

Never by who calls, because a housemate may hold the card.
"""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from channels.codes import read_code
from console.web import action_log
from console.web.direct_calls import talk_about
from console.web.reading.cards import Card, card_of, is_seed
from console.web.rendering import page
from console.web.security import Posted
from console.web.sessions import TakingCalls, Visit
from desk.line.code_guesses import AGENT, may_try, note_wrong
from store.audit_log import About, Kind
from store.errors import BadInput

router = APIRouter()


@router.get("/cards")
def ask_for_code(visit: TakingCalls) -> Response:
    """Show the form that asks for a response code. It is posted, to keep it out of addresses and logs."""
    return _page(visit)


@router.post("/cards")
def find_card(visit: TakingCalls, form: Posted) -> Response:
    """Show what was sent under a code, and log it."""
    card, trouble = read_card(visit, form.get("code", ""))
    if card is None:
        return _page(visit, status=404, code=form.get("code", "")[:40], trouble=trouble)
    action_log.record(visit, action_log.FOUND_CARD, About(Kind.TOUCH, card.touch_id))
    return _page(visit, card=card)


@router.post("/cards/talk")
def talk(visit: TakingCalls, form: Posted) -> Response:
    """Take the call of somebody who holds this card and is on the line now.

    If the agent already has an unmatched call, the card is matched to that call.
    """
    card, trouble = read_card(visit, form.get("code", ""))
    if card is None:
        return _page(visit, status=404, trouble=trouble)
    try:
        talking = talk_about(visit.installation, card.touch_id, visit.name)
    except BadInput:  # a colleague took the very call a moment ago
        visit.notify("queue.just_gone")
        return RedirectResponse("/queue", 303)
    if talking.matched:
        action_log.record(visit, action_log.MATCHED, About(Kind.CALL, talking.call_id), how="code")
        visit.notify("search.matched")
    return RedirectResponse(f"/queue/{talking.call_id}", 303)


def read_card(visit: Visit, text: str) -> tuple[Card | None, str]:
    """Return the card of a code, or the key of a message. Wrong codes count towards a limit."""
    store, now = visit.installation.store, visit.installation.now()
    if not may_try(store, visit.name, AGENT, now=now):
        return None, "cards.too_many"
    try:
        code = read_code(text)
    except BadInput:
        note_wrong(store, visit.name, now=now)
        return None, "cards.no_code"
    if card := card_of(visit.installation, code):
        return card, ""
    if is_seed(visit.installation, code):
        return None, "cards.seed"
    note_wrong(store, visit.name, now=now)
    return None, "cards.unknown"


def _page(
    visit: Visit, *, status: int = 200, card: Card | None = None, code: str = "", trouble: str = ""
) -> Response:
    found: dict[str, Any] = {
        "card": card,
        "code": code,
        "trouble": trouble,
        "asked": {},
        "results": [],
        "in_hand": None,
    }
    return page(visit, "cards.html", status=status, **found)
