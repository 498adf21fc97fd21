"""In-memory store of a simulated provider, with its texts and the numbers that opted out."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import blake2b
from typing import Any

from channels.sms.segments import weigh

ENDS = ("delivered", "undelivered", "failed", "canceled", "received")


@dataclass(kw_only=True)
class SimulatedText:
    """A message, in either direction."""

    sid: str
    account: str
    sender: str
    to: str
    body: str
    made_at: datetime
    service: str = ""
    callback: str = ""
    direction: str = "outbound-api"
    status: str = "queued"
    error: int | None = None

    def document(self) -> dict[str, Any]:
        """Return it in the form of the real API."""
        made = format_datetime(self.made_at.astimezone(UTC))
        sent = self.status in {"sent", *ENDS}
        return {
            "account_sid": self.account,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": made,
            "date_sent": made if sent else None,
            "date_updated": made,
            "direction": self.direction,
            "error_code": self.error,
            "error_message": None,
            "from": self.sender or None,
            "messaging_service_sid": self.service or None,
            "num_media": "0",
            "num_segments": str(weigh(self.body).segments),
            "price": None,
            "price_unit": "EUR",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {},
            "to": self.to,
            "uri": f"/2010-04-01/Accounts/{self.account}/Messages/{self.sid}.json",
        }


@dataclass(kw_only=True)
class Texts:
    """The texts of a simulated provider.

    They are kept in memory and gone with it.
    """

    seed: int = 0
    by_sid: dict[str, SimulatedText] = field(default_factory=dict)
    by_number: dict[tuple[str, str], list[SimulatedText]] = field(
        default_factory=lambda: defaultdict(list)
    )
    asked: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    stopped: set[tuple[str, str, str]] = field(default_factory=set)  # account, sender, number
    refused: int = 0

    def take(self, text: SimulatedText) -> SimulatedText:
        """Store a text."""
        self.by_sid[text.sid] = text
        self.by_number[text.account, text.to].append(text)
        return text

    def new_sid(self, kind: str = "SM") -> str:
        """Return a new key."""
        return (
            kind
            + blake2b(f"{self.seed}/{kind}/{len(self.by_sid)}".encode(), digest_size=16).hexdigest()
        )

    def count_request(self, account: str, to: str) -> int:
        """Count a request for a number, and return how many there were before."""
        self.asked[account, to] += 1
        return self.asked[account, to] - 1

    def listed(self, account: str, to: str, sender: str) -> list[SimulatedText]:
        """Return an account's texts, the newest first."""
        some = self.by_number.get((account, to), []) if to else self.by_sid.values()
        return [text for text in some if text.account == account and sender in {"", text.sender}][
            ::-1
        ]
