"""Build an installation from its settings.

Every entry point is given the same frozen value.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from random import Random, SystemRandom
from typing import TYPE_CHECKING

from sqlalchemy import select

from channels import KINDS
from channels.port import Channel, ChannelSettings
from channels.team_tasks import Office, Offices
from channels.voice.account import Telephone
from channels.voice.port import Exchange
from installation.identity import identify
from installation.setting_checks import check_places
from installation.settings import Settings, check_environment
from store.clock import Clock
from store.engine import Store, open_store
from store.errors import BadInput
from store.migrating import migrate, refuse_older
from store.tables import AddressRekeying

if TYPE_CHECKING:
    from channels.shops import Shop
    from suppression.policies import Policy


@dataclass(frozen=True, kw_only=True)
class Installation:
    """The store, channels, clock, settings and agreements of one running Kaartje.

    Attributes:
        store: The database.
        channels: By kind, as card and sms.
        clock: The only source of the present moment.
        settings: As read from the environment.
        draws: The random source of response codes.
        shop: The print shop. Without one, print runs wait in the outbox to be collected.
        exchange: The telephone exchange. Without one, calls come from files and agents dial by
            hand.
        rehearsal: Whether its shared database is one to rehearse in.
        offices: Where other teams receive their tasks.
    """

    store: Store
    channels: Mapping[str, Channel]
    clock: Clock
    settings: Settings
    draws: Random
    shop: "Shop | None" = None
    exchange: Exchange | None = None
    rehearsal: bool = False
    offices: Offices = field(default_factory=lambda: Offices(Path("team-tasks")))

    @cached_property
    def policy(self) -> "Policy":
        """Return what the body agreed on, read when it is first asked for."""
        return _policy(self.settings)

    @property
    def collects_from_all(self) -> bool:
        """Whether a print shop without a server collects from one folder of many machines."""
        has_server = self.shop is not None and self.shop.sftp is not None
        return not has_server and self.settings.shared_folder != self.settings.home.absolute()

    def now(self) -> datetime:
        """Return the present moment of this installation."""
        return self.clock.now()


class OpenedChannels(Mapping[str, Channel]):
    """The channels of an installation, each opened when it is first asked for.

    A dry installation has their dry twins, which hand nothing over.
    """

    def __init__(self, settings: ChannelSettings, *, dry: bool) -> None:
        self._settings = settings
        self._dry = dry
        self._opened: dict[str, Channel] = {}

    def __getitem__(self, kind: str) -> Channel:
        """Return the channel of this kind."""
        if kind not in self._opened:
            self._opened[kind] = self._open(kind)
        return self._opened[kind]

    def _open(self, kind: str) -> Channel:
        channel = KINDS[kind].open(self._settings)
        if not self._dry:
            return channel
        from channels.dry_run import Dry

        return Dry(channel, self._settings)

    def __iter__(self) -> Iterator[str]:
        """Return the kinds that there are."""
        return iter(KINDS)

    def __len__(self) -> int:
        """Return how many kinds there are."""
        return len(KINDS)


def open_installation(
    settings: Settings | None = None, *, clock: Clock | None = None, draws: Random | None = None
) -> Installation:
    """Open the database, migrated to the newest schema, the channels and the clock.

    Raises:
        BadInput: The file of the policy, of the print shop or of other teams cannot be read, or the home folder,
            the key or a file is not that of the installation whose database this is.
    """
    if settings is None:
        check_environment(os.environ)
        settings = Settings()
    check_places(
        settings.sms_gateway,
        settings.voice_words,
        settings.retention,
        settings.files,
        settings.shared,
    )
    if settings.policy_file is not None:
        _policy(settings)  # one that cannot be read is refused now, not when somebody is judged
    _use_own_templates(settings)
    _check_words(settings)
    shop = _shop(settings.print_shop_file) if settings.print_shop_file else None
    store = open_installation_store(settings)
    clock = clock or settings.clock
    try:
        identity = identify(store, settings, now=clock.now())
    except BadInput:
        store.engine.dispose()
        raise
    _rekey(store)
    channels = ChannelSettings(settings.outbox, settings.accounts)
    return Installation(
        store=store,
        channels=OpenedChannels(channels, dry=settings.dry),
        clock=clock,
        settings=settings,
        draws=draws or SystemRandom(),
        shop=shop,
        exchange=None if settings.dry else Telephone.read(settings.accounts).exchange(),
        offices=Offices(settings.team_tasks_folder, _described_offices(settings)),
        rehearsal=identity.rehearsal,
    )


def _rekey(store: Store) -> None:
    """Make the keys of stored addresses anew where a migration asked for it."""
    with store.reading() as connection:
        if connection.execute(select(AddressRekeying.rules).limit(1)).first() is None:
            return
    from people.address_rekeying import rekey

    rekey(store)


def open_installation_store(settings: Settings) -> Store:
    """Open the database of an installation, which is migrated where it is new or one machine's own.

    Raises:
        BadInput: a shared database is older than this program.
    """
    store = open_store(settings.url, locks=settings.home.absolute() / "locks")
    try:
        refuse_older(store)
        migrate(store)
    except Exception:
        store.engine.dispose()
        raise
    return store


def _check_words(settings: Settings) -> None:
    """Refuse a language for callers in which there are no words, where others than ours are asked for."""
    if settings.voice_languages == "nl,en" and not settings.voice_words:
        return
    from templates.lines import Lines

    own = Path(settings.voice_words) if settings.voice_words else None
    Lines.read(Telephone.read(settings.accounts).languages, own)


def _use_own_templates(settings: Settings) -> None:
    """Take the body's own templates before the shipped ones, and refuse them where they cannot be used."""
    from templates.own_folder import own_folder, use_own_folder

    if own_folder() is None and not settings.templates:
        return
    from templates.texts import check_own_templates

    use_own_folder(settings.templates_folder)
    check_own_templates(_policy(settings).open_cards.own_name)


def _policy(settings: Settings) -> "Policy":
    from suppression.policies import read_policy

    return read_policy(settings.policy_file)


def _shop(file: Path) -> "Shop":
    from channels.shops import read_shop

    return read_shop(file)


def _described_offices(settings: Settings) -> Mapping[str, Office]:
    """Return the systems of other teams that are described in a file, by name."""
    if not settings.team_tasks:
        return {}
    from channels.team_tasks_http import read_offices

    return read_offices(Path(settings.team_tasks), settings.team_tasks_key.get_secret_value())
