"""The pass that an agent's browser shows to the provider of calls: short-lived, and for being called only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

LASTING = timedelta(hours=1)
"""Whoever is dismissed at noon is out of reach at one o'clock at the latest."""


@dataclass(frozen=True, slots=True)
class Passes:
    """What passes are made with: our account, and a key of it that signs them."""

    account: str = ""
    key: str = ""
    secret: str = field(default="", repr=False)
    app: str = ""  # what the provider asks when a browser calls out; empty: no browser can

    @classmethod
    def read(cls, accounts: Mapping[str, str]) -> Self:
        """Read what concerns passes from what an installation tells its channels."""
        names = {
            "account": "twilio_account_sid",
            "key": "twilio_api_key",
            "secret": "twilio_api_secret",
            "app": "twilio_voice_app",
        }
        return cls(**{ours: accounts.get(theirs, "").strip() for ours, theirs in names.items()})

    def missing(self) -> tuple[str, ...]:
        """Return the settings without which no pass can be made."""
        needed = {
            "KAARTJE_TWILIO_ACCOUNT_SID": self.account,
            "KAARTJE_TWILIO_API_KEY": self.key,
            "KAARTJE_TWILIO_API_SECRET": self.secret,
        }
        return tuple(name for name, value in needed.items() if not value)

    def make(self, client: str, *, now: datetime) -> str:
        """Return a pass for the browser of this name, as Twilio's access token: a signed JWT.

        It says from when it holds by leaving that out: a clock that runs a little ahead of Twilio's would else make a
        pass that does not hold yet.

        Args:
            client: The name of `channels.voice.browser_names.client_name`.
            now: The present moment; the pass ends `LASTING` later.
        """
        from twilio.jwt.access_token import AccessToken
        from twilio.jwt.access_token.grants import VoiceGrant

        may = VoiceGrant(incoming_allow=True, outgoing_application_sid=self.app or None)
        ends = int((now + LASTING).timestamp())
        made = AccessToken(
            self.account,
            self.key,
            self.secret,
            grants=[may],
            identity=client,
            nbf=None,
            valid_until=ends,
        )
        return str(made.to_jwt())
