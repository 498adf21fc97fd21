"""Faults of a simulated provider, drawn under a seed so that a trial can be repeated."""

from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from store.described_toml import DescribedToml

Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=600)]
Slip = Literal["hang", "error_after", "error_before", "drop_after", "drop_before", "too_many"]


class Faults(BaseModel):
    """Faults of a provider.

    Shares are of texts, from 0 to 1. Times are seconds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    latency: Seconds = 0
    hang_share: Share = 0  # taken, and then no answer for `hang` seconds
    hang: Seconds = 30
    error_share: Share = 0  # answered with 500 or 503, half of them after the text was taken
    drop_share: Share = 0  # the connection breaks, half of them after the text was taken
    too_many_share: Share = 0  # 429, never taken
    retry_after: Seconds = 1
    landline_share: Share = 0  # numbers that are refused with 21614
    unreachable_share: Share = 0  # numbers to which nothing is delivered (30005)
    receipt_after: Seconds = 0.05  # between two reports
    lost_share: Share = 0  # reports that never come
    late_share: Share = 0  # reports that come `late` seconds later
    late: Seconds = 2
    double_share: Share = 0  # reports that come twice
    reorder_share: Share = 0  # texts whose reports come in the wrong order
    reply_share: Share = 0  # people who answer
    stop_share: Share = 0  # of the answers: STOP
    reply_after: Seconds = 0.2
    reply_url: str = ""  # where answers go; empty: nobody answers
    sha256: bool = False  # reports are signed in the newer way
    account: str = ""  # the only account it knows; empty: any
    token: str = ""  # that account's token; empty: any

    def slip(self, draw: float) -> Slip | None:
        """Return the fault of one request, by one draw from 0 to 1."""
        for slip, share in (
            ("hang", self.hang_share),
            ("error_after", self.error_share / 2),
            ("error_before", self.error_share / 2),
            ("drop_after", self.drop_share / 2),
            ("drop_before", self.drop_share / 2),
            ("too_many", self.too_many_share),
        ):
            if draw < share:
                return slip  # type: ignore[return-value]  # the tuple's words are the type's
            draw -= share
        return None


def drawn(seed: int, *about: object) -> float:
    """Return a draw from 0 to 1 by seed and subject.

    It does not depend on the order of requests.
    """
    text = "\0".join(map(str, (seed, *about)))
    return int.from_bytes(blake2b(text.encode(), digest_size=7).digest(), "big") / 2**56


def read_faults(path: Path) -> Faults:
    """Read a TOML file of faults.

    Raises:
        BadInput: it cannot be read, or a key is unknown or out of bounds.
    """
    return DescribedToml(kind=Faults, name="a file of a provider's faults").read(path)
