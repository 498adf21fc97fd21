"""The public pages: for citizens with a card in hand, and for people who help them. No script, no cookie, no menu."""

from fastapi import Request, Response

from console.web.public import cards, genuine, helper_entrance
from console.web.public.visits import is_public, sorry

ROUTERS = (cards.router, genuine.router, helper_entrance.router)
_NOT_FOUND = 404


def answer(request: Request, status: int, detail: str) -> Response | None:
    """Return what a citizen sees where the console has no answer; None where it is a page of colleagues.

    A card's QR code may give any address of the campaign's own: that of no page of ours is looked up here.
    """
    if is_public(request.url.path):
        return sorry(request, status, stale=detail == "stale_form")
    if status == _NOT_FOUND and request.method in {"GET", "HEAD"}:
        return cards.show_printed(request)
    return None
