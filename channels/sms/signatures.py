"""The signature under what a provider tells us, as Twilio makes it."""

from collections.abc import Mapping


def sign(token: str, url: str, parameters: Mapping[str, str]) -> str:
    """Return the signature (HMAC-SHA1, base64) of a form posted to `url` by whoever holds the account's token."""
    from twilio.request_validator import RequestValidator

    return str(RequestValidator(token).compute_signature(url, dict(parameters)))
