"""The signature under what a provider tells us, as Twilio makes it, and the mark in our own address for all others.

Twilio signs the address it was given, with every field of the form behind it; of a JSON document the address carries
the hash. It signs with SHA-1, or with SHA-256 where a header says so, and is not sure whether a port belongs to the
address: both ways of writing it are looked at.
"""

import hmac
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from urllib.parse import parse_qs

Fields = Iterable[tuple[str, str]]
SIGNATURE, SETTINGS = "X-Twilio-Signature", "X-Twilio-Webhooks-Signature-Settings"
_MARK = 32  # letters
_PORTS = {"https": "443", "http": "80"}
_HOST = re.compile(r"(\w+)://([^/?#]*?)(?::(\d+))?([/?#].*)?", re.DOTALL)


class Scheme(StrEnum):
    """With which hash a signature is made."""

    SHA1 = "HMAC_SHA1"
    SHA256 = "HMAC_SHA256"


@dataclass(frozen=True, slots=True)
class Signed:
    """What stands under a request: the signature, and the header that says how it was made."""

    signature: str | None
    settings: str | None = None  # key=…,algorithm=HMAC_SHA256; without it: SHA-1

    @classmethod
    def read(cls, headers: Mapping[str, str]) -> "Signed":
        """Read it from a request's headers."""
        return cls(headers.get(SIGNATURE), headers.get(SETTINGS))

    @property
    def scheme(self) -> Scheme | None:
        """How it was made; None where that is a way we do not know."""
        parts = dict(part.strip().partition("=")[::2] for part in (self.settings or "").split(","))
        named = parts.get("algorithm", "").strip().upper() or Scheme.SHA1
        return Scheme(named) if named in set(Scheme) else None


def sign(
    token: str, url: str, parameters: Mapping[str, str] | Fields = (), scheme: Scheme = Scheme.SHA1
) -> str:
    """Return the signature (an HMAC, base64) of a form posted to `url` by whoever holds the account's token.

    A field that stands in the form twice is signed once for each value it has.
    """
    fields = parameters.items() if isinstance(parameters, Mapping) else parameters
    said = url + "".join(name + value for name, value in sorted(set(fields)))
    digest = "sha1" if scheme is Scheme.SHA1 else "sha256"
    return b64encode(hmac.digest(token.encode(), said.encode("utf-8", "replace"), digest)).decode()


def is_genuine(
    tokens: Iterable[str],
    url: str,
    signed: Signed,
    *,
    fields: Fields = (),
    document: bytes | None = None,
) -> bool:
    """Say whether a request was signed by whoever holds one of `tokens`. Whatever it holds, nothing is raised.

    Args:
        tokens: The account's; several while it is being changed. Empty ones open nothing.
        url: The address as the provider knows it, with its query as it was sent.
        signed: What stands under it.
        fields: Of a form: names and values, also the empty ones.
        document: Of any other body: its bytes, of which the address must carry the hash.
    """
    scheme = signed.scheme
    if (
        scheme is None
        or not signed.signature
        or (document is not None and not _carries_hash(url, document))
    ):
        return False
    given, known = signed.signature.encode(), [] if document is not None else list(fields)
    made = [
        sign(token, way, known, scheme).encode() for token in tokens if token for way in _ways(url)
    ]
    return any([hmac.compare_digest(each, given) for each in made])  # noqa: C419  each is compared, found or not


def _ways(url: str) -> Iterator[str]:
    """Yield an address with its port and without."""
    found = _HOST.fullmatch(url)
    if found is None:
        yield url
        return
    scheme, host, port, rest = found.groups(default="")
    yield f"{scheme}://{host}{rest}"
    yield f"{scheme}://{host}:{port or _PORTS.get(scheme, '')}{rest}"


def _carries_hash(url: str, document: bytes) -> bool:
    given = parse_qs(url.partition("?")[2]).get("bodySHA256", [""])[0]
    return hmac.compare_digest(
        given.encode("utf-8", "replace"), sha256(document).hexdigest().encode()
    )


def mark_of(key: str, attempt: str) -> str:
    """Return what our own address carries where a provider signs nothing: only who was given it can report there."""
    return hmac.digest(key.encode(), attempt.encode("utf-8", "replace"), "sha256").hex()[:_MARK]


def is_marked(key: str, attempt: str, mark: str) -> bool:
    """Say whether a mark is ours, for this try."""
    return bool(key) and hmac.compare_digest(
        mark.encode("utf-8", "replace"), mark_of(key, attempt).encode()
    )
