"""Twilio's webhook signatures (X-Twilio-Signature), made and checked by its own library."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import (
    HMAC_SHA1,
    HMAC_SHA256,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

Fields = Iterable[tuple[str, str]]
SIGNATURE, SETTINGS = SIGNATURE_HEADER, SIGNATURE_SETTINGS_HEADER


class Scheme(StrEnum):
    """With which hash a signature is made."""

    SHA1 = HMAC_SHA1
    SHA256 = HMAC_SHA256


@dataclass(frozen=True, slots=True)
class Signed:
    """The signature of a request, and the header that says how it was made."""

    signature: str | None
    settings: str | None = None  # key=…,algorithm=HMAC_SHA256; without it: SHA-1

    @classmethod
    def read(cls, headers: Mapping[str, str]) -> "Signed":
        """Read it from a request's headers."""
        return cls(headers.get(SIGNATURE), headers.get(SETTINGS))

    @property
    def scheme(self) -> Scheme | None:
        """Return the hash it was made with, or None where we do not know that one."""
        # Asked here: the library logs a warning for each unknown one, and a stranger may send millions.
        named = get_signature_algorithm(self.settings).upper()
        return Scheme(named) if named in set(Scheme) else None


class _Form(dict[str, list[str]]):
    """A form as the library wants it, which is names with each of their values."""

    def __init__(self, fields: Fields) -> None:
        super().__init__()
        for name, value in fields:
            self.setdefault(name, []).append(value)

    def getlist(self, name: str) -> list[str]:
        """Return every value of a field."""
        return self[name]


def sign(
    token: str, url: str, parameters: Mapping[str, str] | Fields = (), scheme: Scheme = Scheme.SHA1
) -> str:
    """Return the signature (an HMAC, base64) of a form posted to `url`, made with the account's token.

    A field that stands in the form twice is signed once for each value it has.
    """
    fields = parameters.items() if isinstance(parameters, Mapping) else parameters
    return str(RequestValidator(token).compute_signature(url, _Form(fields), scheme))


def is_genuine(
    tokens: Iterable[str],
    url: str,
    signed: Signed,
    *,
    fields: Fields = (),
    document: bytes | None = None,
) -> bool:
    """Say whether a request was signed with one of `tokens`. Whatever it holds, nothing is raised.

    Twilio signs the address with or without its port, so both are tried.

    Args:
        tokens: The account's; several while it is being changed. Empty ones are skipped.
        url: The address as the provider knows it, with its query as it was sent.
        signed: The signature, and how it was made.
        fields: Of a form: names and values, also the empty ones.
        document: Of any other body: its bytes, of which the address must carry the hash.
    """
    scheme = signed.scheme
    if scheme is None or not signed.signature:
        return False
    try:
        body = _Form(fields) if document is None else _hashed_document(url, document)
        # Each token is tried, found or not, so that the time it takes says nothing of them.
        fits = [
            RequestValidator(token).validate(url, body, signed.signature, scheme)
            for token in tokens
            if token
        ]
    except ValueError:  # an address or a body that cannot be read: the library does not catch these
        return False
    return any(fits)


def _hashed_document(url: str, document: bytes) -> str:
    """Return a document as the library wants it.

    Raises:
        ValueError: the address carries no hash of it (the library would sign its letters), or it is not UTF-8.
    """
    if "bodySHA256" not in parse_qs(urlsplit(url).query):
        raise ValueError
    return document.decode()
