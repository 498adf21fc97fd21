"""Faults of a simulated print shop, drawn under a seed so that a trial can be repeated."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from simulators.sms_faults import Share
from store.described_toml import DescribedToml


class ShopFaults(BaseModel):
    """Faults of a print shop.

    Shares are from 0 to 1, of files, of pieces or of answers.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    reject_share: Share = 0  # files that cannot be read the first time
    # pieces that are misprinted; half of them the shop prints again by itself
    spoil_share: Share = 0
    missing_share: Share = 0  # pieces that cannot be found after printing
    double_share: Share = 0  # pieces that come off the press twice
    late_pull_share: Share = 0  # pieces that are in the mail already when they are asked back
    return_share: Share = 0  # posted pieces that come back
    late_share: Share = 0  # answers that come a pass later
    twice_share: Share = 0  # answers that come twice, the second time under another name
    reorder_share: Share = 0  # passes whose answers stand in another order
    json_share: Share = 0  # answers in JSON instead of CSV


def read_shop_faults(path: Path) -> ShopFaults:
    """Read a TOML file of faults.

    Raises:
        BadInput: it cannot be read, or a key is unknown or out of bounds.
    """
    return DescribedToml(kind=ShopFaults, name="a file of a print shop's faults").read(path)
