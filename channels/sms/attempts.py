"""The key of one attempt at one text, as part of the URL that a provider reports to."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

from channels.sms.callback_marks import mark_of

PATH = "/sms/status"
GATEWAY_PATH = "/sms/gateway/status"
_KEY = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)\.(\d{1,18})")


def attempt_key(batch_key: str, touch_id: int) -> str:
    """Return the key of one attempt, made of the batch's key and the touch."""
    return f"{batch_key}.{touch_id}"


def read_attempt_key(text: str) -> tuple[str, int] | None:
    """Return the batch's key and the touch, or None where this is not a key of ours."""
    found = _KEY.fullmatch(text)
    return (found[1], int(found[2])) if found else None


def callback_url(public_url: str, attempt: str) -> str:
    """Return the URL where a provider reports on a text, or nothing where no provider can reach us.

    The key is part of the signed URL, so that a report links the provider's reference to our
    attempt even if the provider's response was lost. It says nothing about the person.
    """
    return f"{public_url.rstrip('/')}{PATH}?{urlencode({'attempt': attempt})}" if public_url else ""


def marked_url(public_url: str, attempt: str, key: str) -> str:
    """Return the URL where a provider that signs nothing reports on a text, known to it alone."""
    if not (public_url and key):
        return ""
    return f"{public_url.rstrip('/')}{GATEWAY_PATH}?{urlencode({'attempt': attempt, 'mark': mark_of(key, attempt)})}"


def attempt_of(url: str) -> tuple[str, int] | None:
    """Return the batch's key and the touch that a URL of ours names."""
    given = parse_qs(urlsplit(url).query).get("attempt", [""])
    return read_attempt_key(given[0])
