"""Settings of the telephone, read from the settings of all channels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from store.errors import BadInput
from store.sentences import Sentence

if TYPE_CHECKING:
    from channels.voice.port import Exchange

LANGUAGE = 2  # letters of ISO 639-1


@dataclass(frozen=True, slots=True, kw_only=True)
class Telephone:
    """Telephone settings of an installation, with its account, languages and limits."""

    sid: str = ""
    token: str = field(default="", repr=False)
    url: str = ""
    public_url: str = ""
    caller: str = (
        ""  # E.164: of the calls we place ourselves; empty: the installation has no telephone
    )
    languages: tuple[str, ...] = ("nl", "en")
    words: str = ""  # a folder with the body's own words; empty: those we ship
    room: int = 100  # callers who wait on one line; the next one is offered to be called back
    timeout: float = 10

    @classmethod
    def read(cls, accounts: Mapping[str, str]) -> Self:
        """Read the settings of the telephone, with defaults for those that are missing.

        Raises:
            BadInput: a language is not a two-letter code.
        """
        languages = tuple(
            each.strip()
            for each in accounts.get("voice_languages", "nl,en").split(",")
            if each.strip()
        )
        for each in languages:
            if not (len(each) == LANGUAGE and each.isascii() and each.islower()):
                raise BadInput(
                    Sentence("{seen!r} is not a language", seen=each),
                    "write two letters, as nl,en",
                    field="KAARTJE_VOICE_LANGUAGES",
                )
        return cls(
            sid=accounts.get("twilio_account_sid", ""),
            token=accounts.get("twilio_auth_token", ""),
            url=accounts.get("twilio_url", ""),
            public_url=accounts.get("public_url", "").rstrip("/"),
            caller=accounts.get("voice_from", "").strip(),
            languages=languages or ("nl",),
            words=accounts.get("voice_words", ""),
            room=int(accounts.get("voice_room", "100")),
            timeout=float(accounts.get("sms_timeout", "10")),
        )

    def exchange(self) -> "Exchange | None":
        """Return the exchange, or None where there is no telephone or no provider can reach it."""
        if not (self.sid and self.token and self.caller and self.public_url):
            return None
        from channels.voice.twilio import Twilio

        return Twilio(account=self.sid, token=self.token, url=self.url, timeout=self.timeout)

    def address(self, path: str) -> str:
        """Return the full URL of a path below `/voice`, as the provider knows it."""
        return f"{self.public_url}/voice/{path}"
