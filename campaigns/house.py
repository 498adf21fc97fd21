"""The one place where the house is put together. Every entry point is handed the same frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random, SystemRandom

from campaigns.settings import Settings
from channels import KINDS
from channels.dry import Dry
from channels.port import Channel, ChannelSettings
from store.clock import Clock, SystemClock
from store.engine import Store, open_store
from store.migrating import migrate


@dataclass(frozen=True)
class House:
    """The store, the channels, the clock, the settings, and where response codes are drawn from."""

    store: Store
    channels: Mapping[str, Channel]
    clock: Clock
    settings: Settings
    draws: Random

    def now(self) -> datetime:
        """Return the present moment of this house."""
        return self.clock.now()


def open_house(settings: Settings | None = None, *, clock: Clock | None = None, draws: Random | None = None) -> House:
    """Open the database (brought to the newest schema), the channels and the clock."""
    settings = settings or Settings()
    store = open_store(settings.url, locks=settings.home.absolute() / "locks")
    migrate(store)
    ways = ChannelSettings(settings.outbox, settings.accounts)
    opened: dict[str, Channel] = {kind: channel.open(ways) for kind, channel in KINDS.items()}
    if settings.dry:
        opened = {kind: Dry(channel, ways) for kind, channel in opened.items()}
    return House(store, opened, clock or SystemClock(), settings, draws or SystemRandom())
