"""Public pages for citizens with a card and for people who help them.

They use no script, no cookie and no menu.
"""

from fastapi import Request, Response

from console.web.public import cards, genuine, helper_entrance, why_we_write
from console.web.public.visits import is_public, sorry

ROUTERS = (cards.router, genuine.router, helper_entrance.router, why_we_write.router)
_NOT_FOUND = 404


def answer(request: Request, status: int, detail: str) -> Response | None:
    """Return the error page that a citizen sees, or None on a page of colleagues.

    The QR code on a card may give any address of the campaign's own site, so an unknown address is
    looked up among those.
    """
    if is_public(request.url.path):
        return sorry(request, status, stale=detail == "stale_form")
    if status == _NOT_FOUND and request.method in {"GET", "HEAD"}:
        return cards.show_printed(request)
    return None
