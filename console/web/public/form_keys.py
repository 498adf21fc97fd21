"""Signed keys in the forms of the public pages, which have no session and no cookie.

A key is signed for one place and some hours, and makes a form that was sent twice one request. It says nothing of the
visitor. Another site can fetch such a key too, so the browser's headers about where a form came from are checked as
well (cross-site request forgery).
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request
from itsdangerous import TimestampSigner

from console.web.security import read_form
from console.web.sessions import installation_of
from installation.derived_keys import Purpose
from installation.installation import Installation

KEY = "key"
OPEN = timedelta(hours=12)
"""How long a form may lie open before it is sent."""
LONGEST = 200  # characters of any field
_STALE = "stale_form"


class _Signer(TimestampSigner):
    """A signer for one place, by the installation's own clock."""

    def __init__(self, installation: Installation, place: str, now: datetime) -> None:
        key = installation.settings.key_for(Purpose.PUBLIC_FORMS)
        super().__init__(key, salt=place, key_derivation="hmac", digest_method=sha256)
        self._now = int(now.timestamp())

    def get_timestamp(self) -> int:
        return self._now


def new_key(installation: Installation, place: str) -> str:
    """Return a fresh key for the form that posts to `place`."""
    signer = _Signer(installation, place, installation.now())
    return signer.sign(secrets.token_urlsafe(12)).decode()


def is_ours(installation: Installation, place: str, key: str, *, now: datetime) -> bool:
    """Say whether this installation made this key for this place, at most `OPEN` ago."""
    return _Signer(installation, place, now).validate(key, int(OPEN.total_seconds()))


async def _posted(request: Request) -> Mapping[str, str]:
    """Read a form of a public page.

    Raises:
        HTTPException: 403 where the key is not ours, or the form lay open too long; 413, 415 and 400 as `read_form`.
    """
    installation = installation_of(request)
    fields = await read_form(request)
    if _is_foreign(installation, request):
        raise HTTPException(403)
    if not is_ours(installation, request.url.path, fields.get(KEY, ""), now=installation.now()):
        raise HTTPException(403, _STALE)
    if any(len(value) > LONGEST for value in fields.values()):
        raise HTTPException(413)
    return fields


def _is_foreign(installation: Installation, request: Request) -> bool:
    """Say whether another site sent this form, by the browser's headers.

    A page that sends no referrer names no origin with its own forms ("null"), so that says nothing.
    """
    if request.headers.get("sec-fetch-site", "same-origin") in {"cross-site", "same-site"}:
        return True
    origin = request.headers.get("origin", "null")
    known = {request.headers.get("host", ""), urlsplit(installation.settings.public_url).netloc}
    return origin != "null" and urlsplit(origin).netloc not in known


PublicForm = Annotated[Mapping[str, str], Depends(_posted)]
