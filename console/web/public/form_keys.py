"""Forms of people who never sign in: no session, no cookie; each form carries a key that only this house can have made.

The key is signed, for one place and some hours, and is what makes a form that was sent twice one wish. It says nothing
of the visitor. Whoever makes another site send our forms can only do what they can do themselves, and the browser's own
word about where a form came from is looked at too.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request

from console.web.security import read_form
from console.web.sessions import installation_of
from installation.installation import Installation

KEY = "key"
OPEN = timedelta(hours=12)
"""How long a form may lie open on somebody's kitchen table."""
LONGEST = 200  # characters of any field
_STALE = "stale_form"


def new_key(installation: Installation, place: str) -> str:
    """Return a fresh key for the form that posts to `place`."""
    said = f"{int(installation.now().timestamp())}.{secrets.token_urlsafe(12)}"
    return f"{said}.{_seal(installation, place, said)}"


def _seal(installation: Installation, place: str, said: str) -> str:
    return digest(
        installation.settings.key(), f"public form {place} {said}".encode(), sha256
    ).hex()[:32]


def is_ours(installation: Installation, place: str, key: str, *, now: datetime) -> bool:
    """Say whether this house gave this key out for this place, not too long ago."""
    said, _, seal = key.rpartition(".")
    if not compare_digest(seal.encode(), _seal(installation, place, said).encode()):
        return False
    made = int(said.partition(".")[0])
    return 0 <= now.timestamp() - made <= OPEN.total_seconds()


async def _posted(request: Request) -> Mapping[str, str]:
    """Read a form of a public page.

    Raises:
        HTTPException: 403 where the form is none of ours, or lay open too long; 413, 415 and 400 as `read_form`.
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
    """Say whether the browser tells that another site sent this form.

    A page that sends no referrer names no origin with its own forms ("null"), so that says nothing.
    """
    if request.headers.get("sec-fetch-site", "same-origin") in {"cross-site", "same-site"}:
        return True
    origin = request.headers.get("origin", "null")
    known = {request.headers.get("host", ""), urlsplit(installation.settings.public_url).netloc}
    return origin != "null" and urlsplit(origin).netloc not in known


PublicForm = Annotated[Mapping[str, str], Depends(_posted)]
