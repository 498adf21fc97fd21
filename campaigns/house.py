"""The one place where the house is put together. Every entry point is handed the same frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random, SystemRandom

from campaigns.settings import Settings
from channels import KINDS
from channels.dry import Dry
from channels.port import Channel, ChannelSettings
from channels.shops import Shop, read_shop
from channels.voice.account import Telephone
from channels.voice.port import Exchange
from store.clock import Clock, SystemClock
from store.engine import Store, open_store
from store.migrating import migrate
from suppression.policies import Policy, read_policy, shipped_policy


@dataclass(frozen=True)
class House:
    """The store, the channels, the clock, the settings, where response codes are drawn from, and what was agreed on.

    Without a print shop of its own, whoever prints collects from the outbox, on any day and as much as there is.
    Without an exchange there is no telephone: calls come by file, and agents dial by hand.
    """

    store: Store
    channels: Mapping[str, Channel]
    clock: Clock
    settings: Settings
    draws: Random
    policy: Policy = field(default_factory=shipped_policy)
    shop: Shop | None = None
    exchange: Exchange | None = None

    def now(self) -> datetime:
        """Return the present moment of this house."""
        return self.clock.now()


def open_house(settings: Settings | None = None, *, clock: Clock | None = None, draws: Random | None = None) -> House:
    """Open the database (brought to the newest schema), the channels and the clock.

    Raises:
        BadInput: the policy or the print shop's file cannot be read.
    """
    settings = settings or Settings()
    policy = read_policy(settings.policy_file)
    shop = read_shop(settings.print_shop_file) if settings.print_shop_file else None
    store = open_store(settings.url, locks=settings.home.absolute() / "locks")
    migrate(store)
    ways = ChannelSettings(settings.outbox, settings.accounts)
    opened: dict[str, Channel] = {kind: channel.open(ways) for kind, channel in KINDS.items()}
    if settings.dry:
        opened = {kind: Dry(channel, ways) for kind, channel in opened.items()}
    exchange = None if settings.dry else Telephone.read(settings.accounts).exchange()
    return House(store, opened, clock or SystemClock(), settings, draws or SystemRandom(), policy, shop, exchange)
