"""The one place where the house is put together. Every entry point is handed the same frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random, SystemRandom

from channels import KINDS
from channels.dry_run import Dry
from channels.port import Channel, ChannelSettings
from channels.shops import Shop, read_shop
from channels.team_tasks import Offices
from channels.team_tasks_http import read_offices
from channels.voice.account import Telephone
from channels.voice.port import Exchange
from installation.settings import Settings
from store.clock import Clock, SystemClock
from store.engine import Store, open_store
from store.migrating import migrate
from suppression.policies import Policy, read_policy, shipped_policy


@dataclass(frozen=True, kw_only=True)
class Installation:
    """The store, the channels, the clock, the settings, where response codes are drawn from, and what was agreed on.

    Without a print shop of its own, whoever prints collects from the outbox, on any day and as much as there is.
    Without an exchange there is no telephone: calls come by file, and agents dial by hand.
    Offices are where other teams take up matters.
    """

    store: Store
    channels: Mapping[str, Channel]
    clock: Clock
    settings: Settings
    draws: Random
    policy: Policy = field(default_factory=shipped_policy)
    shop: Shop | None = None
    exchange: Exchange | None = None
    offices: Offices = field(default_factory=lambda: Offices(Path("posts")))

    def now(self) -> datetime:
        """Return the present moment of this house."""
        return self.clock.now()


def open_installation(
    settings: Settings | None = None, *, clock: Clock | None = None, draws: Random | None = None
) -> Installation:
    """Open the database (brought to the newest schema), the channels and the clock.

    Raises:
        BadInput: the policy, the print shop's file or the one of other teams cannot be read.
    """
    settings = settings or Settings()
    policy = read_policy(settings.policy_file)
    shop = read_shop(settings.print_shop_file) if settings.print_shop_file else None
    store = open_store(settings.url, locks=settings.home.absolute() / "locks")
    migrate(store)
    given = ChannelSettings(settings.outbox, settings.accounts)
    opened: dict[str, Channel] = {kind: channel.open(given) for kind, channel in KINDS.items()}
    if settings.dry:
        opened = {kind: Dry(channel, given) for kind, channel in opened.items()}
    described = (
        read_offices(Path(settings.posts), settings.posts_key.get_secret_value())
        if settings.posts
        else {}
    )
    return Installation(
        store=store,
        channels=opened,
        clock=clock or SystemClock(),
        settings=settings,
        draws=draws or SystemRandom(),
        policy=policy,
        shop=shop,
        exchange=None if settings.dry else Telephone.read(settings.accounts).exchange(),
        offices=Offices(settings.home.absolute() / "posts", described),
    )
