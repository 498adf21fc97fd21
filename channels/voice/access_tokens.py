"""Twilio access tokens for agents' browsers, short-lived and for receiving calls only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

LASTING = timedelta(hours=1)
"""An agent who is dismissed at noon cannot be called from one o'clock on."""


@dataclass(frozen=True, slots=True)
class Passes:
    """Settings for making access tokens, namely our account and a signing key of it."""

    account: str = ""
    key: str = ""
    secret: str = field(default="", repr=False)
    app: str = ""  # what the provider asks when a browser calls out; empty: no browser can

    @classmethod
    def read(cls, accounts: Mapping[str, str]) -> Self:
        """Read the settings of access tokens from the settings of all channels."""
        names = {
            "account": "twilio_account_sid",
            "key": "twilio_api_key",
            "secret": "twilio_api_secret",
            "app": "twilio_voice_app",
        }
        return cls(**{ours: accounts.get(setting, "").strip() for ours, setting in names.items()})

    def missing(self) -> tuple[str, ...]:
        """Return the settings without which no token can be made."""
        needed = {
            "KAARTJE_TWILIO_ACCOUNT_SID": self.account,
            "KAARTJE_TWILIO_API_KEY": self.key,
            "KAARTJE_TWILIO_API_SECRET": self.secret,
        }
        return tuple(name for name, value in needed.items() if not value)

    def make(self, client: str, *, now: datetime) -> str:
        """Return an access token (a signed JWT) for the browser of this name.

        It has no `nbf` claim, because with a clock a little ahead of Twilio's the token would not
        be valid yet.

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
