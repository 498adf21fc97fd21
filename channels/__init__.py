"""Ways to reach people, behind one port (`channels.port`).

One module or package for each channel. `KINDS` names them all.
"""

from collections.abc import Iterator, MutableMapping
from importlib import import_module

from channels.port import Channel


class _Kinds(MutableMapping[str, type[Channel]]):
    """Channels by kind, each imported when it is first asked for.

    Listing a queue needs no press and no provider, and their modules took a tenth of the time of a command.
    """

    def __init__(self, **places: str) -> None:
        self._places = places
        self._imported: dict[str, type[Channel]] = {}

    def __getitem__(self, kind: str) -> type[Channel]:
        if kind not in self._imported:
            module, _, name = self._places[kind].partition(":")
            self._imported[kind] = getattr(import_module(module), name)
        return self._imported[kind]

    def __setitem__(self, kind: str, channel: type[Channel]) -> None:
        self._places[kind] = f"{channel.__module__}:{channel.__name__}"
        self._imported[kind] = channel

    def __delitem__(self, kind: str) -> None:
        del self._places[kind]
        self._imported.pop(kind, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


KINDS: MutableMapping[str, type[Channel]] = _Kinds(
    card="channels.card:Card",
    letter="channels.letter:Letter",
    sms="channels.sms:Sms",
    call="channels.call:Call",
)
"""Every channel by its kind; a new channel is one module and one line here."""
