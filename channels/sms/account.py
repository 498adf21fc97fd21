"""Settings of the text channel, read from the settings of all channels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from channels.port import Unavailable
from channels.sms.providers import Provider
from channels.sms.senders import Sender

if TYPE_CHECKING:
    from channels.sms.gateway import Form
    from channels.sms.twilio import Twilio

HUNDREDTHS_OF_A_CENT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Provider accounts, sender, rate, price and limits of an installation's texts."""

    sid: str = ""
    token: str = field(default="", repr=False)
    # Twilio may sign its requests with it too
    second_token: str = field(default="", repr=False)
    sender: str = ""
    url: str = ""
    public_url: str = ""
    gateway: str = ""
    gateway_key: str = field(default="", repr=False)
    # signs the URLs that a provider without signatures reports to
    callback_key: str = field(default="", repr=False)
    price: Decimal = Decimal("0.0753")  # euros for one segment
    segments: int = 2  # of one text at most
    rate: float = 10  # segments a second
    at_once: int = 8
    timeout: float = 10  # seconds
    patience: float = 300  # seconds
    validity: int = 14_400  # seconds

    @classmethod
    def read(cls, accounts: Mapping[str, str]) -> Self:
        """Read the settings of texts, with defaults for those that are missing."""
        names = {
            "sid": "twilio_account_sid",
            "token": "twilio_auth_token",
            "url": "twilio_url",
            "public_url": "public_url",
            "second_token": "twilio_second_token",
            "callback_key": "callback_key",
            "sender": "sms_from",
            "gateway": "sms_gateway",
            "gateway_key": "sms_gateway_key",
        }
        given: dict[str, Any] = {
            ours: accounts[setting] for ours, setting in names.items() if setting in accounts
        }
        for name, kind in (
            ("rate", float),
            ("timeout", float),
            ("patience", float),
            ("price", Decimal),
        ):
            if f"sms_{name}" in accounts:
                given[name] = kind(accounts[f"sms_{name}"])
        for name in ("segments", "at_once", "validity"):
            if f"sms_{name}" in accounts:
                given[name] = int(accounts[f"sms_{name}"])
        return cls(**given)

    def parsed_sender(self) -> Sender | None:
        """Return the sender, or None where none is set.

        Raises:
            BadInput: the setting is not a sender.
        """
        return Sender.parse(self.sender) if self.sender.strip() else None

    def cost(self, segments: int) -> int:
        """Return the price of so many segments, in hundredths of a euro cent."""
        return int(self.price * HUNDREDTHS_OF_A_CENT * segments)

    def providers(self) -> tuple[Provider, ...]:
        """Return the providers of texts, the first choice first.

        Raises:
            Unavailable: there is none; says which setting is missing.
            BadInput: the sender or the second provider's description is wrong.
        """
        return (self.twilio(), *self._second())

    def twilio(self) -> "Twilio":
        """Return the account at Twilio.

        Raises:
            Unavailable: a setting is missing; says which.
            BadInput: the setting is not a sender.
        """
        from channels.sms.twilio import Twilio

        if not (self.sid and self.token):
            raise Unavailable(
                "there is no account for texts: set KAARTJE_TWILIO_ACCOUNT_SID and _AUTH_TOKEN"
            )
        return Twilio(
            account=self.sid,
            token=self.token,
            sender=self._named(),
            url=self.url,
            public_url=self.public_url,
            timeout=self.timeout,
            validity=self.validity,
        )

    def form(self) -> "Form | None":
        """Return the description of the second provider, or None where there is none.

        Raises:
            BadInput: its description is not there, or wrong.
        """
        from channels.sms.gateway import read_form

        return read_form(Path(self.gateway)) if self.gateway else None

    def _named(self) -> Sender:
        sender = self.parsed_sender()
        if sender is None:
            raise Unavailable("nobody is named as the sender of texts: set KAARTJE_SMS_FROM")
        return sender

    def _second(self) -> tuple[Provider, ...]:
        from channels.sms.gateway import Gateway

        form = self.form()
        if form is None:
            return ()
        return (
            Gateway(
                form,
                key=self.gateway_key,
                sender=self._named(),
                public_url=self.public_url,
                timeout=self.timeout,
                callback_key=self.callback_key,
            ),
        )
